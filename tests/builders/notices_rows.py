"""Rows of certificates as the expiry schedule reads them, without anything being signed."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.application import application
from dojang.adapters.store.tables.delivery import delivery
from dojang.adapters.store.tables.issuance import certificate, issuance
from dojang.adapters.store.tables.revocation import standing

NO_STATES: Mapping[int, str] = {}


def enter_certificates(
    database: Database,
    ends: Mapping[int, datetime],
    *,
    subscriber_id: str = "who",
    states: Mapping[int, str] = NO_STATES,
    succeeded: Mapping[int, str] = NO_STATES,
) -> None:
    """Enter signing certificates by serial number and end; `succeeded` is the state of each one's successor."""
    with database.writing() as connection:
        rows = [(serial, f"i{serial:09d}", not_after) for serial, not_after in ends.items()]
        _insert(connection, application, (_application(name, subscriber_id, end) for _, name, end in rows))
        _insert(connection, issuance, (_issuance(name, subscriber_id, end) for _, name, end in rows))
        _insert(connection, certificate, (_certificate(serial, name, end) for serial, name, end in rows))
        held = ((name, end, states[serial]) for serial, name, end in rows if serial in states)
        _insert(connection, standing, (_standing(*one) for one in held))
        followed = ((serial, succeeded[serial]) for serial in ends if serial in succeeded)
        for serial, state in followed:
            name = f"s{serial:09d}"
            _insert(connection, application, [_application(name, subscriber_id, ends[serial])])
            _insert(connection, issuance, [_issuance(name, subscriber_id, ends[serial])])
            _insert(
                connection,
                delivery,
                [
                    {
                        "issuance_id": name,
                        "application_id": name,
                        "signing_serial": 10**9 + serial,
                        "predecessor_serial": serial,
                        "state": state,
                    }
                ],
            )


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    batch = list(rows)
    if batch:
        connection.execute(table.insert(), batch)


def _application(name: str, subscriber_id: str, at: datetime) -> dict[str, Any]:
    return {
        "id": name,
        "subscriber_id": subscriber_id,
        "kind": "new",
        "years": 1,
        "validity": "anew",
        "consents": "[]",
        "state": "completed",
        "opened_at": at - timedelta(days=365),
        "expires_at": at - timedelta(days=364),
        "version": 0,
    }


def _issuance(name: str, subscriber_id: str, at: datetime) -> dict[str, Any]:
    return {
        "id": name,
        "application_id": name,
        "subscriber_id": subscriber_id,
        "person_key": "k",
        "idempotency_key": name,
        "request_digest": "d",
        "state": "issued",
        "prepared_at": at - timedelta(days=365),
        "issued_at": at - timedelta(days=365),
    }


def _certificate(serial: int, name: str, at: datetime) -> dict[str, Any]:
    return {
        "serial": serial,
        "issuance_id": name,
        "kind": "signing",
        "profile": "personal-signing",
        "spki_sha256": f"{serial:064d}",
        "not_before": at - timedelta(days=365),
        "not_after": at,
        "certificate_der": b"0",
    }


def _standing(name: str, at: datetime, state: str) -> dict[str, Any]:
    return {"issuance_id": name, "state": state, "since": at - timedelta(days=90), "not_after": at, "version": 1}
