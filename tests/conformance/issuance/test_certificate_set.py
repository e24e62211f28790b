"""What `issue` hands out, held against the NPKI profile by OpenSSL, and against the VID algorithm written by hand."""

import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from builders.applicants import HONG, application_of, client_keys, issuance_request
from builders.office import NOW, office
from builders.world import World
from dojang.adapters.store.engine import Database
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.pki.certificate import MAX_SERIAL, certificate_pem
from dojang.pki.npki.errors import VirtualIdMismatch
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import find_certificate_identify_data, get_certificate_virtual_id
from dojang.pki.npki.virtual_id import verify_virtual_id

KEYS = client_keys(0, rsa_signing=True)


@pytest.fixture
def issued(sqlite_database: Database) -> CertificateSet:
    world = World(sqlite_database)
    return world.issue(issuance_request(world.identified(application_of()), KEYS))


def parsed(certificate_der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate_der)


@pytest.mark.section("RFC 5280 6.1")
@pytest.mark.section("RFC 5280 6.1")
def test_openssl_builds_the_path_under_an_explicit_policy(issued: CertificateSet, tmp_path: Path) -> None:
    for name, certificate_der in {
        "root": office().root_der,
        "issuing": office().issuing_der,
        "signing": issued.signing.certificate_der,
        "key_management": issued.key_management.certificate_der,
    }.items():
        (tmp_path / f"{name}.pem").write_bytes(certificate_pem(certificate_der))
    for leaf, policy in (("signing", "1.3.6.1.4.1.32473.1.1"), ("key_management", "1.3.6.1.4.1.32473.1.2")):
        command = (
            f"openssl verify -x509_strict -policy {policy} -explicit_policy -CAfile root.pem -untrusted issuing.pem"
        )
        verified = subprocess.run(
            [*command.split(), "-attime", str(int(NOW.timestamp())), f"{leaf}.pem"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert verified.returncode == 0, verified.stderr


@pytest.mark.section("KCAC.TS.CERTPROF")
@pytest.mark.section("npki 1.2, 1.3")
def test_the_extensions_stand_in_the_deployed_order(issued: CertificateSet) -> None:
    common = [
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
    ]
    after = [ExtensionOID.CRL_DISTRIBUTION_POINTS, ExtensionOID.AUTHORITY_INFORMATION_ACCESS]
    signing, key_management = (parsed(one.certificate_der) for one in (issued.signing, issued.key_management))
    assert [one.oid for one in signing.extensions] == [*common, ExtensionOID.SUBJECT_ALTERNATIVE_NAME, *after]
    assert [one.oid for one in key_management.extensions] == [*common, *after]
    for certificate in (signing, key_management):
        critical = {one.oid for one in certificate.extensions if one.critical}
        assert critical == {ExtensionOID.KEY_USAGE, ExtensionOID.CERTIFICATE_POLICIES}


@pytest.mark.section("KCAC.TS.SIVID")
@pytest.mark.section("npki 2.2")
def test_the_virtual_id_matches_only_the_right_number_and_r(issued: CertificateSet) -> None:
    virtual_id = get_certificate_virtual_id(issued.signing.certificate_der)
    # The algorithm written out by hand, not through the codec: h(h(SEQUENCE { PrintableString, BIT STRING })).
    content = b"\x13\x0d" + HONG.rrn.encode() + b"\x03\x15\x00" + KEYS.r
    by_hand = hashlib.sha256(hashlib.sha256(b"\x30" + bytes([len(content)]) + content).digest()).digest()
    assert virtual_id.digest == by_hand
    verify_virtual_id(virtual_id, HONG.rrn, RandomNumber(value=KEYS.r))
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(virtual_id, "9001011978124", RandomNumber(value=KEYS.r))
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(virtual_id, HONG.rrn, RandomNumber(value=b"\x77" * 20))
    identity = find_certificate_identify_data(issued.signing.certificate_der)
    assert identity is not None
    assert identity.real_name == HONG.name
    assert find_certificate_identify_data(issued.key_management.certificate_der) is None


@pytest.mark.section("RFC 5280 4.1.2.2")
@pytest.mark.section("npki 5.1")
def test_serials_are_small_distinct_and_unpredictable(issued: CertificateSet) -> None:
    serials = [issued.signing.serial, issued.key_management.serial]
    assert len(set(serials)) == 2
    assert all(0 < one <= MAX_SERIAL for one in serials)


@pytest.mark.section("KCAC.TS.DN")
@pytest.mark.section("npki 1.5")
def test_the_subject_is_the_deployed_form(issued: CertificateSet) -> None:
    subject = parsed(issued.signing.certificate_der).subject
    assert [one.value for one in subject][:4] == ["kr", "dojang", "personal4IB", "HANBIT"]
    name, digits = str(list(subject)[4].value).split("()")
    assert name == HONG.name
    assert len(digits) == 24
    assert digits.startswith("0097041" + "20261123")


@pytest.mark.section("KCAC.TS.CERTPROF")
@pytest.mark.section("npki 1.2")
def test_validity_is_whole_korean_days(issued: CertificateSet) -> None:
    certificate = parsed(issued.signing.certificate_der)
    assert certificate.not_valid_before_utc.strftime("%H%M%S") == "150000"
    assert certificate.not_valid_after_utc.strftime("%H%M%S") == "145959"
