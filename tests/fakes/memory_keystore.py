"""A `KeyStore` that forgets: keys in a dictionary, for tests that are not about files. Held to the same contract."""

import re

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dojang.pki.keystore import (
    DecryptionFailed,
    KeyExists,
    KeyLabelInvalid,
    KeyNotFound,
    KeyUse,
    KeyUseRefused,
    Mechanism,
)
from dojang.pki.public_key import KeyAlgorithm

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class MemoryKeyStore:
    def __init__(self) -> None:
        self._keys: dict[str, tuple[PrivateKey, KeyUse]] = {}

    def generate(self, label: str, algorithm: KeyAlgorithm, use: KeyUse) -> bytes:
        self._check(label)
        if label in self._keys:
            raise KeyExists(label=label)
        if use is KeyUse.DECRYPT and not algorithm.is_rsa:
            raise KeyUseRefused(label=label)
        key: PrivateKey
        if algorithm.is_rsa:
            key = rsa.generate_private_key(65537, int(algorithm.removeprefix("rsa-")))
        else:
            key = ec.generate_private_key(ec.SECP256R1())
        self._keys[label] = key, use
        return self.public_key(label)

    def public_key(self, label: str) -> bytes:
        return self._get(label)[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def labels(self) -> frozenset[str]:
        return frozenset(self._keys)

    def sign(self, label: str, data: bytes, mechanism: Mechanism) -> bytes:
        key, use = self._get(label)
        if use is KeyUse.SIGN and isinstance(key, rsa.RSAPrivateKey) and mechanism is Mechanism.SHA256_RSA_PKCS:
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if use is KeyUse.SIGN and isinstance(key, ec.EllipticCurvePrivateKey) and mechanism is Mechanism.ECDSA_SHA256:
            return key.sign(data, ec.ECDSA(hashes.SHA256()))
        raise KeyUseRefused(label=label)

    def sign_digest(self, label: str, digest: bytes, mechanism: Mechanism) -> bytes:
        key, use = self._get(label)
        hashed = Prehashed(hashes.SHA256())
        if use is KeyUse.SIGN and isinstance(key, rsa.RSAPrivateKey) and mechanism is Mechanism.SHA256_RSA_PKCS:
            return key.sign(digest, padding.PKCS1v15(), hashed)
        if use is KeyUse.SIGN and isinstance(key, ec.EllipticCurvePrivateKey) and mechanism is Mechanism.ECDSA_SHA256:
            return key.sign(digest, ec.ECDSA(hashed))
        raise KeyUseRefused(label=label)

    def decrypt(self, label: str, ciphertext: bytes, mechanism: Mechanism, *, bound_to: bytes = b"") -> bytes:
        key, use = self._get(label)
        if use is not KeyUse.DECRYPT or not isinstance(key, rsa.RSAPrivateKey):
            raise KeyUseRefused(label=label)
        if mechanism is not Mechanism.RSA_PKCS_OAEP:
            raise KeyUseRefused(label=label)
        oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=bound_to or None)
        try:
            return key.decrypt(ciphertext, oaep)
        except ValueError:
            raise DecryptionFailed() from None

    def delete(self, label: str) -> None:
        self._get(label)
        del self._keys[label]

    def _get(self, label: str) -> tuple[PrivateKey, KeyUse]:
        self._check(label)
        if label not in self._keys:
            raise KeyNotFound(label=label)
        return self._keys[label]

    def _check(self, label: str) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,63}", label):
            raise KeyLabelInvalid()
