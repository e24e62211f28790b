"""Stored secrets of webhooks, each sealed for its place."""

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.tables.party_events import webhook_secret
from dojang.controls.party_events.model import WebhookSecrets
from dojang.kernel.ports import FieldCipher

_ADD = InsertUnlessThere.into(webhook_secret)


class SqlWebhookSecrets:
    """Implements `controls.party_events.ports.WebhookSecretRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def find_secrets(self, client_id: str) -> WebhookSecrets | None:
        """See the port."""
        query = sa.select(webhook_secret).where(webhook_secret.c.client_id == client_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        previous = (
            None if row.previous is None else self._cipher.open(row.previous, context=_place("previous", client_id))
        )
        return WebhookSecrets(
            client_id=row.client_id,
            secret=self._cipher.open(row.secret, context=_place("secret", client_id)),
            previous=previous,
            previous_until=row.previous_until,
        )

    def put_secrets(self, secrets: WebhookSecrets) -> None:
        """See the port."""
        previous = secrets.previous
        row = {
            "client_id": secrets.client_id,
            "secret": self._cipher.seal(secrets.secret, context=_place("secret", secrets.client_id)),
            "previous": None
            if previous is None
            else self._cipher.seal(previous, context=_place("previous", secrets.client_id)),
            "previous_until": secrets.previous_until,
        }
        if not _ADD.run(self._connection, row):
            same = webhook_secret.c.client_id == secrets.client_id
            self._connection.execute(webhook_secret.update().where(same).values(**row))


def _place(column: str, client_id: str) -> str:
    return f"webhook_secret.{column}:{client_id}"
