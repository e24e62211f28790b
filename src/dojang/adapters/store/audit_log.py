"""The audit log in the database: append inside the caller's transaction, read, prove, keep signed heads.

Appending costs one row per entry and one update of the head row per call. A leaf row also keeps the hashes of the
complete subtrees that end with it (two on average), so every node of the tree is one primary-key read and a proof takes
O(log n) of them. Sources: RFC 9162 section 2.1; `dojang.controls.audit_log` holds the rules.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dojang.adapters.store.engine import Database
from dojang.adapters.store.prepared import Prepared
from dojang.adapters.store.tables.audit import audit_head, audit_leaf, audit_signed_head
from dojang.controls.audit_log.checkpoint import SignedTreeHead
from dojang.controls.audit_log.findings import AuditLogUnwritable, NoSuchAuditEntry
from dojang.controls.audit_log.leaf import Leaf, leaf_of
from dojang.controls.audit_log.ports import StoredHead, StoredLeaf
from dojang.controls.audit_log.tree import (
    HASH_LENGTH,
    Frontier,
    hash_leaf,
    parse_frontier,
    prove_consistency,
    prove_inclusion,
    read_root,
)
from dojang.kernel.audit import AuditEntry

_BATCH = 1000
_HEAD = sa.select(audit_head.c.size, audit_head.c.frontier).where(audit_head.c.id == 1)
_HEAD_READ = Prepared(_HEAD)
# The row lock, held until the caller's commit, is what puts the leaves of concurrent transactions in one sequence.
_HEAD_LOCKED = Prepared(_HEAD.with_for_update())
_INSERT = Prepared(sa.insert(audit_leaf))
_ADVANCE = Prepared(
    sa.update(audit_head)
    .where(audit_head.c.id == 1, audit_head.c.size == sa.bindparam("old_size"))
    .values(size=sa.bindparam("new_size"), frontier=sa.bindparam("new_frontier"))
)
_SUBTREES = sa.select(audit_leaf.c.subtrees).where(audit_leaf.c.position == sa.bindparam("at_position"))


def append(connection: sa.Connection, entries: Sequence[AuditEntry]) -> int:
    """Append entries, in this order, as the last act of the caller's transaction; return the log's new size.

    They exist when the caller commits and not otherwise. On PostgreSQL other appenders wait from here to that commit:
    do everything else before. Raises `AuditLogUnwritable` when the head is gone or damaged, `ValueError` for an entry
    that has no canonical encoding; the caller must then roll back.
    """
    frontier = _read_frontier(connection, _HEAD_LOCKED)
    if not entries:
        return frontier.size
    old_size = frontier.size
    rows = []
    for entry in entries:
        leaf = leaf_of(entry)
        position = frontier.size
        frontier, subtrees = frontier.append(hash_leaf(leaf.encode()))
        rows.append(_row(position, leaf, subtrees))
    _INSERT.run(connection, *rows)
    head = {"old_size": old_size, "new_size": frontier.size, "new_frontier": frontier.pack()}
    if _ADVANCE.run(connection, head) != 1:
        raise AuditLogUnwritable()
    return frontier.size


def _row(position: int, leaf: Leaf, subtrees: Sequence[bytes]) -> dict[str, object]:
    return {
        "position": position,
        "at": leaf.at,
        "tag": leaf.tag,
        "actor": leaf.actor,
        "subject": leaf.subject,
        "data": leaf.data,
        "subtrees": b"".join(subtrees),
    }


def _read_frontier(connection: sa.Connection, query: Prepared) -> Frontier:
    row = query.find(connection)
    if row is None:
        raise AuditLogUnwritable()
    try:
        return parse_frontier(row.size, row.frontier)
    except ValueError:
        raise AuditLogUnwritable() from None


@dataclass(frozen=True, slots=True)
class AuditLogView:
    """Reads the log within one transaction (`Database.reading`): entries, proofs, and the raw rows for verification."""

    connection: sa.Connection

    def find_head(self) -> StoredHead | None:
        """Return the head row as it stands, None when it is gone."""
        row = _HEAD_READ.find(self.connection)
        return None if row is None else StoredHead(size=row.size, frontier=row.frontier)

    def leaves(self, first: int = 0) -> Iterator[StoredLeaf]:
        """Yield leaves from position `first` on, by ascending position, a thousand in memory at a time."""
        following = first
        while True:
            query = sa.select(audit_leaf).where(audit_leaf.c.position >= following).order_by(audit_leaf.c.position)
            batch = self.connection.execute(query.limit(_BATCH)).all()
            yield from map(_stored_leaf, batch)
            if len(batch) < _BATCH:
                return
            following = batch[-1].position + 1

    def notes(self) -> Iterator[bytes]:
        """Yield all signed heads by ascending size, as stored."""
        query = sa.select(audit_signed_head.c.note).order_by(audit_signed_head.c.size)
        for note in self.connection.execute(query).yield_per(_BATCH).scalars():
            yield note.encode("utf-8", "surrogateescape")

    def find_note(self, *, after: int, near: int | None) -> bytes | None:
        """Return a signed head over more than `after` entries (see `controls.audit_log.ports.RangeReader`)."""
        size = audit_signed_head.c.size
        beyond = sa.select(audit_signed_head.c.note).where(size > after)
        newest = beyond.order_by(size.desc()).limit(1)
        queries = [newest] if near is None else [newest.where(size <= near), beyond.order_by(size).limit(1)]
        for query in queries:
            note = self.connection.execute(query).scalar_one_or_none()
            if note is not None:
                return str(note).encode("utf-8", "surrogateescape")
        return None

    def size(self) -> int:
        """Return how many entries the log has. Raises `AuditLogUnwritable` when the head is gone or damaged."""
        return _read_frontier(self.connection, _HEAD_READ).size

    def get_entry(self, position: int) -> AuditEntry:
        """Return one entry. Raises `NoSuchAuditEntry`."""
        for stored in itertools.islice(self.leaves(position), 1):
            if stored.position == position:
                return stored.leaf.to_entry()
        raise NoSuchAuditEntry(position=position)

    def list_entries(self, *subjects: str, newest: int | None = None) -> tuple[tuple[int, AuditEntry], ...]:
        """Return positions and entries about any of `subjects`, oldest first; only the last `newest` when given."""
        query = sa.select(audit_leaf).where(audit_leaf.c.subject.in_(subjects))
        rows = self.connection.execute(query.order_by(audit_leaf.c.position.desc()).limit(newest)).all()
        stored = map(_stored_leaf, reversed(rows))
        return tuple((one.position, one.leaf.to_entry()) for one in stored)

    def node(self, level: int, index: int) -> bytes:
        """Return the root of a complete subtree (a `NodeReader`). Raises `NoSuchAuditEntry` where there is none."""
        position = ((index + 1) << level) - 1
        subtrees = self.connection.execute(_SUBTREES, {"at_position": position}).scalar_one_or_none()
        found = b"" if subtrees is None else subtrees[level * HASH_LENGTH : (level + 1) * HASH_LENGTH]
        if len(found) != HASH_LENGTH:
            raise NoSuchAuditEntry(position=position)
        return bytes(found)

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` entries. Raises `NoSuchAuditEntry` when there are fewer."""
        return read_root(size, self.node)

    def inclusion_proof(self, position: int, size: int) -> tuple[bytes, ...]:
        """Return the audit path of an entry under the root of `size` entries. Raises `NoSuchAuditEntry`."""
        if not 0 <= position < size <= self.size():
            raise NoSuchAuditEntry(position=position)
        return prove_inclusion(position, size, self.node)

    def consistency_proof(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """Return the proof that `new_size` entries begin with the first `old_size`. Raises `NoSuchAuditEntry`."""
        if not 0 < old_size <= new_size <= self.size():
            raise NoSuchAuditEntry(position=old_size)
        return prove_consistency(old_size, new_size, self.node)


def _stored_leaf(row: sa.Row[tuple[object, ...]]) -> StoredLeaf:
    leaf = Leaf(tag=row.tag, at=row.at, actor=row.actor, subject=row.subject, data=row.data)
    return StoredLeaf(position=row.position, leaf=leaf, subtrees=bytes(row.subtrees))


@dataclass(frozen=True, slots=True)
class AuditHeads:
    """The committed head and the signed ones (`HeadKeeper`), each call in a transaction of its own."""

    database: Database

    def frontier(self) -> Frontier:
        """Return the committed frontier. Raises `AuditLogUnwritable` when the head is gone or damaged."""
        with self.database.reading() as connection:
            return _read_frontier(connection, _HEAD_READ)

    def keep(self, signed: SignedTreeHead) -> None:
        """Store a signed head; one of the same size stays as it is."""
        size = signed.head.size
        kept = sa.select(audit_signed_head.c.size).where(audit_signed_head.c.size == size)
        with self.database.reading() as connection:
            if connection.execute(kept).first() is not None:
                return
        with self.database.writing() as connection:
            insert = _dialect_insert(connection).values(size=size, note=signed.note())
            connection.execute(insert.on_conflict_do_nothing(index_elements=["size"]))


def _dialect_insert(connection: sa.Connection) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(audit_signed_head)
    return postgresql.insert(audit_signed_head)
