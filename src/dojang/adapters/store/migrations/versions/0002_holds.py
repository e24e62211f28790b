"""Remember who put a certificate on hold and when the hold becomes final."""

import sqlalchemy as sa
from alembic import op

revision = "0002_holds"
down_revision = "0001_initial"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("standing", sa.Column("held_by", sa.Text(), nullable=True))
    op.add_column("standing", sa.Column("hold_ends_at", sa.BigInteger(), nullable=True))
    op.add_column("standing", sa.Column("hold_notice_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_standing_hold_ends_at",
        "standing",
        ["hold_ends_at"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_standing_hold_notice_at",
        "standing",
        ["hold_notice_at"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(
        "ix_standing_hold_notice_at",
        table_name="standing",
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.drop_index(
        "ix_standing_hold_ends_at",
        table_name="standing",
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.drop_column("standing", "hold_notice_at")
    op.drop_column("standing", "hold_ends_at")
    op.drop_column("standing", "held_by")
