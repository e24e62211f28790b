"""Stored deliveries and succession statements."""

from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.issuance import certificate_set
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.delivery import delivery, succession
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.revocation import standing
from dojang.lifecycle.delivery.model import Delivery, DeliveryState, SignedSuccession
from dojang.lifecycle.issuance.model import CertificateSet

_ADD_SUCCESSION = InsertUnlessThere.into(succession)
_ADD_DELIVERY = InsertUnlessThere.into(delivery)


class SqlIssuedSets:
    """Implements `lifecycle.delivery.ports.IssuedSets` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_certificate_set(self, application_id: str) -> CertificateSet | None:
        """See the port. Locks the issuance, so that one delivery changes at a time."""
        query = sa.select(issuance).where(
            issuance.c.application_id == application_id, issuance.c.state.in_(["issued", "abandoned"])
        )
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return None if row is None else certificate_set(self._connection, row)

    def lock_state(self, serial: int) -> str:
        """See the port. The issuance row is what is locked, as revocation locks it."""
        owner = sa.select(certificate.c.issuance_id).where(certificate.c.serial == serial).scalar_subquery()
        query = sa.select(issuance.c.id).where(issuance.c.id == owner)
        issuance_id = self._connection.execute(for_update(query, self._connection)).scalar_one()
        state = sa.select(standing.c.state).where(standing.c.issuance_id == issuance_id)
        return self._connection.execute(state).scalar_one_or_none() or "good"


class SqlDeliveries:
    """Implements `lifecycle.delivery.ports.DeliveryRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_delivery(self, application_id: str) -> Delivery | None:
        """See the port."""
        query = sa.select(delivery).where(delivery.c.application_id == application_id)
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return None if row is None else _delivery(row)

    def save_delivery(self, changed: Delivery) -> None:
        """See the port."""
        row = _row(changed)
        if not _ADD_DELIVERY.run(self._connection, row):
            self._connection.execute(
                delivery.update().where(delivery.c.issuance_id == changed.issuance_id).values(**row)
            )

    def find_succession(self, serial: int) -> SignedSuccession | None:
        """See the port. Of several successors of one predecessor the latest signed is returned."""
        of_serial = sa.or_(succession.c.successor_serial == serial, succession.c.predecessor_serial == serial)
        as_successor_first = sa.case((succession.c.successor_serial == serial, 0), else_=1)
        query = sa.select(succession).where(of_serial).order_by(as_successor_first, succession.c.signed_at.desc())
        row = self._connection.execute(query.limit(1)).one_or_none()
        return None if row is None else SignedSuccession(**row._asdict())

    def find_successor(self, serial: int) -> int | None:
        """Implements `lifecycle.reliance.known_certificates.ports.SuccessionView`."""
        query = sa.select(succession.c.successor_serial).where(succession.c.predecessor_serial == serial)
        latest = query.order_by(succession.c.signed_at.desc()).limit(1)
        found: int | None = self._connection.execute(latest).scalar_one_or_none()
        return found

    def add_succession(self, new: SignedSuccession) -> bool:
        """See the port."""
        row: dict[str, object] = {
            "successor_serial": new.successor_serial,
            "predecessor_serial": new.predecessor_serial,
            "signed_at": new.signed_at,
            "statement_der": new.statement_der,
        }
        return _ADD_SUCCESSION.run(self._connection, row) == 1


def _delivery(row: sa.Row[Any]) -> Delivery:
    values = row._asdict()
    return Delivery(**values | {"state": DeliveryState(values["state"])})


def _row(stored: Delivery) -> dict[str, object]:
    return {
        "issuance_id": stored.issuance_id,
        "application_id": stored.application_id,
        "signing_serial": stored.signing_serial,
        "predecessor_serial": stored.predecessor_serial,
        "state": stored.state.value,
        "downloaded_at": stored.downloaded_at,
        "ended_at": stored.ended_at,
        "statement": stored.statement,
        "signature": stored.signature,
    }
