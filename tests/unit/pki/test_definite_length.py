"""What is read comes out as it came in, whatever its length; OpenSSL reads what is written."""

import datetime as dt
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from builders.hierarchy import NOW
from dojang.adapters.signatures.cms_reading import read_cms
from dojang.lifecycle.reliance.model import SignatureFormat, VerificationRequest
from dojang.pki.cms import sign_content
from dojang.pki.definite_length import is_indefinite

CONTENT = b"signed"


@lru_cache(maxsize=1)
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _certificate(octets: int) -> bytes:
    """A certificate with a URI of that many octets, and eleven more: its scheme is written as asn1crypto would not."""
    uri = x509.UniformResourceIdentifier("HTTP://a.b/" + "c" * octets)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "host")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key().public_key())
        .serial_number(5)
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([uri]), critical=False)
    )
    return made.sign(_key(), hashes.SHA256()).public_bytes(Encoding.DER)


def _sign(data: bytes) -> bytes:
    return _key().sign(data, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("3080", True),
        ("a0803080", True),  # both lengths of an explicit tag
        ("a082010430 80", True),
        ("bf8a3980", True),  # a tag of several octets
        ("308180", False),
        ("30820f80", False),
        ("a0820f84 30820f80", False),
        ("bf8a398180", False),
        ("a080308180", False),  # the outer one is indefinite, the last is not
        ("3003", False),
        ("", False),
        ("bf", False),  # cut off in the tag
        ("bf80", False),
    ],
)
def test_an_indefinite_length_is_one_octet_behind_the_tag(header: str, expected: bool) -> None:
    assert is_indefinite(bytes.fromhex(header)) is expected


def test_a_certificate_of_any_length_comes_out_as_it_came_in() -> None:
    met = set()
    for octets in range(1, 300):
        certificate_der = _certificate(octets)
        assert asn1_x509.Certificate.load(certificate_der).dump() == certificate_der
        met.add(len(certificate_der) % 256)
    assert 4 + 0x80 in met, "no certificate of the length in question was made"


def test_a_message_of_any_length_is_read_and_openssl_reads_it_too(tmp_path: Path) -> None:
    suspicious = []
    for octets in range(1, 300):
        certificate_der = _certificate(octets)
        message = sign_content(CONTENT, certificate_der=certificate_der, sign=_sign, now=NOW)
        (reading,) = read_cms(VerificationRequest(format=SignatureFormat.CMS, signature=message))
        assert (reading.certificate_der, reading.holds, reading.defect) == (certificate_der, True, None)
        if b"\x80" in {message[3:4], message[18:19], message[22:23]}:
            suspicious.append(message)
    assert suspicious, "no message of the length in question was made"
    for message in suspicious:
        (tmp_path / "message.p7m").write_bytes(message)
        verified = subprocess.run(
            ["openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", tmp_path / "message.p7m"],
            capture_output=True,
            check=False,
        )
        assert verified.stdout == CONTENT, verified.stderr


def test_what_was_changed_is_encoded_anew_even_if_its_length_ended_so() -> None:
    class Pair(core.Sequence):  # type: ignore[misc]  # asn1crypto ships no types
        _fields = [("first", core.OctetString), ("second", core.Integer)]  # noqa: RUF012 - as asn1crypto has it

    whole = bytes.fromhex("308180") + b"\x04\x7b" + bytes(123) + b"\x02\x01\x07"
    pair = Pair.load(whole)
    assert pair.dump() == whole
    pair["second"] = 8
    assert pair.dump() == whole[:-1] + b"\x08"
    pair["first"] = b""
    assert pair.dump() == bytes.fromhex("3005 0400 020108")


def test_the_indefinite_form_still_becomes_der(tmp_path: Path) -> None:
    """OpenSSL writes streams in BER, with lengths that are not known beforehand."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-subj", "/CN=stream", "-out", certificate, "-keyout", key],
        capture_output=True, check=True,
    )  # fmt: skip
    written = subprocess.run(
        ["openssl", "cms", "-sign", "-binary", "-nodetach", "-stream", "-outform", "DER", "-signer", certificate,
         "-inkey", key],
        input=CONTENT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert written[1] == 0x80
    der = cms.ContentInfo.load(written).dump()
    assert der[1] != 0x80
    assert cms.ContentInfo.load(der, strict=True)["content"]["encap_content_info"]["content"].native == CONTENT
