"""Stored renewals, and the certificates they succeed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.delivery import delivery
from dojang.adapters.store.tables.identity_proofing import verified_identity
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.renewal import renewal
from dojang.adapters.store.tables.revocation import standing
from dojang.lifecycle.issuance.model import ProvenRenewal
from dojang.lifecycle.renewal import rules
from dojang.lifecycle.renewal.model import Predecessor, Renewal, RenewalNotFound, RenewalState


class SqlRenewals:
    """Implements `lifecycle.renewal.ports.RenewalRepository` on one connection, and issuance's `ProvenRenewals`."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_predecessor(self, serial: int) -> Predecessor | None:
        """See the port. The issuance row is what is locked, as revocation locks it."""
        query = (
            sa.select(
                issuance.c.id,
                issuance.c.subscriber_id,
                issuance.c.person_key,
                issuance.c.application_id,
                certificate.c.serial,
                certificate.c.not_after,
                certificate.c.certificate_der,
            )
            .join(certificate, certificate.c.issuance_id == issuance.c.id)
            .where(
                certificate.c.serial == serial,
                certificate.c.kind == "signing",
                certificate.c.certificate_der.is_not(None),
            )
        )
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        if row is None:
            return None
        return Predecessor(
            serial=row.serial,
            subscriber_id=row.subscriber_id,
            person_key=row.person_key,
            case_id=self._find_case_id(row.application_id),
            not_after=row.not_after,
            state=self._state_of(row.id),
            succeeded=self._is_succeeded(serial),
            certificate_der=row.certificate_der,
        )

    def find_renewal(self, application_id: str) -> Renewal | None:
        """See the port."""
        query = sa.select(renewal).where(renewal.c.application_id == application_id)
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return None if row is None else _renewal(row)

    def add(self, new: Renewal) -> None:
        """See the port."""
        self._connection.execute(renewal.insert().values(**_row(new)))

    def update(self, changed: Renewal) -> None:
        """See the port."""
        statement = renewal.update().where(renewal.c.application_id == changed.application_id)
        self._connection.execute(statement.values(**_row(changed)))

    def get_proven_renewal(self, application_id: str, now: datetime) -> ProvenRenewal:
        """See the port. Raises `RenewalNotFound` and what `renewal.rules.affirm` raises."""
        found = self.find_renewal(application_id)
        if found is None:
            raise RenewalNotFound()
        return rules.affirm(found, self.find_predecessor(found.predecessor_serial), now)

    def _find_case_id(self, application_id: str) -> str | None:
        """Return the case behind the certificate: its own application's, or that of the renewal it came from."""
        proofed = sa.select(verified_identity.c.case_id).where(verified_identity.c.application_id == application_id)
        renewed = sa.select(renewal.c.case_id).where(renewal.c.application_id == application_id)
        return self._connection.execute(proofed.union_all(renewed).limit(1)).scalar_one_or_none()

    def _state_of(self, issuance_id: str) -> str:
        query = sa.select(standing.c.state).where(standing.c.issuance_id == issuance_id)
        return self._connection.execute(query).scalar_one_or_none() or "good"

    def _is_succeeded(self, serial: int) -> bool:
        query = sa.select(sa.literal(1)).where(delivery.c.predecessor_serial == serial, delivery.c.state == "accepted")
        return self._connection.execute(query.limit(1)).first() is not None


def _renewal(row: sa.Row[Any]) -> Renewal:
    values = row._asdict()
    return Renewal(**values | {"state": RenewalState(values["state"])})


def _row(stored: Renewal) -> dict[str, object]:
    return {
        "application_id": stored.application_id,
        "subscriber_id": stored.subscriber_id,
        "predecessor_serial": stored.predecessor_serial,
        "case_id": stored.case_id,
        "years": stored.years,
        "not_after": stored.not_after,
        "state": stored.state.value,
        "opened_at": stored.opened_at,
        "expires_at": stored.expires_at,
        "proven_at": stored.proven_at,
        "signed_request_der": stored.signed_request_der,
    }
