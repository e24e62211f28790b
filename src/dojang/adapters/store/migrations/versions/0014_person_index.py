"""An index for counting what one person holds."""

from alembic import op

revision = "0014_person_index"
down_revision = "0013_relying_parties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_index("ix_issuance_person_key", "issuance", ["person_key"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_issuance_person_key", table_name="issuance")
