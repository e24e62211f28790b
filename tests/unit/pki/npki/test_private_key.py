"""Private key files: every scheme we read and write, judged by OpenSSL and pypinksign."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core
from pypinksign import PinkSign

from dojang.kernel.errors import DojangError
from dojang.pki.npki import asn1, block_padding, key_derivation, oid, pbes1, pbes2, seed
from dojang.pki.npki.errors import (
    AlgorithmUnsupported,
    IterationCountRefused,
    Malformed,
    RandomNumberMissing,
    RandomNumberUnusable,
    WrongPassword,
)
from dojang.pki.npki.private_key import (
    KeyProtection,
    decrypt_private_key,
    encrypt_private_key,
    encrypted_private_key_info_der,
    get_random_number,
    with_random_number,
    without_random_number,
)
from dojang.pki.npki.random_number import RandomNumber
from unit.pki.npki.subscriber import PASSWORD, pkcs8, rsa_key, subscriber

FEW = 1000
LEGACY = ("-provider", "legacy", "-provider", "default")


def openssl(*arguments: str | Path, password: bytes = PASSWORD) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"DOJANG_TEST_PASSWORD": password.decode()}
    return subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, env=environment, timeout=60, check=False
    )


def opened_by_openssl(encrypted: bytes, folder: Path, *providers: str) -> bytes:
    path = folder / "key.der"
    path.write_bytes(encrypted)
    result = openssl(
        *("pkcs8", "-inform", "DER", "-outform", "DER", "-in", path, "-passin", "env:DOJANG_TEST_PASSWORD", *providers)
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def opened_by_pypinksign(encrypted: bytes) -> PinkSign:
    judge = PinkSign(pubkey_data=subscriber().sign_certificate_der)
    judge.load_prikey(prikey_data=encrypted, prikey_password=PASSWORD)
    return judge


@pytest.mark.parametrize("protection", KeyProtection)
def test_every_protection_round_trips_with_r(protection: KeyProtection) -> None:
    key = subscriber().sign_pkcs8_der
    encrypted = encrypt_private_key(key, PASSWORD, os.urandom, protection)
    assert decrypt_private_key(encrypted, PASSWORD) == key
    assert get_random_number(key) == subscriber().random_number


def test_the_default_file_is_as_vendors_write_it() -> None:
    """OID, 8-byte salt at offset 20, 2048 rounds at offset 30, ciphertext at offset 36."""
    encrypted = encrypt_private_key(subscriber().sign_pkcs8_der, PASSWORD, lambda length: b"saltsalt"[:length])
    assert encrypted[20:28] == b"saltsalt"
    assert encrypted[28:32] == b"\x02\x02\x08\x00"
    assert len(encrypted[36:]) % 16 == 0


@pytest.mark.parametrize("protection", [KeyProtection.SEED, KeyProtection.SEED_PBES2])
def test_pypinksign_opens_the_compatible_files(protection: KeyProtection) -> None:
    judge = opened_by_pypinksign(encrypt_private_key(subscriber().sign_pkcs8_der, PASSWORD, os.urandom, protection))
    assert judge._rand_num.asOctets() == subscriber().random_number.value
    assert judge.verify(judge.sign(b"message"), b"message")


def test_openssl_opens_the_strong_file(tmp_path: Path) -> None:
    encrypted = encrypt_private_key(subscriber().sign_pkcs8_der, PASSWORD, os.urandom, KeyProtection.STRONG)
    assert opened_by_openssl(encrypted, tmp_path)


@pytest.mark.parametrize("prf", pbes2.Prf)
def test_openssl_with_legacy_provider_opens_seed_pbes2(tmp_path: Path, prf: pbes2.Prf) -> None:
    scheme = pbes2.Pbes2(
        cipher_oid=oid.SEED_CBC, prf_oid=prf.value, salt=os.urandom(8), iv=os.urandom(16), iterations=1024
    )
    ciphertext = scheme.encrypt(subscriber().km_pkcs8_der, PASSWORD)
    encrypted = encrypted_private_key_info_der(scheme.algorithm_identifier(), ciphertext)
    assert opened_by_openssl(encrypted, tmp_path, *LEGACY)
    assert decrypt_private_key(encrypted, PASSWORD) == subscriber().km_pkcs8_der


@pytest.mark.parametrize(
    "options",
    [
        ("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"),
        ("-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"),
        ("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1"),
        ("-v2", "seed-cbc", "-v2prf", "hmacWithSHA1", *LEGACY),
        ("-v2", "seed-cbc", "-v2prf", "hmacWithSHA256", *LEGACY),
        ("-v1", "PBE-SHA1-3DES", *LEGACY),
    ],
    ids=lambda options: "-".join(options[:4]),
)
def test_files_openssl_writes_open(tmp_path: Path, options: tuple[str, ...]) -> None:
    key = pkcs8(rsa_key("km"))
    path = tmp_path / "plain.der"
    path.write_bytes(key)
    result = openssl(
        *("pkcs8", "-topk8", "-inform", "DER", "-outform", "DER", "-in", path),
        *("-passout", "env:DOJANG_TEST_PASSWORD", "-iter", "2048", *options),
    )
    assert result.returncode == 0, result.stderr
    assert decrypt_private_key(result.stdout, PASSWORD) == key


def test_the_old_fixed_iv_variant_is_read() -> None:
    """OID .1.4 in the place of the scheme; pypinksign is the judge of what we build here."""
    salt = os.urandom(8)
    key = key_derivation.pbkdf1_sha1(PASSWORD, salt, 1024)[:16]
    plaintext = subscriber().sign_pkcs8_der
    ciphertext = seed.encrypt_cbc(key, b"0123456789012345", block_padding.pad(plaintext, 16))
    encrypted = encrypted_private_key_info_der(pbes1.algorithm_identifier(oid.SEED_CBC, salt, 1024), ciphertext)
    assert opened_by_pypinksign(encrypted)._rand_num.asOctets() == subscriber().random_number.value
    assert decrypt_private_key(encrypted, PASSWORD) == plaintext


@pytest.mark.parametrize("protection", KeyProtection)
def test_a_wrong_password_is_always_a_wrong_password(protection: KeyProtection) -> None:
    """Bad padding or, once in 256, padding that happens to fit: one refusal for both."""
    encrypted = encrypt_private_key(subscriber().sign_pkcs8_der, PASSWORD, os.urandom, protection, iterations=1)
    for attempt in range(300):
        with pytest.raises(WrongPassword):
            decrypt_private_key(encrypted, PASSWORD + str(attempt).encode())


@pytest.mark.parametrize("iterations", [0, -1, 2**31, 2**80])
@pytest.mark.parametrize("protection", KeyProtection)
def test_absurd_iteration_counts_are_refused_at_once(protection: KeyProtection, iterations: int) -> None:
    key = subscriber().sign_pkcs8_der
    with pytest.raises(IterationCountRefused):
        encrypt_private_key(key, PASSWORD, os.urandom, protection, iterations)
    encrypted = asn1.EncryptedPrivateKeyInfo.load(
        encrypt_private_key(key, PASSWORD, os.urandom, protection, iterations=1)
    )
    with pytest.raises(IterationCountRefused) as refusal:
        decrypt_private_key(_with_iterations(encrypted, iterations), PASSWORD)
    limit = refusal.value.fields["limit"]
    assert isinstance(limit, int)
    assert limit >= 1_000_000


def _with_iterations(info: Any, iterations: int) -> bytes:
    algorithm, ciphertext = info["encryption_algorithm"], info["encrypted_data"].native
    if algorithm["algorithm"].dotted == oid.PBE_SHA1_SEED_CBC:
        return encrypted_private_key_info_der(
            pbes1.algorithm_identifier(oid.PBE_SHA1_SEED_CBC, bytes(8), iterations), ciphertext
        )
    read = pbes2.parse_pbes2(algorithm)
    scheme = pbes2.Pbes2(
        cipher_oid=read.cipher_oid, prf_oid=read.prf_oid, salt=read.salt, iv=read.iv, iterations=iterations
    )
    return encrypted_private_key_info_der(scheme.algorithm_identifier(), ciphertext)


def _pbes2_file(
    *,
    scheme_oid: str = oid.PBES2,
    kdf_oid: str = oid.PBKDF2,
    cipher_oid: str = oid.AES_256_CBC,
    prf_oid: str = oid.HMAC_SHA256,
    key_length: int | None = None,
    iv: bytes = bytes(16),
) -> bytes:
    key = key_derivation.pbkdf2(PASSWORD, b"saltsalt", FEW, hash_name="sha256", key_bytes=32)
    plain = pbes2.Pbes2(
        cipher_oid=oid.AES_256_CBC, prf_oid=oid.HMAC_SHA256, salt=b"saltsalt", iv=bytes(16), iterations=FEW
    )
    assert plain.derive_key(PASSWORD) == key
    kdf: dict[str, object] = {"salt": b"saltsalt", "iterations": FEW, "prf": {"algorithm": prf_oid}}
    if key_length is not None:
        kdf["key_length"] = key_length
    parameters = asn1.Pbes2Parameters(
        {
            "key_derivation": {"algorithm": kdf_oid, "parameters": asn1.any_of(asn1.Pbkdf2Parameters(kdf))},
            "encryption_scheme": {"algorithm": cipher_oid, "parameters": asn1.any_of(core.OctetString(iv))},
        }
    )
    algorithm = asn1.AlgorithmIdentifier({"algorithm": scheme_oid, "parameters": asn1.any_of(parameters)})
    return encrypted_private_key_info_der(algorithm, plain.encrypt(subscriber().km_pkcs8_der, PASSWORD))


def test_a_stated_key_length_must_fit_the_cipher() -> None:
    assert decrypt_private_key(_pbes2_file(key_length=32), PASSWORD) == subscriber().km_pkcs8_der
    with pytest.raises(Malformed):
        decrypt_private_key(_pbes2_file(key_length=16), PASSWORD)


def test_a_short_iv_is_malformed() -> None:
    with pytest.raises(Malformed):
        decrypt_private_key(_pbes2_file(iv=bytes(8)), PASSWORD)


@pytest.mark.parametrize("place", ["scheme_oid", "kdf_oid", "cipher_oid", "prf_oid"])
def test_unknown_algorithms_are_named(place: str) -> None:
    keywords: dict[str, Any] = {place: "1.2.410.200046.1.1.2"}
    with pytest.raises(AlgorithmUnsupported) as refusal:
        decrypt_private_key(_pbes2_file(**keywords), PASSWORD)
    assert refusal.value.fields == {"algorithm": "1.2.410.200046.1.1.2"}


@pytest.mark.parametrize("junk", [b"", b"\x30", b"\x30\x00", b"not a key at all", b"\x30\x80" * 40, bytes(2_000_000)])
def test_junk_is_malformed(junk: bytes) -> None:
    with pytest.raises(Malformed):
        decrypt_private_key(junk, PASSWORD)
    with pytest.raises(Malformed):
        encrypt_private_key(junk, PASSWORD, os.urandom)


def test_a_key_without_r_says_so() -> None:
    with pytest.raises(RandomNumberMissing):
        get_random_number(subscriber().km_pkcs8_der)


def test_an_r_of_another_length_is_refused() -> None:
    attribute = asn1.Attribute({"type": oid.RANDOM_NUMBER, "values": [asn1.any_of(core.OctetBitString(b"\x01" * 19))]})
    info = asn1.PrivateKeyInfo.load(subscriber().km_pkcs8_der)
    info["attributes"] = asn1.Attributes([attribute])
    with pytest.raises(RandomNumberUnusable):
        get_random_number(info.dump())


def test_a_foreign_r_with_a_leading_zero_is_read() -> None:
    r = RandomNumber(value=b"\x00" + b"\x07" * 19, foreign=True)
    assert get_random_number(with_random_number(subscriber().km_pkcs8_der, r)) == r


def test_other_attributes_survive_in_der_order() -> None:
    """R put in and taken out leaves its neighbours alone."""
    attribute = asn1.Attribute({"type": "2.16.840.1.113730.3.1.216", "values": [asn1.any_of(core.Null())]})
    info = asn1.PrivateKeyInfo.load(subscriber().km_pkcs8_der)
    info["attributes"] = asn1.Attributes([attribute])
    before = info.dump()
    r = RandomNumber(value=b"\x09" * 20)
    both = with_random_number(before, r)
    members = [member.dump() for member in asn1.PrivateKeyInfo.load(both)["attributes"]]
    assert members == sorted(members)
    assert len(members) == 2
    assert get_random_number(both) == r
    assert without_random_number(both) == before


def test_errors_carry_no_secret() -> None:
    encrypted = encrypt_private_key(subscriber().sign_pkcs8_der, PASSWORD, os.urandom)
    with pytest.raises(DojangError) as refusal:
        decrypt_private_key(encrypted, b"wr0ng!Secret")
    assert not refusal.value.fields
    assert refusal.value.__cause__ is None
