"""Tables of the status step: every CRL, its octets in pieces, the partitions certificates were issued under.

And a count of changes, in a table of one row.
"""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

revocation_list = sa.Table(
    "revocation_list",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("base_number", sa.BigInteger),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("this_update", UtcSeconds, nullable=False),
    sa.Column("next_update", UtcSeconds, nullable=False),
    sa.Column("entry_count", sa.Integer, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("content_digest", sa.Text, nullable=False),
    sa.Column("content_id", sa.Text, nullable=False, unique=True),
)

revocation_list_chunk = sa.Table(
    "revocation_list_chunk",
    METADATA,
    sa.Column("content_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

partitioning = sa.Table(
    "partitioning",
    METADATA,
    sa.Column("partitions", sa.Integer, primary_key=True, autoincrement=False),
)

# How often what status answers say has changed: what was read earlier still holds while this is the same.
status_change = sa.Table(
    "status_change",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # 1: there is one row
    sa.Column("number", sa.BigInteger, nullable=False),
)
