"""What retention erased of proofing cases, and the index it walks along."""

import sqlalchemy as sa
from alembic import op

revision = "0024_retention"
down_revision = "0023_signature_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("proofing_case", sa.Column("pictures_erased_at", sa.BigInteger(), nullable=True))
    op.add_column("proofing_case", sa.Column("erased_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_proofing_case_keeping",
        "proofing_case",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'closed' AND erased_at IS NULL"),
        postgresql_where=sa.text("state = 'closed' AND erased_at IS NULL"),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(
        "ix_proofing_case_keeping",
        table_name="proofing_case",
        sqlite_where=sa.text("state = 'closed' AND erased_at IS NULL"),
        postgresql_where=sa.text("state = 'closed' AND erased_at IS NULL"),
    )
    op.drop_column("proofing_case", "erased_at")
    op.drop_column("proofing_case", "pictures_erased_at")
