"""The transaction port: state, audit entry and effects commit together or not at all.

Each step extends `Transaction` in its own `ports.py` with the repositories it needs; the store adapter provides them
all. Work is handed over as a function, so that the store may group several callers into one physical commit and may
run a function again after a lost race: work must therefore have no effect but through its transaction.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from dojang.kernel.audit import AuditEntry
from dojang.kernel.effects import Effect

Result = TypeVar("Result")


class Transaction(Protocol):
    """What every step's transaction offers."""

    def record(self, entry: AuditEntry) -> None:
        """Add an audit entry; if it cannot be written, nothing of the transaction happens."""
        ...

    def emit(self, effect: Effect, *, key: str | None = None, delay_s: float = 0.0) -> None:
        """Enqueue an effect, carried out after commit, no sooner than `delay_s` seconds from then.

        With `key`, the effect of that class and key happens once, however often it is emitted.
        """
        ...


Tx_co = TypeVar("Tx_co", bound=Transaction, covariant=True)


class Store(Protocol[Tx_co]):
    """Runs work in transactions."""

    def transact(self, work: Callable[[Tx_co], Result]) -> Result:
        """Run `work` in one transaction, commit durably, then return its result.

        An exception out of `work` rolls back all of its doings and is raised again here.
        """
        ...

    def read(self, work: Callable[[Tx_co], Result]) -> Result:
        """Run `work` on one consistent snapshot without locking anybody out; it must not write, record or emit."""
        ...
