"""Devices of accounts, and slots in which certificates move between them."""

import sqlalchemy as sa
from alembic import op

revision = "0008_transfer"
down_revision = "0007_delegates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "device",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_device_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("account_id", "digest", name="uq_device_account_digest"),
    )
    op.create_index(op.f("ix_device_digest"), "device", ["digest"], unique=False)
    op.create_table(
        "transfer_slot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sender_device", sa.Text(), nullable=False),
        sa.Column("receiver_device", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["account.id"], name=op.f("fk_transfer_slot_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_slot")),
    )
    op.create_index(op.f("ix_transfer_slot_expires_at"), "transfer_slot", ["expires_at"], unique=False)
    op.create_index(op.f("ix_transfer_slot_opened_at"), "transfer_slot", ["opened_at"], unique=False)
    op.create_index("ix_transfer_slot_subscriber", "transfer_slot", ["subscriber_id", "opened_at"], unique=False)
    op.create_table(
        "transfer_message",
        sa.Column("slot_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["transfer_slot.id"], name=op.f("fk_transfer_message_slot_id")),
        sa.PrimaryKeyConstraint("slot_id", "step", name=op.f("pk_transfer_message")),
    )
    op.add_column("session", sa.Column("device_id", sa.Text(), nullable=True))
    op.create_index(op.f("ix_session_device_id"), "session", ["device_id"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(op.f("ix_session_device_id"), table_name="session")
    op.drop_column("session", "device_id")
    op.drop_table("transfer_message")
    op.drop_index("ix_transfer_slot_subscriber", table_name="transfer_slot")
    op.drop_index(op.f("ix_transfer_slot_opened_at"), table_name="transfer_slot")
    op.drop_index(op.f("ix_transfer_slot_expires_at"), table_name="transfer_slot")
    op.drop_table("transfer_slot")
    op.drop_index(op.f("ix_device_digest"), table_name="device")
    op.drop_table("device")
