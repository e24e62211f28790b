"""How often what status answers say has changed, and whether it has since: the question of every answer kept in memory.

Each change adds one to a row, in the transaction of the change and under that row's lock. Whoever sees the number of a
change therefore sees that change and all before it, and who reads the number with a standing, in one snapshot, knows
for how long that standing holds.
"""

import sqlite3
import threading
import time
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from dojang.adapters.store.engine import Database
from dojang.adapters.store.prepared import Prepared
from dojang.adapters.store.tables.status import status_change
from dojang.lifecycle.status.ports import ChangeWatch

LEASE_S: Final = 0.1  # how long a change may stay unseen where asking takes a round trip to a server
_NUMBER = Prepared(sa.select(status_change.c.number))
_ADD = Prepared(status_change.update().values(number=status_change.c.number + 1))


def count_change(connection: sa.Connection) -> None:
    """Say that an answer may now be another one; to be called by every writer of what answers say."""
    if _ADD.run(connection, {}) != 1:
        raise RuntimeError("status_change has one row")


def read_number(connection: sa.Connection) -> int:
    """Return how many changes there were."""
    return int(_NUMBER.get(connection).number)


def open_change_watch(database: Database) -> ChangeWatch:
    """Return the watch for a database: exact on SQLite, at most `LEASE_S` behind on a server."""
    if database.is_sqlite:
        return SqliteChangeWatch(Path(str(database.url.database)))
    return LeasedChangeWatch()


class SqliteChangeWatch:
    """Implements `lifecycle.status.ports.ChangeWatch` with SQLite's own: whether any other connection has committed."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.0)
        self._asking = threading.Lock()
        self._version: int | None = None
        self._number: int | None = None

    def latest(self) -> int | None:
        """See the port."""
        with self._asking:
            try:
                (version,) = self._connection.execute("PRAGMA data_version").fetchone()
                if version != self._version:  # of all commits, few are changes
                    (self._number,) = self._connection.execute("SELECT number FROM status_change").fetchone()
                    self._version = version
            except sqlite3.Error:  # whoever asks the store itself is told what is wrong
                self._version = None
                return None
            return self._number

    def learned(self, number: int, asked_at_s: float) -> None:
        """See the port. Nothing to keep: asking is as cheap as remembering."""


class LeasedChangeWatch:
    """Implements `lifecycle.status.ports.ChangeWatch` with what was read last, for as long as the lease runs."""

    def __init__(self, lease_s: float = LEASE_S) -> None:
        self._lease_s = lease_s
        self._learned: tuple[int, float] = (-1, 0.0)
        self._learning = threading.Lock()

    def latest(self) -> int | None:
        """See the port."""
        number, until_s = self._learned
        return number if time.monotonic() < until_s else None

    def learned(self, number: int, asked_at_s: float) -> None:
        """See the port."""
        with self._learning:  # readers finish in any order: what was seen is never forgotten again
            known, until_s = self._learned
            if number >= known:
                self._learned = number, max(until_s if number == known else 0.0, asked_at_s + self._lease_s)
