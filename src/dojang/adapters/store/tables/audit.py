"""Tables of the audit log: leaves with the subtrees they complete, the head, and signed heads."""

import sqlalchemy as sa

from dojang.adapters.store.tables.metadata import METADATA
from dojang.adapters.store.types import UtcSeconds

audit_leaf = sa.Table(
    "audit_leaf",
    METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),  # from 0, without gaps
    sa.Column("at", UtcSeconds, nullable=False),
    sa.Column("tag", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("data", sa.Text, nullable=False),  # canonical JSON object of strings
    # Hashes of the complete subtrees that end with this leaf, 32 bytes each, the leaf's own hash first.
    sa.Column("subtrees", sa.LargeBinary, nullable=False),
    sa.Index(None, "subject", "position"),
)

audit_head = sa.Table(
    "audit_head",
    METADATA,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),  # always 1: its row lock orders the leaves
    sa.Column("size", sa.BigInteger, nullable=False),
    # Roots of the complete subtrees the log consists of, 32 bytes each, largest (leftmost) first.
    sa.Column("frontier", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("id = 1", name="single_row"),
)

audit_signed_head = sa.Table(
    "audit_signed_head",
    METADATA,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("note", sa.Text, nullable=False),  # the checkpoint as signed: text, blank line, signature line
)
