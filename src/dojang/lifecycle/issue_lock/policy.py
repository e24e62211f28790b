"""What the bank decides about the issue lock, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLockPolicy:
    """How long a lock stays once its owner asked to open it. Raises `ValueError` for no time at all."""

    cooling_hours: int = 24
    locks_per_run: int = 200  # as many as one run of the schedule opens

    def __post_init__(self) -> None:
        if self.cooling_hours < 1 or self.locks_per_run < 1:
            raise ValueError("an unlock leaves its owner an hour or more to cancel it")
