"""What the bank decides about signing in, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPolicy:
    """Tries and times of sign-in. `failures_to_lock` is inclusive: the failure of that number locks."""

    failures_to_lock: int = 5
    lock_minutes: int = 30
    session_idle_minutes: int = 10
    session_hours: int = 12
