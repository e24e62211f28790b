"""Stored hand-offs."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.access import hand_off
from dojang.controls.access.hand_offs.model import HandOff, HandOffState

_ADD = InsertUnlessThere.into(hand_off)


class SqlHandOffs:
    """Implements `controls.access.hand_offs.ports.HandOffRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_by_secret(self, secret_digest: str) -> HandOff | None:
        """See the port."""
        return self._find(sa.select(hand_off).where(hand_off.c.secret_digest == secret_digest))

    def find_by_token(self, token_digest: str) -> HandOff | None:
        """See the port."""
        return self._find(sa.select(hand_off).where(hand_off.c.token_digest == token_digest))

    def find_latest(self, application_id: str) -> HandOff | None:
        """See the port. Ids are ordered by time."""
        query = sa.select(hand_off).where(hand_off.c.application_id == application_id)
        return self._find(query.order_by(hand_off.c.opened_at.desc(), hand_off.c.id.desc()).limit(1))

    def save(self, changed: HandOff) -> None:
        """See the port."""
        row = _row(changed)
        if not _ADD.run(self._connection, row):
            self._connection.execute(hand_off.update().where(hand_off.c.id == changed.id).values(**row))

    def drop_expired(self, before: datetime) -> int:
        """See the port."""
        return self._connection.execute(hand_off.delete().where(hand_off.c.expires_at < before)).rowcount

    def _find(self, query: sa.Select[Any]) -> HandOff | None:
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        if row is None:
            return None
        values = row._asdict()
        return HandOff(**values | {"state": HandOffState(values["state"])})


def _row(stored: HandOff) -> dict[str, object]:
    return {
        "id": stored.id,
        "account_id": stored.account_id,
        "application_id": stored.application_id,
        "task": stored.task,
        "secret_digest": stored.secret_digest,
        "token_digest": stored.token_digest,
        "state": stored.state.value,
        "opened_at": stored.opened_at,
        "expires_at": stored.expires_at,
    }
