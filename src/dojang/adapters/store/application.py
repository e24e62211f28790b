"""Stored applications."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.engine import is_reading
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.prepared import Prepared
from dojang.adapters.store.tables.application import OPEN, application
from dojang.lifecycle.application.model import (
    Application,
    ApplicationAlreadyOpen,
    ApplicationKind,
    ApplicationState,
    Consent,
    ReissueReason,
    Validity,
)

# Prepared: issuance asks three times for each set.
_SELECT_BY_ID = sa.select(application).where(application.c.id == sa.bindparam("wanted"))
_BY_ID = Prepared(_SELECT_BY_ID)
_BY_ID_LOCKED = Prepared(_SELECT_BY_ID.with_for_update())


class SqlApplications:
    """Implements `lifecycle.application.ports.ApplicationRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_application(self, application_id: str) -> Application | None:
        """See the port."""
        query = _BY_ID if is_reading(self._connection) else _BY_ID_LOCKED
        row = query.find(self._connection, wanted=application_id)
        return None if row is None else _application(row)

    def find_open_application(self, subscriber_id: str) -> Application | None:
        """See the port."""
        query = sa.select(application).where(application.c.subscriber_id == subscriber_id, sa.text(OPEN))
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return None if row is None else _application(row)

    def list_applications(self, subscriber_id: str) -> tuple[Application, ...]:
        """See the port."""
        query = (
            sa.select(application)
            .where(application.c.subscriber_id == subscriber_id)
            .order_by(application.c.opened_at.desc(), application.c.id.desc())
        )
        return tuple(_application(row) for row in self._connection.execute(query))

    def list_overdue(self, now: datetime, limit: int) -> tuple[Application, ...]:
        """See the port."""
        query = (
            sa.select(application)
            .where(application.c.expires_at <= now, sa.text(OPEN))
            .order_by(application.c.expires_at)
            .limit(limit)
        )
        return tuple(_application(row) for row in self._connection.execute(for_update(query, self._connection)))

    def add(self, new: Application) -> None:
        """See the port."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(application.insert().values(**_row(new)))
        except sa.exc.IntegrityError:
            raise ApplicationAlreadyOpen() from None

    def update(self, changed: Application) -> None:
        """See the port. Raises `RuntimeError` when the stored version is not the one before: a bug, rows are locked."""
        done = self._connection.execute(
            application.update()
            .where(application.c.id == changed.id, application.c.version == changed.version - 1)
            .values(**_row(changed))
        )
        if done.rowcount != 1:
            raise RuntimeError(f"application {changed.id} was not at version {changed.version - 1}")


def _application(row: Any) -> Application:
    values = row._asdict()
    return Application(
        **values
        | {
            "kind": ApplicationKind(values["kind"]),
            "validity": Validity(values["validity"]),
            "state": ApplicationState(values["state"]),
            "reissue_reason": ReissueReason(values["reissue_reason"]) if values["reissue_reason"] else None,
            "consents": tuple(Consent(text_id=one, version=version) for one, version in json.loads(values["consents"])),
        }
    )


def _row(stored: Application) -> dict[str, Any]:
    return {
        "id": stored.id,
        "subscriber_id": stored.subscriber_id,
        "kind": stored.kind.value,
        "years": stored.years,
        "validity": stored.validity.value,
        "reissue_reason": stored.reissue_reason.value if stored.reissue_reason else None,
        "predecessor_serial": stored.predecessor_serial,
        "predecessor_not_after": stored.predecessor_not_after,
        "consents": json.dumps([[consent.text_id, consent.version] for consent in stored.consents]),
        "state": stored.state.value,
        "opened_at": stored.opened_at,
        "expires_at": stored.expires_at,
        "version": stored.version,
    }
