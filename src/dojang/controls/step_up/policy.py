"""What the bank decides about confirmation calls, as data. Counts are inclusive maxima; a day is the last 24 hours."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpPolicy:
    """Confirmation by telephone. Raises `ValueError` for a number too short to mean anything."""

    number_digits: int = 2
    window_minutes: int = 3  # from the request to the ringing
    use_minutes: int = 10  # from the right number to the act
    ring_timeout_s: float = 30.0
    answer_timeout_s: float = 15.0  # per try; the dialogue gives two
    per_phone: int = 5
    per_subscriber: int = 5
    pauses_s: tuple[int, ...] = (30, 300, 1800)  # after the first, second, … call of a day in vain; the last repeats
    disowned_pause_hours: int = 24

    def __post_init__(self) -> None:
        if self.number_digits < 2 or min(self.window_minutes, self.use_minutes, *self.pauses_s) < 0:
            raise ValueError("a confirmation needs a number of two digits or more, and times that can pass")
