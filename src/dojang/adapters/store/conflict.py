"""Insert unless a unique constraint objects: no exception, no savepoint, on both databases.

A PostgreSQL transaction is lost after a failed statement; ON CONFLICT DO NOTHING lets the caller look at the row count
instead and find out which constraint it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dojang.adapters.store.prepared import Prepared


@dataclass(frozen=True, slots=True)
class InsertUnlessThere:
    """The statement in both dialects, built once per table."""

    on_sqlite: Prepared
    on_postgresql: Prepared

    @classmethod
    def into(cls, table: sa.TableClause, *, on_postgresql: sa.TableClause | None = None) -> "InsertUnlessThere":
        """Return the statement for every column of `table`, which may be another one on PostgreSQL."""
        return cls(
            on_sqlite=Prepared(sqlite.insert(table).on_conflict_do_nothing()),
            on_postgresql=Prepared(
                postgresql.insert(table if on_postgresql is None else on_postgresql).on_conflict_do_nothing()
            ),
        )

    def run(self, connection: sa.Connection, *rows: Mapping[str, Any]) -> int:
        """Insert the rows, each with a value for every column, and return how many went in."""
        statement = self.on_sqlite if connection.dialect.name == "sqlite" else self.on_postgresql
        return statement.run(connection, *rows)
