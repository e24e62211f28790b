"""One key as one file: the private key as encrypted PKCS#8, the public key in clear beside it.

The private part is PBES2 with scrypt and AES-256-CBC (RFC 8018, RFC 7914), written here because the cryptography
library cannot choose scrypt; `openssl pkey` opens it. Lines before the PEM blocks say label, algorithm and use, and a
MAC under the same passphrase binds them to both keys. Knows no directory and keeps nothing.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import Final

from asn1crypto import pem
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from dojang.kernel.ports import Chance
from dojang.pki import der
from dojang.pki.keystore import KeyStoreDamaged, KeyStoreLocked, KeyUse
from dojang.pki.public_key import KeyAlgorithm

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_PBES2 = der.oid("1.2.840.113549.1.5.13")
_SCRYPT = der.oid("1.3.6.1.4.1.11591.4.11")
_AES_256_CBC = der.oid("2.16.840.1.101.3.4.1.42")
# OpenSSL opens no more than 32 MiB of scrypt, so the work is in the fifth pass: 16 MiB each, about 0.2 s in all.
_COST, _BLOCK_SIZE, _PARALLEL = 2**14, 8, 5
_SALT_OCTETS, _IV_OCTETS = 16, 16
_HEADER: Final = re.compile(
    rb"\Alabel: (?P<label>[a-z0-9.-]+)\nalgorithm: (?P<algorithm>[a-z0-9-]+)\nuse: (?P<use>[a-z]+)\n"
    rb"mac: (?P<mac>[0-9a-f]{64})\n"
)
_MAC_PURPOSE: Final = b"dojang key file, header and public key"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """A key file's readable part, checked for form, and the sealed rest."""

    label: str
    algorithm: KeyAlgorithm
    use: KeyUse
    spki_der: bytes
    mac: bytes = field(repr=False)
    sealed_der: bytes = field(repr=False)


def spki_der_of(key: PrivateKey) -> bytes:
    """Return the SubjectPublicKeyInfo of a private key."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def seal_key(
    key: PrivateKey, *, label: str, algorithm: KeyAlgorithm, use: KeyUse, passphrase: bytes, chance: Chance
) -> bytes:
    """Return the whole file for a private key."""
    salt, iv = chance.token_bytes(_SALT_OCTETS), chance.token_bytes(_IV_OCTETS)
    secret = _derive(passphrase, salt)
    plaintext = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(secret), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()
    parameters = der.sequence(
        der.octet_string(salt), der.integer(_COST), der.integer(_BLOCK_SIZE), der.integer(_PARALLEL), der.integer(32)
    )
    scheme = der.sequence(
        _PBES2, der.sequence(der.sequence(_SCRYPT, parameters), der.sequence(_AES_256_CBC, der.octet_string(iv)))
    )
    sealed_der = der.sequence(scheme, der.octet_string(ciphertext))
    spki_der = spki_der_of(key)
    header = f"label: {label}\nalgorithm: {algorithm}\nuse: {use}\n".encode()
    mac = _mac(secret, header, spki_der, sealed_der).hex()
    blocks: bytes = pem.armor("ENCRYPTED PRIVATE KEY", sealed_der) + pem.armor("PUBLIC KEY", spki_der)
    return header + f"mac: {mac}\n".encode() + blocks


def parse_key_file(content: bytes) -> KeyFile:
    """Return the readable part of a key file. Raises `KeyStoreDamaged`. Needs no passphrase and proves nothing."""
    header = _HEADER.match(content)
    try:
        blocks = {name: der_bytes for name, _, der_bytes in pem.unarmor(content, multiple=True)}
        return KeyFile(
            label=_group(header, "label").decode(),
            algorithm=KeyAlgorithm(_group(header, "algorithm").decode()),
            use=KeyUse(_group(header, "use").decode()),
            mac=bytes.fromhex(_group(header, "mac").decode()),
            spki_der=blocks["PUBLIC KEY"],
            sealed_der=blocks["ENCRYPTED PRIVATE KEY"],
        )
    except (ValueError, KeyError):
        raise KeyStoreDamaged() from None


def _group(header: re.Match[bytes] | None, name: str) -> bytes:
    if header is None:
        raise ValueError(name)
    found: bytes = header[name]
    return found


def open_key(file: KeyFile, passphrase: bytes) -> PrivateKey:
    """Return the private key.

    Raises `KeyStoreLocked` for a wrong passphrase or an altered file (the two cannot be told apart), `KeyStoreDamaged`
    for one that was sealed by other software or holds another key than it says.
    """
    salt, iv, ciphertext = _sealed_parts(file.sealed_der)
    secret = _derive(passphrase, salt)
    header = f"label: {file.label}\nalgorithm: {file.algorithm}\nuse: {file.use}\n".encode()
    if not hmac.compare_digest(_mac(secret, header, file.spki_der, file.sealed_der), file.mac):
        raise KeyStoreLocked()
    decryptor = Cipher(algorithms.AES256(secret), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    try:
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        key = load_der_private_key(unpadder.update(padded) + unpadder.finalize(), None)
    except ValueError:
        raise KeyStoreDamaged() from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or spki_der_of(key) != file.spki_der:
        raise KeyStoreDamaged()
    return key


def _derive(passphrase: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase, salt=salt, n=_COST, r=_BLOCK_SIZE, p=_PARALLEL, dklen=32)


def _mac(secret: bytes, header: bytes, spki_der: bytes, sealed_der: bytes) -> bytes:
    key = hmac.digest(secret, _MAC_PURPOSE, "sha256")
    return hmac.digest(key, header + spki_der + sealed_der, "sha256")


def _sealed_parts(sealed_der: bytes) -> tuple[bytes, bytes, bytes]:
    """Return (salt, iv, ciphertext) of a file sealed by `seal_key` with today's parameters."""
    try:
        scheme, ciphertext = der.elements(der.whole(sealed_der, der.SEQUENCE))
        pbes2 = der.elements(scheme[1])
        derivation, cipher = der.elements(pbes2[1][1])
        parameters = der.elements(der.elements(derivation[1])[1][1])
        iv = der.elements(cipher[1])[1][1]
        numbers = [der.parse_integer(content) for _, content, _ in parameters[1:]]
    except (der.DerMalformed, ValueError, IndexError):
        raise KeyStoreDamaged() from None
    if pbes2[0][2] != _PBES2 or numbers != [_COST, _BLOCK_SIZE, _PARALLEL, 32] or len(iv) != _IV_OCTETS:
        raise KeyStoreDamaged()
    return parameters[0][1], iv, ciphertext[1]
