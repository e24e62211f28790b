"""The expiry schedule on both databases: everybody once a stage, in time, whatever was missed or interrupted."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from builders.notices import NoticeOffice
from builders.notices_rows import enter_certificates
from dojang.adapters.store.engine import Database
from dojang.controls.notices.expiry import is_due, place_of, remind
from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.notices.policy import ExpiryPolicy

POLICY = ExpiryPolicy(batch=7, batches=100)
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 10:00 in Korea


def end_of(day: int) -> datetime:
    """23:59:59 KST, so many days after the start."""
    return datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC) + timedelta(days=day)


@pytest.fixture
def office(database: Database) -> NoticeOffice:
    opened = NoticeOffice(database=database)
    opened.person()
    return opened


def told(office: NoticeOffice) -> list[tuple[str, int]]:
    return [
        (one.template.removeprefix("certificate_"), int(one.reference))
        for one in office.outbox.effects
        if isinstance(one, NotifySubscriber)
    ]


def run(office: NoticeOffice, day: float, policy: ExpiryPolicy = POLICY) -> int:
    return remind(store=office.store, policy=policy, now=START + timedelta(days=day))


def test_a_certificate_is_told_at_thirty_seven_and_one_days_and_at_its_end(office: NoticeOffice) -> None:
    run(office, 0)
    enter_certificates(office.database, {1: end_of(365)})
    for day in range(400):
        before = len(told(office))
        run(office, day)
        run(office, day)
        if len(told(office)) > before:
            assert (told(office)[-1][0], day) in [
                ("expires_soon", 335),
                ("expires_soon", 358),
                ("expires_tomorrow", 364),
                ("expired", 366),
            ]
    assert told(office) == [("expires_soon", 1), ("expires_soon", 1), ("expires_tomorrow", 1), ("expired", 1)]


def test_only_what_is_in_force_and_has_no_successor_is_told(office: NoticeOffice) -> None:
    run(office, 0)
    ends = {serial: end_of(30 + 1) for serial in range(1, 7)}
    enter_certificates(
        office.database, ends, states={2: "revoked", 3: "held", 4: "good"}, succeeded={5: "accepted", 6: "available"}
    )
    run(office, 1)
    assert told(office) == [("expires_soon", 1), ("expires_soon", 4), ("expires_soon", 6)]


def test_many_that_end_in_one_second_are_told_once_each_over_many_batches_and_runs(office: NoticeOffice) -> None:
    run(office, 0)
    enter_certificates(office.database, {serial: end_of(31) for serial in range(1, 51)})
    short = replace(POLICY, batches=5)
    runs = 0
    while run(office, 1, short):
        runs += 1
    assert runs > 1
    assert Counter(serial for _, serial in told(office)) == dict.fromkeys(range(1, 51), 1)


def test_after_an_outage_what_was_missed_is_told_once_by_the_stage_it_is_in_now(office: NoticeOffice) -> None:
    run(office, 0)
    enter_certificates(office.database, {serial: end_of(serial) for serial in range(31, 80)})
    run(office, 45)  # nobody ran for 45 days
    kinds = {serial: kind for kind, serial in told(office)}
    assert len(kinds) == len(told(office))
    for serial, kind in kinds.items():
        left = serial - 45
        assert kind == ("expired" if left < 0 else "expires_tomorrow" if left <= 1 else "expires_soon")
    # 31…37 ended more than a week ago: too late to say so. 76…79 are more than thirty days off.
    assert sorted(kinds) == list(range(38, 76))


def test_an_office_that_begins_to_remind_does_not_tell_of_long_ago(office: NoticeOffice) -> None:
    enter_certificates(office.database, {1: end_of(-300), 2: end_of(-3), 3: end_of(5), 4: end_of(20), 5: end_of(40)})
    run(office, 0)
    assert sorted(told(office)) == [("expired", 2), ("expires_soon", 3), ("expires_soon", 4)]


@pytest.mark.parametrize(("hour", "goes_out"), [(8, False), (9, True), (19, True), (20, False)])
def test_reminders_go_out_by_day_in_korea(office: NoticeOffice, hour: int, goes_out: bool) -> None:
    run(office, 0)
    enter_certificates(office.database, {1: end_of(31)})
    at = datetime(2026, 11, 24, tzinfo=UTC) + timedelta(hours=hour - 9)
    remind(store=office.store, policy=POLICY, now=at)
    assert bool(told(office)) is goes_out


def test_a_run_that_dies_is_taken_up_where_it_was(office: NoticeOffice) -> None:
    run(office, 0)
    enter_certificates(office.database, {serial: end_of(31) for serial in range(1, 30)})

    class Died(BaseException):
        pass

    class DyingStore:
        def __init__(self, transactions: int) -> None:
            self.left = transactions

        def transact(self, work: object) -> object:
            if not self.left:
                raise Died
            self.left -= 1
            return office.store.transact(work)  # type: ignore[arg-type]  # passed on as it came

    for transactions in range(6):
        with pytest.raises(Died):
            remind(store=DyingStore(transactions), policy=POLICY, now=START + timedelta(days=1))  # type: ignore[arg-type]  # see above
    run(office, 1)
    assert Counter(serial for _, serial in told(office)) == dict.fromkeys(range(1, 30), 1)


def test_stages_do_not_overlap() -> None:
    policy = ExpiryPolicy()
    for day in range(40):
        due = [
            stage
            for stage in (30, 7, 1)
            if end_of(day) <= place_of(stage, START) and is_due(end_of(day), stage, policy, START)
        ]
        assert len(due) == (1 if 0 <= day <= 30 else 0), day
