"""The subscriber's private key: PKCS#8 with R among its attributes, and the encrypted file `signPri.key` around it.

The PKCS#8 bytes are handled as bytes: another library's serialiser would drop R. Knows nothing of certificates.
Sources: RFC 5958, KCAC.TS.ENC, KCAC.TS.SIVID.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from asn1crypto import core

from dojang.pki.npki import asn1, oid, password_encryption, pbes1
from dojang.pki.npki.errors import Malformed, RandomNumberMissing, WrongPassword
from dojang.pki.npki.pbes2 import BLOCK_BYTES, BlockCipher, Pbes2, Prf
from dojang.pki.npki.random_number import RandomNumber

STRONG_ITERATIONS: Final = 300_000
SEED_PBES2_ITERATIONS: Final = 2048


class KeyProtection(StrEnum):
    """How a private key file is encrypted."""

    SEED = "seed"  # pbeWithSHA1AndSEED-CBC: every NPKI client reads it, and guessing is cheap
    SEED_PBES2 = "seed_pbes2"  # PBKDF2-SHA1 with SEED: newer NPKI clients, OpenSSL with its legacy provider
    STRONG = "strong"  # PBKDF2-SHA256 with AES-256: for what we keep ourselves; OpenSSL reads it


_DEFAULT_ITERATIONS: Final = {
    KeyProtection.SEED: pbes1.SEED_ITERATIONS,
    KeyProtection.SEED_PBES2: SEED_PBES2_ITERATIONS,
    KeyProtection.STRONG: STRONG_ITERATIONS,
}


def find_random_number(pkcs8_der: bytes) -> RandomNumber | None:
    """Return the R of an unencrypted PKCS#8 key, or None. Raises `Malformed`, `RandomNumberUnusable`."""
    with asn1.decoding("PrivateKeyInfo"):
        for attribute in _attributes(_parse(pkcs8_der)):
            if attribute["type"].dotted == oid.RANDOM_NUMBER:
                (value,) = attribute["values"]
                return RandomNumber(value=asn1.load(core.OctetBitString, value.dump()).native, foreign=True)
    return None


def get_random_number(pkcs8_der: bytes) -> RandomNumber:
    """Return the R of an unencrypted PKCS#8 key. Raises `RandomNumberMissing`, `Malformed`, `RandomNumberUnusable`."""
    random_number = find_random_number(pkcs8_der)
    if random_number is None:
        raise RandomNumberMissing
    return random_number


def with_random_number(pkcs8_der: bytes, random_number: RandomNumber) -> bytes:
    """Return the PKCS#8 key with R put in, or replaced; everything else stays as it was. Raises `Malformed`."""
    bit_string = asn1.any_of(core.OctetBitString(random_number.value))
    attribute = asn1.Attribute({"type": oid.RANDOM_NUMBER, "values": [bit_string]})
    return _with_attributes(pkcs8_der, [attribute.dump()])


def without_random_number(pkcs8_der: bytes) -> bytes:
    """Return the PKCS#8 key with R taken out; everything else stays as it was. Raises `Malformed`."""
    return _with_attributes(pkcs8_der, [])


def encrypt_private_key(
    pkcs8_der: bytes,
    password: bytes,
    token_bytes: Callable[[int], bytes],
    protection: KeyProtection = KeyProtection.SEED,
    iterations: int | None = None,
) -> bytes:
    """Return the DER of an EncryptedPrivateKeyInfo: the content of `signPri.key` or `kmPri.key`.

    `password` is what the holder typed, in UTF-8; `token_bytes(length)` is a cryptographic source. `iterations` None
    means the protection's usual count. Raises `Malformed` when `pkcs8_der` is no private key, `IterationCountRefused`.
    """
    with asn1.decoding("PrivateKeyInfo"):
        _parse(pkcs8_der)
    rounds = _DEFAULT_ITERATIONS[protection] if iterations is None else iterations
    if protection is KeyProtection.SEED:
        salt = token_bytes(pbes1.SALT_BYTES)
        algorithm = pbes1.algorithm_identifier(oid.PBE_SHA1_SEED_CBC, salt, rounds)
        ciphertext = pbes1.encrypt_seed(pkcs8_der, password, salt=salt, iterations=rounds)
    else:
        scheme = draw_pbes2(token_bytes, rounds, seed=protection is KeyProtection.SEED_PBES2)
        algorithm, ciphertext = scheme.algorithm_identifier(), scheme.encrypt(pkcs8_der, password)
    return encrypted_private_key_info_der(algorithm, ciphertext)


def decrypt_private_key(encrypted_der: bytes, password: bytes) -> bytes:
    """Return the PKCS#8 bytes of a private key file, R included, exactly as they were encrypted.

    Reads `.1.15`, the old fixed-IV `.1.4`, and PBES2 with SEED or AES; bytes behind the structure are ignored, as real
    files have some. Raises `Malformed`, `AlgorithmUnsupported`, `IterationCountRefused`, `WrongPassword`.
    """
    encoded = asn1.first_element(encrypted_der, "EncryptedPrivateKeyInfo")
    with asn1.decoding("EncryptedPrivateKeyInfo"):
        info = asn1.load(asn1.EncryptedPrivateKeyInfo, encoded)
        algorithm, ciphertext = info["encryption_algorithm"], info["encrypted_data"].native
    return require_private_key(password_encryption.decrypt(algorithm, ciphertext, password))


def require_private_key(decrypted: bytes) -> bytes:
    """Return freshly decrypted bytes that are a PKCS#8 key. Raises `WrongPassword`: garbage has no other cause."""
    try:
        with asn1.decoding("PrivateKeyInfo"):
            _parse(decrypted)
    except Malformed:
        raise WrongPassword from None
    return decrypted


def draw_pbes2(token_bytes: Callable[[int], bytes], iterations: int, *, seed: bool = False) -> Pbes2:
    """Draw salt and IV for a fresh encryption: SEED with HMAC-SHA1, or AES-256 with HMAC-SHA256."""
    return Pbes2(
        cipher_oid=BlockCipher.SEED_CBC.value if seed else BlockCipher.AES_256_CBC.value,
        prf_oid=Prf.HMAC_SHA1.value if seed else Prf.HMAC_SHA256.value,
        salt=token_bytes(pbes1.SALT_BYTES if seed else 16),
        iv=token_bytes(BLOCK_BYTES),
        iterations=iterations,
    )


def encrypted_private_key_info_der(algorithm: asn1.AlgorithmIdentifier, ciphertext: bytes) -> bytes:
    """Return the DER of EncryptedPrivateKeyInfo."""
    info = asn1.EncryptedPrivateKeyInfo({"encryption_algorithm": algorithm, "encrypted_data": ciphertext})
    der: bytes = info.dump()
    return der


def _parse(pkcs8_der: bytes) -> Any:
    info = asn1.load(asn1.PrivateKeyInfo, pkcs8_der)
    if info["version"].native not in (0, 1) or not info["private_key"].native:
        raise ValueError("not a private key")
    if not info["private_key_algorithm"]["algorithm"].dotted:
        raise ValueError("no algorithm")
    return info


def _attributes(info: Any) -> list[Any]:
    return [] if isinstance(info["attributes"], core.Void) else list(info["attributes"])


def _with_attributes(pkcs8_der: bytes, additions: list[bytes]) -> bytes:
    with asn1.decoding("PrivateKeyInfo"):
        info = _parse(pkcs8_der)
        kept = [a.dump() for a in _attributes(info) if a["type"].dotted != oid.RANDOM_NUMBER]
        fields = {name: info[name] for name in ("version", "private_key_algorithm", "private_key")}
        if kept or additions:
            # asn1crypto puts the members of a SET OF in DER's order
            fields["attributes"] = asn1.Attributes([asn1.Attribute.load(a) for a in kept + additions])
        if not isinstance(info["public_key"], core.Void):
            fields["public_key"] = info["public_key"]
        der: bytes = asn1.PrivateKeyInfo(fields).dump()
    return der
