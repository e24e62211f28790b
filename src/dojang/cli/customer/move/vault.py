"""The keys as they travel: a vault of the browser's without its device key, opened and made with the password.

Source: docs/transfer.md, "What is sent"; the browser's is `crypto/slots.ts`.
"""

import hashlib
import secrets
from dataclasses import dataclass, field

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dojang.cli.customer.move.errors import Unintelligible
from dojang.pki import der
from dojang.pki.npki.errors import WrongPassword
from dojang.pki.npki.key_pair import private_key_spki_der

MEMORY_KIB = 65_536
PASSES = 3
MOST_MEMORY_KIB = 262_144
MOST_PASSES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Encrypted bytes with their nonce."""

    nonce: bytes
    ciphertext: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortableVault:
    """Both private keys under a data key, and the data key under the password."""

    context: bytes
    payload: Sealed
    slot: Sealed
    memory_kib: int
    passes: int
    salt: bytes


def seal_keys(signing_pkcs8: bytes, key_management_pkcs8: bytes, password: str) -> PortableVault:
    """Return the keys (PKCS#8, R in the first) under a fresh data key and the password."""
    context = hashlib.sha256(private_key_spki_der(signing_pkcs8)).digest()
    salt, data_key = secrets.token_bytes(16), secrets.token_bytes(32)
    packed = der.sequence(der.octet_string(signing_pkcs8), der.octet_string(key_management_pkcs8))
    password_key = _password_key(password, salt, MEMORY_KIB, PASSES)
    return PortableVault(
        context=context,
        payload=_seal(data_key, packed, _payload_data(context)),
        slot=_seal(password_key, data_key, _slot_data(context, MEMORY_KIB, PASSES, salt)),
        memory_kib=MEMORY_KIB,
        passes=PASSES,
        salt=salt,
    )


def open_keys(vault: PortableVault, password: str) -> tuple[bytes, bytes]:
    """Return both private keys (PKCS#8): signing, key management. Raises `WrongPassword`, `Unintelligible`."""
    if not (8 <= vault.memory_kib <= MOST_MEMORY_KIB and 1 <= vault.passes <= MOST_PASSES and len(vault.salt) >= 8):
        raise Unintelligible()
    password_key = _password_key(password, vault.salt, vault.memory_kib, vault.passes)
    described = _slot_data(vault.context, vault.memory_kib, vault.passes, vault.salt)
    try:
        data_key = AESGCM(password_key).decrypt(vault.slot.nonce, vault.slot.ciphertext, described)
    except (InvalidTag, ValueError):
        raise WrongPassword() from None
    try:
        packed = AESGCM(data_key).decrypt(vault.payload.nonce, vault.payload.ciphertext, _payload_data(vault.context))
        signing, key_management = der.contents(der.whole(packed, der.SEQUENCE), der.OCTET_STRING, der.OCTET_STRING)
    except (InvalidTag, ValueError, der.DerMalformed):
        raise Unintelligible() from None
    return signing, key_management


def _password_key(password: str, salt: bytes, memory_kib: int, passes: int) -> bytes:
    derived = hash_secret_raw(
        password.encode(), salt, time_cost=passes, memory_cost=memory_kib, parallelism=1, hash_len=32, type=Type.ID
    )
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"dojang password slot v1").derive(derived)


def _seal(key: bytes, plaintext: bytes, data: bytes) -> Sealed:
    nonce = secrets.token_bytes(12)
    return Sealed(nonce=nonce, ciphertext=AESGCM(key).encrypt(nonce, plaintext, data))


def _payload_data(context: bytes) -> bytes:
    return b"dojang-vault-v1|payload|" + context


def _slot_data(context: bytes, memory_kib: int, passes: int, salt: bytes) -> bytes:
    return f"dojang-vault-v1|password|argon2id|{memory_kib}|{passes}|{salt.hex()}|".encode() + context
