"""Insert unless a unique constraint objects: no exception, no savepoint, on both databases.

A PostgreSQL transaction is lost after a failed statement; ON CONFLICT DO NOTHING lets the caller look at the row count
instead and find out which constraint it was.
"""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

# SQLAlchemy forgets the row count of an INSERT unless told that it matters.
_COUNTED: Final = {"preserve_rowcount": True}


@dataclass(frozen=True, slots=True)
class InsertUnlessThere:
    """The statement in both dialects, built once per table."""

    on_sqlite: sa.Insert
    on_postgresql: sa.Insert

    @classmethod
    def into(cls, table: sa.Table) -> "InsertUnlessThere":
        """Return the statement for every column of `table`."""
        return cls(
            on_sqlite=sqlite.insert(table).on_conflict_do_nothing().execution_options(**_COUNTED),
            on_postgresql=postgresql.insert(table).on_conflict_do_nothing().execution_options(**_COUNTED),
        )

    def run(self, connection: sa.Connection, *rows: dict[str, object]) -> int:
        """Insert the rows and return how many went in."""
        statement = self.on_sqlite if connection.dialect.name == "sqlite" else self.on_postgresql
        return connection.execute(statement, rows[0] if len(rows) == 1 else list(rows)).rowcount
