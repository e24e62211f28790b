"""Breakers of neighbours."""

import sqlalchemy as sa
from alembic import op

revision = "0010_outage"
down_revision = "0009_timestamps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "breaker",
        sa.Column("neighbour", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("counted_since", sa.BigInteger(), nullable=True),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("alerted_at", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("neighbour", name=op.f("pk_breaker")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("breaker")
