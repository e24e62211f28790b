"""An invented subscriber under an invented CA, for the tests of the NPKI formats."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from dojang.pki.npki.private_key import with_random_number
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import subject_alt_name_der
from dojang.pki.npki.virtual_id import IdentifyData, compute_virtual_id

RRN = "9001011970006"  # region code 97 was never issued
OTHER_RRN = "9001011980004"
PASSWORD = b"Dojang!9x7q"
POLICY_OID = "1.3.6.1.4.1.32473.1.1"
COMMON_NAME = "도장이()0099041202601010000001"
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Everything a subscriber holds, and the CA certificate above."""

    random_number: RandomNumber
    sign_certificate_der: bytes
    sign_pkcs8_der: bytes
    km_certificate_der: bytes
    km_pkcs8_der: bytes
    ca_certificate_der: bytes


def name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    """Return a name of the given attributes in DER order."""
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


CA_NAME = name(
    (NameOID.COUNTRY_NAME, "kr"),
    (NameOID.ORGANIZATION_NAME, "dojang"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "SandboxCA"),
    (NameOID.COMMON_NAME, "dojangCA Sandbox"),
)


def subject_name(common_name: str = COMMON_NAME) -> x509.Name:
    """Return a subscriber's subject."""
    return name(
        (NameOID.COUNTRY_NAME, "kr"),
        (NameOID.ORGANIZATION_NAME, "dojang"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "personal4IB"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "DJB"),
        (NameOID.COMMON_NAME, common_name),
    )


@cache
def rsa_key(label: str) -> rsa.RSAPrivateKey:
    """Return one RSA-2048 key per label and test run."""
    assert label
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pkcs8(key: rsa.RSAPrivateKey) -> bytes:
    """Return the PKCS#8 DER of a key, without R."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def usage(*, sign: bool = False, encipher: bool = False, certify: bool = False) -> x509.KeyUsage:
    """Return the key usage of a signing, key-management or CA certificate."""
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=sign,
        key_encipherment=encipher,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certify,
        crl_sign=certify,
        encipher_only=False,
        decipher_only=False,
    )


def certificate(
    key: rsa.RSAPrivateKey,
    key_usage: x509.KeyUsage,
    subject: x509.Name,
    serial: int,
    san_der: bytes | None = None,
) -> bytes:
    """Return a certificate of the test CA."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(CA_NAME)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(NOT_BEFORE)
        .not_valid_after(NOT_AFTER)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(key_usage, critical=True)
        .add_extension(
            x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(POLICY_OID), None)]), critical=True
        )
    )
    if san_der is not None:
        # an rfc822Name-free subjectAltName as raw bytes: the library cannot write NPKI's otherName from objects
        builder = builder.add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), san_der), critical=False
        )
    if key_usage.key_cert_sign:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.sign(rsa_key("ca"), hashes.SHA256()).public_bytes(Encoding.DER)


@cache
def subscriber() -> Subscriber:
    """Return the subscriber, made once per test run."""
    random_number = RandomNumber.draw(os.urandom)
    identify_data = IdentifyData(real_name="도장이", virtual_id=compute_virtual_id(RRN, random_number))
    return Subscriber(
        random_number=random_number,
        sign_certificate_der=certificate(
            rsa_key("sign"), usage(sign=True), subject_name(), 1001, subject_alt_name_der(identify_data)
        ),
        sign_pkcs8_der=with_random_number(pkcs8(rsa_key("sign")), random_number),
        km_certificate_der=certificate(rsa_key("km"), usage(encipher=True), subject_name(), 1002),
        km_pkcs8_der=pkcs8(rsa_key("km")),
        ca_certificate_der=certificate(rsa_key("ca"), usage(certify=True), CA_NAME, 1),
    )
