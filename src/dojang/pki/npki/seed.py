"""SEED in CBC mode on whole blocks: OpenSSL's where its legacy provider is loaded, else our own.

Knows nothing of padding, passwords or files. Source: RFC 4269.
"""

from functools import cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from dojang.pki.npki import seed_block

KEY_BYTES = seed_block.KEY_BYTES
BLOCK_BYTES = seed_block.BLOCK_BYTES


@cache
def openssl_has_seed() -> bool:
    """Tell whether this process's OpenSSL offers SEED (it lives in the legacy provider)."""
    try:
        Cipher(SEED(bytes(KEY_BYTES)), modes.CBC(bytes(BLOCK_BYTES))).encryptor()
    except UnsupportedAlgorithm:
        return False
    return True


def encrypt_cbc(key: bytes, iv: bytes, padded: bytes) -> bytes:
    """Encrypt a multiple of 16 bytes under a 16-byte key and IV."""
    if not openssl_has_seed():
        return seed_block.encrypt_cbc(key, iv, padded)
    encryptor = Cipher(SEED(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padded) + encryptor.finalize()


def decrypt_cbc(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Decrypt a multiple of 16 bytes under a 16-byte key and IV; the padding stays on."""
    if not openssl_has_seed():
        return seed_block.decrypt_cbc(key, iv, ciphertext)
    decryptor = Cipher(SEED(key), modes.CBC(iv)).decryptor()
    return decryptor.update(ciphertext) + decryptor.finalize()
