"""What delegates need of the store."""

from datetime import datetime
from typing import Protocol

from dojang.controls.delegates.model import Delegate, DelegateKind
from dojang.kernel.transaction import Transaction


class DelegateRepository(Protocol):
    """Delegates, prepared, issued and revoked."""

    def find_newest(self, kind: DelegateKind) -> Delegate | None:
        """Return the delegate of that kind with the highest number, whatever its state, or None."""
        ...

    def find(self, label: str) -> Delegate | None:
        """Return the delegate with that label, its row held until the transaction ends, or None."""
        ...

    def list_all(self) -> tuple[Delegate, ...]:
        """Return every delegate there ever was, by kind and number."""
        ...

    def find_in_office(self, kind: DelegateKind, now: datetime) -> Delegate | None:
        """Return the issued delegate with the highest number whose validity covers `now`, or None."""
        ...

    def list_ended(self, now: datetime) -> tuple[Delegate, ...]:
        """Return the delegates whose validity has ended, and those that were revoked."""
        ...

    def is_serial_taken(self, serial: int) -> bool:
        """Whether any certificate of this issuer has that serial number."""
        ...

    def add_prepared(self, delegate: Delegate) -> bool:
        """Store a delegate about to be certified; return False when its label is there already."""
        ...

    def complete(self, label: str, certificate_der: bytes) -> bool:
        """Store the certificate; return False when another worker was first, whose bytes then stand."""
        ...

    def revoke(self, revoked: Delegate) -> None:
        """Store that a delegate was revoked, when and why."""
        ...


class DelegateTransaction(Transaction, Protocol):
    """A transaction with what delegates read and store."""

    @property
    def delegates(self) -> DelegateRepository:
        """Delegates."""
        ...
