"""Renewals: who asked for a successor, and with which signature."""

import sqlalchemy as sa
from alembic import op

revision = "0006_renewal"
down_revision = "0005_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "renewal",
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=False),
        sa.Column("predecessor_serial", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("proven_at", sa.BigInteger(), nullable=True),
        sa.Column("signed_request_der", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'proven') = (signed_request_der IS NOT NULL)", name=op.f("ck_renewal_proven_by_signature")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_renewal_application_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_renewal")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("renewal")
