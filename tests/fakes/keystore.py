"""A key store in memory, for tests that are not about keys at rest."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dojang.pki.keystore import DecryptionFailed, KeyExists, KeyNotFound, KeyUse, KeyUseRefused, Mechanism
from dojang.pki.public_key import KeyAlgorithm

_RSA_BITS = {KeyAlgorithm.RSA_2048: 2048, KeyAlgorithm.RSA_3072: 3072, KeyAlgorithm.RSA_4096: 4096}


class MemoryKeyStore:
    """`KeyStore` in memory."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[KeyUse, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey]] = {}

    def generate(self, label: str, algorithm: KeyAlgorithm, use: KeyUse) -> bytes:
        """Make a key pair."""
        if label in self._keys:
            raise KeyExists(label=label)
        bits = _RSA_BITS.get(algorithm)
        key = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
        self._keys[label] = use, key
        return self.public_key(label)

    def public_key(self, label: str) -> bytes:
        """Return SubjectPublicKeyInfo."""
        return self._get(label)[1].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def labels(self) -> frozenset[str]:
        """Return the labels held."""
        return frozenset(self._keys)

    def sign(self, label: str, data: bytes, mechanism: Mechanism) -> bytes:
        """Sign with SHA-256."""
        use, key = self._get(label)
        if use is KeyUse.SIGN and isinstance(key, rsa.RSAPrivateKey) and mechanism is Mechanism.SHA256_RSA_PKCS:
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if use is KeyUse.SIGN and isinstance(key, ec.EllipticCurvePrivateKey) and mechanism is Mechanism.ECDSA_SHA256:
            return key.sign(data, ec.ECDSA(hashes.SHA256()))
        raise KeyUseRefused(label=label)

    def decrypt(self, label: str, ciphertext: bytes, mechanism: Mechanism, *, bound_to: bytes = b"") -> bytes:
        """Open RSA-OAEP."""
        use, key = self._get(label)
        if use is not KeyUse.DECRYPT or not isinstance(key, rsa.RSAPrivateKey):
            raise KeyUseRefused(label=label)
        oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=bound_to or None)
        try:
            return key.decrypt(ciphertext, oaep)
        except ValueError:
            raise DecryptionFailed() from None

    def delete(self, label: str) -> None:
        """Forget a key."""
        self._get(label)
        del self._keys[label]

    def _get(self, label: str) -> tuple[KeyUse, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey]:
        if label not in self._keys:
            raise KeyNotFound(label=label)
        return self._keys[label]
