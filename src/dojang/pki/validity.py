"""Validity periods as NPKI certificates carry them: whole days of Korean Standard Time.

notBefore is 00:00:00 KST of the day, notAfter 23:59:59 KST of the last day, inclusive (npki profile, observed in
deployed certificates). All values in and out are UTC in whole seconds.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault

KST = timezone(timedelta(hours=9), "KST")  # no summer time since 1988


class ValidityInvalid(DojangError):
    """A validity ends before it begins, or its ends are not UTC in whole seconds."""

    code: ClassVar[str] = "pki.validity_invalid"
    fault: ClassVar[Fault] = Fault.OURS


class PredecessorExpired(DojangError):
    """No validity remains to be carried over from the predecessor."""

    code: ClassVar[str] = "pki.predecessor_expired"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """From `not_before` to `not_after`, both inclusive, UTC in whole seconds. Raises `ValidityInvalid`."""

    not_before: datetime
    not_after: datetime

    def __post_init__(self) -> None:
        for end in (self.not_before, self.not_after):
            if end.tzinfo is not UTC or end.microsecond:
                raise ValidityInvalid(reason="not_utc_seconds")
        if self.not_after < self.not_before:
            raise ValidityInvalid(reason="ends_before_it_begins")

    def covers(self, at: datetime) -> bool:
        """Return whether `at` lies inside, ends included."""
        return self.not_before <= at <= self.not_after

    def contains(self, inner: "Validity") -> bool:
        """Return whether `inner` begins and ends inside this one."""
        return self.not_before <= inner.not_before and inner.not_after <= self.not_after


def day_kst(moment: datetime) -> date:
    """Return the Korean calendar day of `moment`."""
    return moment.astimezone(KST).date()


def start_of_day_kst(moment: datetime) -> datetime:
    """Return 00:00:00 KST of the day of `moment`, in UTC."""
    return datetime.combine(day_kst(moment), time(0, 0), tzinfo=KST).astimezone(UTC)


def end_of_day_kst(day: date) -> datetime:
    """Return 23:59:59 KST of `day`, in UTC."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=KST).astimezone(UTC)


def not_after_years(moment: datetime, years: int) -> datetime:
    """Return the inclusive end of a certificate of `years` years from the day of `moment`: the same day, years on.

    One begun on 29 February ends on 28 February where the year has no 29th.
    """
    first = day_kst(moment)
    try:
        last = first.replace(year=first.year + years)
    except ValueError:
        last = first.replace(year=first.year + years, day=28)
    return end_of_day_kst(last)


def whole_days_left(not_after: datetime, now: datetime) -> int:
    """Return the days from `now` until the inclusive end, rounded down, never negative."""
    return max(0, (not_after - now) // timedelta(days=1))


def full_validity(now: datetime, *, years: int) -> Validity:
    """Return a validity from the start of today in Korea to the end of the same day `years` on."""
    return Validity(not_before=start_of_day_kst(now), not_after=not_after_years(now, years))


def remaining_validity(now: datetime, *, predecessor_not_after: datetime) -> Validity:
    """Return a validity from the start of today in Korea to the predecessor's end. Raises `PredecessorExpired`."""
    if predecessor_not_after < now:
        raise PredecessorExpired()
    return Validity(not_before=start_of_day_kst(now), not_after=predecessor_not_after)


def extended_validity(now: datetime, *, predecessor_not_after: datetime, years: int) -> Validity:
    """Return a validity from today to `years` after the predecessor's end, so that renewing early loses no days.

    Raises `PredecessorExpired`.
    """
    if predecessor_not_after < now:
        raise PredecessorExpired()
    return Validity(not_before=start_of_day_kst(now), not_after=not_after_years(predecessor_not_after, years))


def longest_not_after(not_before: datetime, *, years: int, carry_over_days: int) -> datetime:
    """Return the latest inclusive end that a profile of so many years allows."""
    return not_after_years(not_before, years) + timedelta(days=carry_over_days)
