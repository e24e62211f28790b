"""A certificate and the private key that belongs to it, and the proof that it does.

The key's bytes are kept as they are: other libraries read them here, and never write them. Knows nothing of files.
"""

from dataclasses import dataclass, field

from asn1crypto import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from dojang.pki.npki import asn1
from dojang.pki.npki.errors import AlgorithmUnsupported, KeyCertificateMismatch, Malformed


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A certificate (DER) with its unencrypted private key (PKCS#8 DER, R included when it has one).

    Build it with `pair_up` unless the two are known to belong together.
    """

    certificate_der: bytes = field(repr=False)
    pkcs8_der: bytes = field(repr=False)


def pair_up(certificate_der: bytes, pkcs8_der: bytes) -> KeyPair:
    """Return the pair once the key is the certificate's. Raises `KeyCertificateMismatch`, `Malformed`."""
    if private_key_spki_der(pkcs8_der) != certificate_spki_der(certificate_der):
        raise KeyCertificateMismatch
    return KeyPair(certificate_der=certificate_der, pkcs8_der=pkcs8_der)


def private_key_spki_der(pkcs8_der: bytes) -> bytes:
    """Return the DER SubjectPublicKeyInfo of a PKCS#8 private key. Raises `Malformed`, `AlgorithmUnsupported`."""
    try:
        private_key = load_der_private_key(pkcs8_der, password=None)
    except (ValueError, TypeError):
        raise Malformed(structure="PrivateKeyInfo") from None
    except UnsupportedAlgorithm:
        raise AlgorithmUnsupported(algorithm="private key") from None
    return private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def certificate_spki_der(certificate_der: bytes) -> bytes:
    """Return the DER SubjectPublicKeyInfo of a certificate. Raises `Malformed`, `AlgorithmUnsupported`."""
    with asn1.decoding("Certificate"):
        certificate = asn1.load(x509.Certificate, certificate_der)
        spki = certificate["tbs_certificate"]["subject_public_key_info"].dump()
    try:
        public_key = load_der_public_key(spki)
    except ValueError:
        raise Malformed(structure="SubjectPublicKeyInfo") from None
    except UnsupportedAlgorithm:
        raise AlgorithmUnsupported(algorithm="public key") from None
    return public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def subject_key_id(certificate_der: bytes) -> bytes:
    """Return SHA-1 over the certificate's subjectPublicKey (RFC 5280 section 4.2.1.2 method 1). Raises `Malformed`."""
    with asn1.decoding("Certificate"):
        certificate = asn1.load(x509.Certificate, certificate_der)
        digest: bytes = certificate["tbs_certificate"]["subject_public_key_info"].sha1
    return digest


def is_key_management(certificate_der: bytes) -> bool:
    """Tell whether the certificate encrypts and does not sign, by its keyUsage. Raises `Malformed`."""
    with asn1.decoding("Certificate"):
        key_usage = asn1.load(x509.Certificate, certificate_der).key_usage_value
        usages = set() if key_usage is None else key_usage.native
    return "key_encipherment" in usages and "digital_signature" not in usages
