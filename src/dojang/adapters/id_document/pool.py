"""The reader in worker processes: a damaged or hostile picture can neither block nor take down the office."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from dojang.adapters.id_document.korean import DEFAULT_KOREAN, KoreanChoice, open_korean_reader
from dojang.adapters.process_pool import JobRefused, JobTimedOut, PoolLimits, ProcessPool, WorkerBroken
from dojang.lifecycle.identity_proofing.id_document.errors import (
    FileTooLarge,
    ImageTooSmall,
    ReaderBroken,
    ReaderTimedOut,
    UnsupportedFile,
)
from dojang.lifecycle.identity_proofing.id_document.model import DocumentExamination, DocumentKind
from dojang.lifecycle.identity_proofing.id_document.ports import DocumentReader

_REFUSALS = {error.code: error for error in (FileTooLarge, ImageTooSmall, UnsupportedFile)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """How many workers, how long one document may take, and after how many documents a worker is replaced."""

    workers: int = 2
    timeout_s: float = 15.0
    documents_per_worker: int = 500
    memory_limit_bytes: int = 3 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    front: bytes
    back: bytes | None
    today: date
    expected: DocumentKind | None


def make_examining_reader(korean: KoreanChoice = DEFAULT_KOREAN) -> DocumentReader:
    """Build the reader a worker runs; imported there, so that the parent never loads the models."""
    from dojang.adapters.id_document.reader import ExaminingReader

    return ExaminingReader(korean=open_korean_reader(korean))


class PooledReader:
    """A `DocumentReader` whose calls run in worker processes; safe to call from several threads.

    `make_reader` must be importable by name in a fresh process.
    """

    def __init__(
        self, settings: PoolSettings | None = None, *, make_reader: Callable[[], DocumentReader] = make_examining_reader
    ) -> None:
        chosen = settings or PoolSettings()
        self._timeout_s = chosen.timeout_s
        limits = PoolLimits(
            workers=chosen.workers,
            timeout_s=chosen.timeout_s,
            jobs_per_worker=chosen.documents_per_worker,
            memory_limit_bytes=chosen.memory_limit_bytes,
        )
        self._pool: ProcessPool[_Document, DocumentExamination] = ProcessPool(
            limits, name="id-document-reader", make=partial(_make_work, make_reader)
        )

    def read_document(
        self, front: bytes, back: bytes | None, *, today: date, expected: DocumentKind | None
    ) -> DocumentExamination:
        """Read one document; see `ports.DocumentReader`. Also raises `ReaderTimedOut`, `ReaderBroken`."""
        try:
            return self._pool.run(_Document(front=front, back=back, today=today, expected=expected))
        except JobTimedOut:
            raise ReaderTimedOut(timeout_s=round(self._timeout_s)) from None
        except WorkerBroken:
            raise ReaderBroken(part="worker") from None
        except JobRefused as refused:
            raise self._refusal(refused) from None

    def warm_up(self) -> None:
        """Start the workers not started yet, in the background: the first document then need not wait for models."""
        self._pool.warm_up()

    def close(self) -> None:
        """Stop all workers at rest. Calls after this start new ones."""
        self._pool.close()

    def _refusal(self, refused: JobRefused) -> Exception:
        known = _REFUSALS.get(refused.code)
        return ReaderBroken(part="worker") if known is None else known(**refused.fields)


def _make_work(make_reader: Callable[[], DocumentReader]) -> Callable[[_Document], DocumentExamination]:
    reader = make_reader()

    def work(document: _Document) -> DocumentExamination:
        return reader.read_document(document.front, document.back, today=document.today, expected=document.expected)

    return work
