"""Stored time-stamps."""

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.tables.timestamping import timestamp
from dojang.lifecycle.timestamping.model import Timestamp

_ADD = InsertUnlessThere.into(timestamp)


class SqlTimestamps:
    """Implements `lifecycle.timestamping.ports.TimestampRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: Timestamp) -> bool:
        """See the port."""
        row: dict[str, object] = {
            "serial": new.serial,
            "at": new.at,
            "policy": new.policy,
            "hash_algorithm": new.hash_algorithm,
            "digest": new.digest,
            "delegate": new.delegate,
        }
        return _ADD.run(self._connection, row) == 1

    def find(self, serial: int) -> Timestamp | None:
        """See the port."""
        row = self._connection.execute(sa.select(timestamp).where(timestamp.c.serial == serial)).one_or_none()
        return None if row is None else Timestamp(**row._asdict())
