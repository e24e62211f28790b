"""Validity: Korean days, both ends inclusive, leap days, what is carried over."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from dojang.pki.validity import (
    PredecessorExpired,
    Validity,
    ValidityInvalid,
    extended_validity,
    full_validity,
    longest_not_after,
    remaining_validity,
)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "years", "not_before", "not_after"),
    [
        ("2026-03-05T01:02:03", 1, "2026-03-04T15:00:00", "2027-03-05T14:59:59"),
        ("2026-03-05T14:59:59", 1, "2026-03-04T15:00:00", "2027-03-05T14:59:59"),
        ("2026-03-05T15:00:00", 3, "2026-03-05T15:00:00", "2029-03-06T14:59:59"),
        ("2028-02-29T03:00:00", 1, "2028-02-28T15:00:00", "2029-02-28T14:59:59"),
        ("2028-02-29T03:00:00", 3, "2028-02-28T15:00:00", "2031-02-28T14:59:59"),
        ("2027-02-28T03:00:00", 1, "2027-02-27T15:00:00", "2028-02-28T14:59:59"),
        ("2026-12-31T15:00:00", 1, "2026-12-31T15:00:00", "2028-01-01T14:59:59"),
    ],
)
def test_a_year_ends_on_the_same_day(now: str, years: int, not_before: str, not_after: str) -> None:
    validity = full_validity(_utc(now), years=years)
    assert validity == Validity(not_before=_utc(not_before), not_after=_utc(not_after))


def test_re_issue_keeps_the_end_and_renewal_adds_to_it() -> None:
    now, end = _utc("2026-03-05T01:00:00"), _utc("2026-04-01T14:59:59")
    assert remaining_validity(now, predecessor_not_after=end).not_after == end
    assert extended_validity(now, predecessor_not_after=end, years=1).not_after == _utc("2027-04-01T14:59:59")
    for carry in (remaining_validity, lambda at, **k: extended_validity(at, years=1, **k)):
        assert carry(end, predecessor_not_after=end).not_before == _utc("2026-03-31T15:00:00")
        with pytest.raises(PredecessorExpired):
            carry(end + timedelta(seconds=1), predecessor_not_after=end)


def test_both_ends_are_inside() -> None:
    validity = full_validity(_utc("2026-03-05T00:00:00"), years=1)
    second = timedelta(seconds=1)
    assert validity.covers(validity.not_before)
    assert validity.covers(validity.not_after)
    assert not validity.covers(validity.not_before - second)
    assert not validity.covers(validity.not_after + second)
    assert validity.contains(validity)
    assert not validity.contains(Validity(not_before=validity.not_before, not_after=validity.not_after + second))


def test_the_longest_allowed_end_counts_what_is_carried_over() -> None:
    start = _utc("2026-03-04T15:00:00")
    assert longest_not_after(start, years=1, carry_over_days=0) == _utc("2027-03-05T14:59:59")
    assert longest_not_after(start, years=1, carry_over_days=31) == _utc("2027-04-05T14:59:59")


@pytest.mark.parametrize(
    ("not_before", "not_after"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001  # the mistake under test
        (datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=9))), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_validity_that_makes_no_sense_is_refused(not_before: datetime, not_after: datetime) -> None:
    with pytest.raises(ValidityInvalid):
        Validity(not_before=not_before, not_after=not_after)
