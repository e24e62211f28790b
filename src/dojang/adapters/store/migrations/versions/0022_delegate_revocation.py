"""Remember when and why a delegate was revoked."""

import sqlalchemy as sa
from alembic import op

revision = "0022_delegate_revocation"
down_revision = "0021_status_change"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("delegate", sa.Column("revoked_at", sa.BigInteger(), nullable=True))
    op.add_column("delegate", sa.Column("reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    op.drop_column("delegate", "reason")
    op.drop_column("delegate", "revoked_at")
