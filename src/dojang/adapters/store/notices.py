"""Stored notices and deliveries, and ends of certificates as notices see them."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.issuance import certificate
from dojang.adapters.store.tables.notices import notice, notice_delivery
from dojang.adapters.store.types import UtcSeconds
from dojang.controls.notices.model import Delivery, DeliveryState, Notice
from dojang.kernel.notice import Channel

_LARGEST_SERIAL = 2**63 - 1


class SqlNotices:
    """Implements `controls.notices.ports.NoticeRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_notice(self, notice_id: str) -> Notice | None:
        """See the port."""
        query = for_update(sa.select(notice).where(notice.c.id == notice_id), self._connection)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _notice(row)

    def add_notice(self, new: Notice, deliveries: Iterable[Delivery]) -> None:
        """See the port."""
        self._connection.execute(
            notice.insert().values(
                id=new.id,
                subscriber_id=new.subscriber_id,
                template=new.template,
                reference=new.reference,
                params=json.dumps(dict(new.params), ensure_ascii=False),
                language=new.language,
                made_at=new.made_at,
                read_at=new.read_at,
            )
        )
        rows = [_delivery_row(one) for one in deliveries]
        if rows:
            self._connection.execute(notice_delivery.insert(), rows)

    def list_notices(
        self, subscriber_id: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> tuple[Notice, ...]:
        """See the port."""
        query = sa.select(notice).where(notice.c.subscriber_id == subscriber_id)
        if before is not None:
            made_at, notice_id = before
            earlier = sa.literal(made_at, UtcSeconds)
            query = query.where(
                sa.or_(notice.c.made_at < earlier, sa.and_(notice.c.made_at == earlier, notice.c.id < notice_id))
            )
        query = query.order_by(notice.c.made_at.desc(), notice.c.id.desc()).limit(limit)
        return tuple(_notice(row) for row in self._connection.execute(query))

    def count_unread(self, subscriber_id: str) -> int:
        """See the port."""
        query = sa.select(sa.func.count()).where(notice.c.subscriber_id == subscriber_id, notice.c.read_at.is_(None))
        return self._connection.execute(query).scalar_one()

    def mark_read(self, subscriber_id: str, notice_ids: Iterable[str], now: datetime) -> int:
        """See the port."""
        return self._connection.execute(
            notice.update()
            .where(
                notice.c.subscriber_id == subscriber_id, notice.c.id.in_(list(notice_ids)), notice.c.read_at.is_(None)
            )
            .values(read_at=now)
        ).rowcount

    def list_deliveries(self, notice_id: str) -> tuple[Delivery, ...]:
        """See the port."""
        query = (
            sa.select(notice_delivery)
            .where(notice_delivery.c.notice_id == notice_id)
            .order_by(notice_delivery.c.group, notice_delivery.c.position)
        )
        return tuple(_delivery(row) for row in self._connection.execute(for_update(query, self._connection)))

    def update_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        """See the port."""
        for one in deliveries:
            self._connection.execute(
                notice_delivery.update()
                .where(notice_delivery.c.id == one.id)
                .values(state=one.state.value, changed_at=one.changed_at)
            )

    def find_delivery_to_unsubscribe(self, digest: str) -> Delivery | None:
        """See the port."""
        query = sa.select(notice_delivery).where(notice_delivery.c.unsubscribe_digest == digest)
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return None if row is None else _delivery(row)

    def spend_unsubscribe(self, delivery_id: str) -> None:
        """See the port."""
        self._connection.execute(
            notice_delivery.update().where(notice_delivery.c.id == delivery_id).values(unsubscribe_digest=None)
        )


class SqlCertificateEnds:
    """Implements `controls.notices.ports.CertificateEnds` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_not_after(self, serial: int) -> datetime | None:
        """See the port."""
        if serial > _LARGEST_SERIAL:
            return None
        query = sa.select(certificate.c.not_after).where(certificate.c.serial == serial)
        return self._connection.execute(query).scalar_one_or_none()


def _notice(row: Any) -> Notice:
    values = row._asdict()
    return Notice(**values | {"params": json.loads(values["params"])})


def _delivery(row: Any) -> Delivery:
    values = row._asdict()
    return Delivery(**values | {"channel": Channel(values["channel"]), "state": DeliveryState(values["state"])})


def _delivery_row(stored: Delivery) -> dict[str, Any]:
    return {
        "id": stored.id,
        "notice_id": stored.notice_id,
        "group": stored.group,
        "position": stored.position,
        "channel": stored.channel.value,
        "contact": stored.contact,
        "state": stored.state.value,
        "changed_at": stored.changed_at,
        "unsubscribe_digest": stored.unsubscribe_digest,
    }
