"""Keep confirmations by telephone, each for one act of a signed-in person."""

import sqlalchemy as sa
from alembic import op

revision = "0012_confirmations"
down_revision = "0011_contact_digest"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("phone_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=True),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("rung_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["subscriber_id"], ["account.id"], name=op.f("fk_confirmation_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
    )
    op.create_index("ix_confirmation_phone_key", "confirmation", ["phone_key", "requested_at"], unique=False)
    op.create_index("ix_confirmation_subscriber_id", "confirmation", ["subscriber_id", "requested_at"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_confirmation_subscriber_id", table_name="confirmation")
    op.drop_index("ix_confirmation_phone_key", table_name="confirmation")
    op.drop_table("confirmation")
