"""Properties of the NPKI formats: what is written is read; what is junk is refused by us and nobody else."""

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import core
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypinksign import seed_cbc_128_encrypt_pure

from dojang.pki.npki import asn1, block_padding, key_derivation, oid, pbes2, seed, seed_block
from dojang.pki.npki.ca_pubs import ca_pubs_der, parse_ca_pubs
from dojang.pki.npki.errors import NpkiError
from dojang.pki.npki.folder_name import safe_component, subject_folder_name
from dojang.pki.npki.key_pair import KeyPair, is_key_management, pair_up, subject_key_id
from dojang.pki.npki.password import PasswordFinding, encode_new_password, find_password_findings
from dojang.pki.npki.pfx import PfxContent, mac_digest, parse_pfx
from dojang.pki.npki.pfx_write import PfxForm, pfx_der
from dojang.pki.npki.private_key import (
    KeyProtection,
    decrypt_private_key,
    encrypt_private_key,
    find_random_number,
    with_random_number,
    without_random_number,
)
from dojang.pki.npki.random_number import RandomNumber
from dojang.pki.npki.subject_alt_name import (
    find_certificate_identify_data,
    find_identify_data,
    subject_alt_name_der,
)
from dojang.pki.npki.virtual_id import (
    IdentifyData,
    VirtualId,
    VirtualIdHash,
    compute_virtual_id,
    identify_data_der,
    parse_identify_data,
    parse_virtual_id,
    verify_virtual_id,
)
from golden.npki import pypinksign_fixture as fixture
from unit.pki.npki.subscriber import PASSWORD, subscriber

blocks = st.binary(min_size=16, max_size=16)
passwords = st.binary(max_size=64)
text_passwords = st.text(max_size=40).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t))
random_numbers = st.binary(min_size=20, max_size=20).map(lambda v: RandomNumber(value=v, foreign=True))
numbers = st.text("0123456789", min_size=13, max_size=13)


def sealed(safe_der: bytes) -> bytes:
    """Return a PKCS#12 file with anything at all as its AuthenticatedSafe, and a MAC that fits."""
    content = asn1.explicit(core.OctetString(safe_der))
    digest = mac_digest("sha256", safe_der, fixture.PASSWORD, b"salt", 1)
    mac = {"digest_algorithm": {"algorithm": oid.SHA256}, "digest": digest}
    fields = {
        "version": 3,
        "auth_safe": {"content_type": oid.DATA, "content": content},
        "mac_data": {"mac": mac, "mac_salt": b"salt", "iterations": 1},
    }
    der: bytes = asn1.Pfx(fields).dump()
    return der


PARSERS: dict[str, Callable[[bytes], object]] = {
    "key file": lambda junk: decrypt_private_key(junk, PASSWORD),
    "pfx": lambda junk: parse_pfx(junk, PASSWORD),
    "pkcs8": find_random_number,
    "inject": lambda junk: with_random_number(junk, RandomNumber(value=b"\x01" * 20)),
    "vid": parse_virtual_id,
    "identify data": parse_identify_data,
    "san": find_identify_data,
    "certificate": find_certificate_identify_data,
    "folder name": subject_folder_name,
    "key id": subject_key_id,
    "key usage": is_key_management,
    "pair": lambda junk: pair_up(junk, junk),
    "pair key": lambda junk: pair_up(fixture.CERTIFICATE_DER, junk),
    "ca pubs": parse_ca_pubs,
    "safe under a good MAC": lambda junk: parse_pfx(sealed(junk), fixture.PASSWORD),
}
SAMPLES: dict[str, bytes] = {
    "key file": fixture.SIGN_PRI,
    "pfx": fixture.PFX_DER,
    "pkcs8": fixture.PKCS8_WITH_R_DER,
    "inject": fixture.PKCS8_WITH_R_DER,
    "vid": bytes.fromhex("3031300B0609608648016503040201A0220420") + bytes(32),
    "identify data": identify_data_der(IdentifyData(real_name="HKD", virtual_id=VirtualId(digest=bytes(32)))),
    "san": subject_alt_name_der(IdentifyData(real_name="HKD", virtual_id=VirtualId(digest=bytes(32)))),
    "certificate": fixture.CERTIFICATE_DER,
    "folder name": fixture.CERTIFICATE_DER,
    "key id": fixture.CERTIFICATE_DER,
    "key usage": fixture.CERTIFICATE_DER,
    "pair": fixture.CERTIFICATE_DER,
    "pair key": fixture.PKCS8_WITH_R_DER,
    "ca pubs": ca_pubs_der((fixture.CERTIFICATE_DER,)),
    "safe under a good MAC": fixture.PFX_DER[30:2971],
}


@pytest.mark.parametrize("name", PARSERS)
@given(junk=st.binary(max_size=200))
@example(junk=b"\x30\x80" * 100)
@example(junk=b"\x30\x84\xff\xff\xff\xff")
@example(junk=b"\x30\x00")
def test_junk_raises_only_ours(name: str, junk: bytes) -> None:
    """Random bytes."""
    with contextlib.suppress(NpkiError):
        PARSERS[name](junk)


@pytest.mark.parametrize("name", PARSERS)
@given(data=st.data())
def test_damaged_files_raise_only_ours(name: str, data: st.DataObject) -> None:
    """Real bytes, a few of them altered, or cut short: far deeper into the parsers than junk gets."""
    damaged = bytearray(SAMPLES[name])
    # mostly among the headers at the beginning, where every byte has a meaning
    places = st.integers(0, min(120, len(damaged) - 1)) | st.integers(0, len(damaged) - 1)
    for place in data.draw(st.lists(places, min_size=1, max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.none() | st.integers(0, len(damaged)))
    with contextlib.suppress(NpkiError):
        PARSERS[name](bytes(damaged[:cut]))


@given(key=blocks, iv=blocks, data=st.binary(max_size=200))
def test_pure_and_preferred_seed_agree_with_a_third_maker(key: bytes, iv: bytes, data: bytes) -> None:
    padded = block_padding.pad(data, 16)
    ciphertext = seed_block.encrypt_cbc(key, iv, padded)
    assert ciphertext == seed.encrypt_cbc(key, iv, padded) == seed_cbc_128_encrypt_pure(key, data, iv)
    assert seed_block.decrypt_cbc(key, iv, ciphertext) == seed.decrypt_cbc(key, iv, ciphertext) == padded
    assert block_padding.unpad(padded, 16) == data


@given(password=passwords, protection=st.sampled_from(KeyProtection), r=random_numbers, draw=st.binary(max_size=8))
def test_key_files_round_trip(password: bytes, protection: KeyProtection, r: RandomNumber, draw: bytes) -> None:
    def token_bytes(length: int) -> bytes:
        return hashlib.shake_128(draw).digest(length)

    key = with_random_number(fixture.PKCS8_DER, r)
    encrypted = encrypt_private_key(key, password, token_bytes, protection, iterations=3)
    opened = decrypt_private_key(encrypted + b"trailing", password)
    assert opened == key
    assert find_random_number(opened) == r
    assert without_random_number(opened) == fixture.PKCS8_DER


@settings(max_examples=20)
@given(
    password=text_passwords,
    form=st.sampled_from(PfxForm),
    r=random_numbers,
    chain=st.booleans(),
    key_management=st.booleans(),
)
def test_pkcs12_round_trips(password: str, form: PfxForm, r: RandomNumber, chain: bool, key_management: bool) -> None:
    holder = subscriber()
    content = PfxContent(
        signing=KeyPair(certificate_der=fixture.CERTIFICATE_DER, pkcs8_der=with_random_number(fixture.PKCS8_DER, r)),
        key_management=(
            KeyPair(certificate_der=holder.km_certificate_der, pkcs8_der=holder.km_pkcs8_der)
            if key_management
            else None
        ),
        ca_certificates_der=(holder.ca_certificate_der,) if chain else (),
    )
    encoded = password.encode()
    assert parse_pfx(pfx_der(content, encoded, os.urandom, form, 2), encoded) == content


@given(
    cipher=st.sampled_from(pbes2.BlockCipher),
    prf=st.sampled_from(pbes2.Prf),
    salt=st.binary(min_size=1, max_size=64),
    iv=blocks,
    iterations=st.integers(1, 2**31),
)
def test_pbes2_parameters_round_trip(
    cipher: pbes2.BlockCipher, prf: pbes2.Prf, salt: bytes, iv: bytes, iterations: int
) -> None:
    scheme = pbes2.Pbes2(cipher_oid=cipher.value, prf_oid=prf.value, salt=salt, iv=iv, iterations=iterations)
    assert pbes2.parse_pbes2(type(scheme.algorithm_identifier()).load(scheme.algorithm_identifier().dump())) == scheme


@given(idn=numbers, other=numbers, r=random_numbers, hash_algorithm=st.sampled_from(VirtualIdHash))
def test_a_virtual_id_matches_its_number_and_no_other(
    idn: str, other: str, r: RandomNumber, hash_algorithm: VirtualIdHash
) -> None:
    virtual_id = compute_virtual_id(idn, r, hash_algorithm)
    assert verify_virtual_id(virtual_id, idn, r) == virtual_id
    if other != idn:
        with pytest.raises(NpkiError):
            verify_virtual_id(virtual_id, other, r)


@given(
    name=st.text(max_size=40).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t)),
    digest=st.none() | st.binary(min_size=32, max_size=32),
)
def test_identify_data_round_trips(name: str, digest: bytes | None) -> None:
    data = IdentifyData(real_name=name, virtual_id=None if digest is None else VirtualId(digest=digest))
    assert parse_identify_data(identify_data_der(data)) == data
    assert find_identify_data(subject_alt_name_der(data)) == data


@given(text=st.text(max_size=60))
@example(text="..")
@example(text="\ud800")
def test_any_text_becomes_one_harmless_component_or_is_refused(text: str) -> None:
    try:
        component = safe_component(text)
    except NpkiError:
        return
    assert Path(component).name == component
    assert component not in {".", ".."}
    assert not set(component) & set('/\\:*?"<>|\x00\n')
    assert not component.startswith(".")
    assert len(component.encode()) <= 255


@given(one=st.text("a./%\\:2EFé", max_size=6), other=st.text("a./%\\:2EFé", max_size=6))
def test_two_names_never_become_one(one: str, other: str) -> None:
    if one and other and one != other:
        assert safe_component(one) != safe_component(other)


@given(password=st.text(max_size=80))
def test_password_rules_decide_all_text(password: str) -> None:
    findings = find_password_findings(password)
    assert len(set(findings)) == len(findings)
    assert list(findings) == [finding for finding in PasswordFinding if finding in findings]
    if not findings:
        assert encode_new_password(password).decode("ascii") == password
        assert 10 <= len(password) <= 64


@given(password=text_passwords, salt=st.binary(min_size=1, max_size=80), size=st.integers(1, 90))
def test_pkcs12_derivation_is_a_stream(password: str, salt: bytes, size: int) -> None:
    """A longer key begins with the shorter one, and purposes do not share keys."""
    derived = {
        purpose: key_derivation.pkcs12_derive(
            password.encode(), salt, 2, purpose=purpose, hash_name="sha256", key_bytes=90
        )
        for purpose in (1, 2, 3)
    }
    assert len(set(derived.values())) == 3
    short = key_derivation.pkcs12_derive(password.encode(), salt, 2, purpose=1, hash_name="sha256", key_bytes=size)
    assert short == derived[1][:size]
