"""DBOS's own tables, made in our database: the same file on SQLite, the schema `dbos` on PostgreSQL.

Also the engine DBOS works with. DBOS counts on SQLAlchemy's usual late BEGIN, so on SQLite it cannot have ours.
"""

import sqlalchemy as sa
from dbos import DBOS
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from dojang.adapters.effects.quiet import quieten
from dojang.adapters.store.engine import Database, prepare_sqlite_connection

DBOS_SCHEMA = "dbos"


def upgrade_effects(database: Database) -> None:
    """Create DBOS's tables or bring them up to date; safe to call from several processes at once, and again."""
    quieten()
    DBOS.migrate(database.url.render_as_string(hide_password=False), schema=DBOS_SCHEMA)


def open_effects_engine(database: Database, *, pool_size: int) -> sa.Engine:
    """Open the engine that DBOS polls and claims through, with the same durability as ours.

    Statement parameters stay out of its error texts: DBOS logs those.
    """
    if database.is_sqlite:
        engine = sa.create_engine(database.url, hide_parameters=True, pool_size=pool_size, max_overflow=pool_size)
        sa.event.listen(engine, "connect", _prepare_for_dbos)
        return engine
    return sa.create_engine(
        database.url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"application_name": "dojang-effects"},
    )


def _prepare_for_dbos(dbapi_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    prepare_sqlite_connection(dbapi_connection, entry)
    dbapi_connection.isolation_level = "IMMEDIATE"
