"""Stored CRLs and what goes into them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from heapq import merge
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.tables.delegates import delegate
from dojang.adapters.store.tables.issuance import certificate
from dojang.adapters.store.tables.revocation import standing
from dojang.adapters.store.tables.status import partitioning, revocation_list, revocation_list_chunk
from dojang.adapters.store.types import UtcSeconds
from dojang.lifecycle.revocation.model import CertificateState
from dojang.lifecycle.status.model import Crl, CrlState, ListKind, ListScope
from dojang.pki.certificate import Serial
from dojang.pki.crl import ReasonCode, RevokedEntry

_LOCK = 0x444F4A43524C  # any number that nothing else in this database locks
_ROWS_AT_ONCE = 5000
_ADD_PARTITIONING = InsertUnlessThere.into(partitioning)


class SqlCrls:
    """Implements `lifecycle.status.ports.CrlRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def lock_sequence(self) -> None:
        """See the port. SQLite's writing transactions exclude each other already."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))

    def find_latest(self, scope: ListScope, kind: ListKind) -> Crl | None:
        """See the port."""
        return self._one(_of(scope, kind, CrlState.ISSUED).order_by(revocation_list.c.number.desc()), scope)

    def find_unfinished(self, scope: ListScope, kind: ListKind) -> Crl | None:
        """See the port."""
        return self._one(_of(scope, kind, CrlState.PREPARED), scope)

    def find_crl(self, scope: ListScope, kind: ListKind, number: int) -> Crl | None:
        """See the port."""
        return self._one(_of(scope, kind, CrlState.ISSUED).where(revocation_list.c.number == number), scope)

    def find_oldest_valid(self, scope: ListScope, now: datetime) -> Crl | None:
        """See the port."""
        valid = revocation_list.c.next_update > sa.literal(now, UtcSeconds)
        query = _of(scope, ListKind.COMPLETE, CrlState.ISSUED).where(valid)
        return self._one(query.order_by(revocation_list.c.number), scope)

    def last_number(self, scope: ListScope) -> int:
        """See the port."""
        query = sa.select(sa.func.max(revocation_list.c.number)).where(revocation_list.c.scope == scope.name)
        return int(self._connection.execute(query).scalar_one() or 0)

    def stream_revoked(self, scope: ListScope, not_after_from: datetime | None) -> Iterator[RevokedEntry]:
        """See the port."""
        query = self._entries(scope).where(standing.c.state != CertificateState.GOOD.value)
        if not_after_from is not None:
            query = query.where(standing.c.not_after >= sa.literal(not_after_from, UtcSeconds))
        yield from self._with_delegates(self._stream(query), scope, not_after_from, None)

    def stream_changes(self, scope: ListScope, changed_from: datetime) -> Iterator[RevokedEntry]:
        """See the port."""
        entries = self._stream(
            self._entries(scope).where(
                standing.c.since >= sa.literal(changed_from, UtcSeconds),
                standing.c.not_after >= sa.literal(changed_from, UtcSeconds),
            )
        )
        yield from self._with_delegates(entries, scope, changed_from, changed_from)

    def add_prepared(self, new: Crl) -> None:
        """See the port."""
        self._connection.execute(revocation_list.insert().values(**_row(new)))

    def take_over(self, unfinished: Crl, content_id: str) -> None:
        """See the port."""
        self._connection.execute(
            revocation_list.update()
            .where(revocation_list.c.content_id == unfinished.content_id)
            .values(content_id=content_id)
        )

    def add_chunk(self, content_id: str, position: int, content: bytes) -> None:
        """See the port."""
        self._connection.execute(
            revocation_list_chunk.insert().values(content_id=content_id, position=position, content=content)
        )

    def complete(self, done: Crl) -> bool:
        """See the port."""
        changed = self._connection.execute(
            revocation_list.update()
            .where(revocation_list.c.content_id == done.content_id, revocation_list.c.state == CrlState.PREPARED.value)
            .values(**_row(done))
        )
        return changed.rowcount == 1

    def find_chunk(self, content_id: str, position: int) -> bytes | None:
        """See the port."""
        query = sa.select(revocation_list_chunk.c.content).where(
            revocation_list_chunk.c.content_id == content_id, revocation_list_chunk.c.position == position
        )
        found: bytes | None = self._connection.execute(query).scalar_one_or_none()
        return found

    def drop_old(self, issued_before: datetime) -> None:
        """See the port. Octets of a list that is being made right now belong to a prepared row and stay."""
        later = revocation_list.alias("later")
        superseded = sa.exists().where(
            later.c.scope == revocation_list.c.scope,
            later.c.kind == revocation_list.c.kind,
            later.c.number > revocation_list.c.number,
            later.c.state == CrlState.ISSUED.value,
        )
        self._connection.execute(
            revocation_list.delete().where(
                revocation_list.c.this_update < sa.literal(issued_before, UtcSeconds), superseded
            )
        )
        kept = sa.select(revocation_list.c.content_id)
        self._connection.execute(revocation_list_chunk.delete().where(revocation_list_chunk.c.content_id.not_in(kept)))

    def list_partitionings(self) -> tuple[int, ...]:
        """See the port."""
        return tuple(self._connection.execute(sa.select(partitioning.c.partitions)).scalars())

    def add_partitioning(self, partitions: int) -> None:
        """See the port."""
        _ADD_PARTITIONING.run(self._connection, {"partitions": partitions})

    def _entries(self, scope: ListScope) -> sa.Select[Any]:
        query = (
            sa.select(
                certificate.c.serial,
                sa.type_coerce(standing.c.since, sa.BigInteger).label("since_s"),
                standing.c.state,
                standing.c.reason,
            )
            .join(standing, standing.c.issuance_id == certificate.c.issuance_id)
            .order_by(certificate.c.serial)
        )
        if scope.partition is None:
            return query
        # A certificate belongs to the list it names, whatever the number of partitions has become since.
        named = [certificate.c.serial % count == scope.partition for count in self.list_partitionings()]
        return query.where(sa.or_(sa.false(), *named))

    def _stream(self, query: sa.Select[Any]) -> Iterator[RevokedEntry]:
        rows = self._connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
        for some in rows.partitions(_ROWS_AT_ONCE):
            for serial, since_s, state, reason in some:
                yield RevokedEntry(serial=Serial(serial), revoked_at=_moment(since_s), reason=reason_of(state, reason))

    def _with_delegates(
        self,
        entries: Iterator[RevokedEntry],
        scope: ListScope,
        not_after_from: datetime | None,
        changed_from: datetime | None,
    ) -> Iterator[RevokedEntry]:
        """Revoked delegates in between, by serial number. They name the list of all, and are few."""
        query = sa.select(delegate).where(delegate.c.revoked_at.is_not(None)).order_by(delegate.c.serial)
        for column, since in ((delegate.c.not_after, not_after_from), (delegate.c.revoked_at, changed_from)):
            if since is not None:
                query = query.where(column >= sa.literal(since, UtcSeconds))
        ended = [] if scope.partition is not None else self._connection.execute(query).all()
        if not ended:
            return entries
        delegates = [
            RevokedEntry(serial=Serial(row.serial), revoked_at=row.revoked_at, reason=ReasonCode(row.reason))
            for row in ended
        ]
        return merge(entries, delegates, key=attrgetter("serial"))

    def _one(self, query: sa.Select[Any], scope: ListScope) -> Crl | None:
        row = self._connection.execute(query.limit(1)).one_or_none()
        if row is None:
            return None
        values = row._asdict()
        return Crl(**values | {"scope": scope, "kind": ListKind(values["kind"]), "state": CrlState(values["state"])})


@lru_cache(maxsize=65536)
def _moment(since_s: int) -> datetime:
    """Many of a long list ended in the same second, or are listed again and again."""
    return datetime.fromtimestamp(since_s, UTC)


@lru_cache(maxsize=64)
def reason_of(state: str, reason: str | None) -> ReasonCode:
    """Return what a list says of a standing."""
    if state == CertificateState.GOOD.value:
        return ReasonCode.REMOVE_FROM_CRL
    if state == CertificateState.HELD.value:
        return ReasonCode.CERTIFICATE_HOLD
    return ReasonCode(reason or ReasonCode.UNSPECIFIED)


def _of(scope: ListScope, kind: ListKind, state: CrlState) -> sa.Select[Any]:
    return sa.select(revocation_list).where(
        revocation_list.c.scope == scope.name,
        revocation_list.c.kind == kind.value,
        revocation_list.c.state == state.value,
    )


def _row(crl: Crl) -> dict[str, object]:
    return {
        "scope": crl.scope.name,
        "kind": crl.kind.value,
        "number": crl.number,
        "base_number": crl.base_number,
        "state": crl.state.value,
        "this_update": crl.this_update,
        "next_update": crl.next_update,
        "entry_count": crl.entry_count,
        "size_bytes": crl.size_bytes,
        "content_digest": crl.content_digest,
        "content_id": crl.content_id,
    }
