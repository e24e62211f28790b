"""Timestamps and proofs of status for signatures on our own certificates, from the office's own delegates.

The proofs are OCSP answers of this very moment, never prepared ones: they vouch for the time of the timestamp. Holds
delegates' keys alone. Sources: RFC 3161, RFC 6960, ETSI EN 319 122-1 section 5.4.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import cms

from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.delegates.holder import DelegateHolder
from dojang.kernel.ports import Chance
from dojang.lifecycle.reliance.signature_request.model import StatusWithheld
from dojang.lifecycle.revocation.model import CertificateState
from dojang.lifecycle.status.policy import OcspPolicy
from dojang.lifecycle.timestamping.usecases import TimestampAuthority, stamp
from dojang.pki.advanced_signature import StatusValues, request_timestamp
from dojang.pki.certificate import parse_certificate
from dojang.pki.ocsp import (
    IssuerHashes,
    SingleAnswer,
    StatusKind,
    assemble_response,
    build_response_data,
    certificate_id,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStamper:
    """Implements `lifecycle.reliance.signature_request.ports.Stamper` with the office's timestamp authority."""

    authority: TimestampAuthority
    delegate: DelegateHolder
    store: SqlStore[SqlTransaction] = field(repr=False)
    chance: Chance = field(repr=False)

    def stamp(self, signature: bytes, now: datetime) -> bytes:
        """See the port. Raises `DelegateMissing`."""
        delegate, hand = self.delegate.get(now, _last_change(self.store))
        return stamp(
            request_timestamp(signature),
            authority=self.authority,
            hand=hand,
            delegate=delegate.label,
            actor="system",
            store=self.store,
            chance=self.chance,
            now=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStatusProver:
    """Implements `lifecycle.reliance.signature_request.ports.StatusProver` for certificates of the issuing CA.

    `chain_der` is the issuing CA's certificate, then the root's; `root_list` returns the root's newest list.
    """

    issuer: IssuerHashes
    chain_der: tuple[bytes, ...] = field(repr=False)
    root_list: Callable[[], bytes] = field(repr=False)
    delegate: DelegateHolder
    store: SqlStore[SqlTransaction] = field(repr=False)
    policy: OcspPolicy

    def prove(self, certificate_der: bytes, timestamp_der: bytes, now: datetime) -> StatusValues:
        """See the port. Raises also `DelegateMissing`."""
        stampers = tuple(one for one in _certificates_of(timestamp_der) if one not in self.chain_der)
        proven = (certificate_der, *stampers)
        responder = self.delegate.get(now, _last_change(self.store))[1].certificate_der
        return StatusValues(
            certificates_der=(*proven, *self.chain_der, responder),
            ocsp_responses_der=tuple(self._answer(parse_certificate(one).serial_number, now) for one in proven),
            crls_der=(self.root_list(),),
        )

    def _answer(self, serial: int, now: datetime) -> bytes:
        standing = self.store.read(lambda tx: tx.statuses.find_standing(serial))
        if standing is None or standing.state is not CertificateState.GOOD:
            raise StatusWithheld()
        delegate, hand = self.delegate.get(now, _last_change(self.store))
        good = SingleAnswer(
            certificate=certificate_id(self.issuer, serial),
            kind=StatusKind.GOOD,
            this_update=now,
            next_update=min(now + timedelta(minutes=self.policy.valid_minutes), delegate.not_after),
        )
        data_der = build_response_data([good], responder_key_identifier=hand.key_identifier, produced_at=now)
        return assemble_response(data_der, hand.algorithm, hand.sign(data_der), certificate_der=hand.certificate_der)


def _last_change(store: SqlStore[SqlTransaction]) -> int:
    return store.read(lambda tx: tx.statuses.last_change())


def _certificates_of(token_der: bytes) -> tuple[bytes, ...]:
    """Return the certificates a token of ours carries."""
    carried = cms.ContentInfo.load(token_der)["content"]["certificates"]
    return tuple(one.chosen.dump() for one in carried)
