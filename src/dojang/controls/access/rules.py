"""Lock-out, sessions and what login names and account passwords must look like. Pure."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.access.model import (
    Account,
    AccountLocked,
    LoginNameUnsuitable,
    PasswordUnsuitable,
    Role,
    RoleRequired,
    Session,
    SessionRequired,
)
from dojang.controls.access.policy import AccessPolicy

_LOGIN_NAME = re.compile(r"^[a-z][a-z0-9._-]{3,39}$")
PASSWORD_LENGTH = range(10, 129)


def normalise_login_name(text: str) -> str:
    """Return the login name in lower case. Raises `LoginNameUnsuitable`."""
    name = text.strip().lower()
    if not _LOGIN_NAME.match(name):
        raise LoginNameUnsuitable()
    return name


def require_suitable_password(password: str, login_name: str) -> None:
    """Raise `PasswordUnsuitable` for a password that is too short, too long or the login name itself."""
    if len(password) not in PASSWORD_LENGTH:
        raise PasswordUnsuitable(rule="length")
    if login_name in password.lower():
        raise PasswordUnsuitable(rule="contains_login_name")


def require_unlocked(account: Account, now: datetime) -> None:
    """Raise `AccountLocked` while the lock lasts."""
    if account.locked_until is not None and now < account.locked_until:
        raise AccountLocked(retry_after_s=int((account.locked_until - now).total_seconds()))


def after_failure(account: Account, policy: AccessPolicy, now: datetime) -> Account:
    """Return the account after one more failed sign-in, locked when that was the last allowed one."""
    failures = account.failed_sign_ins + 1
    locked_until = None
    if failures >= policy.failures_to_lock:
        failures, locked_until = 0, now + timedelta(minutes=policy.lock_minutes)
    return replace(account, failed_sign_ins=failures, locked_until=locked_until, version=account.version + 1)


def after_success(account: Account) -> Account:
    """Return the account with its failures forgotten."""
    return replace(account, failed_sign_ins=0, locked_until=None, version=account.version + 1)


def open_session(
    account: Account, token_digest: str, policy: AccessPolicy, now: datetime, *, device_id: str | None = None
) -> Session:
    """Return a new session: it idles out, and ends at the latest after `session_hours`."""
    return Session(
        token_digest=token_digest,
        account_id=account.id,
        role=account.role,
        opened_at=now,
        expires_at=now + timedelta(minutes=policy.session_idle_minutes),
        ends_at_latest=now + timedelta(hours=policy.session_hours),
        device_id=device_id,
    )


def extend_session(session: Session, policy: AccessPolicy, now: datetime) -> Session:
    """Return the session prolonged from now, never past its latest end. Raises `SessionRequired` once ended."""
    require_live(session, now)
    prolonged = min(now + timedelta(minutes=policy.session_idle_minutes), session.ends_at_latest)
    return replace(session, expires_at=prolonged)


def require_live(session: Session | None, now: datetime) -> Session:
    """Return the session. Raises `SessionRequired` when there is none or it has ended."""
    if session is None or now >= session.expires_at:
        raise SessionRequired()
    return session


def require_role(session: Session, *roles: Role) -> None:
    """Raise `RoleRequired` unless the session has one of `roles`."""
    if session.role not in roles:
        raise RoleRequired()
