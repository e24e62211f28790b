"""Table of the application step."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

OPEN = "state IN ('proofing', 'identified', 'issued')"

application = sa.Table(
    "application",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("subscriber_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("years", sa.SmallInteger, nullable=False),
    sa.Column("validity", sa.Text, nullable=False),
    sa.Column("reissue_reason", sa.Text),
    sa.Column("predecessor_serial", sa.BigInteger),
    sa.Column("predecessor_not_after", UtcSeconds),
    sa.Column("consents", sa.Text, nullable=False),  # JSON: [[text id, version], …]
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", UtcSeconds, nullable=False),
    sa.Column("expires_at", UtcSeconds, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_application_subscriber_id", "subscriber_id", "opened_at"),
    sa.Index("ix_application_due", "expires_at", sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)),
    # One open application per subscriber, whatever races.
    sa.Index(
        "uq_application_open", "subscriber_id", unique=True, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)
    ),
)
