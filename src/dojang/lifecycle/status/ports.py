"""What the status step needs of the store."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.status.model import CertificateStatus, Crl, ListKind, ListScope, SerialStanding
from dojang.pki.crl import RevokedEntry


class CrlRepository(Protocol):
    """CRLs and what goes into them. Numbers are counted per scope, complete and delta lists together."""

    def lock_sequence(self) -> None:
        """Hold every other CRL-issuing transaction off until this one ends."""
        ...

    def find_latest(self, scope: ListScope, kind: ListKind) -> Crl | None:
        """Return the issued list of that scope and kind with the highest number, or None."""
        ...

    def find_unfinished(self, scope: ListScope, kind: ListKind) -> Crl | None:
        """Return the prepared list of that scope and kind, or None; there is at most one."""
        ...

    def find_crl(self, scope: ListScope, kind: ListKind, number: int) -> Crl | None:
        """Return the issued list of that number, or None."""
        ...

    def find_oldest_valid(self, scope: ListScope, now: datetime) -> Crl | None:
        """Return the issued complete list with the lowest number that is not past its next update, or None."""
        ...

    def last_number(self, scope: ListScope) -> int:
        """Return the highest number of that scope, prepared or issued; 0 when there is none."""
        ...

    def stream_revoked(self, scope: ListScope, not_after_from: datetime | None) -> Iterator[RevokedEntry]:
        """Yield revoked and held certificates, in serial order, that end at or after that moment (None: all).

        To be used up inside the transaction; never all in memory.
        """
        ...

    def stream_changes(self, scope: ListScope, changed_from: datetime) -> Iterator[RevokedEntry]:
        """Yield every certificate whose standing changed since, in serial order; a resumed one as removeFromCRL."""
        ...

    def add_prepared(self, crl: Crl) -> None:
        """Store a list about to be made; its number is unique in its scope and kind."""
        ...

    def take_over(self, unfinished: Crl, content_id: str) -> None:
        """Make an unfinished list one's own: whoever began it can no longer complete it."""
        ...

    def add_chunk(self, content_id: str, position: int, content: bytes) -> None:
        """Store one piece of a list's octets."""
        ...

    def complete(self, crl: Crl) -> bool:
        """Store the finished list; return False when somebody else has taken it over."""
        ...

    def find_chunk(self, content_id: str, position: int) -> bytes | None:
        """Return one piece of a list's octets, or None beyond the last."""
        ...

    def drop_old(self, issued_before: datetime) -> None:
        """Forget lists issued before that moment but for the latest of each scope and kind, and abandoned octets."""
        ...

    def list_partitionings(self) -> tuple[int, ...]:
        """Return all numbers of partitions that certificates were ever issued under."""
        ...

    def add_partitioning(self, partitions: int) -> None:
        """Remember that certificates are issued under so many partitions."""
        ...


class StatusRepository(Protocol):
    """What is known of serial numbers."""

    def find_status(self, serial: int) -> CertificateStatus | None:
        """Return what is known of an issued serial number, or None."""
        ...

    def find_standing(self, serial: int) -> SerialStanding | None:
        """Return how an issued certificate stands, a subscriber's or a delegate's, or None."""
        ...

    def last_change(self) -> int:
        """Return the number of the last change to any standing or delegate; what was read with it holds until then."""
        ...


class StatusTransaction(Transaction, Protocol):
    """A transaction with what the status step reads and stores."""

    @property
    def crls(self) -> CrlRepository:
        """CRLs."""
        ...

    @property
    def statuses(self) -> StatusRepository:
        """Serial numbers."""
        ...


class ChangeWatch(Protocol):
    """Tells whether what was read from the store still holds, in less time than reading it again."""

    def latest(self) -> int | None:
        """Return the number of the last change; None when that is not known and the store has to be read."""
        ...

    def learned(self, number: int, asked_at_s: float) -> None:
        """Take note of a number read from the store; `asked_at_s` is the monotonic clock before it was read."""
        ...


class Spool(Protocol):
    """Room for what is too long for memory, gone when it is left."""

    def write(self, content: bytes) -> None:
        """Append."""
        ...

    def read(self) -> Iterator[bytes]:
        """Yield everything written, in order, in pieces."""
        ...


OpenSpool = Callable[[], AbstractContextManager[Spool]]
