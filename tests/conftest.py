"""Fixtures every suite may use: a migrated database, fresh for each test, on SQLite and on PostgreSQL.

- `database`: parametrised; the test runs once on each. Never skipped.
- `sqlite_database`, `postgres_database`: one of them.
- `new_database`: a function giving further fresh databases of the same kind as `database`.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from dojang.adapters.store.engine import Database, open_database
from dojang.adapters.store.setup import prepare
from parallel import make_scheduler
from postgres import PostgresServer, running_server

# Two cores shared by many: a slow example is not a failure, and the same examples come in every run.
settings.register_profile("dojang", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dojang")


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep the journeys together when tests run in parallel."""
    return make_scheduler(config, log)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL of this test session."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite-template") / "template.sqlite"
    template = open_database(f"sqlite:///{path}")
    prepare(template)
    with template.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    template.dispose()
    return path


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: PostgresServer) -> str:
    url = postgres_server.create_database()
    template = open_database(url.render_as_string(hide_password=False))
    prepare(template)
    template.dispose()
    return str(url.database)


@pytest.fixture
def new_sqlite_database(_sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """A function that opens fresh, migrated SQLite databases."""
    opened: list[Database] = []

    def open_copy() -> Database:
        path = tmp_path / f"dojang-{len(opened)}.sqlite"
        shutil.copyfile(_sqlite_template, path)
        opened.append(open_database(f"sqlite:///{path}"))
        return opened[-1]

    yield open_copy
    for one in opened:
        one.dispose()


@pytest.fixture
def new_postgres_database(postgres_server: PostgresServer, _postgres_template: str) -> Iterator[Callable[[], Database]]:
    """A function that opens fresh, migrated PostgreSQL databases."""
    opened: list[Database] = []

    def open_copy() -> Database:
        url: sa.URL = postgres_server.create_database(template=_postgres_template)
        opened.append(open_database(url.render_as_string(hide_password=False)))
        return opened[-1]

    yield open_copy
    for one in opened:
        one.dispose()
        postgres_server.drop_database(one.url)


@pytest.fixture
def sqlite_database(new_sqlite_database: Callable[[], Database]) -> Database:
    """A fresh, migrated SQLite database."""
    return new_sqlite_database()


@pytest.fixture
def postgres_database(new_postgres_database: Callable[[], Database]) -> Database:
    """A fresh, migrated PostgreSQL database."""
    return new_postgres_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> Callable[[], Database]:
    """A function that opens fresh, migrated databases; the test runs once with SQLite and once with PostgreSQL."""
    name = "new_sqlite_database" if request.param == "sqlite" else "new_postgres_database"
    opener: Callable[[], Database] = request.getfixturevalue(name)
    return opener


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Database:
    """A fresh, migrated database; the test runs once on SQLite and once on PostgreSQL."""
    return new_database()
