"""Lock, unlock, think again: load, decide, record, emit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.step_up.model import Act, Proof
from dojang.controls.step_up.proving import require_proof
from dojang.controls.step_up.rules import act_statement
from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.issue_lock import rules
from dojang.lifecycle.issue_lock.model import (
    CoolingEnded,
    IssueLock,
    LockRequested,
    LockState,
    NotLocked,
    PersonNotKnown,
    UnlockCancelled,
)
from dojang.lifecycle.issue_lock.policy import IssueLockPolicy
from dojang.lifecycle.issue_lock.ports import IssueLockTransaction

SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class LockView:
    """A person's lock as its owner sees it; `lock` is None where there never was one.

    `may_lock` is False while nobody knows whose the account is. `statement` is what a certificate's key signs in order
    to unlock (canonical JSON), None while there is nothing to unlock.
    """

    lock: IssueLock | None
    may_lock: bool
    statement: bytes | None = field(default=None, repr=False)


def get_lock(subscriber_id: str, *, store: Store[IssueLockTransaction], now: datetime) -> LockView:
    """Return the lock of the person behind the account, as it stands now."""

    def work(tx: IssueLockTransaction) -> LockView:
        person_key = tx.person_bindings.find_person_key(subscriber_id)
        found = None if person_key is None else tx.issue_locks.find_lock(person_key)
        lock = None if found is None else rules.settled(found, now)
        statement = None
        if lock is not None and lock.state is LockState.LOCKED:
            statement = act_statement(Act.UNLOCK_ISSUING, lock.id, lock.version)
        return LockView(lock=lock, may_lock=person_key is not None, statement=statement)

    return store.read(work)


def lock_issuing(subscriber_id: str, *, store: Store[IssueLockTransaction], chance: Chance, now: datetime) -> IssueLock:
    """Lock issuing in the person's name, at once and without a further proof; an unlock under way is cancelled.

    Repeating it changes nothing. Raises `PersonNotKnown` before the account was identified for the first time.
    """
    fresh_id = chance.new_id()

    def work(tx: IssueLockTransaction) -> IssueLock:
        person_key = _person_key(tx, subscriber_id)
        before = tx.issue_locks.find_lock(person_key)
        if before is None:
            return _keep(tx, rules.set_first(fresh_id, person_key, subscriber_id, now), subscriber_id, "set", now)
        after = rules.advance(before, LockRequested(subscriber_id=subscriber_id), now)
        return before if after is before else _keep(tx, after, subscriber_id, "set", now)

    return _act(store, work, what="lock", subscriber_id=subscriber_id, now=now)


def request_unlock(
    subscriber_id: str,
    proof: Proof | None,
    *,
    store: Store[IssueLockTransaction],
    policy: IssueLockPolicy,
    now: datetime,
) -> IssueLock:
    """Ask to open the lock: on a signature with a good certificate's key or a confirmation call, after a time to cool.

    Repeating it changes nothing and needs no proof. Raises `PersonNotKnown`, `NotLocked`, and what
    `controls.step_up.proving.require_proof` raises.
    """

    def work(tx: IssueLockTransaction) -> IssueLock:
        before = _lock(tx, subscriber_id)
        after = rules.advance(before, rules.unlocking(policy, now), now)
        if after is before:
            return before
        proven = require_proof(
            tx,
            proof,
            subscriber_id=subscriber_id,
            act=Act.UNLOCK_ISSUING,
            target=before.id,
            turn=before.version,
            now=now,
        )
        return _keep(tx, after, subscriber_id, "unlock_requested", now, proof=proven)

    return _act(store, work, what="unlock", subscriber_id=subscriber_id, now=now)


def cancel_unlock(subscriber_id: str, *, store: Store[IssueLockTransaction], now: datetime) -> IssueLock:
    """Keep the lock after all; needs no proof. Raises `PersonNotKnown`, `NotLocked` when it has opened."""

    def work(tx: IssueLockTransaction) -> IssueLock:
        before = _lock(tx, subscriber_id)
        after = rules.advance(before, UnlockCancelled(), now)
        return before if after is before else _keep(tx, after, subscriber_id, "unlock_cancelled", now)

    return _act(store, work, what="cancel", subscriber_id=subscriber_id, now=now)


def open_cooled(*, store: Store[IssueLockTransaction], policy: IssueLockPolicy, now: datetime) -> int:
    """Write down which locks have opened by themselves, and tell their owners; return how many.

    At most `locks_per_run`; one transaction a lock, safe to repeat and beside other workers.
    """
    cooled = store.read(lambda tx: tx.issue_locks.list_cooled(now, policy.locks_per_run))
    return sum(store.transact(_open(person_key, now)) for person_key in cooled)


def _open(person_key: str, now: datetime) -> Callable[[IssueLockTransaction], int]:
    def work(tx: IssueLockTransaction) -> int:
        before = tx.issue_locks.find_lock(person_key)
        if before is None:
            return 0
        after = rules.advance(before, CoolingEnded(), now)
        if after is before:
            return 0
        _keep(tx, after, None, "removed", now)
        return 1

    return work


def _person_key(tx: IssueLockTransaction, subscriber_id: str) -> str:
    person_key = tx.person_bindings.find_person_key(subscriber_id)
    if person_key is None:
        raise PersonNotKnown()
    return person_key


def _lock(tx: IssueLockTransaction, subscriber_id: str) -> IssueLock:
    found = tx.issue_locks.find_lock(_person_key(tx, subscriber_id))
    if found is None:
        raise NotLocked()
    return found


def _keep(
    tx: IssueLockTransaction, after: IssueLock, subscriber_id: str | None, action: str, now: datetime, **data: str
) -> IssueLock:
    tx.issue_locks.put(after)
    actor = SYSTEM if subscriber_id is None else f"subscriber:{subscriber_id}"
    tx.record(AuditEntry(tag=f"issue_lock:lock:{action}", at=now, actor=actor, subject=after.id, data=data))
    # Whoever acts is told; so is the account that set the lock, where the same person has two.
    for told in {after.subscriber_id, subscriber_id or after.subscriber_id}:
        notice = NotifySubscriber(subscriber_id=told, template=f"issue_lock_{action}", reference=after.id)
        tx.emit(notice, key=f"issue_lock_{action}:{after.id}:{after.version}:{told}")
    return after


def _act(
    store: Store[IssueLockTransaction],
    work: Callable[[IssueLockTransaction], IssueLock],
    *,
    what: str,
    subscriber_id: str,
    now: datetime,
) -> IssueLock:
    try:
        return store.transact(work)
    except DojangError as refusal:
        entry = AuditEntry(
            tag="issue_lock:lock:refused",
            at=now,
            actor=f"subscriber:{subscriber_id}",
            subject=subscriber_id,
            data={"act": what, "code": refusal.code},
        )
        store.transact(lambda tx: tx.record(entry))
        raise
