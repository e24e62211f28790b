"""Keep revocation lists in pieces, per scope and kind."""

import sqlalchemy as sa
from alembic import op

revision = "0015_revocation_lists"
down_revision = "0014_person_index"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "partitioning",
        sa.Column("partitions", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("partitions", name=op.f("pk_partitioning")),
    )
    op.create_table(
        "revocation_list",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("base_number", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("this_update", sa.BigInteger(), nullable=False),
        sa.Column("next_update", sa.BigInteger(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "kind", "number", name=op.f("pk_revocation_list")),
        sa.UniqueConstraint("content_id", name=op.f("uq_revocation_list_content_id")),
    )
    op.create_table(
        "revocation_list_chunk",
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("content_id", "position", name=op.f("pk_revocation_list_chunk")),
    )
    # What was issued keeps its number, and can be fetched until its successor is out.
    op.execute(
        "INSERT INTO revocation_list (scope, kind, number, state, this_update, next_update, entry_count, size_bytes,"
        " content_digest, content_id) SELECT 'all', 'complete', number, state, this_update, next_update, entry_count,"
        " length(crl_der), content_digest, 'crl-' || number FROM crl WHERE state = 'issued'"
    )
    op.execute(
        "INSERT INTO revocation_list_chunk (content_id, position, content)"
        " SELECT 'crl-' || number, 0, crl_der FROM crl WHERE state = 'issued'"
    )
    op.drop_table("crl")
    op.create_index("ix_standing_since", "standing", ["since"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index("ix_standing_since", table_name="standing")
    op.drop_table("revocation_list_chunk")
    op.drop_table("revocation_list")
    op.drop_table("partitioning")
    op.create_table(
        "crl",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("this_update", sa.BigInteger(), nullable=False),
        sa.Column("next_update", sa.BigInteger(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("tbs_der", sa.LargeBinary(), nullable=False),
        sa.Column("crl_der", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_crl")),
    )
