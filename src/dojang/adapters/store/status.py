"""What is known of a serial number."""

from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.lists import reason_of
from dojang.adapters.store.prepared import Prepared
from dojang.adapters.store.status_change import read_number
from dojang.adapters.store.tables.delegates import delegate
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.revocation import standing
from dojang.lifecycle.revocation.model import CertificateState
from dojang.lifecycle.status.model import CertificateStatus, SerialStanding
from dojang.pki.crl import ReasonCode

_STANDING = Prepared(
    sa.select(standing.c.state, standing.c.since, standing.c.reason)
    .select_from(certificate.outerjoin(standing, standing.c.issuance_id == certificate.c.issuance_id))
    .where(certificate.c.serial == sa.bindparam("wanted"), certificate.c.certificate_der.is_not(None))
)
_DELEGATE = Prepared(
    sa.select(delegate.c.revoked_at, delegate.c.reason).where(
        delegate.c.serial == sa.bindparam("wanted"), delegate.c.certificate_der.is_not(None)
    )
)


class SqlStatuses:
    """Implements `lifecycle.status.ports.StatusRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_status(self, serial: int) -> CertificateStatus | None:
        """See the port."""
        query = (
            sa.select(
                certificate.c.serial,
                certificate.c.kind,
                certificate.c.not_before,
                certificate.c.not_after,
                issuance.c.subscriber_id,
                standing.c.state,
                standing.c.since,
                standing.c.reason,
            )
            .join(issuance, issuance.c.id == certificate.c.issuance_id)
            .outerjoin(standing, standing.c.issuance_id == certificate.c.issuance_id)
            .where(certificate.c.serial == serial, certificate.c.certificate_der.is_not(None))
        )
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        state = CertificateState(row.state) if row.state else CertificateState.GOOD
        good = state is CertificateState.GOOD
        return CertificateStatus(
            serial=row.serial,
            kind=row.kind,
            subscriber_id=row.subscriber_id,
            not_before=row.not_before,
            not_after=row.not_after,
            state=state,
            since=None if good else row.since,
            reason=None if good else reason_of(state, row.reason).value,
        )

    def last_change(self) -> int:
        """See the port."""
        return read_number(self._connection)

    def find_standing(self, serial: int) -> SerialStanding | None:
        """See the port."""
        row = _STANDING.find(self._connection, wanted=serial)
        if row is None:
            return _of_delegate(_DELEGATE.find(self._connection, wanted=serial))
        if row.state is None:
            return SerialStanding()
        state = CertificateState(row.state)
        reason = None if state is CertificateState.GOOD else reason_of(state, row.reason)
        return SerialStanding(state=state, since=row.since, reason=reason)


def _of_delegate(row: Any | None) -> SerialStanding | None:
    if row is None:
        return None
    if row.revoked_at is None:
        return SerialStanding()
    return SerialStanding(state=CertificateState.REVOKED, since=row.revoked_at, reason=ReasonCode(row.reason))
