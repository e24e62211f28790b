"""One database behind one URL: SQLite in a file, or PostgreSQL.

Opens SQLAlchemy Core engines with the promises the rest leans on: a committed transaction is on disk, writers exclude
each other before they read, foreign keys hold, and no statement's parameters ever reach an error text or a log.
It knows no table. Sources: SQLite "Write-Ahead Logging" and PRAGMA pages; PostgreSQL manual 13.2, 20.11.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

_READING = "dojang_reading"
BUSY_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 15_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open database. `engine` is for writing transactions; use `writing` and `reading` rather than the engine."""

    engine: sa.Engine
    url: sa.URL

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite (one writer at a time, no row locks)."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Run a transaction that may write: committed at the end, rolled back when an exception leaves the block.

        SQLite takes the write lock at once (BEGIN IMMEDIATE); PostgreSQL runs READ COMMITTED with explicit row locks.
        """
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Run a read-only transaction on one consistent snapshot; it neither blocks writers nor is blocked by them."""
        options: dict[str, Any] = {_READING: True}
        if not self.is_sqlite:
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        """Close the pooled connections. The object can be used again; it will connect anew."""
        self.engine.dispose()


def open_database(url: str, *, pool_size: int = 10) -> Database:
    """Open `sqlite:///<path>` or `postgresql://…`. The schema is `migrations.upgrade`'s business.

    A new SQLite file is created readable by its owner only. Raises `ValueError` for any other kind of URL; in-memory
    SQLite is refused too, because several processes share the database.
    """
    parsed = sa.make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return Database(engine=_open_sqlite(parsed, pool_size), url=parsed)
    if backend == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return Database(engine=_open_postgresql(parsed, pool_size), url=parsed)
    raise ValueError(f"the database must be sqlite or postgresql, not {backend}")


def _open_sqlite(url: sa.URL, pool_size: int) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: several processes share the database")
    _create_private(Path(url.database))
    engine = sa.create_engine(url, hide_parameters=True, pool_size=pool_size, max_overflow=pool_size)
    sa.event.listen(engine, "connect", prepare_sqlite_connection)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _create_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def prepare_sqlite_connection(dbapi_connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Set what SQLite only keeps per connection. The driver's own transaction handling is switched off."""
    # pysqlite would begin transactions late (at the first DML) and DEFERRED: two readers turned writers then deadlock.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    # busy_timeout first: switching the journal mode needs a lock that a neighbour may hold for a moment.
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA trusted_schema=OFF")
    # What is deleted is overwritten: erased photographs must not lie on in free pages. Some builds do so by default.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def is_reading(connection: sa.Connection) -> bool:
    """Whether `connection` is in a `Database.reading` transaction."""
    return bool(connection.get_execution_options().get(_READING, False))


def _begin_sqlite(connection: sa.Connection) -> None:
    reading = is_reading(connection)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _open_postgresql(url: sa.URL, pool_size: int) -> sa.Engine:
    settings = {
        "lock_timeout": f"{LOCK_TIMEOUT_MS}",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_TIMEOUT_MS}",
        "TimeZone": "UTC",
    }
    return sa.create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            "application_name": "dojang",
        },
    )
