"""Sign up, sign in, stay signed in, sign out."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.access import rules
from dojang.controls.access.devices.model import DeviceHello
from dojang.controls.access.devices.usecases import note_device
from dojang.controls.access.model import (
    Account,
    AccountLocked,
    AttemptKind,
    LoginNameTaken,
    Role,
    Session,
    SessionNotFound,
    SessionRequired,
    SignedIn,
    SignInRefused,
)
from dojang.controls.access.policy import AccessPolicy
from dojang.controls.access.ports import AccessTransaction, PasswordHasher
from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store

TOKEN_BYTES = 32
EXTEND_AFTER = timedelta(seconds=30)


def sign_up(
    login_name: str,
    password: str,
    *,
    role: Role = Role.SUBSCRIBER,
    language: str = "ko",
    store: Store[AccessTransaction],
    hasher: PasswordHasher,
    chance: Chance,
    now: datetime,
) -> Account:
    """Open an account. Raises `LoginNameUnsuitable`, `PasswordUnsuitable` or `LoginNameTaken`."""
    name = rules.normalise_login_name(login_name)
    rules.require_suitable_password(password, name)
    account = Account(
        id=chance.new_id(),
        login_name=name,
        password_hash=hasher.hash(password),
        role=role,
        language=language,
        created_at=now,
    )

    def work(tx: AccessTransaction) -> Account:
        if tx.accounts.find_by_login_name(name) is not None:
            raise LoginNameTaken()
        tx.accounts.add(account)
        tx.record(_entry("account:opened", account, now, role=role.value))
        return account

    return store.transact(work)


def sign_in(
    login_name: str,
    password: str,
    *,
    browser: str = "",
    device: DeviceHello | None = None,
    store: Store[AccessTransaction],
    hasher: PasswordHasher,
    policy: AccessPolicy,
    chance: Chance,
    now: datetime,
) -> SignedIn:
    """Open a session. Raises `SignInRefused` or `AccountLocked`; an unknown login name looks like a wrong password.

    `device` is noted, and its owner told when it is a new one; a client that names none has a session without one.

    The slow hash is compared outside any transaction; its result is applied in one, so that failures are counted.
    """
    name = login_name.strip().lower()
    account = store.read(lambda tx: tx.accounts.find_by_login_name(name))
    if account is None:
        hasher.matches(None, password)
        raise store.transact(lambda tx: _refuse_unknown(tx, name, policy, now))
    rules.require_unlocked(account, now)
    right = hasher.matches(account.password_hash, password)
    token = chance.token_bytes(TOKEN_BYTES).hex()
    if not right:
        raise store.transact(lambda tx: _refuse(tx, account.id, policy, now))
    device_id = chance.new_id()

    def admit(tx: AccessTransaction) -> SignedIn:
        return _admit(tx, account.id, token, browser, policy, now, device=device, fresh_id=device_id)

    return store.transact(admit)


def confirm_password(
    session: Session,
    password: str,
    *,
    store: Store[AccessTransaction],
    hasher: PasswordHasher,
    policy: AccessPolicy,
    now: datetime,
) -> None:
    """Ask the owner of a session for the password once more. Wrong ones count and lock as at sign-in.

    Raises `SignInRefused`, `AccountLocked` or `SessionRequired`.
    """
    account = store.read(lambda tx: tx.accounts.find_account(session.account_id))
    if account is None:
        raise SessionRequired()
    rules.require_unlocked(account, now)
    if not hasher.matches(account.password_hash, password):
        raise store.transact(lambda tx: _refuse(tx, account.id, policy, now))

    def work(tx: AccessTransaction) -> None:
        current = tx.accounts.find_account(account.id)
        if current is None:
            raise SessionRequired()
        rules.require_unlocked(current, now)
        if current.failed_sign_ins:
            tx.accounts.update(rules.after_success(current))

    store.transact(work)


def authenticate(token: str, *, store: Store[AccessTransaction], policy: AccessPolicy, now: datetime) -> Session:
    """Return the live session of a token, prolonged by its use. Raises `SessionRequired`."""
    digest = digest_token(token)

    session = rules.require_live(store.read(lambda tx: tx.accounts.find_session(digest)), now)
    extended = rules.extend_session(session, policy, now)
    if extended.expires_at - session.expires_at < EXTEND_AFTER:  # spare a write on every poll
        return session

    def work(tx: AccessTransaction) -> Session:
        rules.require_live(tx.accounts.find_session(digest), now)
        tx.accounts.put_session(extended)
        return extended

    return store.transact(work)


def sign_out(token: str, *, store: Store[AccessTransaction], now: datetime) -> None:
    """End the session; an unknown or ended one is no error."""
    digest = digest_token(token)

    def work(tx: AccessTransaction) -> None:
        session = tx.accounts.find_session(digest)
        if session is not None:
            _close(tx, session, now)

    store.transact(work)


def list_sessions(account_id: str, *, store: Store[AccessTransaction], now: datetime) -> list[Session]:
    """Return the account's sessions that have not ended, newest first."""
    return store.read(lambda tx: tx.accounts.list_sessions(account_id, now))


def end_session(session: Session, session_id: str, *, store: Store[AccessTransaction], now: datetime) -> None:
    """End another session of the same account, by its id in the list. Raises `SessionNotFound`."""

    def work(tx: AccessTransaction) -> None:
        for one in tx.accounts.list_sessions(session.account_id, now):
            if one.id == session_id:
                _close(tx, one, now)
                return
        raise SessionNotFound()

    store.transact(work)


def sign_out_everywhere(session: Session, *, store: Store[AccessTransaction], now: datetime) -> int:
    """End every session of the account, this one too; return how many."""

    def work(tx: AccessTransaction) -> int:
        found = tx.accounts.list_sessions(session.account_id, now)
        for one in found:
            _close(tx, one, now)
        return len(found)

    return store.transact(work)


def digest_token(token: str) -> str:
    """Return the SHA-256 in hex of a session token (or of a login name nobody has): what the store knows of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _refuse(
    tx: AccessTransaction, account_id: str, policy: AccessPolicy, now: datetime
) -> SignInRefused | AccountLocked:
    account = tx.accounts.find_account(account_id)
    if account is None:
        return SignInRefused()
    failed = rules.after_failure(account, policy, now)
    tx.accounts.update(failed)
    tx.record(_entry("account:locked" if failed.locked_until else "session:refused", failed, now))
    if failed.locked_until is not None:
        _tell(tx, failed, "sign_in_failed_often")
        return AccountLocked(retry_after_s=policy.lock_minutes * 60)
    return SignInRefused(tries_left=policy.failures_to_lock - failed.failed_sign_ins)


def _tell(tx: AccessTransaction, account: Account, template: str) -> None:
    """Tell the owner, once per change of the account; operators have nobody to be told by."""
    if account.role is Role.SUBSCRIBER:
        tx.emit(
            NotifySubscriber(subscriber_id=account.id, template=template, reference=account.id),
            key=f"{template}:{account.id}:{account.version}",
        )


def _refuse_unknown(
    tx: AccessTransaction, name: str, policy: AccessPolicy, now: datetime
) -> SignInRefused | AccountLocked:
    """Answer as for an account that exists: tries run out, and then it seems locked."""
    counted = tx.attempts.count(
        AttemptKind.UNKNOWN_NAME, digest_token(name), now=now, window=timedelta(minutes=policy.lock_minutes)
    )
    tx.record(_unknown(now))
    tries_left = policy.failures_to_lock - counted.count
    if tries_left > 0:
        return SignInRefused(tries_left=tries_left)
    return AccountLocked(retry_after_s=max(1, int((counted.ends_at - now).total_seconds())))


def _close(tx: AccessTransaction, session: Session, now: datetime) -> None:
    tx.accounts.drop_session(session.token_digest)
    tx.record(AuditEntry(tag="access:session:closed", at=now, actor=_actor(session), subject=session.account_id))


def _admit(
    tx: AccessTransaction,
    account_id: str,
    token: str,
    browser: str,
    policy: AccessPolicy,
    now: datetime,
    *,
    device: DeviceHello | None,
    fresh_id: str,
) -> SignedIn:
    account = tx.accounts.find_account(account_id)
    if account is None:
        raise SessionRequired()
    rules.require_unlocked(account, now)
    if account.failed_sign_ins:
        tx.accounts.update(rules.after_success(account))
    known = device and note_device(tx, account, device, fresh_id=fresh_id, most=policy.devices_per_account, now=now)
    opened = rules.open_session(account, digest_token(token), policy, now, device_id=known.id if known else None)
    session = replace(opened, browser=browser)
    tx.accounts.put_session(session)
    tx.record(_entry("session:opened", account, now))
    return SignedIn(token=token, session=session)


def _actor(session: Session) -> str:
    side = "subscriber" if session.role is Role.SUBSCRIBER else "operator"
    return f"{side}:{session.account_id}"


def _entry(what: str, account: Account, now: datetime, **data: str) -> AuditEntry:
    side = "subscriber" if account.role is Role.SUBSCRIBER else "operator"
    return AuditEntry(tag=f"access:{what}", at=now, actor=f"{side}:{account.id}", subject=account.id, data=data)


def _unknown(now: datetime) -> AuditEntry:
    return AuditEntry(tag="access:session:refused", at=now, actor="system", subject="unknown_login_name")
