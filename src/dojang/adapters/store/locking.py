"""Row locks where they can be had: SELECT … FOR UPDATE in writing transactions, plain SELECT on read-only snapshots.

SQLite has no row locks and needs none: its writing transactions exclude each other (see `engine`).
"""

from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.engine import is_reading


def for_update(query: sa.Select[Any], connection: sa.Connection) -> sa.Select[Any]:
    """Return the query, locking its rows until the transaction ends when the transaction may write."""
    return query if is_reading(connection) else query.with_for_update()
