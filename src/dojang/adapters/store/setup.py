"""Everything an empty database needs before the first transaction, in one call."""

from dojang.adapters.effects.schema import upgrade_effects
from dojang.adapters.store.engine import Database
from dojang.adapters.store.migrations import upgrade


def prepare(database: Database) -> None:
    """Bring our schema and that of the effect queue to the newest version; safe to repeat and to race."""
    upgrade(database.engine)
    upgrade_effects(database)
