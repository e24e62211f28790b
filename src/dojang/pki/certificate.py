"""Certificates: to-be-signed bytes in the NPKI order and criticality, and their assembly with a signature.

What stays the same for one profile and one issuer is encoded once and kept; per certificate only serial, validity,
subject, key and identity are encoded. Must not sign, lint, or know where a key lives. Sources: RFC 5280 section 4.1,
npki.md 1.2 to 1.4.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, Final, Self

from asn1crypto import pem
from cryptography import x509

from dojang.kernel.errors import DojangError, Fault
from dojang.kernel.ports import Chance
from dojang.pki import der, extensions
from dojang.pki.profile import EXTENSION_OIDS, ExtensionName, Profile
from dojang.pki.public_key import KeyAlgorithm, PublicKey, SignatureAlgorithm, key_identifier, signature_algorithm_for
from dojang.pki.public_key import parse_public_key as _parse_public_key
from dojang.pki.validity import Validity

MAX_SERIAL: Final = 2**53 - 1  # renewal clients parse serials as JavaScript numbers (npki.md 5.1)
_VERSION_3 = b"\xa0\x03\x02\x01\x02"


class SerialOutOfRange(DojangError):
    """A serial number is not in 1 … 2^53-1."""

    code: ClassVar[str] = "pki.serial_out_of_range"
    fault: ClassVar[Fault] = Fault.OURS


class CertificateInputMismatch(DojangError):
    """A certificate was asked for with parts that its profile or issuer does not fit; `part` names the part."""

    code: ClassVar[str] = "pki.certificate_input_mismatch"
    fault: ClassVar[Fault] = Fault.OURS


class CertificateMalformed(DojangError):
    """The bytes are not an X.509 certificate that can be read."""

    code: ClassVar[str] = "pki.certificate_malformed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class Serial(int):
    """A certificate serial number, 1 … 2^53-1. Raises `SerialOutOfRange`."""

    __slots__ = ()

    def __new__(cls, value: int) -> Self:
        """Check and keep the value."""
        if not 0 < value <= MAX_SERIAL:
            raise SerialOutOfRange()
        return super().__new__(cls, value)

    @classmethod
    def draw(cls, chance: Chance) -> Self:
        """Return an unpredictable serial; the caller still has to make sure that it is new."""
        return cls(1 + chance.below(MAX_SERIAL))

    @property
    def hex(self) -> str:
        """Lower-case hexadecimal without prefix, as registers and file names show it."""
        return f"{int(self):x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An authority as the certificates it signs refer to it.

    `issuer_name_der` and `serial` are those of the authority's own certificate. `crl_uri` may hold `{partition}`.
    """

    name_der: bytes
    key_identifier: bytes
    issuer_name_der: bytes
    serial: int
    signature_algorithm: SignatureAlgorithm
    validity: Validity
    crl_uri: str | None = None
    ocsp_uri: str | None = None
    spki_der: bytes = field(repr=False)

    def crl_uri_of(self, partition: int | None) -> str | None:
        """Return the address of the CRL that covers one partition (None: the only one)."""
        if self.crl_uri is None or partition is None:
            return self.crl_uri
        return self.crl_uri.replace("{partition}", str(partition))


def issuer_from_certificate(certificate_der: bytes, *, crl_uri: str, ocsp_uri: str | None) -> Issuer:
    """Return the issuer that a CA certificate describes.

    Raises `CertificateMalformed` when it cannot be read or has no subject key identifier, and the errors of
    `parse_public_key` for its key.
    """
    certificate = parse_certificate(certificate_der)
    try:
        identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, ValueError):
        raise CertificateMalformed() from None
    key = _parse_public_key(spki_of(certificate_der), frozenset(KeyAlgorithm))
    return Issuer(
        name_der=certificate.subject.public_bytes(),
        key_identifier=identifier,
        issuer_name_der=certificate.issuer.public_bytes(),
        serial=certificate.serial_number,
        signature_algorithm=signature_algorithm_for(key.algorithm),
        validity=Validity(not_before=certificate.not_valid_before_utc, not_after=certificate.not_valid_after_utc),
        crl_uri=crl_uri,
        ocsp_uri=ocsp_uri,
        spki_der=key.spki_der,
    )


def self_issuer(*, name_der: bytes, key: PublicKey, serial: Serial, validity: Validity) -> Issuer:
    """Return the issuer of its own certificate: a root about to be made."""
    return Issuer(
        name_der=name_der,
        key_identifier=key.key_identifier,
        issuer_name_der=name_der,
        serial=serial,
        signature_algorithm=signature_algorithm_for(key.algorithm),
        validity=validity,
        spki_der=key.spki_der,
    )


def build_tbs_certificate(
    *,
    profile: Profile,
    issuer: Issuer,
    serial: Serial,
    subject_der: bytes,
    spki_der: bytes,
    validity: Validity,
    identity_der: bytes | None = None,
    crl_partition: int | None = None,
) -> bytes:
    """Return TBSCertificate in DER.

    `identity_der` is the ready GeneralName for subjectAltName (identifyData), required exactly when the profile
    carries one. `spki_der` is taken as it is: check it with `parse_public_key` first. Raises
    `CertificateInputMismatch`, and `DerMalformed` when `spki_der` is not a SubjectPublicKeyInfo.
    """
    template = _template(profile, issuer, crl_partition)
    if (identity_der is not None) != profile.carries_identity:
        raise CertificateInputMismatch(part="identity")
    variable = {ExtensionName.SUBJECT_KEY_IDENTIFIER: extensions.subject_key_identifier(key_identifier(spki_der))}
    if identity_der is not None:
        variable[ExtensionName.SUBJECT_ALT_NAME] = der.sequence(identity_der)
    encoded = [
        part if isinstance(part, bytes) else _extension(profile, part, variable[part]) for part in template.extensions
    ]
    return der.sequence(
        _VERSION_3,
        der.integer(serial),
        template.algorithm_and_issuer,
        der.sequence(der.time(validity.not_before), der.time(validity.not_after)),
        subject_der,
        spki_der,
        der.explicit(3, der.sequence(*encoded)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Template:
    algorithm_and_issuer: bytes
    extensions: tuple[bytes | ExtensionName, ...]  # a name marks what is encoded per certificate


def _extension(profile: Profile, name: ExtensionName, value_der: bytes) -> bytes:
    return extensions.extension(EXTENSION_OIDS[name], value_der, critical=name in profile.critical)


@lru_cache(maxsize=4096)
def _template(profile: Profile, issuer: Issuer, crl_partition: int | None) -> _Template:
    parts: list[bytes | ExtensionName] = []
    for name in profile.extensions:
        if name in (ExtensionName.SUBJECT_KEY_IDENTIFIER, ExtensionName.SUBJECT_ALT_NAME):
            parts.append(name)
        else:
            parts.append(_extension(profile, name, _constant_value(profile, issuer, name, crl_partition)))
    return _Template(
        algorithm_and_issuer=issuer.signature_algorithm.identifier_der + issuer.name_der, extensions=tuple(parts)
    )


def _constant_value(profile: Profile, issuer: Issuer, name: ExtensionName, crl_partition: int | None) -> bytes:
    match name:
        case ExtensionName.AUTHORITY_KEY_IDENTIFIER:
            return extensions.authority_key_identifier(issuer.key_identifier, issuer.issuer_name_der, issuer.serial)
        case ExtensionName.KEY_USAGE:
            return extensions.key_usage(frozenset(usage.bit for usage in profile.key_usage))
        case ExtensionName.EXTENDED_KEY_USAGE:
            return extensions.extended_key_usage(profile.extended_key_usage)
        case ExtensionName.CERTIFICATE_POLICIES:
            return extensions.certificate_policies(profile.policies, notice=profile.notice, cps_uri=profile.cps_uri)
        case ExtensionName.BASIC_CONSTRAINTS:
            return extensions.basic_constraints(path_length=profile.path_length)
        case ExtensionName.POLICY_CONSTRAINTS:
            return extensions.policy_constraints(require_explicit_policy=profile.require_explicit_policy or 0)
        case ExtensionName.CRL_DISTRIBUTION_POINTS:
            return extensions.crl_distribution_points(_required(issuer.crl_uri_of(crl_partition), "crl_uri"))
        case ExtensionName.AUTHORITY_INFO_ACCESS:
            return extensions.authority_info_access(_required(issuer.ocsp_uri, "ocsp_uri"))
        case _:  # OCSP_NOCHECK
            return der.NULL_DER


def _required(uri: str | None, part: str) -> str:
    if uri is None or not uri.isascii() or "{" in uri:
        raise CertificateInputMismatch(part=part)
    return uri


def assemble_certificate(tbs_der: bytes, algorithm: SignatureAlgorithm, signature: bytes) -> bytes:
    """Return Certificate in DER from to-be-signed bytes and the signature over them."""
    return der.sequence(tbs_der, algorithm.identifier_der, der.bit_string(signature))


def parse_certificate(certificate_der: bytes) -> x509.Certificate:
    """Return the certificate as the cryptography library reads it. Raises `CertificateMalformed`."""
    try:
        return x509.load_der_x509_certificate(certificate_der)
    except (ValueError, x509.InvalidVersion):
        raise CertificateMalformed() from None


def spki_of(certificate_der: bytes) -> bytes:
    """Return the exact SubjectPublicKeyInfo bytes of a certificate. Raises `DerMalformed`."""
    tbs = der.elements(der.whole(certificate_der, der.SEQUENCE))[0]
    fields = der.elements(tbs[1])
    return fields[6 if fields[0][0] == 0xA0 else 5][2]


def validity_of(certificate: x509.Certificate) -> Validity:
    """Return a parsed certificate's validity."""
    return Validity(not_before=certificate.not_valid_before_utc, not_after=certificate.not_valid_after_utc)


def certificate_pem(certificate_der: bytes) -> bytes:
    """Return one certificate as a PEM block with a final line break."""
    block: bytes = pem.armor("CERTIFICATE", certificate_der)
    return block.replace(b"\r\n", b"\n")


def parse_certificates_pem(text: bytes) -> tuple[bytes, ...]:
    """Return the DER of every certificate in a PEM file, in order. Raises `CertificateMalformed` when there is none."""
    try:
        found = tuple(der_bytes for kind, _, der_bytes in pem.unarmor(text, multiple=True) if kind == "CERTIFICATE")
    except ValueError:
        raise CertificateMalformed() from None
    if not found:
        raise CertificateMalformed()
    return found
