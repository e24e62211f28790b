"""The migrations and the tables in code are one schema, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from dojang.adapters.store.engine import Database, open_database
from dojang.adapters.store.migrations import configure, current_revision, differences, newest_revision, upgrade
from dojang.adapters.store.tables import METADATA
from postgres import PostgresServer


def test_the_migrated_schema_is_the_schema_in_code(database: Database) -> None:
    with database.reading() as connection:
        assert differences(connection) == []
        assert current_revision(connection) == newest_revision()


def test_a_difference_would_be_seen(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(sa.text("ALTER TABLE audit_leaf ADD COLUMN note TEXT"))
        connection.execute(sa.text("DROP TABLE audit_signed_head"))
    with database.reading() as connection:
        assert {difference[0] for difference in differences(connection)} == {"remove_column", "add_table"}  # type: ignore[index]  # Alembic's differences are untyped tuples


def test_upgrading_again_changes_nothing(database: Database) -> None:
    upgrade(database.engine)
    with database.reading() as connection:
        assert differences(connection) == []


def test_downgrade_removes_every_table(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    upgrade(database.engine)
    with database.writing() as connection:
        config = configure()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    names = sa.inspect(database.engine).get_table_names()
    assert not set(names) & set(METADATA.tables)


def test_two_upgrades_at_once_are_one(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database().render_as_string(hide_password=False)
    databases = [open_database(url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda one: upgrade(one.engine), databases))
    with databases[0].reading() as connection:
        assert differences(connection) == []
    for one in databases:
        one.dispose()


def test_only_sqlite_files_and_postgresql_are_opened(tmp_path: Path) -> None:
    for url in ("sqlite://", "sqlite:///:memory:", "mysql://localhost/dojang"):
        with pytest.raises(ValueError, match=r"SQLite needs a file|must be sqlite or postgresql"):
            open_database(url)
    path = tmp_path / "new" / "dojang.sqlite"
    open_database(f"sqlite:///{path}").dispose()
    assert path.stat().st_mode & 0o777 == 0o600
