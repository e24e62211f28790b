"""Evidence about revocation: what it proves, and all that makes it worthless. OpenSSL and cryptography make it."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from dojang.pki.certificate import certificate_pem
from dojang.pki.revocation_evidence import RevocationEvidence, read_crl_evidence, read_ocsp_evidence

NOW = datetime.fromisoformat("2026-11-23T00:00:00+00:00")
HOUR = timedelta(hours=1)
KEYS = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("ca", "leaf", "delegate", "mallory")}
SERIAL = 4711


def make(subject: str, issuer: str, *extensions: tuple[x509.ExtensionType, bool], serial: int = SERIAL,
         signer: str | None = None) -> x509.Certificate:  # fmt: skip
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(KEYS[subject].public_key())
        .serial_number(serial)
        .not_valid_before(NOW - 24 * HOUR)
        .not_valid_after(NOW + 24 * HOUR)
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    return builder.sign(KEYS[signer or issuer], hashes.SHA256())


CA = make("ca", "ca", (x509.BasicConstraints(ca=True, path_length=None), True), serial=1)
LEAF = make("leaf", "ca")
DELEGATE = make("delegate", "ca", (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False), serial=2)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def answer(
    *,
    about: x509.Certificate = LEAF,
    responder: x509.Certificate = CA,
    key: str = "ca",
    revoked_at: datetime | None = None,
    reason: x509.ReasonFlags | None = None,
    this_update: datetime = NOW,
    by_name: bool = False,
) -> bytes:
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=about,
            issuer=CA,
            algorithm=hashes.SHA1(),  # noqa: S303  # what clients ask with; it names the issuer
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
            this_update=this_update,
            next_update=this_update + HOUR,
            revocation_time=revoked_at,
            revocation_reason=reason,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME if by_name else ocsp.OCSPResponderEncoding.HASH, responder)
        .certificates([responder])
    )
    return builder.sign(KEYS[key], hashes.SHA256()).public_bytes(Encoding.DER)


def read(response: bytes, *, at: datetime = NOW, now: datetime = NOW) -> RevocationEvidence | None:
    return read_ocsp_evidence(response, certificate_der=der(LEAF), issuer_der=der(CA), at=at, now=now)


def test_the_issuers_own_answer_counts() -> None:
    good = read(answer())
    assert good is not None
    assert (good.serial, good.revoked_at, good.reason, good.this_update) == (SERIAL, None, None, NOW)
    revoked = read(answer(revoked_at=NOW - HOUR, reason=x509.ReasonFlags.key_compromise))
    assert revoked is not None
    assert (revoked.revoked_at, revoked.reason, revoked.is_hold) == (NOW - HOUR, "keyCompromise", False)
    held = read(answer(revoked_at=NOW - HOUR, reason=x509.ReasonFlags.certificate_hold))
    assert held is not None
    assert held.is_hold


@pytest.mark.parametrize("by_name", [True, False])
def test_a_delegates_answer_counts(by_name: bool) -> None:
    assert read(answer(responder=DELEGATE, key="delegate", by_name=by_name)) is not None


def test_answers_nobody_entitled_signed_prove_nothing() -> None:
    plain = make("delegate", "ca", serial=2)
    stranger = make("delegate", "mallory", (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False))
    forged = make("delegate", "ca", (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),
                  signer="mallory")  # fmt: skip
    for responder in (plain, stranger, forged):
        assert read(answer(responder=responder, key="delegate")) is None
    impostor = make("mallory", "ca", signer="mallory", serial=1)
    assert read(answer(responder=impostor, key="mallory")) is None
    assert read(answer(about=make("leaf", "ca", serial=9))) is None


def test_an_answer_speaks_for_its_time_only() -> None:
    assert read(answer(this_update=NOW - 3 * HOUR)) is None  # stale
    assert read(answer(this_update=NOW + HOUR)) is None  # from the future
    assert read(answer(this_update=NOW - 3 * HOUR), at=NOW - 3 * HOUR) is not None  # what was true then
    assert read(answer(this_update=NOW - 3 * HOUR), at=NOW - 5 * HOUR) is not None  # later knowledge counts


@given(junk=st.binary(max_size=300), position=st.integers(0, 400), value=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_damaged_answers_prove_nothing_false(junk: bytes, position: int, value: int) -> None:
    assert read(junk) is None
    whole = answer(revoked_at=NOW - HOUR)
    position %= len(whole)
    damaged = read(whole[:position] + bytes([value]) + whole[position + 1 :])
    assert damaged is None or damaged.revoked_at == NOW - HOUR


def revocation_list(*entries: x509.RevokedCertificate, extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
                    key: str = "ca", this_update: datetime = NOW) -> bytes:  # fmt: skip
    builder = x509.CertificateRevocationListBuilder().issuer_name(CA.subject)
    builder = builder.last_update(this_update).next_update(this_update + HOUR)
    for one in entries:
        builder = builder.add_revoked_certificate(one)
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    return builder.sign(KEYS[key], hashes.SHA256()).public_bytes(Encoding.DER)


def entry(reason: x509.ReasonFlags | None = None, *, unknown_critical: bool = False) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(SERIAL).revocation_date(NOW - HOUR)
    if reason is not None:
        builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    if unknown_critical:
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.9"), b"\x05\x00")
        builder = builder.add_extension(unknown, critical=True)
    return builder.build()


def held_against(crl: bytes, *, leaf: x509.Certificate = LEAF, at: datetime = NOW) -> RevocationEvidence | None:
    return read_crl_evidence(crl, certificate_der=der(leaf), issuer_der=der(CA), at=at, now=NOW)


def test_a_complete_list_counts() -> None:
    absent = held_against(revocation_list())
    assert absent is not None
    assert absent.revoked_at is None
    listed = held_against(revocation_list(entry(x509.ReasonFlags.superseded)))
    assert listed is not None
    assert (listed.revoked_at, listed.reason) == (NOW - HOUR, "superseded")
    assert held_against(revocation_list(entry())) is not None


def point(**more: object) -> tuple[x509.ExtensionType, bool]:
    values: dict[str, object] = {
        "full_name": None, "relative_name": None, "only_contains_user_certs": False, "only_contains_ca_certs": False,
        "only_some_reasons": None, "indirect_crl": False, "only_contains_attribute_certs": False,
    }  # fmt: skip
    return x509.IssuingDistributionPoint(**values | more), True  # type: ignore[arg-type]  # names of the class's fields


URI = [x509.UniformResourceIdentifier("http://crl.example/1")]


@pytest.mark.parametrize(
    ("extension", "counts"),
    [
        (point(only_contains_user_certs=True), True),
        (point(only_contains_ca_certs=True), False),
        (point(indirect_crl=True), False),
        (point(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})), False),
        (point(full_name=URI), False),
        ((x509.DeltaCRLIndicator(1), True), False),
        ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.9"), b"\x05\x00"), True), False),
        ((x509.CRLNumber(7), False), True),
    ],
)
def test_a_list_counts_for_what_it_covers(extension: tuple[x509.ExtensionType, bool], counts: bool) -> None:
    assert (held_against(revocation_list(extensions=(extension,))) is not None) is counts


def test_a_partition_counts_for_certificates_that_name_it() -> None:
    points = x509.CRLDistributionPoints([x509.DistributionPoint(URI, None, None, None)])
    named = make("leaf", "ca", (points, False))
    crl = revocation_list(extensions=(point(full_name=URI),))
    assert held_against(crl, leaf=named) is not None
    assert held_against(crl) is None


def test_lists_that_prove_nothing() -> None:
    assert held_against(revocation_list(key="mallory")) is None
    assert held_against(revocation_list(this_update=NOW - 5 * HOUR)) is None
    assert held_against(revocation_list(entry(unknown_critical=True))) is None
    assert held_against(b"junk") is None
    may_not = make("ca", "ca", (x509.KeyUsage(True, False, False, False, False, True, False, False, False), True))
    assert (
        read_crl_evidence(revocation_list(), certificate_der=der(LEAF), issuer_der=der(may_not), at=NOW, now=NOW)
        is None
    )


def test_what_openssl_answers_counts(tmp_path: Path) -> None:
    """OpenSSL's own responder signs with the CA's key; its clock is the machine's."""
    files = {
        "ca.pem": certificate_pem(der(CA)),
        "leaf.pem": certificate_pem(der(LEAF)),
        "ca.key": KEYS["ca"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "index": f"R\t361231000000Z\t261122230000Z,keyCompromise\t{SERIAL:04X}\tunknown\t/CN=leaf\n".encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    for command in (
        "openssl ocsp -issuer ca.pem -cert leaf.pem -reqout request",
        "openssl ocsp -index index -rsigner ca.pem -rkey ca.key -CA ca.pem -reqin request -respout response -nmin 60",
    ):
        subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=True)
    response = (tmp_path / "response").read_bytes()
    produced = ocsp.load_der_ocsp_response(response).responses
    this_update = next(iter(produced)).this_update_utc
    found = read(response, at=this_update, now=this_update)
    assert found is not None
    assert (found.revoked_at, found.reason) == (NOW - HOUR, "keyCompromise")
