"""What the issue lock needs of the store."""

from datetime import datetime
from typing import Protocol

from dojang.controls.step_up.ports import ProvingTransaction
from dojang.lifecycle.issue_lock.model import IssueLock


class IssueLocks(Protocol):
    """Locks, one a person at most.

    Looking one up in a writing transaction excludes others that look the same person's up, until this one ends, whether
    or not there is a lock: locking and issuing happen one after the other.
    """

    def find_lock(self, person_key: str) -> IssueLock | None:
        """Return the person's lock, or None where there never was one."""
        ...

    def find_lock_of(self, subscriber_id: str) -> IssueLock | None:
        """Return the lock of the person the account belongs to, or None, also while nobody knows whose it is."""
        ...

    def list_cooled(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Return person keys of locks whose cooling ended at or before `now`, first ended first."""
        ...

    def put(self, lock: IssueLock) -> None:
        """Store a new or changed lock."""
        ...


class PersonBindings(Protocol):
    """Which person an account belongs to, read only."""

    def find_person_key(self, subscriber_id: str) -> str | None:
        """Return the person key bound to the account, or None."""
        ...


class IssueLockTransaction(ProvingTransaction, Protocol):
    """A transaction with what the lock reads and stores."""

    @property
    def issue_locks(self) -> IssueLocks:
        """Locks."""
        ...

    @property
    def person_bindings(self) -> PersonBindings:
        """Accounts and their persons."""
        ...
