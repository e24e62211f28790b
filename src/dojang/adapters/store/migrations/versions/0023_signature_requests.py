"""Signature requests of relying parties, their documents sealed part by part."""

import sqlalchemy as sa
from alembic import op

revision = "0023_signature_requests"
down_revision = "0022_delegate_revocation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "signature_request",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("party_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("redirect_uri", sa.Text(), nullable=True),
        sa.Column("party_state", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=True),
        sa.Column("serial", sa.BigInteger(), nullable=True),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["relying_party.client_id"], name=op.f("fk_signature_request_client_id")
        ),
        sa.ForeignKeyConstraint(["subscriber_id"], ["account.id"], name=op.f("fk_signature_request_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_request")),
        sa.UniqueConstraint(
            "client_id", "idempotency_key", name=op.f("uq_signature_request_client_id_idempotency_key")
        ),
    )
    op.create_index("ix_signature_request_ended", "signature_request", ["erased", "ended_at"], unique=False)
    op.create_index("ix_signature_request_waiting", "signature_request", ["state", "expires_at"], unique=False)
    op.create_table(
        "signature_request_part",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["signature_request.id"], name=op.f("fk_signature_request_part_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "part", name=op.f("pk_signature_request_part")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("signature_request_part")
    op.drop_index("ix_signature_request_waiting", table_name="signature_request")
    op.drop_index("ix_signature_request_ended", table_name="signature_request")
    op.drop_table("signature_request")
