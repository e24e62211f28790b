"""Stored accounts, sessions and attempts."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.access import access_attempt, account, session
from dojang.controls.access.model import Account, AttemptCount, AttemptKind, LoginNameTaken, Role, Session, SignInMethod


class SqlAccounts:
    """Implements `controls.access.ports.AccountRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_account(self, account_id: str) -> Account | None:
        """See the port."""
        return self._find(account.c.id == account_id)

    def find_by_login_name(self, login_name: str) -> Account | None:
        """See the port."""
        return self._find(account.c.login_name == login_name)

    def add(self, new: Account) -> None:
        """See the port."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(account.insert().values(**_account_row(new)))
        except sa.exc.IntegrityError:
            raise LoginNameTaken() from None

    def update(self, changed: Account) -> None:
        """See the port."""
        self._connection.execute(account.update().where(account.c.id == changed.id).values(**_account_row(changed)))

    def find_session(self, token_digest: str) -> Session | None:
        """See the port."""
        row = self._connection.execute(sa.select(session).where(session.c.token_digest == token_digest)).one_or_none()
        if row is None:
            return None
        return _session(row)

    def list_sessions(self, account_id: str, now: datetime) -> list[Session]:
        """See the port."""
        query = sa.select(session).where(session.c.account_id == account_id, session.c.expires_at > now)
        newest_first = query.order_by(session.c.opened_at.desc(), session.c.token_digest)
        return [_session(row) for row in self._connection.execute(newest_first)]

    def put_session(self, stored: Session) -> None:
        """See the port."""
        self.drop_session(stored.token_digest)
        self._connection.execute(
            session.insert().values(
                token_digest=stored.token_digest,
                account_id=stored.account_id,
                role=stored.role.value,
                opened_at=stored.opened_at,
                expires_at=stored.expires_at,
                ends_at_latest=stored.ends_at_latest,
                method=stored.method.value,
                browser=stored.browser,
                device_id=stored.device_id,
            )
        )

    def drop_session(self, token_digest: str) -> None:
        """See the port."""
        self._connection.execute(session.delete().where(session.c.token_digest == token_digest))

    def drop_sessions_of(self, device_id: str) -> None:
        """See the port."""
        self._connection.execute(session.delete().where(session.c.device_id == device_id))

    def drop_ended_sessions(self, now: datetime) -> int:
        """See the port."""
        return self._connection.execute(session.delete().where(session.c.expires_at <= now)).rowcount

    def _find(self, condition: sa.ColumnElement[bool]) -> Account | None:
        query = for_update(sa.select(account).where(condition), self._connection)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        values = row._asdict()
        return Account(**values | {"role": Role(values["role"])})


class SqlAttempts:
    """Implements `controls.access.ports.AttemptLedger` on one connection. Windows that have ended go as others come."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def count(self, kind: AttemptKind, key: str, *, now: datetime, window: timedelta) -> AttemptCount:
        """See the port."""
        self._connection.execute(access_attempt.delete().where(access_attempt.c.ends_at <= now))
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        one = dialect.insert(access_attempt).values(kind=kind.value, key=key, count=1, ends_at=now + window)
        counted = one.on_conflict_do_update(
            index_elements=["kind", "key"], set_={"count": access_attempt.c.count + 1}
        ).returning(access_attempt.c.count, access_attempt.c.ends_at)
        count, ends_at = self._connection.execute(counted).one()
        return AttemptCount(count=count, ends_at=ends_at)


def _session(row: sa.Row[Any]) -> Session:
    values = row._asdict()
    return Session(**values | {"role": Role(values["role"]), "method": SignInMethod(values["method"])})


def _account_row(stored: Account) -> dict[str, Any]:
    return {
        "id": stored.id,
        "login_name": stored.login_name,
        "password_hash": stored.password_hash,
        "role": stored.role.value,
        "language": stored.language,
        "created_at": stored.created_at,
        "failed_sign_ins": stored.failed_sign_ins,
        "locked_until": stored.locked_until,
        "version": stored.version,
    }
