"""Support tickets and their messages."""

import sqlalchemy as sa
from alembic import op

revision = "0003_support"
down_revision = "0002_holds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "support_ticket",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=True),
        sa.Column("bearer_digest", sa.Text(), nullable=True),
        sa.Column("failure_key", sa.Text(), nullable=True),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("timeline", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_support_ticket_application_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["account.id"], name=op.f("fk_support_ticket_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_ticket")),
        sa.UniqueConstraint("case_id", name=op.f("uq_support_ticket_case_id")),
        sa.UniqueConstraint("failure_key", name=op.f("uq_support_ticket_failure_key")),
    )
    op.create_index(op.f("ix_support_ticket_state_changed_at"), "support_ticket", ["state", "changed_at"], unique=False)
    op.create_index(
        op.f("ix_support_ticket_subscriber_id_opened_at"),
        "support_ticket",
        ["subscriber_id", "opened_at"],
        unique=False,
    )
    op.create_table(
        "support_message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["support_ticket.id"], name=op.f("fk_support_message_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_message")),
        sa.UniqueConstraint("ticket_id", "position", name=op.f("uq_support_message_ticket_id_position")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("support_message")
    op.drop_index(op.f("ix_support_ticket_subscriber_id_opened_at"), table_name="support_ticket")
    op.drop_index(op.f("ix_support_ticket_state_changed_at"), table_name="support_ticket")
    op.drop_table("support_ticket")
