"""Whom relying parties know, and the certificate sets those people have accepted."""

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.tables.delivery import delivery
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.recipients import acquaintance
from dojang.adapters.store.tables.revocation import standing
from dojang.lifecycle.reliance.acquaintance import Acquaintance, AcquaintanceSource
from dojang.lifecycle.reliance.recipient.model import AcceptedSet

_ADD = InsertUnlessThere.into(acquaintance)


class SqlAcquaintances:
    """Implements `lifecycle.reliance.acquaintance.AcquaintanceRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_acquaintance(self, client_id: str, subscriber_id: str) -> Acquaintance | None:
        """See the port."""
        query = sa.select(acquaintance).where(_pair(client_id, subscriber_id))
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return Acquaintance(**row._asdict() | {"source": AcquaintanceSource(row.source)})

    def remember(self, new: Acquaintance) -> None:
        """See the port."""
        row: dict[str, object] = {
            "client_id": new.client_id,
            "subscriber_id": new.subscriber_id,
            "source": new.source.value,
            "seen_at": new.seen_at,
        }
        if not _ADD.run(self._connection, row):
            theirs = _pair(new.client_id, new.subscriber_id)
            self._connection.execute(acquaintance.update().where(theirs).values(**row))


class SqlAcceptedSets:
    """Implements `lifecycle.reliance.recipient.ports.AcceptedSetView` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_accepted(self, subscriber_id: str) -> list[AcceptedSet]:
        """See the port."""
        signing, key_management = certificate.alias("signing"), certificate.alias("key_management")
        query = (
            sa.select(
                signing.c.serial,
                delivery.c.predecessor_serial,
                sa.func.coalesce(standing.c.state, "good").label("state"),
                key_management.c.not_after,
                key_management.c.certificate_der.label("key_management_der"),
            )
            .select_from(issuance)
            .join(delivery, delivery.c.issuance_id == issuance.c.id)
            .join(signing, signing.c.serial == delivery.c.signing_serial)
            .join(key_management, key_management.c.issuance_id == issuance.c.id)
            .outerjoin(standing, standing.c.issuance_id == issuance.c.id)
            .where(
                issuance.c.subscriber_id == subscriber_id,
                delivery.c.state == "accepted",
                key_management.c.kind == "key_management",
                key_management.c.certificate_der.is_not(None),
            )
            .order_by(issuance.c.issued_at.desc(), signing.c.serial)
        )
        return [AcceptedSet(**row._asdict()) for row in self._connection.execute(query)]


def _pair(client_id: str, subscriber_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(acquaintance.c.client_id == client_id, acquaintance.c.subscriber_id == subscriber_id)
