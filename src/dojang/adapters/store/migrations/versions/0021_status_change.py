"""Count changes of what status answers say."""

import sqlalchemy as sa
from alembic import op

revision = "0021_status_change"
down_revision = "0020_party_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "status_change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_change")),
    )
    op.execute("INSERT INTO status_change (id, number) VALUES (1, 0)")


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("status_change")
