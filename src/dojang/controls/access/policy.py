"""What the bank decides about signing in, as data."""

from dataclasses import dataclass, fields
from typing import Any


def _require_positive(policy: Any) -> None:
    for one in fields(policy):
        value = getattr(policy, one.name)
        if isinstance(value, int) and value < 1:
            raise ValueError(f"{one.name} must be at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPolicy:
    """How much one address may do without a session, in a window that begins with the first attempt. All at least 1.

    Inclusive: the attempt after `…_per_address` is turned away. Many customers of one carrier share an address: the
    numbers stop machines, not neighbours.
    """

    sign_ups_per_address: int = 60
    sign_ins_per_address: int = 120
    passkey_challenges_per_address: int = 240
    hand_off_claims_per_address: int = 60
    refusals_per_address: int = 600
    support_per_address: int = 30
    timestamps_per_address: int = 600
    window_minutes: int = 10

    def __post_init__(self) -> None:
        _require_positive(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyPolicy:
    """Times and numbers of passkeys, all at least 1.

    A passkey may be added for `fresh_minutes` (exclusive) after signing in, later with the password once more.
    """

    challenge_minutes: int = 5
    fresh_minutes: int = 5
    passkeys_per_account: int = 10

    def __post_init__(self) -> None:
        _require_positive(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffPolicy:
    """How long one task may be done on another device, from when its code is shown. At least 1."""

    minutes: int = 10

    def __post_init__(self) -> None:
        _require_positive(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPolicy:
    """Tries and times of sign-in, all at least 1. `failures_to_lock` is inclusive: that failure locks."""

    failures_to_lock: int = 5
    lock_minutes: int = 30
    session_idle_minutes: int = 10
    session_hours: int = 12
    devices_per_account: int = 30
    attempts: AttemptPolicy = AttemptPolicy()
    passkeys: PasskeyPolicy = PasskeyPolicy()
    hand_offs: HandOffPolicy = HandOffPolicy()

    def __post_init__(self) -> None:
        _require_positive(self)
