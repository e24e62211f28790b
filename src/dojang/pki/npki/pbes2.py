"""Password-based encryption, second generation: PBKDF2 with SEED or AES in CBC mode.

Knows nothing of what it encrypts. Source: RFC 8018 sections 6.2 and A.4.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from asn1crypto import core
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from dojang.pki.npki import asn1, block_padding, key_derivation, oid, seed
from dojang.pki.npki.errors import AlgorithmUnsupported, WrongPassword

BLOCK_BYTES: Final = 16
MAX_SALT_BYTES: Final = 128


class BlockCipher(StrEnum):
    """The encryption schemes we write."""

    SEED_CBC = oid.SEED_CBC  # newer NPKI writers
    AES_256_CBC = oid.AES_256_CBC  # strong at rest; OpenSSL reads it


class Prf(StrEnum):
    """The pseudo-random functions we write."""

    HMAC_SHA1 = oid.HMAC_SHA1  # the default, left out of the DER; all pypinksign knows
    HMAC_SHA256 = oid.HMAC_SHA256


_KEY_BYTES: Final = {oid.SEED_CBC: 16, oid.AES_128_CBC: 16, oid.AES_256_CBC: 32}
_PRF_HASHES: Final = {
    oid.HMAC_SHA1: "sha1",
    oid.HMAC_SHA256: "sha256",
    oid.HMAC_SHA384: "sha384",
    oid.HMAC_SHA512: "sha512",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pbes2:
    """One complete choice of PBES2 parameters, read from a file or about to be written."""

    cipher_oid: str
    prf_oid: str
    salt: bytes
    iv: bytes
    iterations: int

    def algorithm_identifier(self) -> asn1.AlgorithmIdentifier:
        """Return the AlgorithmIdentifier; HMAC-SHA1 is the DEFAULT and therefore absent."""
        kdf_fields: dict[str, object] = {"salt": self.salt, "iterations": self.iterations}
        if self.prf_oid != oid.HMAC_SHA1:
            kdf_fields["prf"] = {"algorithm": self.prf_oid, "parameters": asn1.any_of(core.Null())}
        parameters = asn1.Pbes2Parameters(
            {
                "key_derivation": {
                    "algorithm": oid.PBKDF2,
                    "parameters": asn1.any_of(asn1.Pbkdf2Parameters(kdf_fields)),
                },
                "encryption_scheme": {
                    "algorithm": self.cipher_oid,
                    "parameters": asn1.any_of(core.OctetString(self.iv)),
                },
            }
        )
        return asn1.AlgorithmIdentifier({"algorithm": oid.PBES2, "parameters": asn1.any_of(parameters)})

    def encrypt(self, plaintext: bytes, password: bytes) -> bytes:
        """Encrypt. Raises `IterationCountRefused`."""
        key = self.derive_key(password)
        padded = block_padding.pad(plaintext, BLOCK_BYTES)
        if self.cipher_oid == oid.SEED_CBC:
            return seed.encrypt_cbc(key, self.iv, padded)
        encryptor = Cipher(AES(key), modes.CBC(self.iv)).encryptor()
        return encryptor.update(padded) + encryptor.finalize()

    def decrypt(self, ciphertext: bytes, password: bytes) -> bytes:
        """Decrypt. Raises `IterationCountRefused`, `WrongPassword`."""
        if len(ciphertext) % BLOCK_BYTES:
            raise WrongPassword
        key = self.derive_key(password)
        if self.cipher_oid == oid.SEED_CBC:
            return block_padding.unpad(seed.decrypt_cbc(key, self.iv, ciphertext), BLOCK_BYTES)
        decryptor = Cipher(AES(key), modes.CBC(self.iv)).decryptor()
        return block_padding.unpad(decryptor.update(ciphertext) + decryptor.finalize(), BLOCK_BYTES)

    def derive_key(self, password: bytes) -> bytes:
        """Return the cipher's key. Raises `IterationCountRefused`."""
        return key_derivation.pbkdf2(
            password,
            self.salt,
            self.iterations,
            hash_name=_PRF_HASHES[self.prf_oid],
            key_bytes=_KEY_BYTES[self.cipher_oid],
        )


def parse_pbes2(algorithm: Any) -> Pbes2:
    """Read the parameters of a PBES2 AlgorithmIdentifier. Raises `Malformed`, `AlgorithmUnsupported`."""
    with asn1.decoding("PBES2-params"):
        parameters = asn1.load(asn1.Pbes2Parameters, algorithm["parameters"].dump())
        kdf, scheme = parameters["key_derivation"], parameters["encryption_scheme"]
        kdf_oid, cipher_oid = kdf["algorithm"].dotted, scheme["algorithm"].dotted
        _require_known(kdf_oid, (oid.PBKDF2,))
        _require_known(cipher_oid, _KEY_BYTES)
        iv = asn1.load(core.OctetString, scheme["parameters"].dump()).native
        kdf_parameters = asn1.load(asn1.Pbkdf2Parameters, kdf["parameters"].dump())
        salt, iterations = kdf_parameters["salt"].native, kdf_parameters["iterations"].native
        key_length, prf = kdf_parameters["key_length"].native, kdf_parameters["prf"]
        prf_oid = oid.HMAC_SHA1 if isinstance(prf, core.Void) else prf["algorithm"].dotted
        _require_known(prf_oid, _PRF_HASHES)
        if len(iv) != BLOCK_BYTES or not 1 <= len(salt) <= MAX_SALT_BYTES:
            raise ValueError("IV or salt length")
        if key_length is not None and key_length != _KEY_BYTES[cipher_oid]:
            raise ValueError("keyLength does not fit the cipher")
    return Pbes2(cipher_oid=cipher_oid, prf_oid=prf_oid, salt=salt, iv=iv, iterations=iterations)


def _require_known(algorithm_oid: str, known: tuple[str, ...] | dict[str, int] | dict[str, str]) -> None:
    if algorithm_oid not in known:
        raise AlgorithmUnsupported(algorithm=algorithm_oid)
