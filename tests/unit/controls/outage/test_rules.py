"""The breaker's decisions, and what holds in any order of events."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dojang.controls.outage import rules
from dojang.controls.outage.model import (
    Answered,
    Breaker,
    BreakerEvent,
    BreakerState,
    Failed,
    Neighbour,
    ProbeBegan,
    ProbeWasted,
)
from dojang.controls.outage.policy import OutagePolicy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = OutagePolicy(failures_to_open=3, window_s=60, first_pause_s=5, longest_pause_s=20, probe_s=30)
CLOSED = Breaker(neighbour=Neighbour.BANK)
FAILED = Failed(code="neighbour.unavailable")


def at(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def after(breaker: Breaker, *events: tuple[float, BreakerEvent]) -> Breaker:
    for second, event in events:
        breaker = rules.advance(breaker, event, POLICY, at(second))
    return breaker


OPEN = after(CLOSED, (0, FAILED), (1, FAILED), (2, FAILED))


def test_enough_failures_in_a_row_open_it() -> None:
    two = after(CLOSED, (0, FAILED), (1, FAILED))
    assert (two.state, two.failures) == (BreakerState.CLOSED, 2)
    assert (OPEN.state, OPEN.since, OPEN.due_at, OPEN.code) == (BreakerState.OPEN, at(2), at(7), FAILED.code)


def test_an_answer_in_between_and_failures_far_apart_do_not() -> None:
    assert after(CLOSED, (0, FAILED), (1, FAILED), (2, Answered()), (3, FAILED), (4, FAILED)).is_closed
    assert after(CLOSED, (0, FAILED), (50, FAILED), (61, FAILED), (100, FAILED)).is_closed


def test_a_healthy_neighbour_changes_nothing() -> None:
    assert rules.advance(CLOSED, Answered(), POLICY, NOW) is CLOSED


def test_the_reader_opens_before_a_photograph_runs_out_of_runs() -> None:
    usual = OutagePolicy()
    reader = Breaker(neighbour=Neighbour.READER)
    for _ in range(3):
        reader = rules.advance(reader, FAILED, usual, NOW)
    assert not reader.is_closed


def test_pauses_double_up_to_the_longest_and_the_outage_keeps_its_beginning() -> None:
    breaker, second, pauses = OPEN, 7.0, []
    for _ in range(4):
        breaker = after(breaker, (second, ProbeBegan()), (second, FAILED))
        assert breaker.due_at is not None
        pauses.append((breaker.due_at - at(second)).total_seconds())
        second += pauses[-1]
    assert pauses == [10, 20, 20, 20]
    assert breaker.since == OPEN.since
    closed = after(breaker, (second, ProbeBegan()), (second, Answered()))
    assert (closed.state, closed.since, closed.openings) == (BreakerState.CLOSED, at(second), 0)


def test_one_probe_at_a_time_and_another_when_it_says_nothing() -> None:
    assert not rules.may_probe(OPEN, at(6))
    assert rules.advance(OPEN, ProbeBegan(), POLICY, at(6)) is OPEN
    probing = after(OPEN, (7, ProbeBegan()))
    assert (probing.state, probing.due_at) == (BreakerState.HALF_OPEN, at(37))
    assert rules.advance(probing, ProbeBegan(), POLICY, at(36)) is probing
    assert after(probing, (37, ProbeBegan())).due_at == at(67)


def test_a_wasted_probe_lets_the_next_one_go_at_once_but_not_a_later_probe() -> None:
    probing = after(OPEN, (7, ProbeBegan()))
    wasted = ProbeWasted(due_at=at(37))
    assert rules.may_probe(after(probing, (8, wasted)), at(8))
    later = after(probing, (37, ProbeBegan()))
    assert rules.advance(later, wasted, POLICY, at(38)) is later
    assert rules.advance(OPEN, wasted, POLICY, at(8)) is OPEN


EVENTS = st.one_of(
    st.just(Answered()),
    st.just(FAILED),
    st.just(ProbeBegan()),
    st.just(ProbeWasted(due_at=NOW + timedelta(seconds=30))),
)


@given(st.lists(st.tuples(EVENTS, st.integers(0, 90)), max_size=60))
def test_in_any_order_it_stays_sound(course: list[tuple[BreakerEvent, int]]) -> None:
    breaker, second = CLOSED, 0
    for event, passed in course:
        second += passed
        before, breaker = breaker, rules.advance(breaker, event, POLICY, at(second))
        assert breaker.is_closed == (breaker.due_at is None)
        assert breaker.version == before.version + (breaker is not before)
        if before.is_closed and not breaker.is_closed:
            assert isinstance(event, Failed)
            assert breaker.since == at(second)
        if not before.is_closed and breaker.is_closed:
            assert isinstance(event, Answered)
        if not breaker.is_closed:
            assert breaker.since is not None
            wait_s = rules.seconds_to_rest(breaker, at(second))
            assert 1 <= wait_s <= max(POLICY.longest_pause_s, POLICY.probe_s)
        if breaker.state is BreakerState.HALF_OPEN and before.state is not BreakerState.HALF_OPEN:
            assert isinstance(event, ProbeBegan)
    # However it went: one answer is enough to go on.
    assert after(breaker, (second, Answered())).is_closed
