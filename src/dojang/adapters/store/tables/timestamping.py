"""Table of time-stamps: every serial number given out, with the imprint it stands for."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

timestamp = sa.Table(
    "timestamp",
    METADATA,
    sa.Column("serial", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcSeconds, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("hash_algorithm", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("delegate", sa.Text, nullable=False),
)
