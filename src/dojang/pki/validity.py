"""Validity periods as NPKI certificates carry them: whole days of Korean Standard Time.

notBefore is 00:00:00 KST of the day, notAfter 23:59:59 KST of the last day, inclusive (npki profile, observed in
deployed certificates). All values in and out are UTC in whole seconds.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")  # no summer time since 1988


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
    """Return the inclusive end of a certificate of `years` years from the day of `moment`: the same day that many years on.

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
