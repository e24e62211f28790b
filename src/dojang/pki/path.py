"""Certification paths: from a certificate to a trust anchor, checked as RFC 5280 section 6.1 says.

Covers what NPKI hierarchies use: names, signatures, validity, basic constraints with path length, key usage,
policies with anyPolicy and requireExplicitPolicy. Any other critical extension, policy mappings among them, is
refused. Revocation is not looked at here: a caller asks a status source for each certificate of the path. Knows no
clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import ClassVar, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from dojang.kernel.errors import DojangError, Fault
from dojang.pki import oid
from dojang.pki.certificate import parse_certificate, validity_of
from dojang.pki.path_policy import is_self_issued, valid_policies
from dojang.pki.profile import KeyUsage

MAX_PATH_LENGTH: Final = 8
_MIN_RSA_BITS = 2048


class PathInvalid(DojangError):
    """Base of every reason to distrust a certification path; `depth` counts from the leaf (0) upwards."""

    code: ClassVar[str] = "pki.path_invalid"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class IssuerUnknown(PathInvalid):
    """No trust anchor was reached: nobody we trust issued this certificate."""

    code: ClassVar[str] = "pki.issuer_unknown"


class CertificateNotYetValid(PathInvalid):
    """A certificate of the path is not valid yet at that moment."""

    code: ClassVar[str] = "pki.certificate_not_yet_valid"


class CertificateExpired(PathInvalid):
    """A certificate of the path is no longer valid at that moment."""

    code: ClassVar[str] = "pki.certificate_expired"


class CertificateForged(PathInvalid):
    """A signature in the path does not verify under its issuer's key."""

    code: ClassVar[str] = "pki.certificate_forged"


class SignatureAlgorithmRefused(PathInvalid):
    """A certificate of the path is signed with an algorithm or key too weak to be trusted."""

    code: ClassVar[str] = "pki.signature_algorithm_refused"


class IssuerNotAuthorized(PathInvalid):
    """An issuer in the path may not issue certificates, or not at this depth."""

    code: ClassVar[str] = "pki.issuer_not_authorized"


class KeyUsageRefused(PathInvalid):
    """The certificate's key must not be used for this purpose."""

    code: ClassVar[str] = "pki.key_usage_refused"


class PolicyNotAccepted(PathInvalid):
    """The path is not valid for any policy the relying party accepts."""

    code: ClassVar[str] = "pki.policy_not_accepted"


class CriticalExtensionUnknown(PathInvalid):
    """A certificate of the path has a critical extension that is not understood here, or one that cannot be read."""

    code: ClassVar[str] = "pki.critical_extension_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPath:
    """A path that held at `at`: leaf first, trust anchor last. `policies` are those the whole path is valid for."""

    certificates: tuple[x509.Certificate, ...] = field(repr=False)
    at: datetime
    policies: frozenset[str]

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate that was asked about."""
        return self.certificates[0]


def verify_path(
    leaf_der: bytes,
    *,
    intermediates_der: Sequence[bytes],
    anchors_der: Sequence[bytes],
    at: datetime,
    policies: frozenset[str] | None = None,
    key_usage: KeyUsage | None = None,
) -> VerifiedPath:
    """Return the verified path from the leaf to one of the trust anchors at the moment `at`.

    `policies` are the policy identifiers the relying party accepts (None: any); a path needs one of them only where
    it, or the relying party, asks for an explicit policy. `key_usage` is the bit the leaf must have. Anchors count
    by name and key; their own validity is checked too. Raises `PathInvalid` (its subclasses) and
    `CertificateMalformed`.
    """
    leaf = parse_certificate(leaf_der)
    path = _build(
        leaf, [parse_certificate(one) for one in intermediates_der], [parse_certificate(one) for one in anchors_der]
    )
    for depth, certificate in enumerate(path):
        _check_validity(certificate, at, depth)
        _check_extensions_known(certificate, depth)
    for depth, (certificate, issuer) in enumerate(pairwise(path)):
        _check_signature(certificate, issuer, depth)
        _check_issuer(issuer, depth + 1, authorities_below=sum(not is_self_issued(one) for one in path[1 : depth + 1]))
    if key_usage is not None and not _has_usage(leaf, key_usage):
        raise KeyUsageRefused(depth=0, usage=key_usage.value)
    valid = valid_policies(path, policies)
    if not valid.acceptable:
        raise PolicyNotAccepted(depth=0)
    return VerifiedPath(certificates=tuple(path), at=at, policies=valid.policies)


def _build(
    leaf: x509.Certificate, intermediates: list[x509.Certificate], anchors: list[x509.Certificate]
) -> list[x509.Certificate]:
    """Follow issuer names and key identifiers upwards; NPKI hierarchies have one candidate per step."""
    path = [leaf]
    while path[-1] not in anchors:
        anchor = _find_issuer(path[-1], anchors)
        issuer = anchor or _find_issuer(path[-1], intermediates)
        if issuer is None or issuer in path or len(path) >= MAX_PATH_LENGTH:
            raise IssuerUnknown(depth=len(path) - 1)
        path.append(issuer)
    return path


def _find_issuer(certificate: x509.Certificate, candidates: list[x509.Certificate]) -> x509.Certificate | None:
    wanted = _key_identifier(certificate, x509.AuthorityKeyIdentifier)
    named = [one for one in candidates if one.subject.public_bytes() == certificate.issuer.public_bytes()]
    fits = (None, wanted)
    exact = [one for one in named if wanted is None or _key_identifier(one, x509.SubjectKeyIdentifier) in fits]
    return exact[0] if exact else None


def _key_identifier(
    certificate: x509.Certificate, kind: type[x509.AuthorityKeyIdentifier | x509.SubjectKeyIdentifier]
) -> bytes | None:
    try:
        value = certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    return value.digest if isinstance(value, x509.SubjectKeyIdentifier) else value.key_identifier


def _check_validity(certificate: x509.Certificate, at: datetime, depth: int) -> None:
    validity = validity_of(certificate)
    if at < validity.not_before:
        raise CertificateNotYetValid(depth=depth, not_before=validity.not_before.isoformat())
    if at > validity.not_after:
        raise CertificateExpired(depth=depth, not_after=validity.not_after.isoformat())


_UNDERSTOOD: Final = frozenset(
    {
        oid.AUTHORITY_KEY_IDENTIFIER,
        oid.SUBJECT_KEY_IDENTIFIER,
        oid.KEY_USAGE,
        oid.CERTIFICATE_POLICIES,
        oid.SUBJECT_ALT_NAME,
        oid.BASIC_CONSTRAINTS,
        oid.POLICY_CONSTRAINTS,
        oid.EXTENDED_KEY_USAGE,
        oid.CRL_DISTRIBUTION_POINTS,
        oid.AUTHORITY_INFO_ACCESS,
    }
)


def _check_extensions_known(certificate: x509.Certificate, depth: int) -> None:
    try:
        critical = [one.oid.dotted_string for one in certificate.extensions if one.critical]
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        raise CriticalExtensionUnknown(depth=depth) from None
    if not _UNDERSTOOD.issuperset(critical):
        raise CriticalExtensionUnknown(depth=depth)


def _check_signature(certificate: x509.Certificate, issuer: x509.Certificate, depth: int) -> None:
    try:
        digest = certificate.signature_hash_algorithm
        key = issuer.public_key()
    except (UnsupportedAlgorithm, ValueError):
        raise SignatureAlgorithmRefused(depth=depth) from None
    if not isinstance(digest, hashes.SHA256 | hashes.SHA384 | hashes.SHA512):
        raise SignatureAlgorithmRefused(depth=depth)
    algorithm = certificate.signature_algorithm_oid.dotted_string
    signature, data = certificate.signature, certificate.tbs_certificate_bytes
    try:
        if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _MIN_RSA_BITS and algorithm in _RSA_PKCS1:
            key.verify(signature, data, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm in _ECDSA:
            key.verify(signature, data, ec.ECDSA(digest))
        else:
            raise SignatureAlgorithmRefused(depth=depth)
    except InvalidSignature:
        raise CertificateForged(depth=depth) from None


_RSA_PKCS1: Final = frozenset(f"1.2.840.113549.1.1.{last}" for last in (11, 12, 13))
_ECDSA: Final = frozenset(f"1.2.840.10045.4.3.{last}" for last in (2, 3, 4))


def _check_issuer(issuer: x509.Certificate, depth: int, *, authorities_below: int) -> None:
    """An issuer is a CA, may sign certificates, and allows as many CAs below it as there are (6.1.4 k to n)."""
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        raise IssuerNotAuthorized(depth=depth) from None
    if not constraints.ca or (constraints.path_length is not None and constraints.path_length < authorities_below):
        raise IssuerNotAuthorized(depth=depth)
    # KISA's roots have no keyUsage; where it is present, it must allow signing certificates.
    if not _has_usage(issuer, KeyUsage.KEY_CERT_SIGN, absent=True):
        raise IssuerNotAuthorized(depth=depth)


_USAGE_ATTRIBUTES: Final = {
    KeyUsage.DIGITAL_SIGNATURE: "digital_signature",
    KeyUsage.NON_REPUDIATION: "content_commitment",
    KeyUsage.KEY_ENCIPHERMENT: "key_encipherment",
    KeyUsage.DATA_ENCIPHERMENT: "data_encipherment",
    KeyUsage.KEY_AGREEMENT: "key_agreement",
    KeyUsage.KEY_CERT_SIGN: "key_cert_sign",
    KeyUsage.CRL_SIGN: "crl_sign",
}


def _has_usage(certificate: x509.Certificate, usage: KeyUsage, *, absent: bool = False) -> bool:
    try:
        value = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return absent
    return bool(getattr(value, _USAGE_ATTRIBUTES[usage]))
