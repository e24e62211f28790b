"""What relying parties are told: events, watches, feeds, and secrets of webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0020_party_events"
down_revision = "0019_recipients"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "party_event",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("leads_to", sa.Text(), nullable=True),
        sa.Column("leads_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_party_event")),
        sa.UniqueConstraint("id", name=op.f("uq_party_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_party_event_occurred_at"), "party_event", ["occurred_at"], unique=False)
    op.create_index(op.f("ix_party_event_reference_sequence"), "party_event", ["reference", "sequence"], unique=False)
    op.create_table(
        "party_feed",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("dropped_number", sa.BigInteger(), nullable=False),
        sa.Column("watched", sa.Integer(), nullable=False),
        sa.Column("delivered_number", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("stuck_since", sa.BigInteger(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["relying_party.client_id"], name=op.f("fk_party_feed_client_id")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_party_feed")),
    )
    op.create_table(
        "party_watch",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["relying_party.client_id"], name=op.f("fk_party_watch_client_id")),
        sa.PrimaryKeyConstraint("reference", "client_id", name=op.f("pk_party_watch")),
    )
    op.create_index(op.f("ix_party_watch_client_id_reference"), "party_watch", ["client_id", "reference"], unique=False)
    op.create_index(op.f("ix_party_watch_until"), "party_watch", ["until"], unique=False)
    op.create_table(
        "webhook_secret",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["relying_party.client_id"], name=op.f("fk_webhook_secret_client_id")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_webhook_secret")),
    )
    op.create_table(
        "party_feed_entry",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["party_feed.client_id"], name=op.f("fk_party_feed_entry_client_id")),
        sa.ForeignKeyConstraint(["sequence"], ["party_event.sequence"], name=op.f("fk_party_feed_entry_sequence")),
        sa.PrimaryKeyConstraint("client_id", "number", name=op.f("pk_party_feed_entry")),
        sa.UniqueConstraint("sequence", "client_id", name=op.f("uq_party_feed_entry_sequence_client_id")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("party_feed_entry")
    op.drop_table("webhook_secret")
    op.drop_index(op.f("ix_party_watch_until"), table_name="party_watch")
    op.drop_index(op.f("ix_party_watch_client_id_reference"), table_name="party_watch")
    op.drop_table("party_watch")
    op.drop_table("party_feed")
    op.drop_index(op.f("ix_party_event_reference_sequence"), table_name="party_event")
    op.drop_index(op.f("ix_party_event_occurred_at"), table_name="party_event")
    op.drop_table("party_event")
