"""Sign-in requests of relying parties."""

import sqlalchemy as sa
from alembic import op

revision = "0018_sign_ins"
down_revision = "0017_hand_offs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "sign_in_request",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("party_name", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("party_state", sa.Text(), nullable=True),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("code_challenge", sa.Text(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Text(), nullable=True),
        sa.Column("serial", sa.BigInteger(), nullable=True),
        sa.Column("proven_at", sa.BigInteger(), nullable=True),
        sa.Column("code_digest", sa.Text(), nullable=True),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("token_digest", sa.Text(), nullable=True),
        sa.Column("token_expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["relying_party.client_id"], name=op.f("fk_sign_in_request_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_request")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_sign_in_request_code_digest")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_request_token_digest")),
    )
    op.create_index(op.f("ix_sign_in_request_client_id_nonce"), "sign_in_request", ["client_id", "nonce"], unique=False)
    op.create_index(op.f("ix_sign_in_request_made_at"), "sign_in_request", ["made_at"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    op.drop_index(op.f("ix_sign_in_request_made_at"), table_name="sign_in_request")
    op.drop_index(op.f("ix_sign_in_request_client_id_nonce"), table_name="sign_in_request")
    op.drop_table("sign_in_request")
