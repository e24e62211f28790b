"""Keep the certificates of delegates."""

import sqlalchemy as sa
from alembic import op

revision = "0007_delegates"
down_revision = "0006_renewal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "delegate",
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("tbs_der", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_der", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("label", name=op.f("pk_delegate")),
        sa.UniqueConstraint("serial", name=op.f("uq_delegate_serial")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("delegate")
