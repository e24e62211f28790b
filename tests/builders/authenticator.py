"""An authenticator in software: makes passkeys and answers challenges as a browser would hand them on.

The other judge is Chromium's own virtual authenticator (tests/browser/test_passkeys.py).
"""

import hashlib
import json
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from fido2 import cbor
from fido2.cose import ES256, EdDSA

from dojang.controls.access.passkeys.model import Assertion, Attestation

PRESENT, VERIFIED, BACKED_UP, ATTESTED = 0x01, 0x04, 0x18, 0x40


@dataclass(slots=True, kw_only=True)
class SoftAuthenticator:
    """One passkey for one origin. Attributes may be set to what an attacker would send."""

    relying_party_id: str = "localhost"
    origin: str = "http://localhost:8710"
    credential_id: bytes = b"credential-0001"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    counts: bool = True
    cross_origin: bool = False
    user_handle: bytes = b""
    edwards: bool = False
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _ed_key: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)

    def make(self, challenge: bytes, user_handle: bytes = b"") -> Attestation:
        """Make the passkey (navigator.credentials.create)."""
        self.user_handle = user_handle
        public = (
            EdDSA.from_cryptography_key(self._ed_key.public_key())
            if self.edwards
            else ES256.from_cryptography_key(self._key.public_key())
        )
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor.encode(public)
        data = self._data(self.flags | ATTESTED) + attested
        return Attestation(
            client_data=self._client_data("webauthn.create", challenge),
            attestation_object=cbor.encode({"fmt": "none", "attStmt": {}, "authData": data}),
        )

    def answer(self, challenge: bytes) -> Assertion:
        """Answer a challenge (navigator.credentials.get)."""
        if self.counts:
            self.count += 1
        data = self._data(self.flags)
        client_data = self._client_data("webauthn.get", challenge)
        signed = data + hashlib.sha256(client_data).digest()
        signature = self._ed_key.sign(signed) if self.edwards else self._key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return Assertion(
            credential_id=self.credential_id,
            client_data=client_data,
            authenticator_data=data,
            signature=signature,
            user_handle=self.user_handle,
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.relying_party_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client_data(self, kind: str, challenge: bytes) -> bytes:
        text = urlsafe_b64encode(challenge).rstrip(b"=").decode()
        said = {"type": kind, "challenge": text, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(said).encode()
