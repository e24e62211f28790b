"""The reader in worker processes: a damaged or hostile picture can neither block nor take down the office.

Each worker is spawned (no inherited state), loads the models once and reads one document at a time on one thread. A
reading that passes its time limit costs its worker's life; the next call gets a fresh one.
"""

import contextlib
import multiprocessing
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from dojang.kernel.errors import DojangError
from dojang.lifecycle.identity_proofing.id_document.errors import (
    FileTooLarge,
    ImageTooSmall,
    ReaderBroken,
    ReaderTimedOut,
    UnsupportedFile,
)
from dojang.lifecycle.identity_proofing.id_document.model import DocumentExamination, DocumentKind
from dojang.lifecycle.identity_proofing.id_document.ports import DocumentReader

_KNOWN = {error.code: error for error in (FileTooLarge, ImageTooSmall, ReaderBroken, UnsupportedFile)}
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """How many workers, how long one document may take, and after how many documents a worker is replaced."""

    workers: int = 2
    timeout_s: float = 15.0
    documents_per_worker: int = 500
    memory_limit_bytes: int = 3 * 1024**3


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    documents: int = field(default=0)


def make_examining_reader() -> DocumentReader:
    """Build the reader a worker runs; imported there, so that the parent never loads the models."""
    from dojang.adapters.id_document.reader import ExaminingReader

    return ExaminingReader()


class PooledReader:
    """A `DocumentReader` whose calls run in worker processes; safe to call from several threads.

    Calls beyond the number of workers wait for a free one. Workers start on first use. `make_reader` must be importable
    by name in a fresh process.
    """

    def __init__(
        self, settings: PoolSettings | None = None, *, make_reader: Callable[[], DocumentReader] = make_examining_reader
    ) -> None:
        self._settings = settings or PoolSettings()
        self._make_reader = make_reader
        self._context = multiprocessing.get_context("spawn")
        # A slot is a worker at rest or None where none was started yet.
        self._slots: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(self._settings.workers):
            self._slots.put(None)

    def read_document(
        self, front: bytes, back: bytes | None, *, today: date, expected: DocumentKind | None
    ) -> DocumentExamination:
        """Read one document; see `ports.DocumentReader`. Also raises `ReaderTimedOut`, `ReaderBroken`."""
        slot = self._slots.get()
        kept: _Worker | None = None
        try:
            worker = slot or self._start()
            kept = worker
            answer = self._ask(worker, (front, back, today, expected))
            worker.documents += 1
        except (ReaderTimedOut, ReaderBroken):
            if kept is not None:
                _kill(kept)
            kept = None
            raise
        finally:
            if kept is not None and kept.documents >= self._settings.documents_per_worker:
                _kill(kept)
                kept = None
            self._slots.put(kept)
        if isinstance(answer, DocumentExamination):
            return answer
        code, fields = answer
        raise _KNOWN[code](**fields)

    def warm_up(self) -> None:
        """Start the workers not started yet, in the background: the first document then need not wait for models."""
        threading.Thread(target=self._start_all, name="id-document-warm-up", daemon=True).start()

    def close(self) -> None:
        """Stop all workers at rest. Calls after this start new ones."""
        # All slots are taken before any is given back: the last one in would come out first.
        for worker in [self._slots.get() for _ in range(self._settings.workers)]:
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
            except ReaderBroken:
                pass  # the first document meets it again and is told
            finally:
                self._slots.put(worker)

    def _start(self) -> _Worker:
        here, there = self._context.Pipe()
        arguments = (there, self._make_reader, self._settings.memory_limit_bytes)
        process = self._context.Process(target=_serve, args=arguments, name="id-document-reader", daemon=True)
        process.start()
        there.close()
        worker = _Worker(process=process, pipe=here)
        try:
            if here.poll(_START_TIMEOUT_S) and here.recv() == "ready":
                return worker
        except (EOFError, OSError):
            pass  # it died while loading; told below
        _kill(worker)
        raise ReaderBroken(part="worker")

    def _ask(
        self, worker: _Worker, job: tuple[bytes, bytes | None, date, DocumentKind | None]
    ) -> DocumentExamination | tuple[str, dict[str, str | int | bool | list[str]]]:
        try:
            worker.pipe.send(job)
            if not worker.pipe.poll(self._settings.timeout_s):
                raise ReaderTimedOut(timeout_s=round(self._settings.timeout_s))
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            raise ReaderBroken(part="worker") from None
        if isinstance(answer, DocumentExamination):
            return answer
        code, fields = answer
        if code not in _KNOWN or code == ReaderBroken.code:
            raise ReaderBroken(part="worker")
        return code, fields


def _serve(pipe: Connection, make_reader: Callable[[], DocumentReader], memory_limit_bytes: int) -> None:
    """A worker's life: load, say so, then answer jobs until the pipe closes or nobody is left to read from it."""
    _limit_memory(memory_limit_bytes)
    reader = make_reader()
    with contextlib.suppress(EOFError, ConnectionError):
        pipe.send("ready")
        while True:
            pipe.send(_answer(reader, *pipe.recv()))


def _answer(
    reader: DocumentReader, front: bytes, back: bytes | None, today: date, expected: DocumentKind | None
) -> object:
    try:
        return reader.read_document(front, back, today=today, expected=expected)
    except DojangError as error:
        return error.code, dict(error.fields)


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
