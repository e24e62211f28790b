"""Certificate revocation lists: full lists, large ones too, with an optional partition.

Entries are encoded one by one with nothing but byte operations, because a bank's list has hundreds of thousands of
them. Must not know why a certificate was revoked, only the reason code. Source: RFC 5280 section 5.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar, Final

from cryptography import x509

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import der, extensions, oid
from dojang.pki.certificate import Issuer, Serial
from dojang.pki.public_key import KeyAlgorithm, SignatureAlgorithm, is_signature, parse_public_key

MAX_CRL_NUMBER: Final = 2**159 - 1  # 20 octets (RFC 5280 section 5.2.3)
_VERSION_2 = der.integer(1)


class CrlInvalid(DojangError):
    """A list was asked for that RFC 5280 forbids; `part` says what."""

    code: ClassVar[str] = "pki.crl_invalid"
    fault: ClassVar[Fault] = Fault.OURS


class CrlMalformed(DojangError):
    """The bytes are not a certificate revocation list that can be read."""

    code: ClassVar[str] = "pki.crl_malformed"
    fault: ClassVar[Fault] = Fault.NEIGHBOUR


class CrlNotAuthentic(DojangError):
    """A list was not signed by the authority it is held against, or speaks for another."""

    code: ClassVar[str] = "pki.crl_not_authentic"
    fault: ClassVar[Fault] = Fault.NEIGHBOUR


class ReasonCode(StrEnum):
    """Why a certificate is on the list, by the names of RFC 5280 section 5.3.1. Value 7 is not used there."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    CA_COMPROMISE = "cACompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    CERTIFICATE_HOLD = "certificateHold"
    REMOVE_FROM_CRL = "removeFromCRL"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"
    AA_COMPROMISE = "aACompromise"

    @property
    def number(self) -> int:
        """The value of CRLReason."""
        return _NUMBERS[self]


_NUMBERS: Final = dict(zip(ReasonCode, (0, 1, 2, 3, 4, 5, 6, 8, 9, 10), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedEntry:
    """One line of a list. `revoked_at` is UTC in whole seconds."""

    serial: Serial
    revoked_at: datetime
    reason: ReasonCode = ReasonCode.UNSPECIFIED


class CrlScope(StrEnum):
    """Which certificates of the issuer the list speaks for."""

    ALL = "all"
    USERS = "users"  # onlyContainsUserCerts
    AUTHORITIES = "authorities"  # onlyContainsCACerts: an ARL


def build_tbs_crl(
    *,
    issuer: Issuer,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[RevokedEntry],
    scope: CrlScope = CrlScope.ALL,
    distribution_point_uri: str | None = None,
) -> bytes:
    """Return TBSCertList in DER: authorityKeyIdentifier, cRLNumber, and issuingDistributionPoint where the list is
    partial.

    `distribution_point_uri` must be given for a partition and then equals the certificates' distribution point.
    Times are UTC in whole seconds; `next_update` is when the next list is out at the latest. Entries come in the
    order given. Raises `CrlInvalid`.
    """
    if not 0 <= number <= MAX_CRL_NUMBER:
        raise CrlInvalid(part="number")
    if next_update <= this_update:
        raise CrlInvalid(part="next_update")
    identifiers = [
        extensions.extension(
            oid.AUTHORITY_KEY_IDENTIFIER,
            extensions.authority_key_identifier_short(issuer.key_identifier),
            critical=False,
        ),
        extensions.extension(oid.CRL_NUMBER, der.integer(number), critical=False),
    ]
    if scope is not CrlScope.ALL or distribution_point_uri is not None:
        point = _issuing_distribution_point(scope, distribution_point_uri)
        identifiers.append(extensions.extension(oid.ISSUING_DISTRIBUTION_POINT, point, critical=True))
    revoked = b"".join(encode_entry(entry) for entry in entries)
    return der.sequence(
        _VERSION_2,
        issuer.signature_algorithm.identifier_der,
        issuer.name_der,
        der.time(this_update),
        der.time(next_update),
        der.sequence(revoked) if revoked else b"",  # an empty list is left out, not written empty (section 5.1.2.6)
        der.explicit(0, der.sequence(*identifiers)),
    )


def _issuing_distribution_point(scope: CrlScope, uri: str | None) -> bytes:
    if uri is not None and not uri.isascii():
        raise CrlInvalid(part="distribution_point_uri")
    point = b"" if uri is None else extensions.distribution_point_name(uri)
    if scope is CrlScope.USERS:
        point += der.implicit(1, b"\xff")
    elif scope is CrlScope.AUTHORITIES:
        point += der.implicit(2, b"\xff")
    return der.sequence(point)


def encode_entry(entry: RevokedEntry) -> bytes:
    """Return one revokedCertificates element. Raises `CrlInvalid` for removeFromCRL, which only delta lists may
    carry.
    """
    serial = entry.serial
    return der.tlv(
        der.SEQUENCE,
        der.integer(serial) + der.time(entry.revoked_at) + _reason_extension(entry.reason),
    )


@lru_cache(maxsize=16)
def _reason_extension(reason: ReasonCode) -> bytes:
    """The entry's extensions; `unspecified` is said by saying nothing (section 5.3.1)."""
    if reason is ReasonCode.REMOVE_FROM_CRL:
        raise CrlInvalid(part="reason")
    if reason is ReasonCode.UNSPECIFIED:
        return b""
    value_der = der.integer(reason.number, der.ENUMERATED)
    return der.sequence(extensions.extension(oid.CRL_REASON, value_der, critical=False))


def assemble_crl(tbs_der: bytes, algorithm: SignatureAlgorithm, signature: bytes) -> bytes:
    """Return CertificateList in DER from to-be-signed bytes and the signature over them."""
    return der.sequence(tbs_der, algorithm.identifier_der, der.bit_string(signature))


def parse_crl(crl_der: bytes, *, issuer: Issuer) -> x509.CertificateRevocationList:
    """Return a list that the issuer signed. Raises `CrlMalformed`, `CrlNotAuthentic`. Freshness is the caller's to
    judge.
    """
    try:
        crl = x509.load_der_x509_crl(crl_der)
        issuer_name_der = crl.issuer.public_bytes()
    except ValueError:
        raise CrlMalformed() from None
    key = parse_public_key(issuer.spki_der, frozenset(KeyAlgorithm))
    if issuer_name_der != issuer.name_der or not is_signature(key, crl.tbs_certlist_bytes, crl.signature):
        raise CrlNotAuthentic()
    return crl
