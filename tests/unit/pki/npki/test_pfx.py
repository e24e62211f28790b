"""PKCS#12 files: written for OpenSSL, pyca and pypinksign, and read from OpenSSL and pyca."""

import os
import subprocess
from pathlib import Path

import pytest
from asn1crypto import core, pem
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat, load_der_private_key, pkcs12
from cryptography.x509 import load_der_x509_certificate
from pypinksign import PinkSign

from dojang.pki.npki import asn1, oid
from dojang.pki.npki.errors import (
    AlgorithmUnsupported,
    IterationCountRefused,
    KeyCertificateMismatch,
    Malformed,
    PasswordEncodingUnusable,
    WrongPassword,
)
from dojang.pki.npki.key_pair import KeyPair, pair_up
from dojang.pki.npki.pfx import PfxContent, mac_digest, parse_pfx
from dojang.pki.npki.pfx_write import PfxForm, pfx_der
from dojang.pki.npki.private_key import get_random_number
from unit.pki.npki.subscriber import PASSWORD, certificate, rsa_key, subject_name, subscriber, usage

FEW = 1000
R_ATTRIBUTE = "1.2.410.200004.10.1.1.3"


def content(*, key_management: bool = True, chain: bool = True) -> PfxContent:
    holder = subscriber()
    return PfxContent(
        signing=pair_up(holder.sign_certificate_der, holder.sign_pkcs8_der),
        key_management=pair_up(holder.km_certificate_der, holder.km_pkcs8_der) if key_management else None,
        ca_certificates_der=(holder.ca_certificate_der,) if chain else (),
    )


def openssl(*arguments: str | Path, password: bytes = PASSWORD) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"DOJANG_TEST_PASSWORD": password.decode()}
    return subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, env=environment, timeout=60, check=False
    )


def listed_by_openssl(pfx: bytes, folder: Path, *options: str) -> str:
    path = folder / "file.pfx"
    path.write_bytes(pfx)
    result = openssl("pkcs12", "-in", path, "-passin", "env:DOJANG_TEST_PASSWORD", "-nodes", *options)
    assert result.returncode == 0, result.stderr
    return result.stdout.decode()


@pytest.mark.parametrize("form", PfxForm)
@pytest.mark.parametrize("key_management", [True, False])
@pytest.mark.parametrize("chain", [True, False])
def test_what_is_written_is_read(form: PfxForm, key_management: bool, chain: bool) -> None:
    written = content(key_management=key_management, chain=chain)
    pfx = pfx_der(written, PASSWORD, os.urandom, form, FEW)
    read = parse_pfx(pfx, PASSWORD)
    assert read == written
    assert get_random_number(read.signing.pkcs8_der) == subscriber().random_number


@pytest.mark.parametrize(
    ("form", "options"), [(PfxForm.COMPATIBLE, ()), (PfxForm.COMPATIBLE, ("-legacy",)), (PfxForm.STRONG, ())]
)
def test_openssl_opens_both_forms_and_prints_r(tmp_path: Path, form: PfxForm, options: tuple[str, ...]) -> None:
    listing = listed_by_openssl(pfx_der(content(), PASSWORD, os.urandom, form), tmp_path, *options)
    assert listing.count("BEGIN CERTIFICATE") == 3
    assert listing.count("BEGIN PRIVATE KEY") == 2
    r_hex = " ".join(f"{byte:02X}" for byte in subscriber().random_number.value)
    assert f"{R_ATTRIBUTE}: {r_hex}" in listing


def test_the_strong_form_states_its_strength(tmp_path: Path) -> None:
    path = tmp_path / "strong.pfx"
    path.write_bytes(pfx_der(content(), PASSWORD, os.urandom, PfxForm.STRONG))
    result = openssl("pkcs12", "-in", path, "-passin", "env:DOJANG_TEST_PASSWORD", "-info", "-noout")
    lines = result.stderr.decode()
    assert "MAC: sha256, Iteration 600000" in lines
    assert lines.count("PBES2, PBKDF2, AES-256-CBC, Iteration 300000, PRF hmacWithSHA256") == 3


@pytest.mark.parametrize("form", PfxForm)
def test_pyca_opens_both_forms(form: PfxForm) -> None:
    pfx = pfx_der(content(key_management=False), PASSWORD, os.urandom, form, FEW)
    key, leaf, others = pkcs12.load_key_and_certificates(pfx, PASSWORD)
    assert key is not None
    assert leaf == load_der_x509_certificate(subscriber().sign_certificate_der)
    assert key.public_key() == leaf.public_key()
    assert others == [load_der_x509_certificate(subscriber().ca_certificate_der)]


@pytest.mark.parametrize("form", PfxForm)
def test_pypinksign_signs_with_both_forms(form: PfxForm) -> None:
    pfx = pfx_der(content(key_management=False, chain=False), PASSWORD, os.urandom, form, FEW)
    judge = PinkSign(p12_data=pfx, prikey_password=PASSWORD)
    assert judge.verify(judge.sign(b"message"), b"message")
    assert not judge.verify(judge.sign(b"message"), b"another message")


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-keypbe", "AES-128-CBC", "-certpbe", "AES-256-CBC", "-macalg", "sha512"),
        ("-legacy", "-certpbe", "PBE-SHA1-3DES"),
        ("-certpbe", "NONE", "-keypbe", "NONE"),
    ],
    ids=["default", "mixed", "3des", "plain-bags"],
)
def test_files_openssl_writes_are_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    """A key passed through OpenSSL's own writer may lose R; the key and the certificates are all we ask."""
    holder = subscriber()
    (tmp_path / "leaf.pem").write_text(pem.armor("CERTIFICATE", holder.sign_certificate_der).decode())
    (tmp_path / "ca.pem").write_text(pem.armor("CERTIFICATE", holder.ca_certificate_der).decode())
    (tmp_path / "key.pem").write_text(pem.armor("PRIVATE KEY", holder.sign_pkcs8_der).decode())
    result = openssl(
        *("pkcs12", "-export", "-in", tmp_path / "leaf.pem", "-inkey", tmp_path / "key.pem"),
        *("-certfile", tmp_path / "ca.pem", "-passout", "env:DOJANG_TEST_PASSWORD", *options),
    )
    assert result.returncode == 0, result.stderr
    read = parse_pfx(result.stdout, PASSWORD)
    assert read.signing.certificate_der == holder.sign_certificate_der
    assert read.ca_certificates_der == (holder.ca_certificate_der,)


@pytest.mark.parametrize("password", [PASSWORD, "비밀번호😀".encode()])
def test_files_pyca_writes_are_read(password: bytes) -> None:
    holder = subscriber()
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(FEW)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA256())
        .build(password)
    )
    pfx = pkcs12.serialize_key_and_certificates(
        name="도장이".encode(),
        key=rsa_key("sign"),
        cert=load_der_x509_certificate(holder.sign_certificate_der),
        cas=[load_der_x509_certificate(holder.ca_certificate_der)],
        encryption_algorithm=encryption,
    )
    read = parse_pfx(pfx, password)
    key = load_der_private_key(read.signing.pkcs8_der, None)
    assert key.public_key() == rsa_key("sign").public_key()
    assert read.ca_certificates_der == (holder.ca_certificate_der,)


@pytest.mark.parametrize("form", PfxForm)
def test_wrong_passwords_and_altered_files(form: PfxForm) -> None:
    pfx = pfx_der(content(), PASSWORD, os.urandom, form, 1)
    with pytest.raises(WrongPassword):
        parse_pfx(pfx, PASSWORD + b"x")
    middle = len(pfx) // 2
    altered = pfx[:middle] + bytes([pfx[middle] ^ 1]) + pfx[middle + 1 :]
    with pytest.raises(WrongPassword):
        parse_pfx(altered, PASSWORD)


def test_a_password_that_is_no_text() -> None:
    with pytest.raises(PasswordEncodingUnusable):
        pfx_der(content(), b"\xff\xfe", os.urandom)
    with pytest.raises(PasswordEncodingUnusable):
        parse_pfx(pfx_der(content(), PASSWORD, os.urandom), b"\xff\xfe")


def test_a_key_is_never_packed_with_another_certificate() -> None:
    holder = subscriber()
    mixed = KeyPair(certificate_der=holder.sign_certificate_der, pkcs8_der=holder.km_pkcs8_der)
    with pytest.raises(KeyCertificateMismatch):
        pfx_der(PfxContent(signing=mixed), PASSWORD, os.urandom)
    with pytest.raises(KeyCertificateMismatch):
        pair_up(holder.sign_certificate_der, holder.km_pkcs8_der)


def test_a_file_with_only_an_encryption_pair_has_nothing_to_sign_with() -> None:
    holder = subscriber()
    pair = KeyPair(certificate_der=holder.km_certificate_der, pkcs8_der=holder.km_pkcs8_der)
    with pytest.raises(KeyCertificateMismatch):
        parse_pfx(pfx_der(PfxContent(signing=pair), PASSWORD, os.urandom), PASSWORD)


def test_the_encryption_pair_is_told_by_its_key_usage_not_its_place() -> None:
    right = content()
    assert right.key_management is not None
    swapped = PfxContent(signing=right.key_management, key_management=right.signing)
    read = parse_pfx(pfx_der(swapped, PASSWORD, os.urandom), PASSWORD)
    assert (read.signing, read.key_management) == (right.signing, right.key_management)


def resealed(pfx: bytes, **changes: object) -> bytes:
    """Return the file with fields of its MacData changed."""
    structure = asn1.Pfx.load(pfx)
    for field, value in changes.items():
        structure["mac_data"][field] = value
    der: bytes = structure.dump(force=True)
    return der


def test_absurd_mac_iterations_are_refused_at_once() -> None:
    pfx = pfx_der(content(), PASSWORD, os.urandom)
    with pytest.raises(IterationCountRefused):
        parse_pfx(resealed(pfx, iterations=2**31), PASSWORD)
    with pytest.raises(IterationCountRefused):
        pfx_der(content(), PASSWORD, os.urandom, iterations=0)


def test_an_unknown_mac_is_named() -> None:
    pfx = asn1.Pfx.load(pfx_der(content(), PASSWORD, os.urandom))
    pfx["mac_data"]["mac"]["digest_algorithm"] = {"algorithm": "1.2.840.113549.1.5.14"}
    with pytest.raises(AlgorithmUnsupported) as refusal:
        parse_pfx(pfx.dump(force=True), PASSWORD)
    assert refusal.value.fields == {"algorithm": "1.2.840.113549.1.5.14"}


def test_a_file_without_mac_is_refused() -> None:
    pfx = asn1.Pfx.load(pfx_der(content(), PASSWORD, os.urandom))
    bare = asn1.Pfx({"version": 3, "auth_safe": pfx["auth_safe"]})
    with pytest.raises(Malformed):
        parse_pfx(bare.dump(), PASSWORD)


def sealed(bags: list[asn1.SafeBag]) -> bytes:
    """Return a file of the given bags under a correct MAC."""
    inner = asn1.SafeContents(bags).dump()
    element = {"content_type": oid.DATA, "content": asn1.explicit(core.OctetString(inner))}
    safe = asn1.AuthenticatedSafe([asn1.ContentInfo(element)]).dump()
    mac = {
        "mac": {
            "digest_algorithm": {"algorithm": oid.SHA256},
            "digest": mac_digest("sha256", safe, PASSWORD, b"salt", 1),
        },
        "mac_salt": b"salt",
        "iterations": 1,
    }
    auth_safe = {"content_type": oid.DATA, "content": asn1.explicit(core.OctetString(safe))}
    der: bytes = asn1.Pfx({"version": 3, "auth_safe": auth_safe, "mac_data": mac}).dump()
    return der


def certificate_bag(certificate_der: bytes) -> asn1.SafeBag:
    value = asn1.CertBag({"cert_id": oid.X509_CERTIFICATE, "cert_value": certificate_der})
    return asn1.SafeBag({"bag_id": oid.CERT_BAG, "bag_value": asn1.explicit(value)})


def test_a_key_without_its_certificate_is_a_mismatch() -> None:
    holder = subscriber()
    key = asn1.PrivateKeyInfo.load(holder.sign_pkcs8_der)
    key_bag = asn1.SafeBag({"bag_id": oid.KEY_BAG, "bag_value": asn1.explicit(key)})
    with pytest.raises(KeyCertificateMismatch):
        parse_pfx(sealed([key_bag, certificate_bag(holder.km_certificate_der)]), PASSWORD)
    with pytest.raises(KeyCertificateMismatch):
        parse_pfx(sealed([certificate_bag(holder.sign_certificate_der)]), PASSWORD)


def test_unknown_bags_are_passed_over_and_plain_keys_read() -> None:
    holder = subscriber()
    key = asn1.PrivateKeyInfo.load(holder.sign_pkcs8_der)
    unknown = asn1.SafeBag({"bag_id": "1.2.3.4", "bag_value": asn1.explicit(core.OctetString(b"?"))})
    key_bag = asn1.SafeBag({"bag_id": oid.KEY_BAG, "bag_value": asn1.explicit(key)})
    read = parse_pfx(sealed([unknown, key_bag, certificate_bag(holder.sign_certificate_der)]), PASSWORD)
    assert get_random_number(read.signing.pkcs8_der) == holder.random_number


def test_too_many_bags_are_refused() -> None:
    bag = certificate_bag(subscriber().ca_certificate_der)
    with pytest.raises(Malformed):
        parse_pfx(sealed([bag] * 33), PASSWORD)


def test_a_certificate_that_is_none_is_malformed() -> None:
    with pytest.raises(Malformed):
        parse_pfx(sealed([certificate_bag(b"\x30\x03\x02\x01\x01")]), PASSWORD)


def test_certificates_of_renewal_share_a_subject_but_not_a_key() -> None:
    """The pair is found by key, so an older certificate of the same subject does no harm."""
    older = certificate(rsa_key("older"), usage(sign=True), subject_name(), 900)
    holder = subscriber()
    written = PfxContent(
        signing=pair_up(holder.sign_certificate_der, holder.sign_pkcs8_der), ca_certificates_der=(older,)
    )
    assert parse_pfx(pfx_der(written, PASSWORD, os.urandom), PASSWORD) == written
