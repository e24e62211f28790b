"""The store: runs work in transactions, several callers to one commit.

A durable commit waits for the disk; on SQLite only one can wait at a time. Callers that arrive while a commit is under
way therefore share the next one: whoever leads runs everybody's work, each in its own savepoint, enqueues all effects,
appends all audit entries, and commits once; then it hands the lead to the first of those who came meanwhile. One
caller's refusal rolls back its own savepoint only. Nobody is answered before the commit is durable.
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
_SAVEPOINT = "dojang_caller"
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


def _closed_gate() -> threading.Lock:
    gate = threading.Lock()
    gate.acquire()
    return gate


@dataclass(eq=False, slots=True)
class _Ticket(Generic[Tx]):
    """One caller's work. The caller waits at `gate`, which opens once: when the work is done, or to let it lead."""

    work: Callable[[Tx], Any]
    gate: threading.Lock = field(default_factory=_closed_gate)
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
        self._door = threading.Lock()  # guards the two below
        self._waiting: list[_Ticket[Tx]] = []
        self._leader: _Ticket[Tx] | None = None  # nobody leads exactly when nobody waits

    def transact(self, work: Callable[[Tx], Result]) -> Result:
        """See `kernel.transaction.Store`. Must not be called from within work: it would wait for itself."""
        ticket: _Ticket[Tx] = _Ticket(work)
        with self._door:
            self._waiting.append(ticket)
            if self._leader is None:
                self._appoint_first()
        try:
            ticket.gate.acquire()
        except BaseException:  # the caller is being interrupted: the lead must not be lost with it
            self._withdraw(ticket)
            raise
        if not ticket.done:
            self._lead(ticket)
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

    def _lead(self, own: _Ticket[Tx]) -> None:
        """Run the work of everybody waiting, the leader's own included, hand the lead over, and let them go."""
        with self._door:
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
        try:
            if len(batch) == 1 or not self._commit_together(batch):
                for ticket in batch:
                    self._commit_alone(ticket)
        finally:
            # The next commit begins before this one's callers wake: the disk is what everybody waits for.
            with self._door:
                self._appoint_first()
            for ticket in batch:
                ticket.done = True
                if ticket is not own:
                    ticket.gate.release()

    def _appoint_first(self) -> None:
        self._leader = self._waiting[0] if self._waiting else None
        if self._leader is not None:
            self._leader.gate.release()

    def _withdraw(self, ticket: _Ticket[Tx]) -> None:
        with self._door:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                if self._leader is ticket:
                    self._appoint_first()

    def _commit_together(self, batch: list[_Ticket[Tx]]) -> bool:
        """Run a batch in one commit. Return False when the database failed it as a whole: then each goes alone."""
        try:
            with self._database.writing() as connection:
                done = [tx for ticket in batch if (tx := self._run_in_savepoint(ticket, connection)) is not None]
                self._conclude(connection, done)
        except BaseException as error:  # whatever it is, every caller waiting in the batch must hear of it
            for ticket in batch:
                ticket.result, ticket.error = None, error
            if isinstance(error, Exception):
                return False
            raise
        return True

    def _run_in_savepoint(self, ticket: _Ticket[Tx], connection: sa.Connection) -> Tx | None:
        """Run one caller's work. Return its transaction, or None when it was refused and rolled back."""
        # In plain SQL: SQLAlchemy's own savepoint object takes longer than the work's average statement.
        connection.exec_driver_sql(f"SAVEPOINT {_SAVEPOINT}")
        try:
            tx = self._begin(connection)
            ticket.result = ticket.work(tx)
        except sa.exc.OperationalError:
            raise  # the connection may be unusable: the batch is run again, one by one
        except BaseException as error:  # noqa: BLE001 - handed to the caller whose work it is
            connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
            ticket.error = error
            return None
        connection.exec_driver_sql(f"RELEASE SAVEPOINT {_SAVEPOINT}")
        return tx

    def _commit_alone(self, ticket: _Ticket[Tx]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._database.writing() as connection:
                    tx = self._begin(connection)
                    result = ticket.work(tx)
                    self._conclude(connection, [tx])
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

    def _conclude(self, connection: sa.Connection, done: Sequence[Tx]) -> None:
        """Write what the work emitted and recorded. The audit log comes last: its head is everybody's bottleneck."""
        emissions = [emission for tx in done for emission in tx.emissions]
        if emissions:
            self._enqueue(connection, emissions)
        entries = [entry for tx in done for entry in tx.entries]
        if entries:
            self._append(connection, entries)


def _lost_race(error: sa.exc.DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in LOST_RACES
