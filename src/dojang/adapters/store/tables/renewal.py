"""Table of renewal: who asked for a successor with the key that was still valid, and the signature that proves it."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

renewal = sa.Table(
    "renewal",
    METADATA,
    sa.Column("application_id", sa.Text, sa.ForeignKey("application.id"), primary_key=True),
    sa.Column("subscriber_id", sa.Text, nullable=False),
    sa.Column("predecessor_serial", sa.BigInteger, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False),  # of the first certificate of the line: where the person is known
    sa.Column("years", sa.SmallInteger, nullable=False),
    sa.Column("not_after", UtcSeconds, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", UtcSeconds, nullable=False),
    sa.Column("expires_at", UtcSeconds, nullable=False),
    sa.Column("proven_at", UtcSeconds),
    sa.Column("signed_request_der", sa.LargeBinary),  # CMS SignedData, kept as evidence
    sa.CheckConstraint("(state = 'proven') = (signed_request_der IS NOT NULL)", name="proven_by_signature"),
)
