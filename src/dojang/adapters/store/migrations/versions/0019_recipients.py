"""Whom relying parties know."""

import sqlalchemy as sa
from alembic import op

revision = "0019_recipients"
down_revision = "0018_sign_ins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "acquaintance",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["relying_party.client_id"], name=op.f("fk_acquaintance_client_id")),
        sa.PrimaryKeyConstraint("client_id", "subscriber_id", name=op.f("pk_acquaintance")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("acquaintance")
