"""Stored passkeys and challenges, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dojang.adapters.store import audit_log
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.access.model import Account, Role, Session, SignInMethod
from dojang.controls.access.passkeys.model import Challenge, ChallengePurpose, Passkey, PasskeyKnown
from fakes.identity_proofing import FakeSecrecy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
Opened = SqlStore[SqlTransaction]


@pytest.fixture
def store(database: Database) -> Opened:
    opened: Opened = SqlStore(
        database,
        begin=lambda connection: SqlTransaction(connection, FakeSecrecy()),
        append=audit_log.append,
        enqueue=lambda _connection, _emissions: None,
    )
    for name in ("a1", "a2"):
        account = Account(
            id=name, login_name=f"name.{name}", password_hash="x", role=Role.SUBSCRIBER, language="ko", created_at=NOW
        )
        opened.transact(lambda tx, account=account: tx.accounts.add(account))  # type: ignore[misc]  # the default binds it
    return opened


def passkey(name: str = "p1", account: str = "a1") -> Passkey:
    return Passkey(
        id=name,
        account_id=account,
        credential_id=b"\x00credential " + name.encode(),
        public_key=b"\xa5key",
        sign_count=2**32 - 1,
        name="내 폰",
        synced=True,
        added_at=NOW,
    )


def test_what_is_added_is_found_listed_changed_and_forgotten(store: Opened) -> None:
    first, second = passkey(), passkey("p2")
    store.transact(lambda tx: (tx.passkeys.add(second), tx.passkeys.add(first), tx.passkeys.add(passkey("p3", "a2"))))
    assert store.read(lambda tx: tx.passkeys.list_passkeys("a1")) == [first, second]
    assert store.read(lambda tx: tx.passkeys.find_by_credential(second.credential_id)) == second
    assert store.read(lambda tx: tx.passkeys.find_by_credential(b"other")) is None
    used = replace(first, sign_count=0, last_used_at=LATER, synced=False, name="다른 이름")
    store.transact(lambda tx: tx.passkeys.update(used))
    assert store.read(lambda tx: tx.passkeys.list_passkeys("a1")) == [used, second]
    store.transact(lambda tx: tx.passkeys.remove("p1"))
    store.transact(lambda tx: tx.passkeys.remove("p1"))
    assert store.read(lambda tx: tx.passkeys.list_passkeys("a1")) == [second]


def test_a_credential_is_stored_once_whoever_brings_it(store: Opened) -> None:
    store.transact(lambda tx: tx.passkeys.add(passkey()))
    again = replace(passkey("p9", "a2"), credential_id=passkey().credential_id)
    with pytest.raises(PasskeyKnown):
        store.transact(lambda tx: tx.passkeys.add(again))


def test_a_challenge_is_taken_once_even_by_many_at_a_time(store: Opened) -> None:
    challenge = Challenge(digest="d" * 64, purpose=ChallengePurpose.SIGN_IN, account_id=None, expires_at=LATER)
    store.transact(lambda tx: tx.passkeys.put_challenge(challenge, NOW))
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: store.transact(lambda tx: tx.passkeys.take_challenge("d" * 64)), range(6)))
    assert [one for one in taken if one is not None] == [challenge]


def test_expired_challenges_go_as_others_come(store: Opened) -> None:
    old = Challenge(digest="old", purpose=ChallengePurpose.ADD, account_id="a1", expires_at=NOW)
    store.transact(lambda tx: tx.passkeys.put_challenge(old, NOW - timedelta(minutes=5)))
    store.transact(lambda tx: tx.passkeys.put_challenge(replace(old, digest="new", expires_at=LATER), NOW))
    assert store.transact(lambda tx: tx.passkeys.take_challenge("old")) is None
    assert store.transact(lambda tx: tx.passkeys.take_challenge("new")) is not None


def test_the_list_of_sessions_is_newest_first_and_leaves_out_what_has_ended(store: Opened) -> None:
    def session(digest: str, opened: datetime, expires: datetime) -> Session:
        return Session(
            token_digest=digest * 32,
            account_id="a1",
            role=Role.SUBSCRIBER,
            opened_at=opened,
            expires_at=expires,
            ends_at_latest=LATER,
            method=SignInMethod.PASSKEY,
            browser="Chrome · Android",
        )

    older = session("01", NOW - timedelta(minutes=1), LATER)
    newer = session("02", NOW, LATER)
    ended = session("03", NOW, NOW)
    for one in (older, newer, ended):
        store.transact(lambda tx, one=one: tx.accounts.put_session(one))  # type: ignore[misc]  # the default binds it
    assert store.read(lambda tx: tx.accounts.list_sessions("a1", NOW)) == [newer, older]
    assert store.read(lambda tx: tx.accounts.list_sessions("a2", NOW)) == []
