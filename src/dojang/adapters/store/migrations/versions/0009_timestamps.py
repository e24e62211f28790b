"""Keep every time-stamp given out."""

import sqlalchemy as sa
from alembic import op

revision = "0009_timestamps"
down_revision = "0008_transfer"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "timestamp",
        sa.Column("serial", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("hash_algorithm", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("delegate", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_timestamp")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("timestamp")
