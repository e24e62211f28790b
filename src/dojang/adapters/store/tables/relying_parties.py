"""The table of relying parties."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

relying_party = sa.Table(
    "relying_party",
    METADATA,
    sa.Column("client_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("secret_digest", sa.Text, nullable=False),  # SHA-256 of the secret, hex
    sa.Column("redirect_uris", sa.Text, nullable=False),  # JSON: a list
    sa.Column("webhook_uri", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("registered_at", UtcSeconds, nullable=False),
)
