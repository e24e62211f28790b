"""Answer OCSP requests: read the standing, say it, sign it once.

Every answer is read from the store, so that a revocation shows in the next answer. What is kept are signatures: an
answer without nonce depends on the certificate, its standing and the quarter of an hour alone, and is the same bytes
from every process of the office. Sources: RFC 6960, RFC 5019 sections 2 and 6.
"""

import threading
from collections import OrderedDict
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
    """A signed answer. `may_be_cached`: it holds no nonce, and nothing that issuance could overtake."""

    response_der: bytes = field(repr=False)
    this_update: datetime
    next_update: datetime
    may_be_cached: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """Who answers: the issuer answered for, and certificates of it that stand in no table (the ceremony's own)."""

    hashes: IssuerHashes
    ceremony_serials: frozenset[int] = frozenset()
    shelf: AnswerShelf = field(default_factory=AnswerShelf, repr=False)


def answer(
    request: OcspRequest,
    *,
    hand: ResponderHand,
    hand_not_after: datetime,
    responder: Responder,
    store: Store[StatusTransaction],
    policy: OcspPolicy,
    now: datetime,
) -> OcspAnswer:
    """Return the signed answer to a request. Raises `OcspNotAuthoritative` when one certificate is another issuer's.

    A serial number that was never issued is `unknown`, not `revoked`: its certificate may be about to be signed, and a
    definite answer would outlive that in caches. `hand_not_after` is the inclusive end of the delegate's certificate.
    """
    if not all(responder.hashes.names(one) for one in request.certificates):
        raise OcspNotAuthoritative()
    serials = {one.serial for one in request.certificates}
    standings = store.read(lambda tx: {one: _standing(one, responder, tx) for one in serials})
    answers = [
        _single(one, standings[one.serial], hand_not_after=hand_not_after, policy=policy, now=now)
        for one in request.certificates
    ]
    known = all(one.kind is not StatusKind.UNKNOWN for one in answers)
    may_be_cached = request.nonce is None and known
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
    return OcspAnswer(
        response_der=response_der,
        this_update=max(one.this_update for one in answers),
        next_update=min(one.next_update for one in answers),
        may_be_cached=may_be_cached,
    )


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
