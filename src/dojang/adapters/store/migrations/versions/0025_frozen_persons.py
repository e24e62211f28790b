"""An index of frozen cases by person."""

import sqlalchemy as sa
from alembic import op

revision = "0025_frozen_persons"
down_revision = "0024_retention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_index(
        "ix_proofing_case_frozen",
        "proofing_case",
        ["person_key"],
        unique=False,
        sqlite_where=sa.text("state = 'frozen'"),
        postgresql_where=sa.text("state = 'frozen'"),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(
        "ix_proofing_case_frozen",
        table_name="proofing_case",
        sqlite_where=sa.text("state = 'frozen'"),
        postgresql_where=sa.text("state = 'frozen'"),
    )
