"""What the bank decides about support, as data. All values at least 1."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPolicy:
    """How much a person may hand over, and how long it is kept.

    A ticket nobody wrote to for `quiet_days` after an answer is closed, an unanswered one after `open_days`; a closed
    one is deleted after `keep_days`.
    """

    live_per_person: int = 10
    opened_per_day: int = 20
    messages_per_ticket: int = 20
    quiet_days: int = 14
    open_days: int = 90
    keep_days: int = 365

    def __post_init__(self) -> None:
        for one in fields(self):
            if getattr(self, one.name) < 1:
                raise ValueError(f"{one.name} must be at least 1")
