"""Encryption of single fields and blobs: XAES-256-GCM under versioned keys, and a keyed blind index.

Sealed form: 0x01 || key number (4 bytes, big endian) || nonce (24 bytes) || ciphertext || tag (16 bytes). The first
five bytes and the context are authenticated with the plaintext. XAES takes a key of its own from each nonce, so that
random nonces are safe for far more fields than one AES-GCM key could seal.
Sources: C2SP XAES-256-GCM; NIST SP 800-38D, 800-108.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dojang.adapters.secrecy.key_ring import RingSource
from dojang.kernel.ports import Chance, SealBroken

NONCE_LENGTH = 24
_VERSION = b"\x01"
_HEADER_LENGTH = 1 + 4
_TAG_LENGTH = 16
_BLOCK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RingFieldCipher:
    """Implements `kernel.ports.FieldCipher` with the keys of a ring, as it is at each call."""

    ring: RingSource
    chance: Chance

    def seal(self, plaintext: bytes, *, context: str) -> bytes:
        """Return the sealed form, 45 bytes longer than `plaintext`, under the key that seals."""
        ring = self.ring.load()
        header = header_of(ring.seals)
        nonce = self.chance.token_bytes(NONCE_LENGTH)
        key = ring.sealing[ring.seals]
        return header + nonce + encrypt_xaes(key, nonce, plaintext, _associated(header, context))

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Return the plaintext. Raises `SealBroken` when bytes or context were altered or the key is not known."""
        header, nonce = sealed[:_HEADER_LENGTH], sealed[_HEADER_LENGTH : _HEADER_LENGTH + NONCE_LENGTH]
        key = self.ring.load().sealing.get(int.from_bytes(header[1:], "big"))
        if len(sealed) < _HEADER_LENGTH + NONCE_LENGTH + _TAG_LENGTH or header[:1] != _VERSION or key is None:
            raise SealBroken()
        try:
            return decrypt_xaes(key, nonce, sealed[_HEADER_LENGTH + NONCE_LENGTH :], _associated(header, context))
        except InvalidTag:
            raise SealBroken() from None

    def blind_index(self, value: bytes, *, purpose: str) -> str:
        """Return HMAC-SHA-256 of purpose and value as 64 hex digits; normalise `value` before."""
        label = purpose.encode()
        # The length in front keeps (purpose, value) apart from any other split of the same bytes.
        message = len(label).to_bytes(2, "big") + label + value
        return hmac.new(self.ring.load().index, message, hashlib.sha256).hexdigest()


def header_of(number: int) -> bytes:
    """Return the five bytes that everything sealed with that key begins with."""
    return _VERSION + number.to_bytes(4, "big")


def encrypt_xaes(key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """Return XAES-256-GCM ciphertext and tag. `key` is 32 bytes, `nonce` 24."""
    return AESGCM(_derive(key, nonce[:12])).encrypt(nonce[12:], plaintext, associated)


def decrypt_xaes(key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    """Return the plaintext. Raises `cryptography.exceptions.InvalidTag`."""
    return AESGCM(_derive(key, nonce[:12])).decrypt(nonce[12:], ciphertext, associated)


def _derive(key: bytes, nonce_head: bytes) -> bytes:
    """Return the message key: SP 800-108 in counter mode over CMAC, unrolled as in the specification."""
    encryptor = Cipher(algorithms.AES256(key), modes.ECB()).encryptor()  # noqa: S305 - single blocks of a CMAC
    zero = int.from_bytes(encryptor.update(bytes(_BLOCK)), "big")
    doubled = (zero << 1) & ((1 << 128) - 1)
    subkey = (doubled ^ 0x87 if zero >> 127 else doubled).to_bytes(_BLOCK, "big")
    blocks = (b"\x00" + bytes([counter]) + b"X\x00" + nonce_head for counter in (1, 2))
    return b"".join(encryptor.update(bytes(a ^ b for a, b in zip(block, subkey, strict=True))) for block in blocks)


def _associated(header: bytes, context: str) -> bytes:
    return header + context.encode()
