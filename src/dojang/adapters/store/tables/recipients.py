"""The table of whom relying parties know."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

acquaintance = sa.Table(
    "acquaintance",
    METADATA,
    sa.Column("client_id", sa.Text, sa.ForeignKey("relying_party.client_id"), primary_key=True),
    sa.Column("subscriber_id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("seen_at", UtcSeconds, nullable=False),
)
