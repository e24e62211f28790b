"""Sign-in rules: names, passwords, lock-out, sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from dojang.controls.access import rules
from dojang.controls.access.model import (
    Account,
    AccountLocked,
    LoginNameUnsuitable,
    PasswordUnsuitable,
    Role,
    RoleRequired,
    SessionRequired,
)
from dojang.controls.access.policy import AccessPolicy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = AccessPolicy()
ACCOUNT = Account(id="a", login_name="gildong", password_hash="-", role=Role.SUBSCRIBER, language="ko", created_at=NOW)


@pytest.mark.parametrize("name", ["abc", "1abc", "홍길동", "a b c d", "x" * 41, ""])
def test_unsuitable_login_names(name: str) -> None:
    with pytest.raises(LoginNameUnsuitable):
        rules.normalise_login_name(name)


def test_login_names_are_lower_case() -> None:
    assert rules.normalise_login_name(" GilDong ") == "gildong"


@pytest.mark.parametrize("password", ["short", "x" * 129, "my-gildong-password"])
def test_unsuitable_passwords(password: str) -> None:
    with pytest.raises(PasswordUnsuitable):
        rules.require_suitable_password(password, "gildong")


def test_the_last_allowed_failure_locks_for_a_while() -> None:
    account = ACCOUNT
    for _ in range(POLICY.failures_to_lock - 1):
        account = rules.after_failure(account, POLICY, NOW)
        rules.require_unlocked(account, NOW)
    account = rules.after_failure(account, POLICY, NOW)
    with pytest.raises(AccountLocked) as refusal:
        rules.require_unlocked(account, NOW + timedelta(minutes=POLICY.lock_minutes, seconds=-1))
    assert refusal.value.fields["retry_after_s"] == 1
    rules.require_unlocked(account, NOW + timedelta(minutes=POLICY.lock_minutes))


def test_success_forgets_failures() -> None:
    account = rules.after_success(rules.after_failure(ACCOUNT, POLICY, NOW))
    assert (account.failed_sign_ins, account.locked_until) == (0, None)


def test_a_session_idles_out_and_ends_at_its_latest() -> None:
    session = rules.open_session(ACCOUNT, "digest", POLICY, NOW)
    with pytest.raises(SessionRequired):
        rules.require_live(session, session.expires_at)
    moment = NOW
    while moment < session.ends_at_latest:
        session = rules.extend_session(session, POLICY, moment)
        assert session.expires_at <= session.ends_at_latest
        moment += timedelta(minutes=9)
    with pytest.raises(SessionRequired):
        rules.extend_session(session, POLICY, session.ends_at_latest)


def test_roles_are_exact() -> None:
    session = rules.open_session(ACCOUNT, "digest", POLICY, NOW)
    rules.require_role(session, Role.SUBSCRIBER)
    with pytest.raises(RoleRequired):
        rules.require_role(session, Role.REVIEWER, Role.OFFICER)
