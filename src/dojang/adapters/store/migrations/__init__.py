"""Schema migrations (Alembic), run from code: no ini file, no working directory, one call."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from dojang.adapters.store.tables import METADATA

VERSION_TABLE = "dojang_schema"


def upgrade(engine: sa.Engine) -> None:
    """Bring the schema to the newest revision; safe to call from several processes at once, and again.

    Either everything up to the newest revision is applied or nothing is.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            # SQLite writers exclude each other already; here the first comer migrates and the others find it done.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": 0x444F4A414E47})
        config = configure()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def configure() -> Config:
    """Return the Alembic configuration of this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def current_revision(connection: sa.Connection) -> str | None:
    """Return the revision the database is at, None for an empty one."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def newest_revision() -> str:
    """Return the revision `upgrade` leads to."""
    return str(ScriptDirectory.from_config(configure()).get_current_head())


def differences(connection: sa.Connection) -> list[object]:
    """Return what the tables in code and those in the database disagree on; empty when the migrations are complete.

    Tables that are not ours (DBOS keeps its own in the same SQLite file) are left out.
    """
    context = MigrationContext.configure(connection, opts={**compared_options(), "version_table": VERSION_TABLE})
    return list(compare_metadata(context, METADATA))


def compared_options() -> dict[str, Any]:
    """Return how Alembic compares a database with the tables in code: everything, but only our own tables."""
    return {
        "compare_type": True,
        "compare_server_default": True,
        "include_name": lambda name, kind, _parents: kind != "table" or name in METADATA.tables,
    }
