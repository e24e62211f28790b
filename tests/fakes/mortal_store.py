"""A store whose office dies in its transactions, on order: before the commit, or after it."""

from collections.abc import Callable
from typing import Any


class LosesPower(Exception):
    """The machine stops."""


class MortalStore:
    """The store of an office that may die in its next transactions: before the commit, or after it."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.deaths: list[str] = []

    def transact(self, work: Callable[[Any], Any]) -> Any:
        """Run the work, or die of it."""
        death = self.deaths.pop(0) if self.deaths else "none"

        def dies(tx: Any) -> None:
            work(tx)
            raise LosesPower

        if death == "before_commit":
            self._store.transact(dies)
        done = self._store.transact(work)
        if death == "after_commit":
            raise LosesPower
        return done

    def read(self, work: Callable[[Any], Any]) -> Any:
        """Run the work."""
        return self._store.read(work)
