"""SEED, the 128-bit block cipher, in plain Python: for machines whose OpenSSL has no legacy provider.

Knows nothing of modes, padding or passwords. Not constant-time: `seed.py` prefers OpenSSL's. The S-boxes are computed
from their definition instead of being copied. Source: RFC 4269 section 2.
"""

import struct
from functools import cache

BLOCK_BYTES = 16
KEY_BYTES = 16

_WORD = 0xFFFFFFFF
_ROUNDS = 16
_FIELD_POLYNOMIAL = 0x163  # x^8 + x^6 + x^5 + x + 1
_MASKS = (0xFC, 0xF3, 0xCF, 0x3F)
_KEY_CONSTANT = 0x9E3779B9

# Rows of A(1) and A(2), most significant bit first (RFC 4269 section 2.2.1)
_A1 = (0b10001010, 0b11111110, 0b10000101, 0b01000010, 0b01000101, 0b00100001, 0b10001000, 0b00010100)
_A2 = (0b01000101, 0b10000101, 0b11111110, 0b00100001, 0b10001010, 0b10001000, 0b01000010, 0b00010100)

RoundKeys = tuple[tuple[int, int], ...]
_Tables = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def _field_multiply(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 0x100:
            left ^= _FIELD_POLYNOMIAL
        right >>= 1
    return product


def _field_power(base: int, exponent: int) -> int:
    result = 1
    for _ in range(exponent):
        result = _field_multiply(result, base)
    return result


def _s_box(matrix: tuple[int, ...], exponent: int, offset: int) -> tuple[int, ...]:
    box = []
    for x in range(256):
        powered = _field_power(x, exponent)
        image = 0
        for row in matrix:
            image = image << 1 | (row & powered).bit_count() & 1
        box.append(image ^ offset)
    return tuple(box)


@cache
def _tables() -> _Tables:
    """The extended S-boxes SS0..SS3: S-box and masks of the function G in one look-up each."""
    boxes = (_s_box(_A1, 247, 169), _s_box(_A2, 251, 56))
    extended = []
    for position in range(4):
        box = boxes[position % 2]
        # byte j of G's output takes mask (position + j) mod 4
        extended.append(tuple(sum((y & _MASKS[(position + byte) % 4]) << (8 * byte) for byte in range(4)) for y in box))
    return extended[0], extended[1], extended[2], extended[3]


def _g(word: int, tables: _Tables) -> int:
    return (
        tables[0][word & 0xFF]
        ^ tables[1][word >> 8 & 0xFF]
        ^ tables[2][word >> 16 & 0xFF]
        ^ tables[3][word >> 24 & 0xFF]
    )


def expand_key(key: bytes) -> RoundKeys:
    """Return the sixteen pairs of round keys of a 16-byte key, in encryption order."""
    if len(key) != KEY_BYTES:
        raise ValueError("a SEED key has 16 bytes")
    tables = _tables()
    a, b, c, d = struct.unpack(">4I", key)
    constant = _KEY_CONSTANT
    round_keys = []
    for number in range(_ROUNDS):
        round_keys.append((_g((a + c - constant) & _WORD, tables), _g((b - d + constant) & _WORD, tables)))
        if number % 2 == 0:  # A||B rotated right by 8 bits
            a, b = (a >> 8 | b << 24) & _WORD, (b >> 8 | a << 24) & _WORD
        else:  # C||D rotated left by 8 bits
            c, d = (c << 8 | d >> 24) & _WORD, (d << 8 | c >> 24) & _WORD
        constant = (constant << 1 | constant >> 31) & _WORD
    return tuple(round_keys)


def transform_block(block: bytes, round_keys: RoundKeys) -> bytes:
    """Run the Feistel network over 16 bytes: `expand_key` order encrypts, the reverse order decrypts."""
    tables = _tables()
    l0, l1, r0, r1 = struct.unpack(">4I", block)
    for k0, k1 in round_keys:
        c = r0 ^ k0
        d = _g(c ^ r1 ^ k1, tables)
        c = _g((c + d) & _WORD, tables)
        d = _g((c + d) & _WORD, tables)
        c = (c + d) & _WORD
        l0, l1, r0, r1 = r0, r1, l0 ^ c, l1 ^ d
    return struct.pack(">4I", r0, r1, l0, l1)


def encrypt_cbc(key: bytes, iv: bytes, padded: bytes) -> bytes:
    """Encrypt whole blocks in CBC mode. `padded` is a multiple of 16 bytes."""
    round_keys = expand_key(key)
    previous = int.from_bytes(iv, "big")
    out = bytearray()
    for start in range(0, len(padded), BLOCK_BYTES):
        block = int.from_bytes(padded[start : start + BLOCK_BYTES], "big") ^ previous
        cipher_block = transform_block(block.to_bytes(BLOCK_BYTES, "big"), round_keys)
        out += cipher_block
        previous = int.from_bytes(cipher_block, "big")
    return bytes(out)


def decrypt_cbc(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Decrypt whole blocks in CBC mode; the padding stays on. `ciphertext` is a multiple of 16 bytes."""
    round_keys = expand_key(key)[::-1]
    previous = int.from_bytes(iv, "big")
    out = bytearray()
    for start in range(0, len(ciphertext), BLOCK_BYTES):
        cipher_block = ciphertext[start : start + BLOCK_BYTES]
        plain = int.from_bytes(transform_block(cipher_block, round_keys), "big") ^ previous
        out += plain.to_bytes(BLOCK_BYTES, "big")
        previous = int.from_bytes(cipher_block, "big")
    return bytes(out)
