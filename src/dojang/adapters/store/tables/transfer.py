"""Tables of transfer: slots, and the messages in them while they live. Nothing in a message can be read here."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

transfer_slot = sa.Table(
    "transfer_slot",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("sid", sa.Text, nullable=False),
    sa.Column("subscriber_id", sa.Text, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sender_device", sa.Text, nullable=False),  # digests of device ids
    sa.Column("receiver_device", sa.Text),
    sa.Column("opened_at", UtcSeconds, nullable=False, index=True),
    sa.Column("expires_at", UtcSeconds, nullable=False, index=True),  # exclusive
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_transfer_slot_subscriber", "subscriber_id", "opened_at"),
)

transfer_message = sa.Table(
    "transfer_message",
    METADATA,
    sa.Column("slot_id", sa.Text, sa.ForeignKey("transfer_slot.id"), primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
