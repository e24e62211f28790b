"""Keys from passwords: PBKDF1 with SHA-1 as NPKI uses it, PBKDF2, and PKCS#12's own derivation.

Knows nothing of files or ciphers. Iteration counts are bounded because a file's author chooses
them and the reader pays.
Sources: RFC 8018 sections 5.1 and 5.2, KCAC.TS.ENC, RFC 7292 appendix B.
"""

import hashlib
from typing import Final

from dojang.pki.npki.errors import IterationCountRefused, PasswordEncodingUnusable

MAX_LOOP_ITERATIONS: Final = 1_000_000  # PBKDF1 and PKCS#12: a Python loop, about half a second
MAX_PBKDF2_ITERATIONS: Final = 5_000_000

PKCS12_KEY: Final = 1
PKCS12_IV: Final = 2
PKCS12_MAC_KEY: Final = 3

_HASH_BLOCK_BYTES: Final = {"sha1": 64, "sha256": 64, "sha384": 128, "sha512": 128}


def require_iterations(iterations: int, limit: int) -> int:
    """Return the count when 1 <= iterations <= limit. Raises `IterationCountRefused`."""
    if not 1 <= iterations <= limit:
        raise IterationCountRefused(iterations=min(max(iterations, -1), 2**63 - 1), limit=limit)
    return iterations


def pbkdf1_sha1(password: bytes, salt: bytes, iterations: int) -> bytes:
    """Return the 20 bytes of PBKDF1 with SHA-1. Raises `IterationCountRefused`."""
    require_iterations(iterations, MAX_LOOP_ITERATIONS)
    derived = password + salt
    for _ in range(iterations):
        derived = hashlib.sha1(derived, usedforsecurity=False).digest()
    return derived


def pbkdf2(password: bytes, salt: bytes, iterations: int, *, hash_name: str, key_bytes: int) -> bytes:
    """Return `key_bytes` of PBKDF2-HMAC under `hash_name`. Raises `IterationCountRefused`."""
    require_iterations(iterations, MAX_PBKDF2_ITERATIONS)
    return hashlib.pbkdf2_hmac(hash_name, password, salt, iterations, key_bytes)


def bmp_password(password: bytes) -> bytes:
    """Return UTF-8 password bytes as PKCS#12 wants them: UTF-16BE and two zero bytes (RFC 7292 appendix B.1).

    Raises `PasswordEncodingUnusable`.
    """
    try:
        return password.decode("utf-8").encode("utf-16-be") + b"\0\0"
    except UnicodeDecodeError:
        raise PasswordEncodingUnusable from None


def pkcs12_derive(
    password: bytes, salt: bytes, iterations: int, *, purpose: int, hash_name: str, key_bytes: int
) -> bytes:
    """Derive a key, IV or MAC key (RFC 7292 appendix B.2). `password` is UTF-8.

    `purpose` is `PKCS12_KEY`, `PKCS12_IV` or `PKCS12_MAC_KEY`. Raises `IterationCountRefused`,
    `PasswordEncodingUnusable`.
    """
    require_iterations(iterations, MAX_LOOP_ITERATIONS)
    block = _HASH_BLOCK_BYTES[hash_name]
    diversifier = bytes([purpose]) * block
    filled = bytearray(_fill(salt, block) + _fill(bmp_password(password), block))
    out = b""
    while len(out) < key_bytes:
        digest = diversifier + bytes(filled)
        for _ in range(iterations):
            digest = hashlib.new(hash_name, digest, usedforsecurity=False).digest()
        out += digest
        addend = int.from_bytes(_fill(digest, block)[:block], "big") + 1
        for start in range(0, len(filled), block):
            total = int.from_bytes(filled[start : start + block], "big") + addend
            filled[start : start + block] = (total % (1 << 8 * block)).to_bytes(block, "big")
    return out[:key_bytes]


def _fill(pattern: bytes, block: int) -> bytes:
    """Repeat `pattern` up to the next multiple of `block` bytes; nothing stays nothing."""
    if not pattern:
        return b""
    length = -(-len(pattern) // block) * block
    return (pattern * (length // len(pattern) + 1))[:length]
