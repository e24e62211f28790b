"""The office's own key towards push services (VAPID, RFC 8292): an EC key on P-256, made once and kept in a file."""

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VapidKey:
    """The key. Browsers tie their subscriptions to its public half: another key means nobody is reached any more."""

    private_key: EllipticCurvePrivateKey = field(repr=False)

    @property
    def public(self) -> str:
        """The public key as browsers take it: base64url of the uncompressed point, without padding."""
        point = self.private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def open_vapid_key(path: Path) -> VapidKey:
    """Read the key; make it (mode 0600) when there is none. Raises `ValueError` for a file that holds another kind."""
    if not path.exists():
        _create(path)
    private_key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private_key, EllipticCurvePrivateKey) or not isinstance(private_key.curve, SECP256R1):
        raise ValueError("the push key file holds another kind of key")
    return VapidKey(private_key=private_key)


def _create(path: Path) -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
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
