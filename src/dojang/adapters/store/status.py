"""Stored CRLs, what goes into them, and what is known of a serial number."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.prepared import Prepared
from dojang.adapters.store.tables.delegates import delegate
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.revocation import standing
from dojang.adapters.store.tables.status import crl
from dojang.adapters.store.types import UtcSeconds
from dojang.lifecycle.revocation.model import CertificateState
from dojang.lifecycle.status.model import CertificateStatus, Crl, CrlState, SerialStanding
from dojang.pki.certificate import Serial
from dojang.pki.crl import ReasonCode, RevokedEntry

_STANDING = Prepared(
    sa.select(standing.c.state, standing.c.since, standing.c.reason)
    .select_from(certificate.outerjoin(standing, standing.c.issuance_id == certificate.c.issuance_id))
    .where(certificate.c.serial == sa.bindparam("wanted"), certificate.c.certificate_der.is_not(None))
)
_DELEGATE = Prepared(
    sa.select(delegate.c.serial).where(
        delegate.c.serial == sa.bindparam("wanted"), delegate.c.certificate_der.is_not(None)
    )
)
_CRL_LOCK = 0x444F4A43524C  # any number that nothing else in this database locks


class SqlCrls:
    """Implements `lifecycle.status.ports.CrlRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def lock_sequence(self) -> None:
        """See the port. SQLite's writing transactions exclude each other already."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CRL_LOCK)))

    def find_latest(self) -> Crl | None:
        """See the port."""
        query = sa.select(crl).order_by(crl.c.number.desc()).limit(1)
        return _found(self._connection.execute(for_update(query, self._connection)).one_or_none())

    def find_crl(self, number: int | None) -> Crl | None:
        """See the port."""
        query = sa.select(crl).where(crl.c.state == CrlState.ISSUED.value)
        if number is not None:
            query = query.where(crl.c.number == number)
        return _found(self._connection.execute(query.order_by(crl.c.number.desc()).limit(1)).one_or_none())

    def list_revoked(self, not_after_from: datetime | None) -> tuple[RevokedEntry, ...]:
        """See the port."""
        query = (
            sa.select(certificate.c.serial, standing.c.since, standing.c.state, standing.c.reason)
            .join(standing, standing.c.issuance_id == certificate.c.issuance_id)
            .where(standing.c.state != CertificateState.GOOD.value)
            .order_by(certificate.c.serial)
        )
        if not_after_from is not None:
            query = query.where(standing.c.not_after >= sa.literal(not_after_from, UtcSeconds))
        return tuple(
            RevokedEntry(serial=Serial(row.serial), revoked_at=row.since, reason=_reason(row.state, row.reason))
            for row in self._connection.execute(query)
        )

    def add_prepared(self, new: Crl) -> None:
        """See the port."""
        self._connection.execute(
            crl.insert().values(
                number=new.number,
                state=new.state.value,
                this_update=new.this_update,
                next_update=new.next_update,
                entry_count=new.entry_count,
                content_digest=new.content_digest,
                tbs_der=new.tbs_der,
                crl_der=new.crl_der,
            )
        )

    def complete(self, number: int, crl_der: bytes) -> bool:
        """See the port."""
        done = self._connection.execute(
            crl.update()
            .where(crl.c.number == number, crl.c.state == CrlState.PREPARED.value)
            .values(state=CrlState.ISSUED.value, crl_der=crl_der)
        )
        return done.rowcount == 1


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
            reason=None if good else _reason(state, row.reason).value,
        )

    def find_standing(self, serial: int) -> SerialStanding | None:
        """See the port."""
        row = _STANDING.find(self._connection, wanted=serial)
        if row is None:
            return SerialStanding() if _DELEGATE.find(self._connection, wanted=serial) else None
        if row.state is None:
            return SerialStanding()
        state = CertificateState(row.state)
        reason = None if state is CertificateState.GOOD else _reason(state, row.reason)
        return SerialStanding(state=state, since=row.since, reason=reason)


def _reason(state: str, reason: str | None) -> ReasonCode:
    if state == CertificateState.HELD.value:
        return ReasonCode.CERTIFICATE_HOLD
    return ReasonCode(reason or ReasonCode.UNSPECIFIED)


def _found(row: sa.Row[Any] | None) -> Crl | None:
    if row is None:
        return None
    values = row._asdict()
    return Crl(**values | {"state": CrlState(values["state"])})
