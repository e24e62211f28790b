"""The PDF workshop in worker processes with limits of time and memory: pyHanko is imported there and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from dojang.adapters.process_pool import JobRefused, JobTimedOut, PoolLimits, ProcessPool, WorkerBroken
from dojang.lifecycle.reliance.signature_request.model import (
    DocumentActive,
    DocumentEncrypted,
    DocumentMalformed,
    DocumentSignedBefore,
    DocumentTooDemanding,
)
from dojang.lifecycle.reliance.signature_request.ports import PreparedPdf
from dojang.pki.advanced_signature import StatusValues

_REFUSALS: Final = {
    error.code: error for error in (DocumentActive, DocumentEncrypted, DocumentMalformed, DocumentSignedBefore)
}
_MEMORY_LIMIT_BYTES: Final = 1536 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect:
    """Judge a PDF."""

    pdf: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Add a signature field to a PDF."""

    pdf: bytes = field(repr=False)
    reason: str = field(repr=False)
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepEvidence:
    """Put proof of status into a signed PDF."""

    pdf: bytes = field(repr=False)
    evidence: StatusValues = field(repr=False)


Job = Inspect | Prepare | KeepEvidence
Work = int | PreparedPdf | bytes
Kind = TypeVar("Kind")


def make_workshop() -> Callable[[Job], Work]:
    """Return the function that does any job; pyHanko is imported here, in the worker."""
    from dojang.adapters.signatures.pdf_judging import judge_pdf
    from dojang.adapters.signatures.pdf_writing import keep_evidence, prepare_pdf

    def work(job: Job) -> Work:
        if isinstance(job, Inspect):
            return judge_pdf(job.pdf)
        if isinstance(job, Prepare):
            return prepare_pdf(job.pdf, job.reason, job.signed_at)
        return keep_evidence(job.pdf, job.evidence)

    return work


class PooledPdfWorkshop:
    """A `PdfWorkshop` whose work is done in worker processes."""

    def __init__(self, *, workers: int, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        limits = PoolLimits(workers=workers, timeout_s=timeout_s, memory_limit_bytes=_MEMORY_LIMIT_BYTES)
        self._pool: ProcessPool[Job, Work] = ProcessPool(limits, name="pdf-workshop", make=make_workshop)

    def inspect(self, pdf: bytes) -> int:
        """See the port."""
        pages = self._do(Inspect(pdf=pdf))
        return _expected(pages, int)

    def prepare(self, pdf: bytes, *, reason: str, signed_at: datetime) -> PreparedPdf:
        """See the port."""
        return _expected(self._do(Prepare(pdf=pdf, reason=reason, signed_at=signed_at)), PreparedPdf)

    def keep_evidence(self, pdf: bytes, evidence: StatusValues) -> bytes:
        """See the port."""
        return _expected(self._do(KeepEvidence(pdf=pdf, evidence=evidence)), bytes)

    def close(self) -> None:
        """Stop the workers at rest."""
        self._pool.close()

    def _do(self, job: Job) -> Work:
        try:
            return self._pool.run(job)
        except JobTimedOut:
            raise DocumentTooDemanding(timeout_s=round(self._timeout_s)) from None
        except WorkerBroken:
            raise DocumentMalformed(reason="structure") from None
        except JobRefused as refused:
            raise _REFUSALS.get(refused.code, DocumentMalformed)(**refused.fields) from None


def _expected(done: Work, kind: type[Kind]) -> Kind:
    if not isinstance(done, kind):
        raise TypeError(f"the workshop answered {type(done).__name__}")
    return done
