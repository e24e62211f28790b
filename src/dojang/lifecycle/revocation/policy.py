"""What the bank decides about suspension and revocation, as data. Six months is what Korean CAs grant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationPolicy:
    """How long a suspended certificate can be resumed before it is revoked, and when its owner is told so.

    Raises `ValueError` when the notice would come before the hold, or nothing could ever be done.
    """

    hold_months: int = 6  # of the Korean calendar
    hold_notice_days: int = 7
    holds_per_run: int = 200  # as many as one run of the schedule ends, and as many as it tells of

    def __post_init__(self) -> None:
        if self.hold_months < 1 or not 1 <= self.hold_notice_days < 28 * self.hold_months or self.holds_per_run < 1:
            raise ValueError("a hold lasts a month or more, and its notice falls into it")
