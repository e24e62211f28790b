"""What a bank decides about encrypting to its customers, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientPolicy:
    """How long a party knows a person after it last saw them. At least 1."""

    known_days: int = 400
