"""The port to the keys: a file, a token or an HSM.

Keys are made inside the store, named by labels, and never leave it. Mechanisms are those PKCS#11 names, so that a
token can carry every operation asked for here. Must not know certificates. Source: PKCS#11 v3.1 section 6.
"""

from enum import StrEnum
from typing import ClassVar, Protocol

from dojang.kernel.errors import DojangError, Fault
from dojang.pki.public_key import KeyAlgorithm, SignatureAlgorithm


class KeyNotFound(DojangError):
    """The key store holds no key under that label."""

    code: ClassVar[str] = "pki.key_not_found"
    fault: ClassVar[Fault] = Fault.OPERATOR


class KeyExists(DojangError):
    """The key store already holds a key under that label; keys are never overwritten."""

    code: ClassVar[str] = "pki.key_exists"
    fault: ClassVar[Fault] = Fault.OPERATOR


class KeyLabelInvalid(DojangError):
    """A key label is not 1 to 64 lower-case letters, digits, dots and hyphens, beginning with a letter or digit."""

    code: ClassVar[str] = "pki.key_label_invalid"
    fault: ClassVar[Fault] = Fault.OPERATOR


class KeyStoreLocked(DojangError):
    """The key store cannot be opened: the passphrase (or PIN) is missing or wrong."""

    code: ClassVar[str] = "pki.key_store_locked"
    fault: ClassVar[Fault] = Fault.OPERATOR


class KeyStoreDamaged(DojangError):
    """What the key store holds under a label cannot be read or contradicts itself."""

    code: ClassVar[str] = "pki.key_store_damaged"
    fault: ClassVar[Fault] = Fault.OPERATOR


class KeyUseRefused(DojangError):
    """A key was asked for an operation it was not made for."""

    code: ClassVar[str] = "pki.key_use_refused"
    fault: ClassVar[Fault] = Fault.OURS


class DecryptionFailed(DojangError):
    """The ciphertext was not made for this key, or was altered."""

    code: ClassVar[str] = "pki.decryption_failed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class KeyUse(StrEnum):
    """What a key is made for; the other operation is refused (CKA_SIGN, CKA_DECRYPT)."""

    SIGN = "sign"
    DECRYPT = "decrypt"


class Mechanism(StrEnum):
    """Operations by their PKCS#11 names."""

    SHA256_RSA_PKCS = "CKM_SHA256_RSA_PKCS"
    ECDSA_SHA256 = "CKM_ECDSA_SHA256"
    RSA_PKCS_OAEP = "CKM_RSA_PKCS_OAEP"  # SHA-256 for both digest and MGF1


def mechanism_for(algorithm: SignatureAlgorithm) -> Mechanism:
    """Return the mechanism that makes signatures of this algorithm."""
    return Mechanism.SHA256_RSA_PKCS if algorithm is SignatureAlgorithm.RSA_SHA256 else Mechanism.ECDSA_SHA256


class KeyStore(Protocol):
    """Keys by label. Every operation may be called from many threads at once.

    Labels are 1 to 64 lower-case letters, digits, dots and hyphens. All operations raise `KeyLabelInvalid`,
    `KeyStoreLocked` and `KeyStoreDamaged`; all but `generate` and `labels` raise `KeyNotFound`.
    """

    def generate(self, label: str, algorithm: KeyAlgorithm, use: KeyUse) -> bytes:
        """Make a key pair inside the store and return its SubjectPublicKeyInfo. Raises `KeyExists`,
        `KeyUseRefused`.
        """
        ...

    def public_key(self, label: str) -> bytes:
        """Return SubjectPublicKeyInfo in DER."""
        ...

    def labels(self) -> frozenset[str]:
        """Return the labels of all keys held."""
        ...

    def sign(self, label: str, data: bytes, mechanism: Mechanism) -> bytes:
        """Return the signature over `data` (hashed inside), as certificates carry it: ECDSA as DER SEQUENCE.

        Raises `KeyUseRefused` when the key was not made for signing, or not for this mechanism.
        """
        ...

    def sign_digest(self, label: str, digest: bytes, mechanism: Mechanism) -> bytes:
        """Return the signature over data whose SHA-256 is `digest`: for what is too long to be held.

        A token does it with CKM_RSA_PKCS over DigestInfo, or CKM_ECDSA. Raises as `sign` does.
        """
        ...

    def decrypt(self, label: str, ciphertext: bytes, mechanism: Mechanism, *, bound_to: bytes = b"") -> bytes:
        """Return the plaintext. `bound_to` is the OAEP label L (RFC 8017 section 7.1.2) that the sender used.

        Raises `KeyUseRefused`, and `DecryptionFailed` without a hint at why.
        """
        ...

    def delete(self, label: str) -> None:
        """Destroy the key pair. There is no way back."""
        ...
