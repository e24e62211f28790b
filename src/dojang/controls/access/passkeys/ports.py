"""What passkeys need: stored credentials and challenges, and somebody who can verify WebAuthn."""

from datetime import datetime
from typing import Protocol

from dojang.controls.access.passkeys.model import (
    Assertion,
    Attestation,
    Challenge,
    Passkey,
    VerifiedAssertion,
    VerifiedCredential,
)
from dojang.controls.access.ports import AccessTransaction


class PasskeyRepository(Protocol):
    """Stored passkeys and open challenges."""

    def list_passkeys(self, account_id: str) -> list[Passkey]:
        """Return the account's passkeys, oldest first."""
        ...

    def find_by_credential(self, credential_id: bytes) -> Passkey | None:
        """Return the passkey of that credential, locked until the transaction ends, or None."""
        ...

    def add(self, passkey: Passkey) -> None:
        """Store a new passkey. Raises `PasskeyKnown` when the credential is stored already."""
        ...

    def update(self, passkey: Passkey) -> None:
        """Store a changed passkey."""
        ...

    def remove(self, passkey_id: str) -> None:
        """Forget a passkey; unknown ones are no error."""
        ...

    def put_challenge(self, challenge: Challenge, now: datetime) -> None:
        """Store a challenge; those that have expired by `now` go as others come."""
        ...

    def take_challenge(self, digest: str) -> Challenge | None:
        """Forget the challenge and return it, expired or not, or None: nobody takes it twice."""
        ...


class PasskeyTransaction(AccessTransaction, Protocol):
    """A transaction with passkeys."""

    @property
    def passkeys(self) -> PasskeyRepository:
        """Passkeys and their challenges."""
        ...


class PasskeyVerifier(Protocol):
    """WebAuthn for one relying party id and its origins. Requires user verification; knows no store and no clock."""

    @property
    def relying_party_id(self) -> str:
        """The domain passkeys are bound to. Raises `PasskeysUnavailable` where the office has none."""
        ...

    def challenge_of(self, client_data: bytes) -> bytes:
        """Return the challenge that client data claims to answer. Raises `PasskeyUnverified` for what is none."""
        ...

    def verify_new(self, attestation: Attestation, challenge: bytes) -> VerifiedCredential:
        """Verify that a credential was made for us, just now, by a user it verified. Raises `PasskeyUnverified`.

        Source: WebAuthn Level 3, 7.1. Who made the authenticator is not asked (attestation "none").
        """
        ...

    def verify_answer(self, assertion: Assertion, challenge: bytes, public_key: bytes) -> VerifiedAssertion:
        """Verify an answer with the stored COSE key. Raises `PasskeyUnverified`. Source: WebAuthn Level 3, 7.2."""
        ...
