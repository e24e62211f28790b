"""Passkeys, the challenges they answer, and the errors of both. Source: W3C Web Authentication Level 3."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class ChallengePurpose(StrEnum):
    """What a challenge may be answered for. One for signing in never adds a passkey, nor the reverse."""

    ADD = "add"  # by the account it was made for
    SIGN_IN = "sign_in"  # by whoever has a passkey of this office


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One WebAuthn credential of an account.

    `id` is ours, for lists; `credential_id` and `public_key` (COSE_Key, RFC 9052) are the authenticator's. `sign_count`
    is zero for authenticators that do not count.
    """

    id: str
    account_id: str
    credential_id: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    sign_count: int
    name: str
    synced: bool  # whether its maker keeps copies of it (backup state)
    added_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A challenge given out and not yet answered, known by the SHA-256 of its bytes. `expires_at` is exclusive."""

    digest: str = field(repr=False)
    purpose: ChallengePurpose
    account_id: str | None  # of whom it was made for; None for signing in
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRequest:
    """What a browser needs to ask for a passkey. The bytes of `challenge` go to the caller once, and are not stored."""

    challenge: bytes = field(repr=False)
    relying_party_id: str
    timeout_s: int
    known: tuple[bytes, ...] = field(default=(), repr=False)  # credential ids the account has already
    user_handle: bytes = field(default=b"", repr=False)
    user_name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What a browser says of a passkey just made: `client_data` is JSON, `attestation_object` is CBOR."""

    client_data: bytes = field(repr=False)
    attestation_object: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A passkey's answer to a challenge. `user_handle` is empty where the browser left it out."""

    credential_id: bytes = field(repr=False)
    client_data: bytes = field(repr=False)
    authenticator_data: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    user_handle: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCredential:
    """A new credential whose making was verified."""

    credential_id: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    sign_count: int
    synced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedAssertion:
    """An answer whose signature, origin, relying party and user verification were verified."""

    sign_count: int
    synced: bool


class PasskeyUnverified(Exception):
    """The port's refusal, never shown to anybody: `reason` is one word of our own."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class PasskeyRefused(DojangError):
    """The passkey is not known here, or its answer does not hold."""

    code = "access.passkey_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ChallengeExpired(DojangError):
    """The challenge was answered before, too late, or was never given out."""

    code = "access.passkey_challenge_expired"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class FreshSignInRequired(DojangError):
    """The session is too old for this: the account's password is asked for once more."""

    code = "access.fresh_sign_in_required"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PasskeyLimitReached(DojangError):
    """The account has as many passkeys as it may; `limit` says how many."""

    code = "access.passkey_limit_reached"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PasskeyKnown(DojangError):
    """This authenticator's passkey is registered already."""

    code = "access.passkey_known"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PasskeyNotFound(DojangError):
    """The account has no such passkey."""

    code = "access.passkey_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PasskeyNameUnsuitable(DojangError):
    """A passkey's name has 1 to 40 printable characters."""

    code = "access.passkey_name_unsuitable"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PasskeysUnavailable(DojangError):
    """The office is reached at an address passkeys cannot be bound to: a bare IP address."""

    code = "access.passkeys_unavailable"
    fault: ClassVar[Fault] = Fault.OPERATOR
