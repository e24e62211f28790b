"""The office's own key towards push services (VAPID, RFC 8292): an EC key on P-256, made once and kept in a file."""

import base64
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dojang.adapters.secrecy.p256_key import open_p256_key


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
    """Read the key; make it when there is none. Raises `ValueError` for a file that holds another kind."""
    return VapidKey(private_key=open_p256_key(path))
