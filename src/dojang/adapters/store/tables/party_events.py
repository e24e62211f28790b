"""Tables of what relying parties are told: events, who watches what, and a feed for each party."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

party_event = sa.Table(
    "party_event",
    METADATA,
    # Given by the database, never twice: a forgotten event's number must not come again.
    sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("data_json", sa.Text, nullable=False),
    sa.Column("occurred_at", UtcSeconds, nullable=False, index=True),
    sa.Column("leads_to", sa.Text),
    sa.Column("leads_until", UtcSeconds),
    sa.Index(None, "reference", "sequence"),
    sqlite_autoincrement=True,
)

party_watch = sa.Table(
    "party_watch",
    METADATA,
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("relying_party.client_id"), primary_key=True),
    sa.Column("seen", sa.BigInteger, nullable=False),  # the last event entered into the party's feed
    sa.Column("since", UtcSeconds, nullable=False),
    sa.Column("until", UtcSeconds, nullable=False, index=True),  # inclusive
    sa.Index(None, "client_id", "reference"),
)

party_feed = sa.Table(
    "party_feed",
    METADATA,
    sa.Column("client_id", sa.Text, sa.ForeignKey("relying_party.client_id"), primary_key=True),
    sa.Column("last_number", sa.BigInteger, nullable=False),
    sa.Column("dropped_number", sa.BigInteger, nullable=False),
    sa.Column("watched", sa.Integer, nullable=False),
    sa.Column("delivered_number", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("failing_since", UtcSeconds),
    sa.Column("stuck_since", UtcSeconds),
    sa.Column("next_at", UtcSeconds),
    sa.Column("leased_until", UtcSeconds),  # exclusive
    sa.Column("disabled_at", UtcSeconds),
)

party_feed_entry = sa.Table(
    "party_feed_entry",
    METADATA,
    sa.Column("client_id", sa.Text, sa.ForeignKey("party_feed.client_id"), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),  # from 1, without gaps
    sa.Column("sequence", sa.BigInteger, sa.ForeignKey("party_event.sequence"), nullable=False),
    sa.UniqueConstraint("sequence", "client_id"),
)

webhook_secret = sa.Table(
    "webhook_secret",
    METADATA,
    sa.Column("client_id", sa.Text, sa.ForeignKey("relying_party.client_id"), primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),  # sealed
    sa.Column("previous", sa.LargeBinary),  # sealed
    sa.Column("previous_until", UtcSeconds),  # exclusive
)
