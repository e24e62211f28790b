"""What we write, in other programs' hands: the acceptance list for key files, folders and PKCS#12.

pypinksign plays the subscriber's bank client, OpenSSL the stranger. Source: npki notes section 6.2.
"""

import os
import subprocess
from pathlib import Path

import pytest
from asn1crypto import pem
from pypinksign import PinkSign, choose_cert

from dojang.pki.npki.errors import VirtualIdMismatch
from dojang.pki.npki.folder import FolderContent, get_folder, read_folder
from dojang.pki.npki.folder_write import write_folder
from dojang.pki.npki.key_pair import pair_up
from dojang.pki.npki.password import encode_new_password
from dojang.pki.npki.pfx import PfxContent
from dojang.pki.npki.pfx_write import PfxForm, pfx_der
from dojang.pki.npki.private_key import KeyProtection, decrypt_private_key, encrypt_private_key, get_random_number
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import get_certificate_virtual_id
from dojang.pki.npki.virtual_id import verify_virtual_id
from unit.pki.npki.subscriber import (
    COMMON_NAME,
    NOT_AFTER,
    NOT_BEFORE,
    OTHER_RRN,
    PASSWORD,
    POLICY_OID,
    RRN,
    subscriber,
)

MESSAGE = "이체 100원".encode()
UNDATED = ("-binary", "-no_check_time")


@pytest.fixture
def issued_tree(tmp_path: Path) -> Path:
    """An NPKI tree as a subscriber holds it after issuance."""
    holder = subscriber()
    content = FolderContent(
        sign_certificate_der=holder.sign_certificate_der,
        sign_key_encrypted=encrypt_private_key(holder.sign_pkcs8_der, PASSWORD, os.urandom),
        km_certificate_der=holder.km_certificate_der,
        km_key_encrypted=encrypt_private_key(holder.km_pkcs8_der, PASSWORD, os.urandom),
        ca_certificates_der=(holder.ca_certificate_der,),
    )
    write_folder(tmp_path, "dojang", content)
    return tmp_path


def chosen(tree: Path) -> PinkSign:
    return choose_cert(base_path=str(tree), cn="도장이", pw=PASSWORD)


def test_1_a_client_finds_the_folder_and_opens_the_key(issued_tree: Path) -> None:
    assert chosen(issued_tree).prikey is not None
    with pytest.raises(ValueError, match="padding"):
        choose_cert(base_path=str(issued_tree), cn="도장이", pw=PASSWORD + b"?")


def test_2_signatures_made_with_the_key_verify_with_the_certificate(issued_tree: Path) -> None:
    client = chosen(issued_tree)
    signature = client.sign(MESSAGE)
    assert client.verify(signature, MESSAGE)
    assert not client.verify(signature, MESSAGE + b"0")


def test_3_r_from_the_key_and_the_number_give_the_virtual_id(issued_tree: Path) -> None:
    client = chosen(issued_tree)
    r = RandomNumber(value=client._rand_num.asOctets())
    virtual_id = get_certificate_virtual_id(client.pub_data)
    assert verify_virtual_id(virtual_id, RRN, r) == virtual_id
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(virtual_id, OTHER_RRN, r)
    with pytest.raises(VirtualIdMismatch):
        verify_virtual_id(virtual_id, RRN, RandomNumber(value=r.value[:-1] + bytes([r.value[-1] ^ 1])))


def test_4_a_client_reads_what_was_ordered(issued_tree: Path) -> None:
    client = chosen(issued_tree)
    assert client.cert_type_oid() == POLICY_OID
    assert client.cn() == COMMON_NAME
    assert client.valid_date() == (NOT_BEFORE, NOT_AFTER)
    assert client.issuer() == "dojang"


@pytest.mark.parametrize("form", PfxForm)
def test_5_the_pkcs12_file_signs_and_shows_r(tmp_path: Path, form: PfxForm) -> None:
    holder = subscriber()
    content = PfxContent(
        signing=pair_up(holder.sign_certificate_der, holder.sign_pkcs8_der),
        ca_certificates_der=(holder.ca_certificate_der,),
    )
    path = tmp_path / "subscriber.pfx"
    path.write_bytes(pfx_der(content, PASSWORD, os.urandom, form))
    client = PinkSign(p12_path=str(path), prikey_password=PASSWORD)
    assert client.verify(client.sign(MESSAGE), MESSAGE)
    result = subprocess.run(
        ["openssl", "pkcs12", "-legacy", "-nodes", "-nocerts", "-in", str(path), "-passin", "env:DOJANG_TEST_PASSWORD"],
        capture_output=True,
        env=os.environ | {"DOJANG_TEST_PASSWORD": PASSWORD.decode()},
        text=True,
        timeout=60,
        check=True,
    )
    assert "1.2.410.200004.10.1.1.3: " + " ".join(f"{b:02X}" for b in holder.random_number.value) in result.stdout


def test_6_signed_messages_verify_with_openssl(issued_tree: Path) -> None:
    signed, ca = issued_tree / "signed.p7", issued_tree / "ca.pem"
    signed.write_bytes(chosen(issued_tree).pkcs7_signed_msg(MESSAGE))
    ca.write_bytes(pem.armor("CERTIFICATE", subscriber().ca_certificate_der))
    result = subprocess.run(
        ["openssl", "cms", "-verify", "-inform", "DER", "-in", signed, "-CAfile", ca, "-purpose", "any", *UNDATED],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == MESSAGE


def test_7_we_read_back_what_the_client_reads(issued_tree: Path) -> None:
    """Folder → key → pair → R, through our own reader alone; `.15` is the default protection of the folder."""
    content = read_folder(get_folder(issued_tree, COMMON_NAME).path)
    key = decrypt_private_key(content.sign_key_encrypted, PASSWORD)
    assert pair_up(content.sign_certificate_der, key).pkcs8_der == key
    assert get_random_number(key) == subscriber().random_number
    assert bytes.fromhex("06082A831A8C9A44010F") in content.sign_key_encrypted[:40]


def test_the_password_of_these_tests_is_one_a_subscriber_may_choose() -> None:
    assert encode_new_password(PASSWORD.decode()) == PASSWORD


def test_a_strong_key_in_the_folder_is_ours_alone(tmp_path: Path) -> None:
    """The strong form is for what we keep: our reader opens it, and the old clients say that they cannot."""
    holder = subscriber()
    strong = encrypt_private_key(holder.sign_pkcs8_der, PASSWORD, os.urandom, KeyProtection.STRONG)
    write_folder(
        tmp_path,
        "dojang",
        FolderContent(sign_certificate_der=holder.sign_certificate_der, sign_key_encrypted=strong),
    )
    assert decrypt_private_key(strong, PASSWORD) == holder.sign_pkcs8_der
    with pytest.raises(ValueError, match=r"."):
        choose_cert(base_path=str(tmp_path), cn="도장이", pw=PASSWORD)
