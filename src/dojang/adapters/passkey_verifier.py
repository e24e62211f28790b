"""WebAuthn verified by Yubico's `fido2`: pure computing, no device, no network.

A relying party id is a domain (WebAuthn Level 3, 5.1.2): an office on loopback is "localhost" to it, one that is
reached at any other bare address has no passkeys. Attestation is not asked for: which maker's authenticator somebody
uses is theirs to choose, and most answer without one.
"""

import struct
from ipaddress import ip_address
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)

from dojang.controls.access.passkeys.model import (
    Assertion,
    Attestation,
    PasskeysUnavailable,
    PasskeyUnverified,
    VerifiedAssertion,
    VerifiedCredential,
)

# What browsers are asked for: ES256, EdDSA, RS256 (RFC 9053, RFC 8812).
ALGORITHMS = (-7, -8, -257)
# What reading somebody's bytes may end in: the library checks as it goes, and says what was wrong in words only.
_REFUSALS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    struct.error,
)


class Fido2PasskeyVerifier:
    """Implements `controls.access.passkeys.ports.PasskeyVerifier` for the office at `public_url`."""

    def __init__(self, public_url: str) -> None:
        self._relying_party_id, self._origin = bound_to(public_url)

    @property
    def relying_party_id(self) -> str:
        """See the port."""
        if not self._relying_party_id:
            raise PasskeysUnavailable()
        return self._relying_party_id

    def challenge_of(self, client_data: bytes) -> bytes:
        """See the port."""
        return _client_data(client_data).challenge

    def verify_new(self, attestation: Attestation, challenge: bytes) -> VerifiedCredential:
        """See the port."""
        client_data = _client_data(attestation.client_data)
        try:
            made_object = AttestationObject(attestation.attestation_object)
            response = AuthenticatorAttestationResponse(client_data=client_data, attestation_object=made_object)
            credential = made_object.auth_data.credential_data
            raw_id = credential.credential_id if credential else b""
            data = self._server().register_complete(
                _state(challenge), RegistrationResponse(raw_id=raw_id, response=response)
            )
        except _REFUSALS:
            raise PasskeyUnverified("attestation") from None
        if credential is None or credential.public_key.ALGORITHM not in ALGORITHMS:
            raise PasskeyUnverified("algorithm")
        return VerifiedCredential(
            credential_id=credential.credential_id,
            public_key=cbor.encode(dict(credential.public_key)),
            sign_count=data.counter,
            synced=data.is_backed_up(),
        )

    def verify_answer(self, assertion: Assertion, challenge: bytes, public_key: bytes) -> VerifiedAssertion:
        """See the port."""
        client_data = _client_data(assertion.client_data)
        try:
            data = AuthenticatorData(assertion.authenticator_data)
            key = _cose_key(public_key)
            response = AuthenticatorAssertionResponse(
                client_data=client_data, authenticator_data=data, signature=assertion.signature
            )
            self._server().authenticate_complete(
                _state(challenge),
                [AttestedCredentialData.create(Aaguid.NONE, assertion.credential_id, key)],
                AuthenticationResponse(raw_id=assertion.credential_id, response=response),
            )
        except _REFUSALS:
            raise PasskeyUnverified("assertion") from None
        return VerifiedAssertion(sign_count=data.counter, synced=data.is_backed_up())

    def _server(self) -> Fido2Server:
        party = PublicKeyCredentialRpEntity(name="Dojang", id=self.relying_party_id)
        return Fido2Server(party, verify_origin=lambda origin: origin == self._origin)


def bound_to(public_url: str) -> tuple[str, str]:
    """Return the relying party id and the one origin passkeys may be used at; an empty id where there can be none."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host, f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
    if not address.is_loopback:
        return "", ""
    return "localhost", f"{parts.scheme}://localhost" + (f":{parts.port}" if parts.port else "")


def _client_data(encoded: bytes) -> CollectedClientData:
    try:
        client_data = CollectedClientData(encoded)
        if client_data.cross_origin:
            raise PasskeyUnverified("cross_origin")
    except _REFUSALS:
        raise PasskeyUnverified("client_data") from None
    return client_data


def _cose_key(encoded: bytes) -> CoseKey:
    parameters = cbor.decode(encoded)
    if not isinstance(parameters, dict):
        raise ValueError("a COSE_Key is a map")
    return CoseKey.parse(parameters)


def _state(challenge: bytes) -> dict[str, object]:
    """What the library would have kept between asking and answering."""
    return {"challenge": websafe_encode(challenge), "user_verification": UserVerificationRequirement.REQUIRED}
