"""Stored breakers."""

from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.engine import is_reading
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.outage import breaker
from dojang.controls.outage.model import Breaker, BreakerState, Neighbour

_INSERT = InsertUnlessThere.into(breaker)


class SqlBreakers:
    """Implements `controls.outage.ports.BreakerRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get_breaker(self, neighbour: Neighbour) -> Breaker:
        """See the port."""
        found = self._find(neighbour)
        if found is None and not is_reading(self._connection):
            # A row must be there before it can be locked: two workers may meet the first failure at once.
            _INSERT.run(self._connection, _row(Breaker(neighbour=neighbour)))
            found = self._find(neighbour)
        return found or Breaker(neighbour=neighbour)

    def put_breaker(self, changed: Breaker) -> None:
        """See the port."""
        self._connection.execute(
            breaker.update().where(breaker.c.neighbour == changed.neighbour.value).values(**_row(changed))
        )

    def _find(self, neighbour: Neighbour) -> Breaker | None:
        query = sa.select(breaker).where(breaker.c.neighbour == neighbour.value)
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        if row is None:
            return None
        values = row._asdict()
        return Breaker(**values | {"neighbour": neighbour, "state": BreakerState(values["state"])})


def _row(stored: Breaker) -> dict[str, Any]:
    return {
        "neighbour": stored.neighbour.value,
        "state": stored.state.value,
        "since": stored.since,
        "failures": stored.failures,
        "counted_since": stored.counted_since,
        "openings": stored.openings,
        "due_at": stored.due_at,
        "alerted_at": stored.alerted_at,
        "code": stored.code,
        "version": stored.version,
    }
