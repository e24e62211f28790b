"""Stored standings of certificate sets."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.status_change import count_change
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.revocation import HELD, standing
from dojang.lifecycle.revocation.model import (
    CertificateState,
    HoldParty,
    IssuedSetRef,
    RevocationReason,
    Standing,
)

_ADD = InsertUnlessThere.into(standing)


class SqlStandings:
    """Implements `lifecycle.revocation.ports.StandingRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_set(self, serial: int) -> IssuedSetRef | None:
        """See the port. The issuance row is what is locked: a good set has no standing row to lock."""
        owner = sa.select(certificate.c.issuance_id).where(
            certificate.c.serial == serial, certificate.c.certificate_der.is_not(None)
        )
        query = sa.select(issuance.c.id, issuance.c.subscriber_id).where(issuance.c.id == owner.scalar_subquery())
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        if row is None:
            return None
        signing = self._connection.execute(
            sa.select(certificate.c.serial, certificate.c.not_after).where(
                certificate.c.issuance_id == row.id, certificate.c.kind == "signing"
            )
        ).one()
        return IssuedSetRef(
            issuance_id=row.id,
            subscriber_id=row.subscriber_id,
            signing_serial=signing.serial,
            not_after=signing.not_after,
        )

    def get_standing(self, issuance_id: str) -> Standing:
        """See the port."""
        query = sa.select(standing).where(standing.c.issuance_id == issuance_id)
        row = self._connection.execute(query).one_or_none()
        return Standing(issuance_id=issuance_id) if row is None else standing_of(row)

    def list_holds_ended(self, now: datetime, limit: int) -> tuple[int, ...]:
        """See the port."""
        return self._list_held(standing.c.hold_ends_at, now, limit)

    def list_holds_to_tell(self, now: datetime, limit: int) -> tuple[int, ...]:
        """See the port."""
        return self._list_held(standing.c.hold_notice_at, now, limit)

    def _list_held(self, due: sa.Column[Any], now: datetime, limit: int) -> tuple[int, ...]:
        query = (
            sa.select(certificate.c.serial)
            .join(standing, standing.c.issuance_id == certificate.c.issuance_id)
            .where(
                certificate.c.kind == "signing",
                sa.text(f"standing.{HELD}"),
                due <= now,
                standing.c.not_after >= now,
            )
            .order_by(due, certificate.c.serial)
            .limit(limit)
        )
        return tuple(self._connection.execute(query).scalars())

    def save_standing(self, changed: Standing, set_ref: IssuedSetRef) -> None:
        """See the port. Raises `RuntimeError` when the stored version is not the one before: a bug, sets are locked."""
        row: dict[str, object] = {
            "issuance_id": changed.issuance_id,
            "state": changed.state.value,
            "reason": changed.reason.value if changed.reason else None,
            "since": changed.since,
            "not_after": set_ref.not_after,
            "version": changed.version,
            "held_by": changed.held_by.value if changed.held_by else None,
            "hold_ends_at": changed.hold_ends_at,
            "hold_notice_at": changed.hold_notice_at,
        }
        count_change(self._connection)
        if changed.version == 1 and _ADD.run(self._connection, row):
            return
        done = self._connection.execute(
            standing.update()
            .where(standing.c.issuance_id == changed.issuance_id, standing.c.version == changed.version - 1)
            .values(**row)
        )
        if done.rowcount != 1:
            raise RuntimeError(f"standing of {changed.issuance_id} was not at version {changed.version - 1}")


def standing_of(row: sa.Row[Any]) -> Standing:
    """Return the standing in a `standing` row."""
    return Standing(
        issuance_id=row.issuance_id,
        state=CertificateState(row.state),
        reason=RevocationReason(row.reason) if row.reason else None,
        since=row.since,
        version=row.version,
        held_by=HoldParty(row.held_by) if row.held_by else None,
        hold_ends_at=row.hold_ends_at,
        hold_notice_at=row.hold_notice_at,
    )
