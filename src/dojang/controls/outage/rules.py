"""The breaker's decisions. Pure.

Failures are counted in a row: an answer in between starts the count anew, so that a neighbour that answers most of the
time stays in use. One answer closes the breaker, because then there is somebody to ask.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

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

S = BreakerState

# Every move there is; events not named here leave the state as it is. `advance` decides which apply when.
TRANSITIONS: Mapping[tuple[BreakerState, type[BreakerEvent]], BreakerState] = {
    (S.CLOSED, Failed): S.OPEN,
    (S.OPEN, ProbeBegan): S.HALF_OPEN,
    (S.OPEN, Answered): S.CLOSED,
    (S.HALF_OPEN, Answered): S.CLOSED,
    (S.HALF_OPEN, Failed): S.OPEN,
    (S.HALF_OPEN, ProbeWasted): S.OPEN,
}


def advance(breaker: Breaker, event: BreakerEvent, policy: OutagePolicy, now: datetime) -> Breaker:
    """Return the breaker after `event`; the very same one when nothing changes."""
    changed = _advanced(breaker, event, policy, now)
    return breaker if changed is breaker else replace(changed, version=breaker.version + 1)


def may_probe(breaker: Breaker, now: datetime) -> bool:
    """Return whether a probe may begin: the pause is over, or the probe before says nothing."""
    return not breaker.is_closed and breaker.due_at is not None and now >= breaker.due_at


def seconds_to_rest(breaker: Breaker, now: datetime) -> int:
    """Return the seconds until asking makes sense again, at least 1."""
    due_at = breaker.due_at or now
    return max(1, int((due_at - now).total_seconds()))


def _advanced(breaker: Breaker, event: BreakerEvent, policy: OutagePolicy, now: datetime) -> Breaker:
    if isinstance(event, Answered):
        return _answered(breaker, now)
    if isinstance(event, Failed):
        return _failed(breaker, event, policy, now)
    if isinstance(event, ProbeBegan):
        if not may_probe(breaker, now):
            return breaker
        return replace(breaker, state=S.HALF_OPEN, due_at=now + timedelta(seconds=policy.probe_s))
    if breaker.state is S.HALF_OPEN and breaker.due_at == event.due_at:
        return replace(breaker, state=S.OPEN, due_at=now)
    return breaker


def _answered(breaker: Breaker, now: datetime) -> Breaker:
    if breaker.is_closed and not breaker.failures:
        return breaker
    since = breaker.since if breaker.is_closed else now
    return replace(
        breaker, state=S.CLOSED, since=since, failures=0, counted_since=None, openings=0, due_at=None, code=""
    )


def _failed(breaker: Breaker, event: Failed, policy: OutagePolicy, now: datetime) -> Breaker:
    if breaker.state is S.OPEN:
        return breaker  # begun before it opened: no news
    if breaker.state is S.HALF_OPEN:
        return _opened(breaker, event, policy, now)
    counted_since = breaker.counted_since
    if counted_since is None or now - counted_since > timedelta(seconds=policy.window_s):
        counted, counted_since = 1, now
    else:
        counted = breaker.failures + 1
    breaker = replace(breaker, failures=counted, counted_since=counted_since, code=event.code)
    is_reader = breaker.neighbour is Neighbour.READER
    enough = policy.failures_to_open_reader if is_reader else policy.failures_to_open
    return _opened(breaker, event, policy, now) if counted >= enough else breaker


def _opened(breaker: Breaker, event: Failed, policy: OutagePolicy, now: datetime) -> Breaker:
    openings = breaker.openings + 1
    pause_s = min(policy.first_pause_s * 2 ** min(openings - 1, 30), policy.longest_pause_s)
    return replace(
        breaker,
        state=S.OPEN,
        since=now if breaker.is_closed else breaker.since,
        openings=openings,
        due_at=now + timedelta(seconds=pause_s),
        code=event.code,
    )
