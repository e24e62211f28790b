"""Alembic's entry: runs migrations on the connection handed over by `upgrade`, inside its transaction."""

from alembic import context

from dojang.adapters.store.migrations import VERSION_TABLE
from dojang.adapters.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite's DDL is transactional too, and `upgrade` holds the transaction
)
context.run_migrations()
