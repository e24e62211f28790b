"""The issue lock: states, events, errors, and what every step that meets a lock records and tells.

A lock belongs to a person, not to an account: it holds whatever account somebody applies from. Must not know what is
being issued.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError, Fault

ATTEMPT_TOLD_EVERY = timedelta(hours=6)  # however many attempts there are, the owner is told once in so long


class LockState(StrEnum):
    """Where a lock stands, and who acts next."""

    OPEN = "open"  # nobody; certificates can be issued
    LOCKED = "locked"  # the owner unlocks, with a further proof
    COOLING = "cooling"  # nobody: it opens by itself, unless the owner cancels


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLock:
    """One person's lock. `subscriber_id` is the account that set it and is told; `opens_at` is exclusive while cooling.

    `person_key` is a blind index; `since` is when this state began; `version` counts changes.
    """

    id: str
    person_key: str
    subscriber_id: str
    state: LockState
    since: datetime
    opens_at: datetime | None = None
    version: int = 1

    def holds(self, now: datetime) -> bool:
        """Whether nothing may be issued now."""
        if self.state is LockState.COOLING:
            return self.opens_at is None or now < self.opens_at
        return self.state is LockState.LOCKED

    def attempt_entry(self, act: str, actor: str, now: datetime, **data: str) -> AuditEntry:
        """Return what is audited of an attempt that the lock turned away; `act` names the attempt."""
        data = {"act": act, **data}
        return AuditEntry(tag="issue_lock:attempt:refused", at=now, actor=actor, subject=self.id, data=data)

    def attempt_notice(self, now: datetime) -> tuple[NotifySubscriber, str]:
        """Return what the owner is told of an attempt, and the key that keeps it from being told too often."""
        notice = NotifySubscriber(
            subscriber_id=self.subscriber_id, template="issue_attempt_while_locked", reference=self.id
        )
        turn = int(now.timestamp() // ATTEMPT_TOLD_EVERY.total_seconds())
        return notice, f"issue_attempt_while_locked:{self.id}:{turn}"


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRequested:
    """The owner wants nothing issued."""

    subscriber_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockRequested:
    """The owner proved themselves and wants the lock opened; it stays until `opens_at` (exclusive)."""

    opens_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockCancelled:
    """The owner wants the lock to stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolingEnded:
    """The time to think again has passed."""


LockEvent = LockRequested | UnlockRequested | UnlockCancelled | CoolingEnded


# --- errors ---------------------------------------------------------------------------------------------------------


class IssuingLocked(DojangError):
    """The person has locked issuing."""

    code: ClassVar[str] = "issue_lock.locked"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class NotLocked(DojangError):
    """There is no lock to open or to keep."""

    code: ClassVar[str] = "issue_lock.not_locked"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PersonNotKnown(DojangError):
    """The account has not been identified yet, so nobody knows whose name to lock."""

    code: ClassVar[str] = "issue_lock.person_not_known"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
