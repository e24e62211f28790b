"""Table of the issue lock: one row a person who ever locked issuing. `person_key` is a blind index."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

COOLING = "state = 'cooling'"

issue_lock = sa.Table(
    "issue_lock",
    METADATA,
    sa.Column("person_key", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("subscriber_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("since", UtcSeconds, nullable=False),
    sa.Column("opens_at", UtcSeconds),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_issue_lock_opens_at", "opens_at", sqlite_where=sa.text(COOLING), postgresql_where=sa.text(COOLING)),
)
