"""Stored issue locks."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.engine import is_reading
from dojang.adapters.store.tables.identity_proofing import person_binding
from dojang.adapters.store.tables.issue_lock import COOLING, issue_lock
from dojang.lifecycle.issue_lock.model import IssueLock, LockState


class SqlIssueLocks:
    """Implements `lifecycle.issue_lock.ports.IssueLocks` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_lock(self, person_key: str) -> IssueLock | None:
        """See the port. SQLite's writing transactions exclude each other already."""
        if self._connection.dialect.name == "postgresql" and not is_reading(self._connection):
            lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"issue_lock:{person_key}", 0))
            self._connection.execute(sa.select(lock))
        query = sa.select(issue_lock).where(issue_lock.c.person_key == person_key)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _lock_of(row)

    def find_lock_of(self, subscriber_id: str) -> IssueLock | None:
        """See the port."""
        query = sa.select(person_binding.c.person_key).where(person_binding.c.subscriber_id == subscriber_id)
        person_key = self._connection.execute(query).scalar_one_or_none()
        return None if person_key is None else self.find_lock(person_key)

    def list_cooled(self, now: datetime, limit: int) -> tuple[str, ...]:
        """See the port."""
        query = (
            sa.select(issue_lock.c.person_key)
            .where(sa.text(COOLING), issue_lock.c.opens_at <= now)
            .order_by(issue_lock.c.opens_at, issue_lock.c.person_key)
            .limit(limit)
        )
        return tuple(self._connection.execute(query).scalars())

    def put(self, lock: IssueLock) -> None:
        """See the port."""
        row = {
            "person_key": lock.person_key,
            "id": lock.id,
            "subscriber_id": lock.subscriber_id,
            "state": lock.state.value,
            "since": lock.since,
            "opens_at": lock.opens_at,
            "version": lock.version,
        }
        changed = issue_lock.update().where(issue_lock.c.person_key == lock.person_key).values(**row)
        if self._connection.execute(changed).rowcount == 0:
            self._connection.execute(issue_lock.insert().values(**row))


def _lock_of(row: sa.Row[Any]) -> IssueLock:
    values = row._asdict()
    return IssueLock(**values | {"state": LockState(values["state"])})
