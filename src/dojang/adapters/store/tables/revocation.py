"""Table of revocation: the standing of certificate sets that are not, or were not always, good."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

NOT_GOOD = "state <> 'good'"

standing = sa.Table(
    "standing",
    METADATA,
    sa.Column("issuance_id", sa.Text, sa.ForeignKey("issuance.id"), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("since", UtcSeconds, nullable=False),
    sa.Column("not_after", UtcSeconds, nullable=False),  # the set's end, so that a CRL reads only what is unexpired
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_standing_not_after", "not_after", sqlite_where=sa.text(NOT_GOOD), postgresql_where=sa.text(NOT_GOOD)),
)
