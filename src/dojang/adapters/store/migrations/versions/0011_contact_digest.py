"""Contacts are found by a keyed digest."""

import sqlalchemy as sa
from alembic import op

revision = "0011_contact_digest"
down_revision = "0010_outage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("contact", sa.Column("digest", sa.Text(), nullable=False))
    op.create_index(op.f("ix_contact_digest"), "contact", ["digest"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(op.f("ix_contact_digest"), table_name="contact")
    op.drop_column("contact", "digest")
