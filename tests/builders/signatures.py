"""Signatures for verification tests, made by others where others can: OpenSSL, pyHanko, cryptography's OCSP builder."""

import io
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko_certvalidator.registry import SimpleCertificateStore

from builders.hierarchy import (
    NOW,
    OPERATOR,
    Hierarchy,
    PrivateKey,
    customer_key,
    hierarchy,
    sign,
    subscriber_tbs,
)
from dojang.lifecycle.reliance.model import StatusEvidence, StatusState
from dojang.pki.certificate import certificate_pem
from dojang.pki.profile_file import load_profile
from dojang.pki.public_key import KeyAlgorithm

SIGNED_AT = NOW + timedelta(days=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A subscriber with a key and a certificate of the test hierarchy."""

    key: PrivateKey = field(repr=False)
    certificate_der: bytes = field(repr=False)
    house: Hierarchy = field(repr=False)

    @property
    def key_pem(self) -> bytes:
        """PKCS#8, unencrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, data: bytes) -> bytes:
        """Sign with SHA-256."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


def person(
    profile_name: str = "personal-signing", *, serial: int = 4711, now: datetime = NOW, years: int = 1
) -> Person:
    """Return somebody with a certificate of that profile."""
    house = hierarchy()
    profile = load_profile(profile_name, OPERATOR)
    (algorithm, *_) = sorted(profile.key_algorithms)
    key = customer_key(algorithm)
    tbs = subscriber_tbs(profile, house=house, serial=serial, key=key, now=now)
    return Person(key=key, certificate_der=sign(house.signer, profile, tbs_der=tbs), house=house)


def openssl_cms(who: Person, content: bytes, directory: Path, *options: str) -> bytes:
    """Return SignedData in DER as OpenSSL makes it; attached with "-nodetach"."""
    for name, value in (("key", who.key_pem), ("cert", certificate_pem(who.certificate_der)), ("content", content),
                        ("above", certificate_pem(who.house.issuing_der))):  # fmt: skip
        (directory / name).write_bytes(value)
    command = ["openssl", "cms", "-sign", "-binary", "-in", "content", "-signer", "cert", "-inkey", "key",
               "-certfile", "above", "-outform", "DER", *options]  # fmt: skip
    return subprocess.run(command, cwd=directory, capture_output=True, check=True).stdout


def blank_pdf(text: str = "contract") -> bytes:
    """Return a PDF of one page."""
    writer = PdfFileWriter()
    stream = generic.StreamObject(stream_data=f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
    writer.insert_page(PageObject(contents=writer.add_object(stream), media_box=generic.ArrayObject(
        [generic.NumberObject(one) for one in (0, 0, 595, 842)])))  # fmt: skip
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_signer(who: Person) -> signers.SimpleSigner:
    """Return pyHanko's signer for somebody."""
    store = SimpleCertificateStore()
    store.register(asn1_x509.Certificate.load(who.house.issuing_der))
    key_der = who.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(who.certificate_der),
        signing_key=asn1_keys.PrivateKeyInfo.load(key_der),
        cert_registry=store,
    )


def sign_pdf(who: Person, pdf: bytes, *, field_name: str = "Signature1", stamped_at: datetime | None = None) -> bytes:
    """Return the PDF with one more PAdES signature, timestamped when `stamped_at` is given."""
    stamper = None if stamped_at is None else authority(stamped_at, who.house)
    out = io.BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)),
        signers.PdfSignatureMetadata(field_name=field_name, subfilter=fields.SigSeedSubFilter.PADES),
        signer=pdf_signer(who),
        timestamper=stamper,
        output=out,
    )
    return out.getvalue()


def repaint(pdf: bytes) -> bytes:
    """Return the PDF with its first page drawn anew in an incremental update, as a forger would."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT (another contract) Tj ET"))
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def authority(at: datetime, house: Hierarchy) -> timestamps.DummyTimeStamper:
    """Return pyHanko's timestamp authority with a certificate of the test hierarchy, its clock at `at`."""
    profile = load_profile("tsa-delegate", OPERATOR)
    key = customer_key(KeyAlgorithm.RSA_2048)  # pyHanko's authority has RSA keys only
    certificate_der = sign(house.signer, profile, tbs_der=subscriber_tbs(profile, house=house, serial=77, key=key))
    store = SimpleCertificateStore()
    store.register(asn1_x509.Certificate.load(house.issuing_der))
    key_der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return timestamps.DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate_der),
        tsa_key=asn1_keys.PrivateKeyInfo.load(key_der),
        certs_to_embed=store,
        fixed_dt=at,
    )


def ocsp_response(
    certificate_der: bytes,
    house: Hierarchy,
    *,
    issuing_key: PrivateKey,
    revoked_at: datetime | None = None,
    reason: x509.ReasonFlags | None = None,
    this_update: datetime,
    responder_der: bytes | None = None,
) -> bytes:
    """Return an OCSPResponse as cryptography builds it, signed with `issuing_key` by the issuer or a delegate."""
    responder = x509.load_der_x509_certificate(responder_der or house.issuing_der)
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=x509.load_der_x509_certificate(certificate_der),
            issuer=x509.load_der_x509_certificate(house.issuing_der),
            algorithm=hashes.SHA256(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
            this_update=this_update,
            next_update=this_update + timedelta(hours=1),
            revocation_time=revoked_at,
            revocation_reason=reason,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder)
    )
    if responder_der is not None:
        builder = builder.certificates([responder])
    return builder.sign(issuing_key, hashes.SHA256()).public_bytes(Encoding.DER)


class KnownStatuses:
    """A status source that knows what it is told; certificates it was told nothing of are good, or unknown to it."""

    def __init__(self, *told: StatusEvidence, silent: bool = False) -> None:
        self._told = {one.serial: one for one in told}
        self._silent = silent

    def find_status(self, certificate_der: bytes, issuer_der: bytes, now: datetime) -> StatusEvidence | None:
        """See the port."""
        serial = x509.load_der_x509_certificate(certificate_der).serial_number
        good = StatusEvidence(serial=serial, state=StatusState.GOOD, source="register", this_update=now)
        return self._told.get(serial, None if self._silent else good)


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseTrust:
    """Trusts the root of the test hierarchy, and knows its issuing CA."""

    house: Hierarchy

    def anchors(self) -> tuple[bytes, ...]:
        """See the port."""
        return (self.house.root_der,)

    def intermediates(self) -> tuple[bytes, ...]:
        """See the port."""
        return (self.house.issuing_der,)
