"""Table of the status step: every CRL, recorded before it is signed."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

crl = sa.Table(
    "crl",
    METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("this_update", UtcSeconds, nullable=False),
    sa.Column("next_update", UtcSeconds, nullable=False),
    sa.Column("entry_count", sa.Integer, nullable=False),
    sa.Column("content_digest", sa.Text, nullable=False),
    sa.Column("tbs_der", sa.LargeBinary, nullable=False),
    sa.Column("crl_der", sa.LargeBinary),
)
