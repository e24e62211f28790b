"""Hand-offs of one task to another device."""

import sqlalchemy as sa
from alembic import op

revision = "0017_hand_offs"
down_revision = "0016_issue_lock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "hand_off",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hand_off_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_off")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_hand_off_secret_digest")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_hand_off_token_digest")),
    )
    op.create_index(op.f("ix_hand_off_application_id"), "hand_off", ["application_id"], unique=False)
    op.create_index(op.f("ix_hand_off_expires_at"), "hand_off", ["expires_at"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(op.f("ix_hand_off_expires_at"), table_name="hand_off")
    op.drop_index(op.f("ix_hand_off_application_id"), table_name="hand_off")
    op.drop_table("hand_off")
