"""Stored delegates."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.status_change import count_change
from dojang.adapters.store.tables.delegates import delegate
from dojang.adapters.store.tables.issuance import certificate
from dojang.adapters.store.types import UtcSeconds
from dojang.controls.delegates.model import Delegate, DelegateKind, DelegateState
from dojang.pki.crl import ReasonCode

_ADD = InsertUnlessThere.into(delegate)


class SqlDelegates:
    """Implements `controls.delegates.ports.DelegateRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_newest(self, kind: DelegateKind) -> Delegate | None:
        """See the port."""
        query = sa.select(delegate).where(delegate.c.kind == kind.value)
        return self._highest(query)

    def find_in_office(self, kind: DelegateKind, now: datetime) -> Delegate | None:
        """See the port."""
        at = sa.literal(now, UtcSeconds)
        query = sa.select(delegate).where(
            delegate.c.kind == kind.value,
            delegate.c.state == DelegateState.ISSUED.value,
            delegate.c.not_before <= at,
            delegate.c.not_after >= at,
        )
        return self._highest(query)

    def list_ended(self, now: datetime) -> tuple[Delegate, ...]:
        """See the port."""
        query = sa.select(delegate).where(
            sa.or_(delegate.c.not_after < sa.literal(now, UtcSeconds), delegate.c.state == DelegateState.REVOKED.value)
        )
        return tuple(_delegate(row) for row in self._connection.execute(query))

    def find(self, label: str) -> Delegate | None:
        """See the port."""
        query = for_update(sa.select(delegate).where(delegate.c.label == label), self._connection)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _delegate(row)

    def list_all(self) -> tuple[Delegate, ...]:
        """See the port."""
        query = sa.select(delegate).order_by(delegate.c.kind, delegate.c.number)
        return tuple(_delegate(row) for row in self._connection.execute(query))

    def revoke(self, revoked: Delegate) -> None:
        """See the port."""
        self._connection.execute(
            delegate.update()
            .where(delegate.c.label == revoked.label)
            .values(state=revoked.state.value, revoked_at=revoked.revoked_at, reason=revoked.reason)
        )
        count_change(self._connection)

    def is_serial_taken(self, serial: int) -> bool:
        """See the port."""
        query = sa.union_all(
            sa.select(certificate.c.serial).where(certificate.c.serial == serial),
            sa.select(delegate.c.serial).where(delegate.c.serial == serial),
        )
        return self._connection.execute(query).first() is not None

    def add_prepared(self, new: Delegate) -> bool:
        """See the port."""
        row: dict[str, object] = {
            "label": new.label,
            "kind": new.kind.value,
            "number": new.number,
            "state": new.state.value,
            "serial": new.serial,
            "not_before": new.not_before,
            "not_after": new.not_after,
            "tbs_der": new.tbs_der,
            "certificate_der": new.certificate_der,
            "revoked_at": None,
            "reason": None,
        }
        return _ADD.run(self._connection, row) == 1

    def complete(self, label: str, certificate_der: bytes) -> bool:
        """See the port."""
        done = self._connection.execute(
            delegate.update()
            .where(delegate.c.label == label, delegate.c.state == DelegateState.PREPARED.value)
            .values(state=DelegateState.ISSUED.value, certificate_der=certificate_der)
        )
        if done.rowcount != 1:
            return False
        count_change(self._connection)  # who answers is part of an answer
        return True

    def _highest(self, query: sa.Select[Any]) -> Delegate | None:
        row = self._connection.execute(query.order_by(delegate.c.number.desc()).limit(1)).one_or_none()
        return None if row is None else _delegate(row)


def _delegate(row: sa.Row[Any]) -> Delegate:
    values = row._asdict()
    values |= {"kind": DelegateKind(values["kind"]), "state": DelegateState(values["state"])}
    return Delegate(**values | {"reason": ReasonCode(values["reason"]) if values["reason"] else None})
