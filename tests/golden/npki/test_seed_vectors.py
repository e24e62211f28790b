"""SEED against RFC 4269 appendix B and pypinksign's block vector, both implementations."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from pypinksign.pypinkseed import SS0, SS1, SS2, SS3
from pypinksign.test_pinkSign import TEST_DATA

from dojang.pki.npki import seed, seed_block

RFC_4269 = [
    ("00000000000000000000000000000000", "000102030405060708090A0B0C0D0E0F", "5EBAC6E0054E166819AFF1CC6D346CDB"),
    ("000102030405060708090A0B0C0D0E0F", "00000000000000000000000000000000", "C11F22F20140505084483597E4370F43"),
    ("4706480851E61BE85D74BFB3FD956185", "83A2F8A288641FB9A4E9A5CC2F131C7D", "EE54D13EBCAE706D226BC3142CD40D4A"),
    ("28DBC3BC49FFD87DCFA509B11D422BE7", "B41E6BE2EBA84A148E2EED84593C5EC7", "9B9B7BFCD1813CB95D0B3618F40F5122"),
]
ZERO_IV = bytes(16)


@pytest.mark.parametrize(("key", "plaintext", "ciphertext"), RFC_4269)
@pytest.mark.parametrize(
    ("encrypt", "decrypt"),
    [(seed.encrypt_cbc, seed.decrypt_cbc), (seed_block.encrypt_cbc, seed_block.decrypt_cbc)],
    ids=["preferred", "pure"],
)
def test_rfc_4269_vectors(
    key: str,
    plaintext: str,
    ciphertext: str,
    encrypt: Callable[[bytes, bytes, bytes], bytes],
    decrypt: Callable[[bytes, bytes, bytes], bytes],
) -> None:
    """One CBC block under a zero IV is the block cipher itself."""
    key_bytes, plain, cipher = bytes.fromhex(key), bytes.fromhex(plaintext), bytes.fromhex(ciphertext)
    assert encrypt(key_bytes, ZERO_IV, plain) == cipher
    assert decrypt(key_bytes, ZERO_IV, cipher) == plain


def test_pypinksign_block_vector() -> None:
    """A third maker's vector."""
    round_keys = seed_block.expand_key(TEST_DATA["seed_block_key"])
    assert seed_block.transform_block(TEST_DATA["seed_block_plain"], round_keys) == TEST_DATA["seed_block_cipher"]


def test_generated_tables_equal_the_published_ones() -> None:
    """The S-boxes computed from the formula are the tables every other implementation carries."""
    assert [list(table) for table in seed_block._tables()] == [SS0, SS1, SS2, SS3]


def test_pure_cbc_equals_openssl_over_many_blocks() -> None:
    """Chaining, on data as long as a key file."""
    key, iv, data = os.urandom(16), os.urandom(16), os.urandom(1264)
    encryptor = Cipher(SEED(key), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(data) + encryptor.finalize()
    assert seed_block.encrypt_cbc(key, iv, data) == ciphertext
    assert seed_block.decrypt_cbc(key, iv, ciphertext) == data


def test_a_key_of_another_length_is_a_bug() -> None:
    """Key derivation always gives 16 bytes."""
    with pytest.raises(ValueError, match="16 bytes"):
        seed_block.expand_key(bytes(15))


def test_without_openssls_legacy_provider_the_pure_cipher_opens_the_key() -> None:
    """The fallback is taken, and opens a real key file."""
    program = (
        "from golden.npki import pypinksign_fixture as f\n"
        "from dojang.pki.npki import seed\n"
        "from dojang.pki.npki.private_key import decrypt_private_key\n"
        "assert not seed.openssl_has_seed()\n"
        "assert decrypt_private_key(f.SIGN_PRI, f.PASSWORD) == f.PKCS8_WITH_R_DER\n"
        "print('opened')\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"CRYPTOGRAPHY_OPENSSL_NO_LEGACY": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.stdout == "opened\n", result.stderr
