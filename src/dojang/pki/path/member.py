"""One certificate as path building and validation see it: its names in comparable form and its extensions, read once.

Must not judge. Names compare as RFC 5280 section 7.1 says: case, spacing and string type do not matter.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from asn1crypto import x509 as asn1_x509
from cryptography import x509

from dojang.pki import der, oid
from dojang.pki.certificate import CertificateMalformed, parse_certificate, spki_of, validity_of
from dojang.pki.path.errors import CriticalExtensionUnknown
from dojang.pki.validity import Validity, ValidityInvalid

MAX_CERTIFICATE_BYTES = 64 * 1024

Value = TypeVar("Value", bound=x509.ExtensionType)
ComparableName = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Member:
    """A certificate of a path. `subject` and `issuer` hold one comparable text per relative name."""

    der: bytes = field(repr=False)
    certificate: x509.Certificate = field(repr=False)
    subject: ComparableName
    issuer: ComparableName
    validity: Validity
    extensions: x509.Extensions | None = field(repr=False)

    def find(self, kind: type[Value]) -> Value | None:
        """Return the value of an extension, or None when the certificate has none."""
        if self.extensions is None:
            return None
        try:
            return self.extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            return None

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same name (RFC 5280 section 6.1)."""
        return self.subject == self.issuer

    @property
    def subject_key_identifier(self) -> bytes | None:
        """The identifier the certificate gives its own key."""
        found = self.find(x509.SubjectKeyIdentifier)
        return found.digest if found else None

    @property
    def authority_key_identifier(self) -> bytes | None:
        """The identifier the certificate gives its issuer's key."""
        found = self.find(x509.AuthorityKeyIdentifier)
        return found.key_identifier if found else None

    @property
    def spki_der(self) -> bytes:
        """The subject's public key, as encoded in the certificate."""
        return spki_of(self.der)

    @property
    def policy_mappings(self) -> tuple[tuple[str, str], ...]:
        """Pairs of issuer domain policy and subject domain policy. Raises `CertificateMalformed`."""
        if self.extensions is None:
            return ()
        for one in self.extensions:
            if one.oid.dotted_string == oid.POLICY_MAPPINGS and isinstance(one.value, x509.UnrecognizedExtension):
                return _policy_mappings(one.value.value)
        return ()

    def critical_extensions(self, depth: int) -> frozenset[str]:
        """Return identifiers of the critical extensions. Raises `CriticalExtensionUnknown` if they cannot be read."""
        if self.extensions is None:
            raise CriticalExtensionUnknown(depth=depth)
        return frozenset(one.oid.dotted_string for one in self.extensions if one.critical)


def read_member(certificate_der: bytes) -> Member:
    """Return the certificate of DER bytes. Raises `CertificateMalformed`, also beyond `MAX_CERTIFICATE_BYTES`."""
    if len(certificate_der) > MAX_CERTIFICATE_BYTES:
        raise CertificateMalformed()
    certificate = parse_certificate(certificate_der)
    try:
        subject, issuer = certificate.subject.public_bytes(), certificate.issuer.public_bytes()
        validity = validity_of(certificate)
    except (ValueError, ValidityInvalid):
        raise CertificateMalformed() from None
    return Member(
        der=certificate_der,
        certificate=certificate,
        subject=comparable_name(subject),
        issuer=comparable_name(issuer),
        validity=validity,
        extensions=_extensions(certificate),
    )


@lru_cache(maxsize=4096)
def comparable_name(name_der: bytes) -> ComparableName:
    """Return one comparable text per relative name of a distinguished name in DER.

    Raises `CertificateMalformed` when it cannot be prepared for comparison (RFC 4518).
    """
    try:
        return tuple(relative.hashable for relative in asn1_x509.Name.load(name_der, strict=True).chosen)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise CertificateMalformed() from None  # the library's many ways to say so


def _extensions(certificate: x509.Certificate) -> x509.Extensions | None:
    try:
        return certificate.extensions
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, TypeError):
        return None


def _policy_mappings(value_der: bytes) -> tuple[tuple[str, str], ...]:
    """PolicyMappings ::= SEQUENCE OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy }, section 4.2.1.5."""
    try:
        pairs = [
            der.contents(content, der.OBJECT_IDENTIFIER, der.OBJECT_IDENTIFIER) for content in _sequences(value_der)
        ]
        return tuple((der.parse_oid(first), der.parse_oid(second)) for first, second in pairs)
    except der.DerMalformed:
        raise CertificateMalformed() from None


def _sequences(value_der: bytes) -> list[bytes]:
    parts = der.elements(der.whole(value_der, der.SEQUENCE))
    return der.contents(der.whole(value_der, der.SEQUENCE), *(der.SEQUENCE for _ in parts))
