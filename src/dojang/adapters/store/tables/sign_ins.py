"""The table of sign-in requests of relying parties."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

sign_in_request = sa.Table(
    "sign_in_request",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("relying_party.client_id"), nullable=False),
    sa.Column("party_name", sa.Text, nullable=False),
    sa.Column("redirect_uri", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),  # separated by blanks
    sa.Column("party_state", sa.Text),
    sa.Column("nonce", sa.Text),
    sa.Column("code_challenge", sa.Text, nullable=False),
    sa.Column("statement", sa.LargeBinary, nullable=False),
    sa.Column("made_at", UtcSeconds, nullable=False, index=True),
    sa.Column("expires_at", UtcSeconds, nullable=False),  # exclusive, as all of them
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries_left", sa.Integer, nullable=False),
    sa.Column("subscriber_id", sa.Text),
    sa.Column("serial", sa.BigInteger),
    sa.Column("proven_at", UtcSeconds),
    sa.Column("code_digest", sa.Text, unique=True),
    sa.Column("code_expires_at", UtcSeconds),
    sa.Column("token_digest", sa.Text, unique=True),
    sa.Column("token_expires_at", UtcSeconds),
    sa.Index(None, "client_id", "nonce"),
)
