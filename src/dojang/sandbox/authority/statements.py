"""What the misbehaving authorities say about their certificates: revocation lists and OCSP answers.

Made at the moment they are asked for, but those of the stale authority, which are from long ago on purpose.
"""

from datetime import datetime, timedelta
from typing import Final

from dojang.pki.certificate import Serial, parse_certificate
from dojang.pki.crl import ReasonCode, RevokedEntry, assemble_crl, build_tbs_crl
from dojang.pki.ocsp import (
    CertId,
    IssuerHashes,
    OcspFailure,
    OcspRequestMalformed,
    SingleAnswer,
    StatusKind,
    assemble_response,
    build_response_data,
    failure_response,
    parse_request,
)
from dojang.pki.public_key import key_identifier
from dojang.sandbox.authority.branches import Flaw
from dojang.sandbox.authority.holders import REVOKED_DAYS, Holders
from dojang.sandbox.authority.house import House, Rank

_LASTS: Final = timedelta(days=1)
_STALE_DAYS: Final = (20, 10)  # said, and to be renewed, so many days before the founding


class Statements:
    """Lists and answers of every authority of a house."""

    def __init__(self, house: House, holders: Holders) -> None:
        self._house = house
        self._holders = holders

    def crl(self, rank: Rank, now: datetime) -> bytes:
        """Return the authority's complete list, DER."""
        authority = self._house.authority(rank)
        this_update, next_update = self._times(rank, now)
        tbs_der = build_tbs_crl(
            issuer=authority.issuer,
            number=int(this_update.timestamp()),
            this_update=this_update,
            next_update=next_update,
            entries=self._entries(rank),
        )
        return assemble_crl(tbs_der, authority.issuer.signature_algorithm, authority.holding.sign(tbs_der))

    def ocsp(self, rank: Rank, request_der: bytes, now: datetime) -> bytes:
        """Return the authority's answer to an OCSPRequest, signed by itself; a failure for what it cannot answer."""
        authority = self._house.authority(rank)
        try:
            request = parse_request(request_der)
        except OcspRequestMalformed:
            return failure_response(OcspFailure.MALFORMED_REQUEST)
        if not all(IssuerHashes(authority.issuer).names(one) for one in request.certificates):
            return failure_response(OcspFailure.UNAUTHORIZED)
        data_der = build_response_data(
            [self._answer(rank, one, now) for one in request.certificates],
            responder_key_identifier=key_identifier(authority.issuer.spki_der),
            produced_at=self._times(rank, now)[0],
            nonce=request.nonce,
        )
        return assemble_response(
            data_der,
            authority.issuer.signature_algorithm,
            authority.holding.sign(data_der),
            certificate_der=authority.holding.certificate_der,
        )

    def _answer(self, rank: Rank, asked: CertId, now: datetime) -> SingleAnswer:
        this_update, next_update = self._times(rank, now)
        listed = next((one for one in self._entries(rank) if one.serial == asked.serial), None)
        return SingleAnswer(
            certificate=asked,
            kind=StatusKind.REVOKED if listed else StatusKind.GOOD,
            this_update=this_update,
            next_update=next_update,
            revoked_at=listed.revoked_at if listed else None,
            reason=listed.reason if listed else None,
        )

    def _times(self, rank: Rank, now: datetime) -> tuple[datetime, datetime]:
        if rank is Rank.STALE:
            said, renewed = _STALE_DAYS
            return self._house.days_ago(said), self._house.days_ago(renewed)
        return now, now + _LASTS

    def _entries(self, rank: Rank) -> tuple[RevokedEntry, ...]:
        since = self._house.days_ago(REVOKED_DAYS)
        if rank is Rank.ROOT:
            fallen = self._house.authority(Rank.REVOKED).holding.certificate_der
            return (_entry(fallen, since, ReasonCode.CA_COMPROMISE),)
        if rank is not Rank.ISSUING:
            return ()
        revoked, held = (self._holders.holder(one).holding for one in (Flaw.REVOKED, Flaw.SUSPENDED))
        return (
            _entry(revoked.certificate_der, since, ReasonCode.KEY_COMPROMISE),
            _entry(held.certificate_der, since, ReasonCode.CERTIFICATE_HOLD),
        )


def _entry(certificate_der: bytes, since: datetime, reason: ReasonCode) -> RevokedEntry:
    serial = Serial(parse_certificate(certificate_der).serial_number)
    return RevokedEntry(serial=serial, revoked_at=since, reason=reason)
