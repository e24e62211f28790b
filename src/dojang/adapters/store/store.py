"""The store: runs work in transactions, several callers to one commit.

A durable commit waits for the disk; on SQLite only one can wait at a time. Callers that arrive while a commit is under
way therefore share the next one: whoever gets the lead runs everybody's work, each in its own savepoint, appends all
audit entries, and commits once. One caller's refusal rolls back its own savepoint only. Nobody is answered before the
commit is durable.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from dojang.adapters.store.engine import Database
from dojang.kernel.audit import AuditEntry
from dojang.kernel.effects import Effect

Tx = TypeVar("Tx", bound="RecordingTransaction")
Result = TypeVar("Result")

LARGEST_BATCH = 64
ATTEMPTS = 5
# PostgreSQL: serialization failure, deadlock, lock not available. The work may simply be done again.
LOST_RACES = frozenset({"40001", "40P01", "55P03"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Emission:
    """An effect to enqueue at the end of the work that emitted it."""

    effect: Effect
    key: str | None
    delay_s: float


class RecordingTransaction:
    """What every transaction does: collect audit entries and effects until its work is done."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.entries: list[AuditEntry] = []
        self.emissions: list[Emission] = []

    def record(self, entry: AuditEntry) -> None:
        """See `kernel.transaction.Transaction`."""
        self.entries.append(entry)

    def emit(self, effect: Effect, *, key: str | None = None, delay_s: float = 0.0) -> None:
        """See `kernel.transaction.Transaction`."""
        self.emissions.append(Emission(effect=effect, key=key, delay_s=delay_s))


@dataclass(eq=False, slots=True)
class _Ticket(Generic[Tx]):
    work: Callable[[Tx], Any]
    done: bool = False
    result: Any = None
    error: BaseException | None = field(default=None)


class SqlStore(Generic[Tx]):
    """Implements `kernel.transaction.Store` for transactions of type `Tx`.

    `begin` makes a transaction on a connection, `append` writes audit entries, `enqueue` writes effects; all within the
    commit.
    """

    def __init__(
        self,
        database: Database,
        *,
        begin: Callable[[sa.Connection], Tx],
        append: Callable[[sa.Connection, Sequence[AuditEntry]], object],
        enqueue: Callable[[sa.Connection, Sequence[Emission]], object],
    ) -> None:
        self._database = database
        self._begin = begin
        self._append = append
        self._enqueue = enqueue
        self._waiting: list[_Ticket[Tx]] = []
        self._door = threading.Lock()
        self._lead = threading.Lock()

    def transact(self, work: Callable[[Tx], Result]) -> Result:
        """See `kernel.transaction.Store`. Must not be called from within work: it would wait for itself."""
        ticket: _Ticket[Tx] = _Ticket(work)
        with self._door:
            self._waiting.append(ticket)
        while not ticket.done:
            with self._lead:
                if not ticket.done:
                    self._run(self._next_batch())
        if ticket.error is not None:
            raise ticket.error
        result: Result = ticket.result
        return result

    def read(self, work: Callable[[Tx], Result]) -> Result:
        """See `kernel.transaction.Store`. Raises `RuntimeError` when the work recorded or emitted something."""
        with self._database.reading() as connection:
            tx = self._begin(connection)
            result = work(tx)
            if tx.entries or tx.emissions:
                raise RuntimeError("work given to read() must not record or emit")
            return result

    def _next_batch(self) -> list[_Ticket[Tx]]:
        with self._door:
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
        return batch

    def _run(self, batch: list[_Ticket[Tx]]) -> None:
        try:
            if len(batch) == 1 or not self._commit_together(batch):
                for ticket in batch:
                    self._commit_alone(ticket)
        finally:
            for ticket in batch:
                ticket.done = True

    def _commit_together(self, batch: list[_Ticket[Tx]]) -> bool:
        """Run a batch in one commit. Return False when the database failed it as a whole: then each goes alone."""
        try:
            with self._database.writing() as connection:
                entries: list[AuditEntry] = []
                for ticket in batch:
                    entries += self._run_in_savepoint(ticket, connection)
                if entries:
                    self._append(connection, entries)
        except BaseException as error:
            for ticket in batch:
                ticket.result, ticket.error = None, error
            if isinstance(error, Exception):
                return False
            raise
        return True

    def _run_in_savepoint(self, ticket: _Ticket[Tx], connection: sa.Connection) -> list[AuditEntry]:
        savepoint = connection.begin_nested()
        try:
            tx = self._begin(connection)
            ticket.result = ticket.work(tx)
            self._enqueue_all(tx)
        except sa.exc.OperationalError:
            raise  # the connection may be unusable: the batch is run again, one by one
        except BaseException as error:  # noqa: BLE001 - handed to the caller whose work it is
            savepoint.rollback()
            ticket.error = error
            return []
        savepoint.commit()
        return tx.entries

    def _commit_alone(self, ticket: _Ticket[Tx]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._database.writing() as connection:
                    tx = self._begin(connection)
                    result = ticket.work(tx)
                    self._enqueue_all(tx)
                    if tx.entries:
                        self._append(connection, tx.entries)
            except sa.exc.DBAPIError as error:
                if attempt == ATTEMPTS or not _lost_race(error):
                    ticket.error = error
                    return
            except BaseException as error:  # noqa: BLE001 - handed to the caller whose work it is
                ticket.error = error
                return
            else:
                ticket.result, ticket.error = result, None
                return

    def _enqueue_all(self, tx: Tx) -> None:
        if tx.emissions:
            self._enqueue(tx.connection, tx.emissions)


def _lost_race(error: sa.exc.DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in LOST_RACES
