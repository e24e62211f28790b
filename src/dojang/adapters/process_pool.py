"""Work on hostile input in worker processes: nothing given to them can block or take down the office.

Each worker is spawned (no inherited state), builds what it works with once, and does one job at a time within bounds
of time and memory. A job that passes its time or memory limit, or raises what nobody foresaw, costs its worker's life;
the next call gets a fresh one. Of such an end the log holds the kind and the place, never the text: libraries quote
what they were given. Must not know what the jobs are.
"""

import contextlib
import multiprocessing
import queue
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from dojang.kernel.errors import DojangError

Job = TypeVar("Job")
Answer = TypeVar("Answer")
Fields = dict[str, str | int | bool | list[str]]

_log = structlog.get_logger("dojang.pool")
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 2.0


class JobTimedOut(Exception):
    """The job was not done within its time; its worker is gone."""


class WorkerBroken(Exception):
    """The worker died, could not start, or raised what nobody foresaw."""


class JobRefused(Exception):
    """The job was refused with a coded error of the worker's; `code` and `fields` are that error's."""

    def __init__(self, code: str, fields: Fields) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLimits:
    """How many workers, how long one job may take, after how many jobs a worker is replaced, and its address space."""

    workers: int = 2
    timeout_s: float = 15.0
    jobs_per_worker: int = 500
    memory_limit_bytes: int = 3 * 1024**3


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    jobs: int = field(default=0)


class ProcessPool(Generic[Job, Answer]):
    """Runs jobs in worker processes; safe to call from several threads.

    Calls beyond the number of workers wait for a free one. Workers start on first use. `make` must be importable by
    name in a fresh process; it runs there and returns the function that does a job.
    """

    def __init__(self, limits: PoolLimits, *, name: str, make: Callable[[], Callable[[Job], Answer]]) -> None:
        self._limits = limits
        self._name = name
        self._make = make
        self._context = multiprocessing.get_context("spawn")
        # A slot is a worker at rest or None where none was started yet.
        self._slots: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(limits.workers):
            self._slots.put(None)

    def run(self, job: Job) -> Answer:
        """Do one job. Raises `JobTimedOut`, `WorkerBroken`, `JobRefused`."""
        slot = self._slots.get()
        kept: _Worker | None = None
        try:
            worker = slot or self._start()
            kept = worker
            outcome = self._ask(worker, job)
            worker.jobs += 1
        except (JobTimedOut, WorkerBroken):
            if kept is not None:
                _kill(kept)
            kept = None
            raise
        finally:
            if kept is not None and kept.jobs >= self._limits.jobs_per_worker:
                _kill(kept)
                kept = None
            self._slots.put(kept)
        if isinstance(outcome, _Refusal):
            raise JobRefused(outcome.code, outcome.fields)
        return outcome.answer

    def warm_up(self) -> None:
        """Start the workers not started yet, in the background: the first job then need not wait."""
        threading.Thread(target=self._start_all, name=f"{self._name}-warm-up", daemon=True).start()

    def close(self) -> None:
        """Stop all workers at rest. Calls after this start new ones."""
        # All slots are taken before any is given back: the last one in would come out first.
        for worker in [self._slots.get() for _ in range(self._limits.workers)]:
            if worker is not None:
                _kill(worker)
            self._slots.put(None)

    def _start_all(self) -> None:
        free: list[_Worker | None] = []
        with contextlib.suppress(queue.Empty):
            while True:
                free.append(self._slots.get_nowait())
        for slot in sorted(free, key=lambda one: one is None):
            worker = slot
            try:
                worker = slot or self._start()
            except WorkerBroken:
                pass  # the first job meets it again and is told
            finally:
                self._slots.put(worker)

    def _start(self) -> _Worker:
        here, there = self._context.Pipe()
        arguments = (there, self._make, self._limits.memory_limit_bytes)
        process = self._context.Process(target=_serve, args=arguments, name=self._name, daemon=True)
        process.start()
        there.close()
        worker = _Worker(process=process, pipe=here)
        try:
            heard = here.recv() if here.poll(_START_TIMEOUT_S) else None
        except (EOFError, OSError):
            heard = None  # it died while loading
        if heard == "ready":
            return worker
        _kill(worker)
        raise self._broken(heard)

    def _ask(self, worker: _Worker, job: Job) -> "_Done[Answer] | _Refusal":
        try:
            worker.pipe.send(job)
            if not worker.pipe.poll(self._limits.timeout_s):
                raise JobTimedOut
            outcome = worker.pipe.recv()
        except (EOFError, OSError):
            raise self._broken(None) from None
        if isinstance(outcome, _Done | _Refusal):
            return outcome
        raise self._broken(outcome)

    def _broken(self, heard: object) -> WorkerBroken:
        crash = heard if isinstance(heard, _Crash) else _Crash("unknown", "")
        _log.error("pool_worker_broke", pool=self._name, kind=crash.kind, where=crash.where)
        return WorkerBroken()


@dataclass(frozen=True, slots=True)
class _Done(Generic[Answer]):
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Refusal:
    code: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class _Crash:
    """What nobody foresaw: the exception's class and the file and line it came from. Its text stays behind."""

    kind: str
    where: str

    @classmethod
    def of(cls, error: Exception) -> "_Crash":
        last = traceback.extract_tb(error.__traceback__)[-1:]
        return cls(type(error).__name__, "".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in last))


def _serve(pipe: Connection, make: Callable[[], Callable[[Job], Answer]], memory_limit_bytes: int) -> None:
    """A worker's life: load, say so, then answer jobs until one breaks it or nobody is left at the pipe's other end."""
    _limit_memory(memory_limit_bytes)
    with contextlib.suppress(EOFError, ConnectionError):
        try:
            work = make()
        except Exception as error:  # noqa: BLE001 - the boundary: its text must not reach standard error
            return pipe.send(_Crash.of(error))
        pipe.send("ready")
        outcome: _Done[Answer] | _Refusal | _Crash | None = None
        while not isinstance(outcome, _Crash):
            outcome = _outcome(work, pipe.recv())
            pipe.send(outcome)
    return None


def _outcome(work: Callable[[Job], Answer], job: Job) -> _Done[Answer] | _Refusal | _Crash:
    try:
        return _Done(work(job))
    except DojangError as error:
        return _Refusal(error.code, dict(error.fields))
    except Exception as error:  # noqa: BLE001 - the boundary: its text must not reach standard error
        return _Crash.of(error)


def _limit_memory(limit_bytes: int) -> None:
    """Bound the worker's address space, where the system has such a bound."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


def _kill(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.terminate()
    worker.process.join(_STOP_TIMEOUT_S)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join(_STOP_TIMEOUT_S)
    worker.process.close()
