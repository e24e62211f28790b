"""Contacts, notices, their deliveries, and how far the expiry schedule got."""

import sqlalchemy as sa
from alembic import op

revision = "0005_notices"
down_revision = "0004_passkeys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "expiry_cursor",
        sa.Column("days_before", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("days_before", name=op.f("pk_expiry_cursor")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_subscriber_id", "notice", ["subscriber_id", "made_at", "id"], unique=False)
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["subscriber_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("code_number", sa.Integer(), nullable=False),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["account.id"], name=op.f("fk_contact_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_subscriber_id"), "contact", ["subscriber_id"], unique=False)
    op.create_table(
        "notice_delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("group", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("unsubscribe_digest", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_delivery_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
        sa.UniqueConstraint("unsubscribe_digest", name=op.f("uq_notice_delivery_unsubscribe_digest")),
    )
    op.create_index(op.f("ix_notice_delivery_notice_id"), "notice_delivery", ["notice_id"], unique=False)
    op.create_table(
        "notice_preference",
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("muted", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["account.id"], name=op.f("fk_notice_preference_subscriber_id")),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_notice_preference")),
    )
    op.create_index(
        "ix_certificate_ends",
        "certificate",
        ["not_after", "serial"],
        unique=False,
        sqlite_where=sa.text("kind = 'signing'"),
        postgresql_where=sa.text("kind = 'signing'"),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(
        "ix_certificate_ends",
        table_name="certificate",
        sqlite_where=sa.text("kind = 'signing'"),
        postgresql_where=sa.text("kind = 'signing'"),
    )
    op.drop_table("notice_preference")
    op.drop_index(op.f("ix_notice_delivery_notice_id"), table_name="notice_delivery")
    op.drop_table("notice_delivery")
    op.drop_index(op.f("ix_contact_subscriber_id"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(
        "ix_notice_unread",
        table_name="notice",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_index("ix_notice_subscriber_id", table_name="notice")
    op.drop_table("notice")
    op.drop_table("expiry_cursor")
