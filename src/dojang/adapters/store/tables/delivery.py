"""Tables of delivery: how far each certificate set got, and the statements that tie old to new."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

delivery = sa.Table(
    "delivery",
    METADATA,
    sa.Column("issuance_id", sa.Text, sa.ForeignKey("issuance.id"), primary_key=True),
    sa.Column("application_id", sa.Text, nullable=False, unique=True),
    sa.Column("signing_serial", sa.BigInteger, nullable=False),
    sa.Column("predecessor_serial", sa.BigInteger, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("downloaded_at", UtcSeconds),
    sa.Column("ended_at", UtcSeconds),
    sa.Column("statement", sa.LargeBinary),  # what the holder signed, kept as evidence
    sa.Column("signature", sa.LargeBinary),
)

succession = sa.Table(
    "succession",
    METADATA,
    sa.Column("successor_serial", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("predecessor_serial", sa.BigInteger, nullable=False, index=True),
    sa.Column("signed_at", UtcSeconds, nullable=False),
    sa.Column("statement_der", sa.LargeBinary, nullable=False),  # CMS SignedData
)
