"""The certificates a subscriber holds, as the application step sees them; and none of it is stored twice."""

from datetime import datetime

import sqlalchemy as sa

from dojang.adapters.store.tables.delivery import delivery
from dojang.adapters.store.tables.identity_proofing import person_binding
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.revocation import standing
from dojang.lifecycle.application.model import HeldCertificate

_SUCCESSOR = delivery.alias("successor")


class SqlHoldings:
    """Implements `lifecycle.application.ports.HoldingLedger` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_held(self, subscriber_id: str) -> tuple[HeldCertificate, ...]:
        """See the port."""
        succeeded = sa.exists().where(
            _SUCCESSOR.c.predecessor_serial == certificate.c.serial, _SUCCESSOR.c.state == "accepted"
        )
        query = (
            sa.select(
                certificate.c.serial,
                certificate.c.not_after,
                sa.func.coalesce(standing.c.state, "good").label("state"),
                succeeded.label("succeeded"),
                standing.c.held_by,
                standing.c.hold_ends_at,
            )
            .join(issuance, issuance.c.id == certificate.c.issuance_id)
            .outerjoin(standing, standing.c.issuance_id == issuance.c.id)
            .where(
                issuance.c.subscriber_id == subscriber_id,
                certificate.c.kind == "signing",
                certificate.c.certificate_der.is_not(None),
            )
            .order_by(issuance.c.issued_at, certificate.c.serial)
        )
        return tuple(
            HeldCertificate(
                serial=row.serial,
                not_after=row.not_after,
                state=row.state,
                succeeded=bool(row.succeeded),
                held_by=row.held_by,
                hold_ends_at=row.hold_ends_at,
            )
            for row in self._connection.execute(query)
        )

    def count_issued_since(self, subscriber_id: str, since: datetime) -> int:
        """See the port."""
        person_key = self._find_person_key(subscriber_id)
        theirs = issuance.c.subscriber_id == subscriber_id
        if person_key is not None:
            theirs = sa.or_(theirs, issuance.c.person_key == person_key)
        query = sa.select(sa.func.count()).where(theirs, issuance.c.issued_at >= since)
        return self._connection.execute(query).scalar_one()

    def count_live_elsewhere(self, subscriber_id: str, now: datetime) -> int:
        """See the port."""
        person_key = self._find_person_key(subscriber_id)
        if person_key is None:
            return 0
        succeeded = sa.exists().where(
            _SUCCESSOR.c.predecessor_serial == certificate.c.serial, _SUCCESSOR.c.state == "accepted"
        )
        query = (
            sa.select(sa.func.count())
            .select_from(certificate)
            .join(issuance, issuance.c.id == certificate.c.issuance_id)
            .outerjoin(standing, standing.c.issuance_id == issuance.c.id)
            .where(
                issuance.c.person_key == person_key,
                issuance.c.subscriber_id != subscriber_id,
                certificate.c.kind == "signing",
                certificate.c.certificate_der.is_not(None),
                certificate.c.not_after >= now,
                sa.func.coalesce(standing.c.state, "good") != "revoked",
                ~succeeded,
            )
        )
        return self._connection.execute(query).scalar_one()

    def _find_person_key(self, subscriber_id: str) -> str | None:
        query = sa.select(person_binding.c.person_key).where(person_binding.c.subscriber_id == subscriber_id)
        return self._connection.execute(query).scalar_one_or_none()
