"""Password-based encryption, first generation: SEED under PBKDF1 (signPri.key) and 3DES under PKCS#12's derivation.

Fast to guess: 2048 rounds of SHA-1. Written because every NPKI client reads it; `pbes2.py` is the strong form.
Knows nothing of what it encrypts. Sources: KCAC.TS.ENC, RFC 8018 section 6.1, RFC 7292 appendix C.
"""

import hashlib
from typing import Any, Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from dojang.pki.npki import asn1, block_padding, key_derivation, oid, seed
from dojang.pki.npki.errors import WrongPassword

SALT_BYTES: Final = 8
MAX_SALT_BYTES: Final = 128
SEED_ITERATIONS: Final = 2048  # what yessign writes
TRIPLE_DES_ITERATIONS: Final = 1024

_FIXED_IV: Final = b"0123456789012345"  # of the old variant .1.4; read, never written
_DES_BLOCK_BYTES: Final = 8
_TRIPLE_DES_KEY_BYTES: Final = 24


def algorithm_identifier(algorithm_oid: str, salt: bytes, iterations: int) -> asn1.AlgorithmIdentifier:
    """Return the AlgorithmIdentifier with PBEParameter."""
    parameters = asn1.PbeParameters({"salt": salt, "iterations": iterations})
    return asn1.AlgorithmIdentifier({"algorithm": algorithm_oid, "parameters": asn1.any_of(parameters)})


def parse_parameters(algorithm: Any) -> tuple[bytes, int]:
    """Return salt and iterations of a PBEParameter. Raises `Malformed`."""
    with asn1.decoding("PBEParameter"):
        parameters = asn1.load(asn1.PbeParameters, algorithm["parameters"].dump())
        salt, iterations = parameters["salt"].native, parameters["iterations"].native
        if not 1 <= len(salt) <= MAX_SALT_BYTES:
            raise ValueError("salt length")
    return salt, iterations


def encrypt_seed(plaintext: bytes, password: bytes, *, salt: bytes, iterations: int) -> bytes:
    """Encrypt under `pbeWithSHA1AndSEED-CBC` (.1.15). Raises `IterationCountRefused`."""
    key, iv = _seed_key_and_iv(password, salt, iterations)
    return seed.encrypt_cbc(key, iv, block_padding.pad(plaintext, seed.BLOCK_BYTES))


def decrypt_seed(algorithm: Any, ciphertext: bytes, password: bytes) -> bytes:
    """Decrypt `.1.15` and the old fixed-IV `.1.4`.

    Raises `Malformed`, `IterationCountRefused`, `WrongPassword`.
    """
    salt, iterations = parse_parameters(algorithm)
    key, iv = _seed_key_and_iv(password, salt, iterations)
    if algorithm["algorithm"].dotted == oid.SEED_CBC:
        iv = _FIXED_IV
    if len(ciphertext) % seed.BLOCK_BYTES:
        raise WrongPassword
    return block_padding.unpad(seed.decrypt_cbc(key, iv, ciphertext), seed.BLOCK_BYTES)


def encrypt_triple_des(plaintext: bytes, password: bytes, *, salt: bytes, iterations: int) -> bytes:
    """Encrypt under `pbeWithSHAAnd3-KeyTripleDES-CBC`. Raises `IterationCountRefused`, `PasswordEncodingUnusable`."""
    encryptor = _triple_des(password, salt, iterations).encryptor()
    return encryptor.update(block_padding.pad(plaintext, _DES_BLOCK_BYTES)) + encryptor.finalize()


def decrypt_triple_des(algorithm: Any, ciphertext: bytes, password: bytes) -> bytes:
    """Decrypt `pbeWithSHAAnd3-KeyTripleDES-CBC`.

    Raises `Malformed`, `IterationCountRefused`, `PasswordEncodingUnusable`, `WrongPassword`.
    """
    salt, iterations = parse_parameters(algorithm)
    if len(ciphertext) % _DES_BLOCK_BYTES:
        raise WrongPassword
    decryptor = _triple_des(password, salt, iterations).decryptor()
    return block_padding.unpad(decryptor.update(ciphertext) + decryptor.finalize(), _DES_BLOCK_BYTES)


def _seed_key_and_iv(password: bytes, salt: bytes, iterations: int) -> tuple[bytes, bytes]:
    derived = key_derivation.pbkdf1_sha1(password, salt, iterations)
    return derived[:16], hashlib.sha1(derived[16:20], usedforsecurity=False).digest()[:16]


def _triple_des(password: bytes, salt: bytes, iterations: int) -> Cipher[modes.CBC]:
    key, iv = (
        key_derivation.pkcs12_derive(password, salt, iterations, purpose=purpose, hash_name="sha1", key_bytes=key_bytes)
        for purpose, key_bytes in (
            (key_derivation.PKCS12_KEY, _TRIPLE_DES_KEY_BYTES),
            (key_derivation.PKCS12_IV, _DES_BLOCK_BYTES),
        )
    )
    return Cipher(TripleDES(key), modes.CBC(iv))
