"""What the application step needs of the store."""

from datetime import datetime
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.application.model import Application, HeldCertificate
from dojang.lifecycle.issue_lock.model import IssueLock


class ApplicationRepository(Protocol):
    """Stored applications."""

    def find_application(self, application_id: str) -> Application | None:
        """Return the application, locked against concurrent change until the transaction ends, or None."""
        ...

    def find_open_application(self, subscriber_id: str) -> Application | None:
        """Return the subscriber's open application, if any."""
        ...

    def list_applications(self, subscriber_id: str) -> tuple[Application, ...]:
        """Return the subscriber's applications, newest first."""
        ...

    def list_overdue(self, now: datetime, limit: int) -> tuple[Application, ...]:
        """Return at most `limit` open applications whose `expires_at` is at or before `now`."""
        ...

    def add(self, application: Application) -> None:
        """Store a new application. Raises `ApplicationAlreadyOpen` when the subscriber has an open one."""
        ...

    def update(self, application: Application) -> None:
        """Store a changed application; its `version` is one more than the stored one's."""
        ...


class HoldingLedger(Protocol):
    """The certificates a subscriber holds, seen from before issuance."""

    def list_held(self, subscriber_id: str) -> tuple[HeldCertificate, ...]:
        """Return every signing certificate issued to the subscriber."""
        ...

    def count_issued_since(self, subscriber_id: str, since: datetime) -> int:
        """Return how many certificate sets were issued to the subscriber's person at or after `since`.

        Before the account is bound to a person, those issued to the account count.
        """
        ...

    def count_live_elsewhere(self, subscriber_id: str, now: datetime) -> int:
        """Return how many live certificates the subscriber's person holds under other accounts.

        Live is what is neither revoked, nor over, nor succeeded. None before the account is bound to a person.
        """
        ...


class IssueLocks(Protocol):
    """Issue locks, read only."""

    def find_lock_of(self, subscriber_id: str) -> IssueLock | None:
        """Return the lock of the person the account belongs to, or None."""
        ...


class ApplicationTransaction(Transaction, Protocol):
    """A transaction with what this step stores."""

    @property
    def applications(self) -> ApplicationRepository:
        """Stored applications."""
        ...

    @property
    def holdings(self) -> HoldingLedger:
        """Certificates held."""
        ...

    @property
    def issue_locks(self) -> IssueLocks:
        """Issue locks, read only."""
        ...
