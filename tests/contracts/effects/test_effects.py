"""Effects on both databases: with the transaction or not at all, once per id, and through a worker's death."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.effects.worker_process import Journal, SendParcel, make_queue
from dojang.adapters.clock import SystemClock
from dojang.adapters.effects.registry import EffectUnknown
from dojang.adapters.effects.retry import RetryPolicy
from dojang.adapters.effects.settings import GivenUp, Handler, QueueRules, WorkerSettings
from dojang.adapters.effects.worker import EffectWorker
from dojang.adapters.store.engine import Database
from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault
from dojang.kernel.neighbour import NeighbourResting, NeighbourUnavailable

PATIENCE_S = 20.0
TESTS = Path(__file__).parents[2]


def eventually(happened: Callable[[], bool]) -> None:
    """Wait until `happened`; fail after `PATIENCE_S` seconds."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


@dataclass
class Recorder:
    """A handler that remembers what it was given and may be told to fail."""

    failures: list[Exception] = field(default_factory=list)
    seen: list[tuple[int, str]] = field(default_factory=list)
    given_up: list[tuple[Effect, str, str]] = field(default_factory=list)

    def __call__(self, effect: SendParcel, effect_id: str) -> None:
        self.seen.append((effect.number, effect_id))
        if self.failures:
            raise self.failures.pop(0)

    def hear(self, effect: Effect, effect_id: str, code: str) -> None:
        self.given_up.append((effect, effect_id, code))


@contextmanager
def working(
    database: Database, handler: Handler, *, settings: WorkerSettings | None = None, given_up: GivenUp | None = None
) -> Iterator[EffectWorker]:
    worker = EffectWorker(
        queue=make_queue(database),
        handlers={SendParcel: handler},
        ticks={},
        clock=SystemClock(),
        settings=settings or WorkerSettings(poll_s=0.02, stop_timeout_s=5),
        given_up=given_up,
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def emit(database: Database, *numbers: int, delay_s: float | None = None) -> None:
    queue = make_queue(database)
    with database.writing() as connection:
        for number in numbers:
            queue.enqueue(connection, SendParcel(number=number), f"parcel-{number}", delay_s=delay_s)


def test_commit_runs_it_once_and_rollback_never(database: Database) -> None:
    def emit_and_fail() -> None:
        with database.writing() as connection:
            make_queue(database).enqueue(connection, SendParcel(number=1), "parcel-1")
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        emit_and_fail()
    emit(database, 2, 3)
    recorder = Recorder()
    with working(database, recorder):
        eventually(lambda: len(recorder.seen) == 2)
        emit(database, 4)
        eventually(lambda: len(recorder.seen) == 3)
    assert sorted(recorder.seen) == [(2, "parcel-2"), (3, "parcel-3"), (4, "parcel-4")]


def test_the_same_id_is_one_effect_before_and_after_it_ran(database: Database) -> None:
    emit(database, 1)
    emit(database, 1)
    recorder = Recorder()
    with working(database, recorder):
        eventually(lambda: len(recorder.seen) == 1)
        emit(database, 1, 2)
        eventually(lambda: len(recorder.seen) == 2)
    assert sorted(recorder.seen) == [(1, "parcel-1"), (2, "parcel-2")]


def test_a_key_makes_an_emission_happen_once(database: Database) -> None:
    @dataclass(frozen=True)
    class Emission:
        effect: Effect
        key: str | None = None
        delay_s: float = 0.0

    queue = make_queue(database)
    once, every_time = Emission(SendParcel(number=1), "application-9"), Emission(SendParcel(number=2))
    with database.writing() as connection:
        queue.enqueue_all(connection, [once, every_time])
    with database.writing() as connection:
        queue.enqueue_all(connection, [once, every_time])
    recorder = Recorder()
    with working(database, recorder):
        eventually(lambda: len(recorder.seen) == 3)
    assert sorted(number for number, _ in recorder.seen) == [1, 2, 2]
    assert (1, "SendParcel:application-9") in recorder.seen


def test_an_unknown_effect_fails_the_transaction(database: Database) -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class NeverRegistered(Effect):
        pass

    with database.writing() as connection, pytest.raises(EffectUnknown):
        make_queue(database).enqueue(connection, NeverRegistered(), "x")


def test_a_delayed_effect_waits(database: Database) -> None:
    emit(database, 1, delay_s=0.6)
    emitted = time.monotonic()
    recorder = Recorder()
    with working(database, recorder):
        eventually(lambda: len(recorder.seen) == 1)
    assert time.monotonic() - emitted >= 0.6


def test_a_neighbour_that_is_away_parks_the_effect_until_it_is_back(database: Database) -> None:
    emit(database, 1)
    recorder = Recorder(failures=[NeighbourUnavailable(neighbour="post", reason="down") for _ in range(2)])
    patient = WorkerSettings(poll_s=0.02, retry=RetryPolicy(first_delay_s=0.01, unexpected_attempts=1))
    with working(database, recorder, settings=patient, given_up=recorder.hear):
        eventually(lambda: len(recorder.seen) == 3)
    # Every try bears the same effect id: the neighbour sees one request.
    assert recorder.seen == [(1, "parcel-1")] * 3
    assert recorder.given_up == []


def test_resting_is_no_try_and_ends_when_the_effect_is_woken(database: Database) -> None:
    emit(database, 1)
    resting = [NeighbourResting(neighbour="post", retry_after_s=600)]
    recorder = Recorder(failures=[NeighbourUnavailable(neighbour="post", reason="down"), *resting])
    settings = WorkerSettings(poll_s=0.02, retry=RetryPolicy(first_delay_s=0.01))
    with working(database, recorder, settings=settings, given_up=recorder.hear) as worker:
        eventually(lambda: len(recorder.seen) == 2)
        emit(database, 2, delay_s=600)  # waits because it was told to: that is no rest
        eventually(lambda: worker.queue.wake("parcels", SystemClock().now()) == 1)
        eventually(lambda: len(recorder.seen) == 3)
        assert worker.queue.wake("parcels", SystemClock().now()) == 0
    assert recorder.seen == [(1, "parcel-1")] * 3
    with database.reading() as connection:
        schema = None if database.is_sqlite else "dbos"
        status = sa.Table("workflow_status", sa.MetaData(), schema=schema, autoload_with=connection)
        ids = set(connection.execute(sa.select(status.c.workflow_uuid)).scalars())
    assert ids == {"parcel-1", "parcel-1/2", "parcel-1/2~1", "parcel-2"}  # two tries and one rest


def test_however_often_an_effect_rests_it_keeps_its_tries(database: Database) -> None:
    emit(database, 1)
    resting = [NeighbourResting(neighbour="post", retry_after_s=0) for _ in range(8)]
    recorder = Recorder(failures=[*resting, KeyError("ours"), KeyError("ours")])
    settings = WorkerSettings(poll_s=0.02, retry=RetryPolicy(first_delay_s=0.01, unexpected_attempts=3))
    with working(database, recorder, settings=settings, given_up=recorder.hear) as worker:

        def woken() -> bool:
            worker.queue.wake("parcels", SystemClock().now())
            return len(recorder.seen) == 11

        eventually(woken)
    assert recorder.given_up == []


def test_an_effect_does_not_rest_for_ever(database: Database) -> None:
    emit(database, 1)
    recorder = Recorder(failures=[NeighbourResting(neighbour="post", retry_after_s=0) for _ in range(50)])
    impatient = WorkerSettings(poll_s=0.02, retry=RetryPolicy(give_up_after_s=1))
    with working(database, recorder, settings=impatient, given_up=recorder.hear):
        eventually(lambda: len(recorder.given_up) == 1)
    assert recorder.given_up == [(SendParcel(number=1), "parcel-1", "neighbour.resting")]


def test_an_outage_longer_than_patience_is_given_up_and_told(database: Database) -> None:
    emit(database, 1)
    recorder = Recorder(failures=[NeighbourUnavailable(neighbour="post", reason="down") for _ in range(50)])
    impatient = WorkerSettings(poll_s=0.02, retry=RetryPolicy(first_delay_s=0.01, give_up_after_s=1))
    with working(database, recorder, settings=impatient, given_up=recorder.hear):
        eventually(lambda: len(recorder.given_up) == 1)
    assert recorder.given_up == [(SendParcel(number=1), "parcel-1", "neighbour.unavailable")]


def test_the_unexpected_is_tried_again_a_few_times(database: Database) -> None:
    emit(database, 1)
    recorder = Recorder(failures=[KeyError("900101-1234567") for _ in range(9)])
    quick = WorkerSettings(poll_s=0.02, retry=RetryPolicy(first_delay_s=0.01, unexpected_attempts=3))
    with working(database, recorder, settings=quick, given_up=recorder.hear):
        eventually(lambda: len(recorder.given_up) == 1)
    assert len(recorder.seen) == 3
    assert recorder.given_up == [(SendParcel(number=1), "parcel-1", "KeyError")]
    with database.reading() as connection:
        schema = None if database.is_sqlite else "dbos"
        names = ("workflow_status", "workflow_input", "workflow_output")
        tables = [sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection) for name in names]
        dump = str([connection.execute(sa.select(table)).all() for table in tables])
    assert "900101" not in dump
    assert "effects.given_up" in dump


def test_a_refusal_is_final(database: Database) -> None:
    class TooLate(DojangError):
        code = "effects_test.too_late"
        fault = Fault.SUBSCRIBER

    emit(database, 1)
    recorder = Recorder(failures=[TooLate()])
    with working(database, recorder, settings=WorkerSettings(poll_s=0.02, retry=RetryPolicy(first_delay_s=0.01))):
        eventually(lambda: len(recorder.seen) == 1)
        emit(database, 2)
        eventually(lambda: len(recorder.seen) == 2)
    assert recorder.seen == [(1, "parcel-1"), (2, "parcel-2")]


def test_a_queue_runs_no_more_at_a_time_than_its_rules_say(database: Database) -> None:
    busy, most, lock, done = 0, 0, threading.Lock(), []

    def handle(effect: SendParcel, effect_id: str) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.02)
        with lock:
            busy -= 1
            done.append(effect_id)

    emit(database, *range(12))
    two = WorkerSettings(poll_s=0.02, queues={"parcels": QueueRules(concurrency=2)}, stop_timeout_s=5)
    with working(database, handle, settings=two):
        eventually(lambda: len(done) == 12)
    assert most == 2


def test_a_rate_limit_holds(database: Database) -> None:
    started: list[float] = []
    emit(database, *range(6))
    limited = WorkerSettings(poll_s=0.02, queues={"parcels": QueueRules(rate_limit=2, rate_period_s=0.5)})
    with working(database, lambda _effect, _id: started.append(time.monotonic()), settings=limited):
        eventually(lambda: len(started) == 6)
    # Six starts at two a period need two full periods; claims are stamped slightly before handlers run.
    assert started[-1] - started[0] > 0.9


def test_a_worker_with_nothing_to_do_leaves_the_queues_alone(database: Database) -> None:
    """It looks whether anything waits and claims nothing; the first effect is carried out all the same.

    Fails when DBOS no longer asks where the lookout stands.
    """
    asked: list[str] = []
    recorder = Recorder()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.current_thread().name == "queue-worker-parcels":
            asked.append(statement)

    with working(database, recorder):
        emit(database, 1)
        eventually(lambda: len(recorder.seen) == 1)
        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            eventually(lambda: len(asked) >= 20)
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
        emit(database, 2)
        eventually(lambda: len(recorder.seen) == 2)
    idle = [statement for statement in asked if not statement.startswith("SELECT DISTINCT queue_name")]
    assert len(idle) <= 4, idle  # the end of the first claim may still be among them


def test_stopping_lets_a_running_handler_finish(database: Database) -> None:
    began, finished = threading.Event(), threading.Event()

    def handle(_effect: SendParcel, _effect_id: str) -> None:
        began.set()
        time.sleep(0.2)
        finished.set()

    emit(database, 1)
    with working(database, handle):
        assert began.wait(PATIENCE_S)
    assert finished.is_set()
    recorder = Recorder()
    with working(database, recorder):
        emit(database, 2)
        eventually(lambda: len(recorder.seen) == 1)
    assert recorder.seen == [(2, "parcel-2")]


# --- workers as processes -------------------------------------------------------------------------------------------


@pytest.fixture
def start_worker(database: Database, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start worker processes on the database; whatever is still running in the end is killed."""
    processes: list[subprocess.Popen[bytes]] = []
    url = database.url.render_as_string(hide_password=False)
    output = (tmp_path / "output").open("ab")
    path = os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(TESTS / "contracts/effects/worker_process.py"), url, str(tmp_path / "journal")]
        environment = {**os.environ, "PYTHONPATH": path}
        processes.append(
            subprocess.Popen([*command, *arguments], env=environment, stdout=output, stderr=subprocess.STDOUT)
        )
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()
    output.close()


def test_a_killed_workers_effect_runs_again_under_its_id(
    database: Database, tmp_path: Path, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    journal = Journal(tmp_path / "journal")
    emit(database, 1)
    first = start_worker("hang")
    eventually(lambda: any(line[1] == "began" for line in journal.lines()))
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = start_worker()
    eventually(lambda: {"done", "tick"} <= {line[1] for line in journal.lines()})
    second.send_signal(signal.SIGTERM)
    assert second.wait(PATIENCE_S) == 0
    told = [line for line in journal.lines() if line[1] in ("began", "done")]
    assert told == [
        [str(first.pid), "began", "parcel-1", "1"],
        [str(second.pid), "began", "parcel-1", "1"],
        [str(second.pid), "done", "parcel-1", "1"],
    ]
    assert not [line for line in journal.lines() if line[1] == "network"]
    assert b"number" not in (tmp_path / "output").read_bytes()  # no payload in any log


def test_a_living_worker_takes_over_from_a_dead_one(
    database: Database, tmp_path: Path, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    journal = Journal(tmp_path / "journal")
    emit(database, 1)
    doomed = start_worker("hang")
    eventually(lambda: any(line[1] == "began" for line in journal.lines()))
    living = start_worker()
    eventually(lambda: any(line[:2] == [str(living.pid), "ready"] for line in journal.lines()))
    assert not any(line[1] == "done" for line in journal.lines())
    doomed.send_signal(signal.SIGKILL)
    doomed.wait()
    eventually(lambda: any(line[1] == "done" for line in journal.lines()))
    assert [line for line in journal.lines() if line[1] == "done"] == [[str(living.pid), "done", "parcel-1", "1"]]


def test_two_workers_share_the_work_and_do_nothing_twice(
    database: Database, tmp_path: Path, start_worker: Callable[..., subprocess.Popen[bytes]]
) -> None:
    journal = Journal(tmp_path / "journal")
    start_worker()
    start_worker()
    eventually(lambda: sum(line[1] == "ready" for line in journal.lines()) == 2)
    for first in range(0, 40, 4):
        emit(database, *range(first, first + 4))
    eventually(lambda: sum(line[1] == "done" for line in journal.lines()) >= 40)
    done = [line[2] for line in journal.lines() if line[1] == "done"]
    assert sorted(done) == sorted(f"parcel-{number}" for number in range(40))
    ticks = [line[2] for line in journal.lines() if line[1] == "tick"]
    assert len(ticks) == len(set(ticks))
