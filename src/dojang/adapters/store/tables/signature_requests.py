"""Tables of signature requests: what was asked, and the sealed documents while they are kept."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

signature_request = sa.Table(
    "signature_request",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("relying_party.client_id"), nullable=False),
    sa.Column("party_name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.Integer, nullable=False),
    sa.Column("pages", sa.Integer),
    sa.Column("redirect_uri", sa.Text),
    sa.Column("party_state", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("idempotency_key", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("made_at", UtcSeconds, nullable=False),
    sa.Column("expires_at", UtcSeconds, nullable=False),  # exclusive
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries_left", sa.Integer, nullable=False),
    sa.Column("subscriber_id", sa.Text, sa.ForeignKey("account.id")),
    sa.Column("serial", sa.BigInteger),
    sa.Column("signed_at", UtcSeconds),
    sa.Column("ended_at", UtcSeconds),
    sa.Column("reason", sa.Text),
    sa.Column("erased", sa.Boolean, nullable=False),
    sa.UniqueConstraint("client_id", "idempotency_key"),
    sa.Index("ix_signature_request_waiting", "state", "expires_at"),
    sa.Index("ix_signature_request_ended", "erased", "ended_at"),
)

signature_request_part = sa.Table(
    "signature_request_part",
    METADATA,
    sa.Column("request_id", sa.Text, sa.ForeignKey("signature_request.id"), primary_key=True),
    sa.Column("part", sa.Text, primary_key=True),  # terms, document, preparation, result
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
