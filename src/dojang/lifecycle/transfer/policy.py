"""What the bank decides about transfers, as data."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPolicy:
    """Times and counts, all at least 1 and inclusive: the slot after `per_person_a_day` is refused.

    A slot allows one guess at seven digits, so that `per_person_a_day` bounds a guesser to that many in ten million.
    """

    slot_seconds: int = 180
    per_person_a_day: int = 5
    max_handshake_bytes: int = 1024
    max_keys_bytes: int = 65_536

    def __post_init__(self) -> None:
        for one in fields(self):
            if getattr(self, one.name) < 1:
                raise ValueError(f"{one.name} must be at least 1")
