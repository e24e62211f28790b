"""What the bank decides about issuance, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuancePolicy:
    """`recovery_grace_s`: how long a live request may take to sign before recovery finishes its work beside it."""

    recovery_grace_s: int = 10
    recovery_batch: int = 100
    draws: int = 5
