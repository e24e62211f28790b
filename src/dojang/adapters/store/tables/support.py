"""Tables of support: tickets, and what was written in them. Columns `sealed_…` hold ciphertext."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

support_ticket = sa.Table(
    "support_ticket",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False, unique=True),  # what people read out
    sa.Column("subscriber_id", sa.Text, sa.ForeignKey("account.id")),
    sa.Column("bearer_digest", sa.Text),  # SHA-256 of the request's id, before sign-in
    sa.Column("failure_key", sa.Text, unique=True),  # one live ticket a failure, whatever races; null once closed
    sa.Column("application_id", sa.Text, sa.ForeignKey("application.id")),
    sa.Column("failure", sa.Text, nullable=False),  # JSON: codes and names
    sa.Column("situation", sa.Text, nullable=False),  # JSON: states
    sa.Column("timeline", sa.Text, nullable=False),  # JSON: [[at, tag, facts], …], masked
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", UtcSeconds, nullable=False),
    sa.Column("changed_at", UtcSeconds, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index(None, "subscriber_id", "opened_at"),
    sa.Index(None, "state", "changed_at"),
)

support_message = sa.Table(
    "support_message",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("ticket_id", sa.Text, sa.ForeignKey("support_ticket.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UtcSeconds, nullable=False),
    sa.Column("sealed_text", sa.LargeBinary, nullable=False),
    sa.Column("masked", sa.Boolean, nullable=False),
    sa.UniqueConstraint("ticket_id", "position"),
)
