"""What renewal needs of the store."""

from datetime import datetime
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.application.model import Application
from dojang.lifecycle.issue_lock.model import IssueLock
from dojang.lifecycle.renewal.model import Predecessor, Renewal


class Applications(Protocol):
    """Applications: a renewal opens one of its own kind."""

    def find_application(self, application_id: str) -> Application | None:
        """Return the application, locked against concurrent change until the transaction ends, or None."""
        ...

    def find_open_application(self, subscriber_id: str) -> Application | None:
        """Return the subscriber's open application, if any."""
        ...

    def add(self, application: Application) -> None:
        """Store a new application. Raises `ApplicationAlreadyOpen` when the subscriber has an open one."""
        ...


class IssueCount(Protocol):
    """How often certificates were issued."""

    def count_issued_since(self, subscriber_id: str, since: datetime) -> int:
        """Return how many certificate sets were issued to the subscriber's person at or after `since`."""
        ...


class RenewalRepository(Protocol):
    """Renewals, and what they succeed."""

    def find_predecessor(self, serial: int) -> Predecessor | None:
        """Return the signing certificate `serial`, its set locked against a change of standing, or None."""
        ...

    def find_renewal(self, application_id: str) -> Renewal | None:
        """Return the renewal, locked until the transaction ends, or None."""
        ...

    def add(self, renewal: Renewal) -> None:
        """Store a new renewal."""
        ...

    def update(self, renewal: Renewal) -> None:
        """Store a changed renewal."""
        ...


class IssueLocks(Protocol):
    """Issue locks, read only."""

    def find_lock_of(self, subscriber_id: str) -> IssueLock | None:
        """Return the lock of the person the account belongs to, or None."""
        ...


class RenewalTransaction(Transaction, Protocol):
    """A transaction with what renewal reads and stores."""

    @property
    def applications(self) -> Applications:
        """Applications."""
        ...

    @property
    def holdings(self) -> IssueCount:
        """Certificates issued."""
        ...

    @property
    def renewals(self) -> RenewalRepository:
        """Renewals."""
        ...

    @property
    def issue_locks(self) -> IssueLocks:
        """Issue locks, read only."""
        ...
