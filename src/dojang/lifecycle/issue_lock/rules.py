"""The lock's transition table. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.lifecycle.issue_lock.model import (
    CoolingEnded,
    IssueLock,
    LockEvent,
    LockRequested,
    LockState,
    NotLocked,
    UnlockCancelled,
    UnlockRequested,
)
from dojang.lifecycle.issue_lock.policy import IssueLockPolicy

S = LockState

TRANSITIONS: Mapping[tuple[LockState, type[LockEvent]], LockState] = {
    (S.OPEN, LockRequested): S.LOCKED,
    (S.LOCKED, UnlockRequested): S.COOLING,
    (S.COOLING, UnlockCancelled): S.LOCKED,
    (S.COOLING, LockRequested): S.LOCKED,
    (S.COOLING, CoolingEnded): S.OPEN,
}


def set_first(lock_id: str, person_key: str, subscriber_id: str, now: datetime) -> IssueLock:
    """Return a person's first lock, set."""
    return IssueLock(id=lock_id, person_key=person_key, subscriber_id=subscriber_id, state=S.LOCKED, since=now)


def advance(lock: IssueLock, event: LockEvent, now: datetime) -> IssueLock:
    """Return the lock after `event`; an event that repeats what is already so returns it unchanged.

    Cooling ends by itself when its time has passed, and not before. Raises `NotLocked` when an open lock is to be
    opened or kept.
    """
    lock = settled(lock, now)
    if isinstance(event, CoolingEnded):
        return lock
    target = TRANSITIONS.get((lock.state, type(event)))
    if target is not None:
        return replace(
            lock,
            state=target,
            since=now,
            opens_at=event.opens_at if isinstance(event, UnlockRequested) else None,
            subscriber_id=event.subscriber_id if isinstance(event, LockRequested) else lock.subscriber_id,
            version=lock.version + 1,
        )
    if lock.state is S.OPEN:
        raise NotLocked()
    return lock


def settled(lock: IssueLock, now: datetime) -> IssueLock:
    """Return the lock as it stands now: open once its cooling is over, whether or not that was written down."""
    if lock.state is not S.COOLING or lock.holds(now):
        return lock
    return replace(lock, state=TRANSITIONS[S.COOLING, CoolingEnded], since=now, opens_at=None, version=lock.version + 1)


def unlocking(policy: IssueLockPolicy, now: datetime) -> UnlockRequested:
    """Return the event of an unlock that was proven now."""
    return UnlockRequested(opens_at=now + timedelta(hours=policy.cooling_hours))
