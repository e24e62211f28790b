"""The signature reader: one function by format, and the same in worker processes with limits."""

from collections.abc import Callable
from typing import Final

from dojang.adapters.process_pool import JobRefused, JobTimedOut, PoolLimits, ProcessPool, WorkerBroken
from dojang.lifecycle.reliance.model import (
    SignatureFormat,
    SignatureReading,
    SignatureTooDemanding,
    SignatureUnreadable,
    SignedContentNeeded,
    VerificationRequest,
)

_REFUSALS: Final = {error.code: error for error in (SignatureUnreadable, SignedContentNeeded)}
_MEMORY_LIMIT_BYTES: Final = 1536 * 1024**2

Readings = tuple[SignatureReading, ...]


def make_reading() -> Callable[[VerificationRequest], Readings]:
    """Return the function that reads any format; pyHanko is imported here, in the worker, and nowhere else."""
    from dojang.adapters.signatures.bare_reading import read_bare
    from dojang.adapters.signatures.cms_reading import read_cms
    from dojang.adapters.signatures.pdf_reading import read_pdf

    by_format = {SignatureFormat.PKCS1: read_bare, SignatureFormat.CMS: read_cms, SignatureFormat.PDF: read_pdf}

    def read(request: VerificationRequest) -> Readings:
        return by_format[request.format](request)

    return read


class PooledSignatureReader:
    """A `SignatureReader` whose work is done in worker processes with a time and a memory limit."""

    def __init__(self, *, workers: int, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        limits = PoolLimits(workers=workers, timeout_s=timeout_s, memory_limit_bytes=_MEMORY_LIMIT_BYTES)
        self._pool: ProcessPool[VerificationRequest, Readings] = ProcessPool(
            limits, name="signature-reader", make=make_reading
        )

    def read(self, request: VerificationRequest) -> Readings:
        """See the port."""
        try:
            return self._pool.run(request)
        except JobTimedOut:
            raise SignatureTooDemanding(timeout_s=round(self._timeout_s)) from None
        except WorkerBroken:
            raise SignatureUnreadable() from None
        except JobRefused as refused:
            raise _REFUSALS.get(refused.code, SignatureUnreadable)(**refused.fields) from None

    def warm_up(self) -> None:
        """Start the workers in the background."""
        self._pool.warm_up()

    def close(self) -> None:
        """Stop the workers at rest."""
        self._pool.close()
