"""Certificates in the order they end, along their index, and how far the expiry schedule got."""

from datetime import datetime

import sqlalchemy as sa

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.delivery import delivery
from dojang.adapters.store.tables.issuance import SIGNING, certificate, issuance
from dojang.adapters.store.tables.notices import expiry_cursor
from dojang.adapters.store.tables.revocation import standing
from dojang.adapters.store.types import UtcSeconds
from dojang.controls.notices.expiry import Cursor, Ending

_SUCCESSOR = delivery.alias("successor")
_EXPIRY_LOCK = 0x444F4A454E44  # any number that nothing else in this database locks


class SqlExpirySchedule:
    """Implements `controls.notices.expiry.ExpirySchedule` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_cursor(self, days_before: int) -> Cursor | None:
        """See the port. The lock holds before there is a row, too; SQLite's writers exclude each other already."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_EXPIRY_LOCK)))
        query = sa.select(expiry_cursor).where(expiry_cursor.c.days_before == days_before)
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return None if row is None else Cursor(not_after=row.not_after, serial=row.serial)

    def put_cursor(self, days_before: int, cursor: Cursor) -> None:
        """See the port."""
        values = {"not_after": cursor.not_after, "serial": cursor.serial}
        done = self._connection.execute(
            expiry_cursor.update().where(expiry_cursor.c.days_before == days_before).values(**values)
        )
        if not done.rowcount:
            self._connection.execute(expiry_cursor.insert().values(days_before=days_before, **values))

    def list_endings(self, after: Cursor, until: datetime, limit: int) -> tuple[Ending, ...]:
        """See the port."""
        begin, end = sa.literal(after.not_after, UtcSeconds), sa.literal(until, UtcSeconds)
        # Row values: both databases walk the index from the very place instead of filtering what lies before it.
        page = (
            sa.select(certificate.c.serial, certificate.c.not_after, certificate.c.issuance_id)
            .where(
                sa.text(SIGNING),
                sa.tuple_(certificate.c.not_after, certificate.c.serial) > sa.tuple_(begin, sa.literal(after.serial)),
                certificate.c.not_after <= end,
            )
            .order_by(certificate.c.not_after, certificate.c.serial)
            .limit(limit)
            .subquery("page")
        )
        succeeded = sa.exists().where(
            _SUCCESSOR.c.predecessor_serial == page.c.serial, _SUCCESSOR.c.state == "accepted"
        )
        query = (
            sa.select(
                page.c.serial,
                page.c.not_after,
                issuance.c.subscriber_id,
                sa.func.coalesce(standing.c.state, "good").label("state"),
                issuance.c.state.label("issued"),
                succeeded.label("succeeded"),
            )
            .join(issuance, issuance.c.id == page.c.issuance_id)
            .outerjoin(standing, standing.c.issuance_id == page.c.issuance_id)
            .order_by(page.c.not_after, page.c.serial)
        )
        return tuple(
            Ending(
                serial=row.serial,
                subscriber_id=row.subscriber_id,
                not_after=row.not_after,
                is_live=row.state == "good" and row.issued == "issued" and not row.succeeded,
            )
            for row in self._connection.execute(query)
        )
