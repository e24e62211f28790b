"""What delegates need of the store."""

from datetime import datetime
from typing import Protocol

from dojang.controls.delegates.model import Delegate, DelegateKind
from dojang.kernel.transaction import Transaction


class DelegateRepository(Protocol):
    """Delegates, prepared and issued."""

    def find_newest(self, kind: DelegateKind) -> Delegate | None:
        """Return the delegate of that kind with the highest number, prepared or issued, or None."""
        ...

    def find_in_office(self, kind: DelegateKind, now: datetime) -> Delegate | None:
        """Return the issued delegate with the highest number whose validity covers `now`, or None."""
        ...

    def list_ended(self, now: datetime) -> tuple[Delegate, ...]:
        """Return the delegates whose validity has ended."""
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


class DelegateTransaction(Transaction, Protocol):
    """A transaction with what delegates read and store."""

    @property
    def delegates(self) -> DelegateRepository:
        """Delegates."""
        ...
