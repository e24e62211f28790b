"""What access control needs: stored accounts, sessions and attempts, and a password hash."""

from datetime import datetime, timedelta
from typing import Protocol

from dojang.controls.access.devices.ports import DeviceRepository
from dojang.controls.access.model import Account, AttemptCount, AttemptKind, Session
from dojang.kernel.transaction import Transaction


class AccountRepository(Protocol):
    """Stored accounts and sessions."""

    def find_account(self, account_id: str) -> Account | None:
        """Return the account, locked against concurrent change until the transaction ends, or None."""
        ...

    def find_by_login_name(self, login_name: str) -> Account | None:
        """Return the account of that (already normalised) login name, locked, or None."""
        ...

    def add(self, account: Account) -> None:
        """Store a new account. Raises `LoginNameTaken`."""
        ...

    def update(self, account: Account) -> None:
        """Store a changed account."""
        ...

    def find_session(self, token_digest: str) -> Session | None:
        """Return the session of that token digest, ended or not, or None."""
        ...

    def list_sessions(self, account_id: str, now: datetime) -> list[Session]:
        """Return the account's sessions that have not ended, newest first."""
        ...

    def put_session(self, session: Session) -> None:
        """Store a new or extended session."""
        ...

    def drop_session(self, token_digest: str) -> None:
        """Forget a session; unknown ones are no error."""
        ...

    def drop_sessions_of(self, device_id: str) -> None:
        """Forget every session opened from the device."""
        ...

    def drop_ended_sessions(self, now: datetime) -> int:
        """Forget the sessions that have ended; return how many."""
        ...


class AttemptLedger(Protocol):
    """Attempts of callers without a session, counted across all processes of the office."""

    def count(self, kind: AttemptKind, key: str, *, now: datetime, window: timedelta) -> AttemptCount:
        """Count one more attempt and return the running window's count; a window begins with its first attempt.

        `key` is a keyed digest: no address and no name is stored. Two attempts at once are counted as two.
        """
        ...


class AccessTransaction(Transaction, Protocol):
    """A transaction with accounts and attempts."""

    @property
    def accounts(self) -> AccountRepository:
        """Accounts and sessions."""
        ...

    @property
    def devices(self) -> DeviceRepository:
        """Devices of accounts."""
        ...

    @property
    def attempts(self) -> AttemptLedger:
        """Attempts without a session."""
        ...


class PasswordHasher(Protocol):
    """A memory-hard password hash (Argon2id, RFC 9106)."""

    def hash(self, password: str) -> str:
        """Return a salted hash string that carries its parameters."""
        ...

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Compare. None stands for an account that does not exist: False, after as much work as for one that does."""
        ...
