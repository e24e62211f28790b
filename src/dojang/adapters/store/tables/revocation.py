"""Table of revocation: the standing of certificate sets that are not, or were not always, good."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

NOT_GOOD = "state <> 'good'"
HELD = "state = 'held'"

standing = sa.Table(
    "standing",
    METADATA,
    sa.Column("issuance_id", sa.Text, sa.ForeignKey("issuance.id"), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("since", UtcSeconds, nullable=False),
    sa.Column("not_after", UtcSeconds, nullable=False),  # the set's end, so that a CRL reads only what is unexpired
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("held_by", sa.Text),  # "owner" or "office", of a hold
    sa.Column("hold_ends_at", UtcSeconds),
    sa.Column("hold_notice_at", UtcSeconds),  # when the owner is to be told of the end; NULL once told
    sa.Index("ix_standing_not_after", "not_after", sqlite_where=sa.text(NOT_GOOD), postgresql_where=sa.text(NOT_GOOD)),
    sa.Index("ix_standing_since", "since"),  # delta lists ask for what changed lately
    sa.Index("ix_standing_hold_ends_at", "hold_ends_at", sqlite_where=sa.text(HELD), postgresql_where=sa.text(HELD)),
    sa.Index(
        "ix_standing_hold_notice_at", "hold_notice_at", sqlite_where=sa.text(HELD), postgresql_where=sa.text(HELD)
    ),
)
