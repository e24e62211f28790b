"""The store shares commits between callers and keeps their fates apart."""

import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from dojang.adapters.store import audit_log
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import Emission, RecordingTransaction, SqlStore
from dojang.adapters.store.tables.access import account
from dojang.kernel.audit import AuditEntry
from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Refused(DojangError):
    code = "internal"


class Recorder:
    """Collects what a store enqueues, as the effect queue would, inside the transaction."""

    def __init__(self) -> None:
        self.batches: list[list[Emission]] = []

    def __call__(self, connection: sa.Connection, emissions: Sequence[Emission]) -> None:
        assert connection.in_transaction()
        self.batches.append(list(emissions))


def open_store(database: Database) -> SqlStore[RecordingTransaction]:
    return SqlStore(
        database,
        begin=RecordingTransaction,
        append=audit_log.append,
        enqueue=Recorder(),
    )


def add_account(tx: RecordingTransaction, name: str) -> None:
    tx.connection.execute(
        account.insert().values(
            id=name,
            login_name=name,
            password_hash="-",
            role="subscriber",
            language="ko",
            created_at=NOW,
            failed_sign_ins=0,
            version=0,
        )
    )
    tx.record(AuditEntry(tag="access:account:opened", at=NOW, actor="system", subject=name))


def names(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(connection.execute(sa.select(account.c.id)).scalars())


def audited(database: Database) -> list[str]:
    with database.reading() as connection:
        return [leaf.leaf.subject for leaf in audit_log.AuditLogView(connection).leaves()]


def test_work_and_its_audit_entry_commit_together(database: Database) -> None:
    store = open_store(database)
    store.transact(lambda tx: add_account(tx, "gildong"))
    assert names(database) == {"gildong"}
    assert audited(database) == ["gildong"]


def test_a_refusal_leaves_nothing(database: Database) -> None:
    store = open_store(database)

    def work(tx: RecordingTransaction) -> None:
        add_account(tx, "gildong")
        raise Refused()

    with pytest.raises(Refused):
        store.transact(work)
    assert names(database) == set()
    assert audited(database) == []


def test_callers_of_one_commit_keep_their_fates_apart(database: Database) -> None:
    """Eight callers wait while one holds the lead; half of them are refused; exactly the others are stored."""
    store = open_store(database)
    go, leading = threading.Event(), threading.Event()
    outcomes: dict[str, str] = {}

    def lead(tx: RecordingTransaction) -> None:
        add_account(tx, "leader")
        leading.set()
        assert go.wait(10)

    def follow(number: int) -> None:
        def work(tx: RecordingTransaction) -> str:
            add_account(tx, f"caller{number}")
            if number % 2:
                raise Refused()
            return f"result{number}"

        try:
            outcomes[f"caller{number}"] = store.transact(work)
        except Refused:
            outcomes[f"caller{number}"] = "refused"

    threads = [threading.Thread(target=lambda: store.transact(lead))]
    threads[0].start()
    assert leading.wait(10)
    threads += [threading.Thread(target=follow, args=(number,)) for number in range(8)]
    for thread in threads[1:]:
        thread.start()
    while len(store._waiting) < 8:
        threading.Event().wait(0.001)
    go.set()
    for thread in threads:
        thread.join(10)
    assert outcomes == {f"caller{n}": "refused" if n % 2 else f"result{n}" for n in range(8)}
    assert names(database) == {"leader", "caller0", "caller2", "caller4", "caller6"}
    assert sorted(audited(database)) == sorted(names(database))


class Gate:
    """Work that reports that it is running and goes on when told to."""

    def __init__(self, name: str) -> None:
        self.entered, self.go = threading.Event(), threading.Event()
        self._name = name

    def __call__(self, tx: RecordingTransaction) -> None:
        add_account(tx, self._name)
        self.entered.set()
        assert self.go.wait(10)


def in_thread(store: SqlStore[RecordingTransaction], work: Callable[[RecordingTransaction], None]) -> threading.Thread:
    thread = threading.Thread(target=lambda: store.transact(work))
    thread.start()
    return thread


def wait_for_waiting(store: SqlStore[RecordingTransaction], count: int) -> None:
    while len(store._waiting) < count:
        threading.Event().wait(0.001)


def test_nobody_whose_commit_is_done_waits_for_the_next_one(database: Database) -> None:
    store = open_store(database)
    first, second, third = Gate("first"), Gate("second"), Gate("third")
    threads = [in_thread(store, first)]
    assert first.entered.wait(10)
    threads.append(in_thread(store, second))
    wait_for_waiting(store, 1)
    threads += [in_thread(store, lambda tx, n=number: add_account(tx, f"caller{n}")) for number in range(8)]  # type: ignore[misc]
    wait_for_waiting(store, 9)
    first.go.set()
    assert second.entered.wait(10)  # it leads the eight
    threads.append(in_thread(store, third))
    wait_for_waiting(store, 1)
    second.go.set()
    assert third.entered.wait(10)  # the next commit is under way, and will be for as long as we like
    for thread in threads[:-1]:
        thread.join(10)
    assert [thread.is_alive() for thread in threads] == [False] * 10 + [True]
    third.go.set()
    threads[-1].join(10)
    assert len(names(database)) == 11


def test_an_interrupted_caller_does_not_take_the_lead_with_it(database: Database) -> None:
    """The main thread is to lead next and is interrupted while it waits; the caller behind it is served."""
    store = open_store(database)
    leader = Gate("leader")
    threads = [in_thread(store, leader)]
    assert leader.entered.wait(10)

    def interrupt(*_: object) -> None:
        threads.append(in_thread(store, lambda tx: add_account(tx, "behind")))
        wait_for_waiting(store, 2)
        raise InterruptedError

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with pytest.raises(InterruptedError):
            store.transact(lambda tx: add_account(tx, "interrupted"))
    finally:
        signal.signal(signal.SIGALRM, before)
        leader.go.set()
    for thread in threads:
        thread.join(10)
    assert names(database) == {"leader", "behind"}


def test_when_the_audit_log_cannot_be_written_nothing_happens(database: Database) -> None:
    store = open_store(database)
    with database.writing() as connection:
        connection.execute(sa.text("DELETE FROM audit_head"))
    with pytest.raises(DojangError) as refusal:
        store.transact(lambda tx: add_account(tx, "gildong"))
    assert refusal.value.code == "audit.log_unwritable"
    assert names(database) == set()


def test_reading_must_not_record(database: Database) -> None:
    entry = AuditEntry(tag="access:account:opened", at=NOW, actor="system", subject="x")
    with pytest.raises(RuntimeError):
        open_store(database).read(lambda tx: tx.record(entry))


def test_effects_are_enqueued_inside_the_transaction(database: Database) -> None:
    recorder = Recorder()
    store = SqlStore(
        database,
        begin=RecordingTransaction,
        append=audit_log.append,
        enqueue=recorder,
    )
    store.transact(lambda tx: tx.emit(Effect(), key="k", delay_s=3.0))
    assert recorder.batches == [[Emission(effect=Effect(), key="k", delay_s=3.0)]]
