"""The Ed25519 key that signs tree heads of the audit log, in a file its owner alone can read.

The file is PKCS#8 PEM without a passphrase, so that a worker can sign by itself after a restart; who must not be able
to rewrite history must not read it. Knows nothing of trees.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from dojang.controls.audit_log.checkpoint import parse_verifier_key
from dojang.controls.audit_log.findings import AuditKeyUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Ed25519HeadKey:
    """The public side (`controls.audit_log.ports.HeadKey`), enough to verify. `public_key` is raw, 32 bytes."""

    origin: str
    public_key: bytes

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ed25519HeadSigner:
    """The key itself (`controls.audit_log.ports.HeadSigner`)."""

    origin: str
    private_key: Ed25519PrivateKey = field(repr=False)

    @property
    def public_key(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self.private_key.public_key().public_bytes_raw()

    @property
    def public(self) -> Ed25519HeadKey:
        """The public side alone."""
        return Ed25519HeadKey(origin=self.origin, public_key=self.public_key)

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature, 64 bytes."""
        return self.private_key.sign(message)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        return self.public.verifies(message, signature)


def parse_head_key(text: str) -> Ed25519HeadKey:
    """Read a public key as `controls.audit_log.checkpoint.verifier_key` writes it. Raises `AuditKeyUnreadable`."""
    try:
        origin, public_key = parse_verifier_key(text)
    except ValueError:
        raise AuditKeyUnreadable() from None
    return Ed25519HeadKey(origin=origin, public_key=public_key)


def open_audit_key(path: Path, *, origin: str) -> Ed25519HeadSigner:
    """Read the key; make it (mode 0600) when there is none. Raises `ValueError` when the file holds no Ed25519 key."""
    if not path.exists():
        _create(path)
    private_key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private_key, Ed25519PrivateKey):
        raise ValueError("the audit key file holds another kind of key")
    return Ed25519HeadSigner(origin=origin, private_key=private_key)


def _create(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)  # unlike a rename, never replaces the key that another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()
