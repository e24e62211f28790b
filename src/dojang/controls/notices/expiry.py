"""Remind holders that a certificate ends: so many days before, at the end, once each.

A stage ("30 days before") has a cursor in the store: everything that ends up to there has been looked at. A run walks
from the cursor to today's place along an index, some hundred certificates a transaction, and moves the cursor in the
same transaction that emits the notices: memory is bounded by one batch, and a crash repeats nothing. After an outage a
run finds what it missed; what is nearer its end than the next stage is left to that stage, so that nobody is told
twice in a day. The effect's key is serial number and stage: told once, whatever happens to the cursor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.notices.policy import ExpiryPolicy
from dojang.kernel.transaction import Store, Transaction
from dojang.pki.validity import KST

FIRST_SERIAL = 0  # no serial number is as low
_TOMORROW = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A signing certificate and its end. `is_live`: in force, and nothing has succeeded it."""

    serial: int
    subscriber_id: str
    not_after: datetime
    is_live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a stage got: all up to `not_after`, and of that second all up to `serial`, both inclusive."""

    not_after: datetime
    serial: int = FIRST_SERIAL


class ExpirySchedule(Protocol):
    """Certificates in the order they end, and the cursors."""

    def find_cursor(self, days_before: int) -> Cursor | None:
        """Return how far a stage got, locked against other workers until the transaction ends, or None."""
        ...

    def put_cursor(self, days_before: int, cursor: Cursor) -> None:
        """Store how far a stage got."""
        ...

    def list_endings(self, after: Cursor, until: datetime, limit: int) -> Iterable[Ending]:
        """Return the next `limit` signing certificates past `after` that end at or before `until`, in that order."""
        ...


class ExpiryTransaction(Transaction, Protocol):
    """A transaction with the schedule."""

    @property
    def expiry(self) -> ExpirySchedule:
        """Ends, in order."""
        ...


def remind(*, store: Store[ExpiryTransaction], policy: ExpiryPolicy, now: datetime) -> int:
    """Emit the reminders that are due, `policy.batches` transactions at most; return how many certificates were seen.

    Nothing goes out outside the policy's hours.
    """
    if not policy.from_hour <= now.astimezone(KST).hour < policy.until_hour:
        return 0
    seen, left = 0, policy.batches
    for days_before in sorted(policy.days_before):  # what is nearest its end first
        while left:
            left -= 1
            looked_at = store.transact(partial(_look, days_before=days_before, policy=policy, now=now))
            seen += looked_at
            if looked_at < policy.batch:
                break
    return seen


def _look(tx: ExpiryTransaction, *, days_before: int, policy: ExpiryPolicy, now: datetime) -> int:
    """Look at one batch of a stage; return how many certificates there were."""
    until = place_of(days_before, now)
    cursor = tx.expiry.find_cursor(days_before)
    if cursor is None:
        cursor = Cursor(not_after=_beginning(days_before, policy, now))
        tx.expiry.put_cursor(days_before, cursor)
    count, last = 0, cursor
    for ending in tx.expiry.list_endings(cursor, until, policy.batch):
        count += 1
        last = Cursor(not_after=ending.not_after, serial=ending.serial)
        if ending.is_live and is_due(ending.not_after, days_before, policy, now):
            tx.emit(
                NotifySubscriber(
                    subscriber_id=ending.subscriber_id, template=template_of(days_before), reference=str(ending.serial)
                ),
                key=f"{template_of(days_before)}:{ending.serial}:{days_before}",
            )
    if count:
        tx.expiry.put_cursor(days_before, last)
    return count


def place_of(days_before: int, now: datetime) -> datetime:
    """Return the last moment whose certificates a stage is for: the end of the Korean day so many days from today.

    The end itself is told once it has passed.
    """
    if days_before == 0:
        return now - timedelta(seconds=1)
    day = now.astimezone(KST) + timedelta(days=days_before)
    return day.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC)


def is_due(not_after: datetime, days_before: int, policy: ExpiryPolicy, now: datetime) -> bool:
    """Whether a stage still has something to say: not once a later stage is for the same certificate, or too late."""
    if days_before == 0:
        return now <= not_after + timedelta(days=policy.late_days)
    later = [stage for stage in policy.days_before if stage < days_before]
    if later and later[0] > 0:
        return not_after > place_of(later[0], now)
    return not_after >= now


def template_of(days_before: int) -> str:
    """Return the notice of a stage."""
    if days_before == 0:
        return "certificate_expired"
    return "certificate_expires_tomorrow" if days_before <= _TOMORROW else "certificate_expires_soon"


def _beginning(days_before: int, policy: ExpiryPolicy, now: datetime) -> datetime:
    """Where a stage that never ran begins: an office that starts to remind today does not tell of the past."""
    if days_before == 0:
        return now - timedelta(days=policy.late_days)
    later = [stage for stage in policy.days_before if stage < days_before]
    return place_of(later[0], now) if later and later[0] > 0 else now
