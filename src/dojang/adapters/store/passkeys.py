"""Stored passkeys and open challenges."""

from datetime import datetime

import sqlalchemy as sa

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.access import passkey, passkey_challenge
from dojang.controls.access.passkeys.model import Challenge, ChallengePurpose, Passkey, PasskeyKnown


class SqlPasskeys:
    """Implements `controls.access.passkeys.ports.PasskeyRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_passkeys(self, account_id: str) -> list[Passkey]:
        """See the port."""
        query = sa.select(passkey).where(passkey.c.account_id == account_id)
        oldest_first = query.order_by(passkey.c.added_at, passkey.c.id)
        return [Passkey(**row._asdict()) for row in self._connection.execute(oldest_first)]

    def find_by_credential(self, credential_id: bytes) -> Passkey | None:
        """See the port."""
        query = for_update(sa.select(passkey).where(passkey.c.credential_id == credential_id), self._connection)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Passkey(**row._asdict())

    def add(self, new: Passkey) -> None:
        """See the port."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(passkey.insert().values(**_row(new)))
        except sa.exc.IntegrityError:
            raise PasskeyKnown() from None

    def update(self, changed: Passkey) -> None:
        """See the port."""
        self._connection.execute(passkey.update().where(passkey.c.id == changed.id).values(**_row(changed)))

    def remove(self, passkey_id: str) -> None:
        """See the port."""
        self._connection.execute(passkey.delete().where(passkey.c.id == passkey_id))

    def put_challenge(self, challenge: Challenge, now: datetime) -> None:
        """See the port."""
        self._connection.execute(passkey_challenge.delete().where(passkey_challenge.c.expires_at <= now))
        self._connection.execute(
            passkey_challenge.insert().values(
                digest=challenge.digest,
                purpose=challenge.purpose.value,
                account_id=challenge.account_id,
                expires_at=challenge.expires_at,
            )
        )

    def take_challenge(self, digest: str) -> Challenge | None:
        """See the port."""
        taken = passkey_challenge.delete().where(passkey_challenge.c.digest == digest).returning(passkey_challenge)
        row = self._connection.execute(taken).one_or_none()
        if row is None:
            return None
        values = row._asdict()
        return Challenge(**values | {"purpose": ChallengePurpose(values["purpose"])})


def _row(stored: Passkey) -> dict[str, object]:
    return {
        "id": stored.id,
        "account_id": stored.account_id,
        "credential_id": stored.credential_id,
        "public_key": stored.public_key,
        "sign_count": stored.sign_count,
        "name": stored.name,
        "synced": stored.synced,
        "added_at": stored.added_at,
        "last_used_at": stored.last_used_at,
    }
