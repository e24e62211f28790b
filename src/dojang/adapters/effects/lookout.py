"""One look at the database for all of a worker's queues, so that a worker with nothing to do costs next to nothing.

DBOS gives every queue a thread that, at every poll, reads the queue's own row again, opens a transaction and asks for
work: hundreds of statements a second for an idle office. The lookout asks once, for all queues, which of them have
anything waiting, and the threads of the others go back to sleep without touching the database. Claiming stays DBOS's.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dojang.adapters.effects.schema import DBOS_SCHEMA

if TYPE_CHECKING:
    from dbos._queue import Queue
    from dbos._sys_db import SystemDatabase

# The states stand in the text because SQLite uses a partial index only where it can see them.
_WAITING = "SELECT DISTINCT queue_name FROM {table} WHERE status IN ('ENQUEUED', 'PENDING') AND status = 'ENQUEUED'"
_RULES_FRESH_S = 30.0  # a queue's rules change only with a worker's start, which registers them anew


@dataclass(slots=True)
class Lookout:
    """Knows which queues have waiting work, as of at most `fresh_s` seconds ago.

    `engine` is the one DBOS works with; `now_s` a monotonic clock in seconds.
    """

    engine: sa.Engine
    fresh_s: float
    now_s: Callable[[], float] = time.monotonic
    _waiting: frozenset[str] = field(default=frozenset(), init=False)
    _looked_at_s: float | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def has_work(self, queue_name: str) -> bool:
        """Tell whether anything waits in this queue; raises SQLAlchemy's error when the database does not answer."""
        with self._lock:
            if self._looked_at_s is None or self.now_s() - self._looked_at_s >= self.fresh_s:
                self._waiting = self._look()
                self._looked_at_s = self.now_s()
            return queue_name in self._waiting

    def _look(self) -> frozenset[str]:
        sqlite = self.engine.dialect.name == "sqlite"
        table = "workflow_status" if sqlite else f'"{DBOS_SCHEMA}".workflow_status'
        with self.engine.connect() as connection:
            return frozenset(connection.execute(sa.text(_WAITING.format(table=table))).scalars())


def stand_before(database: "SystemDatabase", lookout: Lookout) -> None:
    """Let DBOS's queue threads ask the lookout first.

    There is no public door for this: two methods of this one object are covered, both asked by the queue threads at
    each poll. A test of contracts fails when a new release of DBOS asks otherwise.
    """
    scopes_of, read_rules = database.dequeue_scopes, database.get_queue
    rules: dict[str, tuple[float, Queue]] = {}

    def dequeue_scopes(queue_name: str) -> list[str | None]:
        return scopes_of(queue_name) if lookout.has_work(queue_name) else []

    def get_queue(name: str, *, client_system_database: "SystemDatabase | None" = None) -> "Queue | None":
        known = rules.get(name)
        if client_system_database is None and known is not None and lookout.now_s() - known[0] < _RULES_FRESH_S:
            return known[1]
        found = read_rules(name, client_system_database=client_system_database)
        if client_system_database is None and found is not None:
            rules[name] = (lookout.now_s(), found)
        return found

    database.dequeue_scopes = dequeue_scopes  # type: ignore[method-assign]  # see above
    database.get_queue = get_queue  # type: ignore[method-assign]  # see above
