"""Tables of notices: contacts, choices, what was told, by which ways, and how far the expiry schedule got."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

UNREAD = "read_at IS NULL"

contact = sa.Table(
    "contact",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("subscriber_id", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("value", sa.LargeBinary, nullable=False),  # sealed: an e-mail address, or a push subscription
    sa.Column("digest", sa.Text, nullable=False, index=True),  # keyed, of the address or the endpoint
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("added_at", UtcSeconds, nullable=False),
    sa.Column("verified_at", UtcSeconds),
    sa.Column("ended_at", UtcSeconds),
    sa.Column("code_number", sa.Integer, nullable=False),  # of the newest code; the code itself is stored nowhere
    sa.Column("code_tries", sa.Integer, nullable=False),
    sa.Column("code_expires_at", UtcSeconds),
    sa.Column("version", sa.Integer, nullable=False),
)

notice_preference = sa.Table(
    "notice_preference",
    METADATA,
    sa.Column("subscriber_id", sa.Text, sa.ForeignKey("account.id"), primary_key=True),
    sa.Column("reach", sa.Text, nullable=False),
    sa.Column("muted", sa.Text, nullable=False),  # topics, comma between
)

notice = sa.Table(
    "notice",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),  # the effect's
    sa.Column("subscriber_id", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("params", sa.Text, nullable=False),  # JSON object of texts; nothing secret
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("made_at", UtcSeconds, nullable=False),
    sa.Column("read_at", UtcSeconds),
    sa.Index("ix_notice_subscriber_id", "subscriber_id", "made_at", "id"),
    sa.Index(
        "ix_notice_unread",
        "subscriber_id",
        sqlite_where=sa.text(UNREAD),
        postgresql_where=sa.text(UNREAD),
    ),
)

notice_delivery = sa.Table(
    "notice_delivery",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),  # what the provider knows it by
    sa.Column("notice_id", sa.Text, sa.ForeignKey("notice.id"), nullable=False, index=True),
    sa.Column("group", sa.SmallInteger, nullable=False),
    sa.Column("position", sa.SmallInteger, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("contact", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", UtcSeconds, nullable=False),
    sa.Column("unsubscribe_digest", sa.Text, unique=True),  # SHA-256 of the link's token, hex
)

expiry_cursor = sa.Table(
    "expiry_cursor",
    METADATA,
    sa.Column("days_before", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("not_after", UtcSeconds, nullable=False),  # told up to here, …
    sa.Column("serial", sa.BigInteger, nullable=False),  # … and within that second up to this serial number
)
