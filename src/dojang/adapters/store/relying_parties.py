"""Stored relying parties."""

import json
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.relying_parties import relying_party
from dojang.controls.relying_parties.model import PartyState, RelyingParty


class SqlParties:
    """Implements `controls.relying_parties.ports.PartyRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_party(self, client_id: str) -> RelyingParty | None:
        """See the port."""
        query = for_update(sa.select(relying_party).where(relying_party.c.client_id == client_id), self._connection)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _party(row)

    def list_parties(self) -> list[RelyingParty]:
        """See the port."""
        query = sa.select(relying_party).order_by(relying_party.c.name, relying_party.c.client_id)
        return [_party(row) for row in self._connection.execute(query)]

    def add(self, party: RelyingParty) -> None:
        """See the port."""
        self._connection.execute(relying_party.insert().values(**_row(party)))

    def update(self, party: RelyingParty) -> None:
        """See the port."""
        same = relying_party.c.client_id == party.client_id
        self._connection.execute(relying_party.update().where(same).values(**_row(party)))


def _party(row: sa.Row[Any]) -> RelyingParty:
    values = row._asdict()
    read = {"redirect_uris": tuple(json.loads(row.redirect_uris)), "state": PartyState(row.state)}
    return RelyingParty(**values | read)


def _row(party: RelyingParty) -> dict[str, Any]:
    return {
        "client_id": party.client_id,
        "name": party.name,
        "secret_digest": party.secret_digest,
        "redirect_uris": json.dumps(party.redirect_uris),
        "webhook_uri": party.webhook_uri,
        "state": party.state.value,
        "registered_at": party.registered_at,
    }
