"""Table of breakers: one row a neighbour, shared by every process of the office."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

breaker = sa.Table(
    "breaker",
    METADATA,
    sa.Column("neighbour", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("since", UtcSeconds),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("counted_since", UtcSeconds),
    sa.Column("openings", sa.Integer, nullable=False),
    sa.Column("due_at", UtcSeconds),
    sa.Column("alerted_at", UtcSeconds),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
