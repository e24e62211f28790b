"""Bytes made by other people's programs, reproduced: certificate, key file, R, PKCS#12, PBES2 key, virtual ID."""

import base64
import hashlib
import inspect
import re

import pytest
from pypinksign import inject_rand_in_plain_prikey, test_pinkSign

from dojang.pki.npki import asn1, oid, pbes2
from dojang.pki.npki.errors import WrongPassword
from dojang.pki.npki.folder_name import subject_folder_name
from dojang.pki.npki.key_pair import KeyPair, pair_up, subject_key_id
from dojang.pki.npki.pfx import PfxContent, parse_pfx
from dojang.pki.npki.pfx_write import PfxForm, pfx_der
from dojang.pki.npki.private_key import (
    decrypt_private_key,
    encrypt_private_key,
    find_random_number,
    get_random_number,
    with_random_number,
    without_random_number,
)
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import find_certificate_identify_data, subject_alt_name_der
from dojang.pki.npki.virtual_id import (
    VirtualId,
    VirtualIdHash,
    compute_virtual_id,
    hash_content_der,
    parse_virtual_id,
    virtual_id_der,
)
from golden.npki import pypinksign_fixture as fixture

R = RandomNumber(value=fixture.RANDOM_NUMBER)
CONTENT = PfxContent(
    signing=KeyPair(certificate_der=fixture.CERTIFICATE_DER, pkcs8_der=fixture.PKCS8_WITH_R_DER),
)
VECTOR_R = RandomNumber(value=bytes.fromhex("79EA7568A2D3776604E18BCD3A1B1B85B7DA0872"))
VECTOR_IDN = "1234561234567"
VECTOR_VID = "17692C8DD00EAD33791DE0A64A937C60799634C64AC56FA57570C0E05252AB35"


def test_sign_pri_opens_to_the_plaintext_with_r() -> None:
    """The real `.1.15` file."""
    assert decrypt_private_key(fixture.SIGN_PRI, fixture.PASSWORD) == fixture.PKCS8_WITH_R_DER


def test_trailing_bytes_of_a_key_file_are_ignored() -> None:
    """Real files carry some."""
    assert decrypt_private_key(fixture.SIGN_PRI + bytes(46), fixture.PASSWORD) == fixture.PKCS8_WITH_R_DER


def test_our_encryption_reproduces_sign_pri_byte_for_byte() -> None:
    """Same salt, same password, same file."""
    encrypted = encrypt_private_key(fixture.PKCS8_WITH_R_DER, fixture.PASSWORD, lambda length: fixture.SALT[:length])
    assert encrypted == fixture.SIGN_PRI


def test_r_is_found_injected_and_taken_out_byte_for_byte() -> None:
    """Both directions equal pypinksign's and the real key's bytes."""
    assert get_random_number(fixture.PKCS8_WITH_R_DER) == R
    assert find_random_number(fixture.PKCS8_DER) is None
    injected = with_random_number(fixture.PKCS8_DER, R)
    assert injected == fixture.PKCS8_WITH_R_DER
    judged = inject_rand_in_plain_prikey(base64.b64encode(fixture.PKCS8_DER).decode(), fixture.RANDOM_NUMBER)
    assert injected == base64.b64decode(judged)
    assert without_random_number(fixture.PKCS8_WITH_R_DER) == fixture.PKCS8_DER


def test_injecting_twice_replaces_r() -> None:
    """There is never a second R."""
    other = RandomNumber(value=b"\x01" * 20)
    replaced = with_random_number(fixture.PKCS8_WITH_R_DER, other)
    assert get_random_number(replaced) == other
    assert with_random_number(replaced, R) == fixture.PKCS8_WITH_R_DER


def test_subject_alt_name_is_reproduced_byte_for_byte() -> None:
    """The whole extension value of the real certificate."""
    identify_data = find_certificate_identify_data(fixture.CERTIFICATE_DER)
    assert identify_data is not None
    assert identify_data.real_name == "HKD"
    der = subject_alt_name_der(identify_data)
    assert der.hex().upper().startswith("3059A05706092A831A8C9A440A0101A04A30480C03484B44")
    assert b"\x03\x55\x1d\x11\x04" + bytes([len(der)]) + der in fixture.CERTIFICATE_DER


def test_pfx_opens_with_r_and_is_reproduced_byte_for_byte() -> None:
    """The real PKCS#12 file: 3DES, SHA-1 MAC, 1024 rounds, localKeyID, R kept."""
    assert parse_pfx(fixture.PFX_DER, fixture.PASSWORD) == CONTENT
    written = pfx_der(CONTENT, fixture.PASSWORD, lambda length: fixture.PFX_SALT[:length], PfxForm.COMPATIBLE)
    assert written == fixture.PFX_DER


def test_pfx_with_a_wrong_password() -> None:
    """The MAC says so."""
    with pytest.raises(WrongPassword):
        parse_pfx(fixture.PFX_DER, b"not-the-passw0rd!")


def test_real_key_belongs_to_the_real_certificate() -> None:
    """Including the attribute R, which the key reader must not mind."""
    pair = pair_up(fixture.CERTIFICATE_DER, fixture.PKCS8_WITH_R_DER)
    assert pair == CONTENT.signing
    assert subject_key_id(fixture.CERTIFICATE_DER).hex() == "a9ab98bd24851ecd625f1fdd790b54aa8c817ef6"


def test_folder_name_of_the_real_certificate() -> None:
    """As vendor clients name it."""
    expected = f"cn={fixture.COMMON_NAME},ou=INITECH,ou=personal4IB,o=yessign,c=kr"
    assert subject_folder_name(fixture.CERTIFICATE_DER) == expected


def test_pbes2_key_derivation_of_the_real_sample() -> None:
    """The PBES2 SEED file inside pypinksign's tests, whose password is the fixture's: key and IV."""
    source = inspect.getsource(test_pinkSign.TestPinkSign.test_get_private_key_decryption_key_for_pbes2)
    encoded = "".join(re.findall(r"'([A-Za-z0-9+/=]+)'", source.split("pbes2_private_key")[0]))
    info = asn1.EncryptedPrivateKeyInfo.load(base64.b64decode(encoded))
    scheme = pbes2.parse_pbes2(info["encryption_algorithm"])
    assert (scheme.cipher_oid, scheme.prf_oid, scheme.iterations) == (oid.SEED_CBC, oid.HMAC_SHA1, 1024)
    assert scheme.derive_key(fixture.PASSWORD) == b"\x01s\x94\x01\xd7\xf3\xdfS\x19\xef\xf4\xed\xb0\xaf\xa6o"
    assert scheme.iv == b"\x98\x13_\x90#\x85\xf9\x015\x90\x820\x98\xe0\x9c\xfe"
    assert scheme.algorithm_identifier().dump() == info["encryption_algorithm"].dump()


def test_virtual_id_vector() -> None:
    """A vendor client's worked example: HashContent, first hash, virtual ID."""
    content = hash_content_der(VECTOR_IDN, VECTOR_R)
    assert content.hex().upper() == "3026130D31323334353631323334353637031500" + VECTOR_R.value.hex().upper()
    assert hashlib.sha256(content).hexdigest().upper() == (
        "CDFF7F7C20B3219BC8CE65FE461CF826912718BF0F604CBB6E8216EAC9564C30"
    )
    assert compute_virtual_id(VECTOR_IDN, VECTOR_R) == VirtualId(digest=bytes.fromhex(VECTOR_VID))


def test_virtual_id_structure_with_and_without_null() -> None:
    """Certificates leave the parameter out, CMP clients write NULL; we read both and write none."""
    virtual_id = VirtualId(digest=bytes.fromhex(VECTOR_VID))
    bare = bytes.fromhex("3031300B0609608648016503040201A0220420" + VECTOR_VID)
    with_null = bytes.fromhex("3033300D06096086480165030402010500A0220420" + VECTOR_VID)
    assert parse_virtual_id(bare) == parse_virtual_id(with_null) == virtual_id
    assert virtual_id_der(virtual_id) == bare


def test_sha1_virtual_id_is_read() -> None:
    """Old certificates: the same construction under SHA-1."""
    once = hashlib.new("sha1", hash_content_der(VECTOR_IDN, VECTOR_R), usedforsecurity=False).digest()
    digest = hashlib.new("sha1", once, usedforsecurity=False).digest()
    der = bytes.fromhex("3021300706052B0E03021AA0160414") + digest
    assert parse_virtual_id(der) == compute_virtual_id(VECTOR_IDN, VECTOR_R, VirtualIdHash.SHA1)
