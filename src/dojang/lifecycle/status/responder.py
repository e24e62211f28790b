"""Answer OCSP requests: read the standing, say it, sign it once.

What an answer says is read from the store, or was and still holds: every change of any standing is counted there, and
what was read with a count is used only while that is the count (`ports.ChangeWatch`). Signatures are kept too: an
answer without nonce depends on the certificate, its standing and the quarter of an hour alone, and is the same bytes
from every process of the office. Sources: RFC 6960, RFC 5019 sections 2 and 6.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from dojang.kernel.transaction import Store
from dojang.lifecycle.revocation.model import CertificateState
from dojang.lifecycle.status.model import SerialStanding
from dojang.lifecycle.status.policy import OcspPolicy
from dojang.lifecycle.status.ports import StatusTransaction
from dojang.pki.certificate import MAX_SERIAL
from dojang.pki.ocsp import (
    CertId,
    IssuerHashes,
    OcspNotAuthoritative,
    OcspRequest,
    SingleAnswer,
    StatusKind,
    assemble_response,
    build_response_data,
)
from dojang.pki.public_key import SignatureAlgorithm

KEPT_ANSWERS: Final = 100_000  # about 2 KB each with an RSA-2048 delegate
KEPT_STANDINGS: Final = 100_000


class ResponderHand(Protocol):
    """A delegate that signs answers (`pki.signer.DelegateSigner`)."""

    certificate_der: bytes
    key_identifier: bytes
    algorithm: SignatureAlgorithm

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OcspAnswer:
    """A signed answer. `may_be_cached`: it holds no nonce, and nothing that issuance could overtake.

    If so, it answers the same request before `same_until`, as long as `change` is the number of the last change.
    """

    response_der: bytes = field(repr=False)
    this_update: datetime
    next_update: datetime
    may_be_cached: bool
    change: int
    same_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStandings:
    """How the certificates asked about stood (None: never issued) when `change` was the number of the last change."""

    change: int
    by_serial: Mapping[int, SerialStanding | None]


class AnswerShelf:
    """Signed answers by everything they say, the least recently asked for dropped first. Shared by threads."""

    def __init__(self, capacity: int = KEPT_ANSWERS) -> None:
        self._capacity = capacity
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()
        self._touching = threading.Lock()

    def find(self, response_data_der: bytes) -> bytes | None:
        """Return the answer with exactly these contents, or None."""
        with self._touching:
            found = self._answers.get(response_data_der)
            if found is not None:
                self._answers.move_to_end(response_data_der)
            return found

    def keep(self, response_data_der: bytes, response_der: bytes) -> None:
        """Keep an answer."""
        with self._touching:
            self._answers[response_data_der] = response_der
            while len(self._answers) > self._capacity:
                self._answers.popitem(last=False)


class StandingShelf:
    """Standings as they were read, each with the number of the last change then. Shared by threads."""

    def __init__(self, capacity: int = KEPT_STANDINGS) -> None:
        self._capacity = capacity
        self._standings: dict[int, tuple[int, SerialStanding]] = {}
        self._touching = threading.Lock()

    def find(self, serials: Iterable[int], change: int) -> KnownStandings | None:
        """Return the standings of all `serials` as of the change with that number, or None."""
        found: dict[int, SerialStanding | None] = {}
        for serial in serials:
            kept = self._standings.get(serial)
            if kept is None or kept[0] != change:
                return None
            found[serial] = kept[1]
        return KnownStandings(change=change, by_serial=found)

    def keep(self, read: KnownStandings) -> None:
        """Keep the standings of what was issued; what was not may be any moment."""
        with self._touching:
            for serial, standing in read.by_serial.items():
                if standing is not None:
                    self._standings.pop(serial, None)
                    self._standings[serial] = read.change, standing
            while len(self._standings) > self._capacity:
                del self._standings[next(iter(self._standings))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """Who answers: the issuer answered for, and certificates of it that stand in no table (the ceremony's own)."""

    hashes: IssuerHashes
    ceremony_serials: frozenset[int] = frozenset()
    shelf: AnswerShelf = field(default_factory=AnswerShelf, repr=False)
    standings: StandingShelf = field(default_factory=StandingShelf, repr=False)


def look_up(
    request: OcspRequest, *, responder: Responder, store: Store[StatusTransaction], latest: int | None
) -> KnownStandings:
    """Return how what is asked about stands. Raises `OcspNotAuthoritative` when one certificate is another issuer's.

    `latest` is the number of the last change where that is known (`ports.ChangeWatch`): what was read since is used.
    """
    known = find_known(request, responder=responder, latest=latest)
    if known is None:
        serials = {one.serial for one in request.certificates}
        known = store.read(lambda tx: _read(serials, responder, tx))
        responder.standings.keep(known)
    return known


def find_known(request: OcspRequest, *, responder: Responder, latest: int | None) -> KnownStandings | None:
    """Return what `look_up` would as far as it is in memory, or None. Raises `OcspNotAuthoritative`."""
    if not all(responder.hashes.names(one) for one in request.certificates):
        raise OcspNotAuthoritative()
    if latest is None:
        return None
    return responder.standings.find({one.serial for one in request.certificates}, latest)


def answer(
    request: OcspRequest,
    known: KnownStandings,
    *,
    hand: ResponderHand,
    hand_not_after: datetime,
    responder: Responder,
    policy: OcspPolicy,
    now: datetime,
) -> OcspAnswer:
    """Return the signed answer to a request whose certificates were looked up.

    A serial number that was never issued is `unknown`, not `revoked`: its certificate may be about to be signed, and a
    definite answer would outlive that in caches. `hand_not_after` is the inclusive end of the delegate's certificate.
    """
    answers = [
        _single(one, known.by_serial[one.serial], hand_not_after=hand_not_after, policy=policy, now=now)
        for one in request.certificates
    ]
    definite = all(one.kind is not StatusKind.UNKNOWN for one in answers)
    may_be_cached = request.nonce is None and definite
    response_data_der = build_response_data(
        answers,
        responder_key_identifier=hand.key_identifier,
        produced_at=max(one.this_update for one in answers) if may_be_cached else now,
        nonce=request.nonce,
    )
    response_der = responder.shelf.find(response_data_der) if may_be_cached else None
    if response_der is None:
        response_der = assemble_response(
            response_data_der, hand.algorithm, hand.sign(response_data_der), certificate_der=hand.certificate_der
        )
        if may_be_cached:
            responder.shelf.keep(response_data_der, response_der)
    next_update = min(one.next_update for one in answers)
    return OcspAnswer(
        response_der=response_der,
        this_update=max(one.this_update for one in answers),
        next_update=next_update,
        may_be_cached=may_be_cached,
        change=known.change,
        same_until=min(next_update, window_start(now, policy) + timedelta(minutes=policy.sign_every_minutes)),
    )


def _read(serials: Iterable[int], responder: Responder, tx: StatusTransaction) -> KnownStandings:
    by_serial = {one: _standing(one, responder, tx) for one in serials}
    return KnownStandings(change=tx.statuses.last_change(), by_serial=by_serial)


def _standing(serial: int, responder: Responder, tx: StatusTransaction) -> SerialStanding | None:
    if not 0 < serial <= MAX_SERIAL:  # never ours, and more than a database column takes
        return None
    if serial in responder.ceremony_serials:
        return SerialStanding()
    return tx.statuses.find_standing(serial)


def _single(
    certificate: CertId,
    standing: SerialStanding | None,
    *,
    hand_not_after: datetime,
    policy: OcspPolicy,
    now: datetime,
) -> SingleAnswer:
    this_update = window_start(now, policy)
    next_update = min(this_update + timedelta(minutes=policy.valid_minutes), hand_not_after)
    if standing is None:
        return SingleAnswer(
            certificate=certificate, kind=StatusKind.UNKNOWN, this_update=now, next_update=max(now, next_update)
        )
    if standing.since is not None:
        this_update = max(this_update, standing.since)
    revoked = standing.state is not CertificateState.GOOD
    return SingleAnswer(
        certificate=certificate,
        kind=StatusKind.REVOKED if revoked else StatusKind.GOOD,
        this_update=this_update,
        next_update=next_update,
        revoked_at=standing.since if revoked else None,
        reason=standing.reason if revoked else None,
    )


def window_start(now: datetime, policy: OcspPolicy) -> datetime:
    """Return when the answers of this moment were signed: the last whole `sign_every_minutes` of the day (UTC)."""
    midnight = now.replace(hour=0, minute=0, second=0)
    period = timedelta(minutes=policy.sign_every_minutes)
    return midnight + (now - midnight) // period * period
