"""Table of delegates: certificates of keys that answer in the authority's place, recorded before they are signed."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

delegate = sa.Table(
    "delegate",
    METADATA,
    sa.Column("label", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("serial", sa.BigInteger, nullable=False, unique=True),
    sa.Column("not_before", UtcSeconds, nullable=False),
    sa.Column("not_after", UtcSeconds, nullable=False),
    sa.Column("tbs_der", sa.LargeBinary, nullable=False),
    sa.Column("certificate_der", sa.LargeBinary),
    sa.Column("revoked_at", UtcSeconds),
    sa.Column("reason", sa.Text),
)
