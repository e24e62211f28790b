"""Let people lock issuing in their own name."""

import sqlalchemy as sa
from alembic import op

revision = "0016_issue_lock"
down_revision = "0015_revocation_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "issue_lock",
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["account.id"], name=op.f("fk_issue_lock_subscriber_id")),
        sa.PrimaryKeyConstraint("person_key", name=op.f("pk_issue_lock")),
        sa.UniqueConstraint("id", name=op.f("uq_issue_lock_id")),
    )
    op.create_index(
        "ix_issue_lock_opens_at",
        "issue_lock",
        ["opens_at"],
        unique=False,
        sqlite_where=sa.text("state = 'cooling'"),
        postgresql_where=sa.text("state = 'cooling'"),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(
        "ix_issue_lock_opens_at",
        table_name="issue_lock",
        sqlite_where=sa.text("state = 'cooling'"),
        postgresql_where=sa.text("state = 'cooling'"),
    )
    op.drop_table("issue_lock")
