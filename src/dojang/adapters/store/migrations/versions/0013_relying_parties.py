"""Relying parties."""

import sqlalchemy as sa
from alembic import op

revision = "0013_relying_parties"
down_revision = "0012_confirmations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "relying_party",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("redirect_uris", sa.Text(), nullable=False),
        sa.Column("webhook_uri", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_relying_party")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("relying_party")
