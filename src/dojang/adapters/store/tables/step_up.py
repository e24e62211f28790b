"""Table of further proofs: confirmations by telephone. `sealed_number` is ciphertext, `phone_key` a blind index."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

confirmation = sa.Table(
    "confirmation",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("subscriber_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("phone_key", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sealed_number", sa.LargeBinary),  # the number to press, while the call is live
    sa.Column("requested_at", UtcSeconds, nullable=False),
    sa.Column("expires_at", UtcSeconds, nullable=False),
    sa.Column("rung_at", UtcSeconds),
    sa.Column("ended_at", UtcSeconds),
    sa.Index("ix_confirmation_subscriber_id", "subscriber_id", "requested_at"),
    sa.Index("ix_confirmation_phone_key", "phone_key", "requested_at"),
)
