"""Certificate revocation lists: complete and delta lists, large ones too, with an optional partition.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CrlHead:
    """Everything a list says beside its entries.

    `distribution_point_uri` must be given for a partition and then equals the certificates' distribution point.
    Times are UTC in whole seconds; `next_update` is when the next list is out at the latest. `base_number` makes it a
    delta list (deltaCRLIndicator) to the complete list of that number; `freshest_uri` says where a complete list's
    deltas are.
    """

    number: int
    this_update: datetime
    next_update: datetime
    scope: CrlScope = CrlScope.ALL
    distribution_point_uri: str | None = None
    base_number: int | None = None
    freshest_uri: str | None = None


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
    """Return TBSCertList in DER, whole, of a complete list; see `CrlHead`. Entries come in the order given.

    Raises `CrlInvalid`.
    """
    listed = tuple(entries)
    if any(entry.reason is ReasonCode.REMOVE_FROM_CRL for entry in listed):
        raise CrlInvalid(part="reason")
    revoked = b"".join(encode_entry(entry) for entry in listed)
    head = CrlHead(
        number=number,
        this_update=this_update,
        next_update=next_update,
        scope=scope,
        distribution_point_uri=distribution_point_uri,
    )
    before, after = frame_tbs_crl(head, issuer=issuer, entries_bytes=len(revoked))
    return before + revoked + after


def frame_tbs_crl(head: CrlHead, *, issuer: Issuer, entries_bytes: int) -> tuple[bytes, bytes]:
    """Return what stands before and after `entries_bytes` octets of encoded entries in TBSCertList.

    So that a list of any length is hashed and stored piece by piece. Carries authorityKeyIdentifier, cRLNumber, and as
    they apply deltaCRLIndicator, issuingDistributionPoint and freshestCRL. Raises `CrlInvalid`.
    """
    fixed = der.sequence(*_extensions(head, issuer))
    extensions_der = der.explicit(0, fixed)
    start = b"".join(
        (
            _VERSION_2,
            issuer.signature_algorithm.identifier_der,
            issuer.name_der,
            der.time(head.this_update),
            der.time(head.next_update),
            # An empty list of entries is left out, not written empty (section 5.1.2.6).
            der.head(der.SEQUENCE, entries_bytes) if entries_bytes else b"",
        )
    )
    length = len(start) + entries_bytes + len(extensions_der)
    return der.head(der.SEQUENCE, length) + start, extensions_der


def frame_crl(tbs_bytes: int, algorithm: SignatureAlgorithm, signature: bytes) -> tuple[bytes, bytes]:
    """Return what stands before and after `tbs_bytes` octets of TBSCertList in CertificateList."""
    after = algorithm.identifier_der + der.bit_string(signature)
    return der.head(der.SEQUENCE, tbs_bytes + len(after)), after


def _extensions(head: CrlHead, issuer: Issuer) -> list[bytes]:
    if not 0 <= head.number <= MAX_CRL_NUMBER:
        raise CrlInvalid(part="number")
    if head.next_update <= head.this_update:
        raise CrlInvalid(part="next_update")
    if head.base_number is not None and (head.freshest_uri is not None or head.base_number > head.number):
        raise CrlInvalid(part="base_number")
    identifiers = [
        extensions.extension(
            oid.AUTHORITY_KEY_IDENTIFIER,
            extensions.authority_key_identifier_short(issuer.key_identifier),
            critical=False,
        ),
        extensions.extension(oid.CRL_NUMBER, der.integer(head.number), critical=False),
    ]
    if head.base_number is not None:
        base_der = der.integer(head.base_number)
        identifiers.append(extensions.extension(oid.DELTA_CRL_INDICATOR, base_der, critical=True))
    if head.scope is not CrlScope.ALL or head.distribution_point_uri is not None:
        point = _issuing_distribution_point(head.scope, head.distribution_point_uri)
        identifiers.append(extensions.extension(oid.ISSUING_DISTRIBUTION_POINT, point, critical=True))
    if head.freshest_uri is not None:
        points_der = extensions.crl_distribution_points(head.freshest_uri)
        identifiers.append(extensions.extension(oid.FRESHEST_CRL, points_der, critical=False))
    return identifiers


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
    """Return one revokedCertificates element. removeFromCRL is for delta lists alone: see to it."""
    content = der.integer(entry.serial) + _when_and_why(entry.revoked_at, entry.reason)
    return bytes((der.SEQUENCE, len(content))) + content  # never as much as 128 octets


@lru_cache(maxsize=65536)
def _when_and_why(revoked_at: datetime, reason: ReasonCode) -> bytes:
    """The end of an entry: many are revoked in the same second for the same reason, or are encoded again and again."""
    return der.time(revoked_at) + _reason_extension(reason)


@lru_cache(maxsize=16)
def _reason_extension(reason: ReasonCode) -> bytes:
    """The entry's extensions; `unspecified` is said by saying nothing (section 5.3.1)."""
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
