"""Attempts without a session, counted in the store: across processes, by window, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from dojang.adapters.chance import SystemChance
from dojang.adapters.store import audit_log
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.access import attempts, usecases
from dojang.controls.access.model import AccountLocked, AttemptKind, SignInRefused, TooManyRequests
from dojang.controls.access.policy import AccessPolicy, AttemptPolicy
from dojang.kernel.audit import AuditEntry
from fakes.identity_proofing import FakeSecrecy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = AttemptPolicy(sign_ups_per_address=3, sign_ins_per_address=2, refusals_per_address=4, window_minutes=10)
Opened = SqlStore[SqlTransaction]


def open_store(database: Database) -> Opened:
    return SqlStore(
        database,
        begin=lambda connection: SqlTransaction(connection, FakeSecrecy()),
        append=audit_log.append,
        enqueue=lambda _connection, _emissions: None,
    )


@pytest.fixture
def store(database: Database) -> Opened:
    return open_store(database)


def attempt(store: Opened, kind: AttemptKind = AttemptKind.SIGN_UP, key: str = "k1", now: datetime = NOW) -> None:
    attempts.count_attempt(kind, key, store=store, policy=POLICY, now=now)


def tags(database: Database) -> list[str]:
    with database.reading() as connection:
        return [one.leaf.tag for one in AuditLogView(connection).leaves()]


def test_the_attempt_after_the_last_allowed_one_is_turned_away_with_the_time_to_wait(store: Opened) -> None:
    for second in range(3):
        attempt(store, now=NOW + timedelta(seconds=second))
    with pytest.raises(TooManyRequests) as refused:
        attempt(store, now=NOW + timedelta(seconds=60))
    assert refused.value.fields == {"retry_after_s": 540}


def test_kinds_and_addresses_are_counted_apart(store: Opened) -> None:
    for _ in range(3):
        attempt(store)
    attempt(store, key="k2")
    attempt(store, AttemptKind.SIGN_IN)
    with pytest.raises(TooManyRequests):
        attempt(store)


def test_there_is_room_again_when_the_window_ends_and_not_a_second_sooner(store: Opened) -> None:
    for _ in range(3):
        attempt(store)
    with pytest.raises(TooManyRequests):
        attempt(store, now=NOW + timedelta(seconds=599))
    attempt(store, now=NOW + timedelta(seconds=600))


def test_a_flood_enters_the_audit_log_once(store: Opened, database: Database) -> None:
    entry = AuditEntry(tag="web:request:refused", at=NOW, actor="anonymous", subject="none")
    for number in range(20):
        try:
            attempts.count_attempt(AttemptKind.REFUSAL, "k", entry=entry, store=store, policy=POLICY, now=NOW)
        except TooManyRequests:
            assert number >= POLICY.refusals_per_address
    assert tags(database) == ["web:request:refused"] * 4 + ["access:address:limited"]


def test_many_processes_count_together(new_database: Callable[[], Database]) -> None:
    database = new_database()
    stores = [open_store(database) for _ in range(4)]  # no commit is shared between them

    def try_once(number: int) -> bool:
        try:
            attempt(stores[number % 4])
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_once, range(24))) == 3


class CountingHasher:
    """No slow hash, and a count of how often it would have run."""

    def __init__(self) -> None:
        self.compared = 0

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def matches(self, password_hash: str | None, password: str) -> bool:
        self.compared += 1
        return password_hash == f"hash of {password}"


def test_a_login_name_nobody_has_is_answered_like_one_that_exists(store: Opened) -> None:
    policy, hasher = AccessPolicy(failures_to_lock=3, lock_minutes=30), CountingHasher()
    usecases.sign_up("gildong", "long enough", store=store, hasher=hasher, chance=SystemChance(), now=NOW)

    def try_five_times(name: str) -> list[tuple[str, object]]:
        answers = []
        for _ in range(5):
            with pytest.raises((SignInRefused, AccountLocked)) as refused:
                usecases.sign_in(
                    name, "wrong", store=store, hasher=hasher, policy=policy, chance=SystemChance(), now=NOW
                )
            answers.append((refused.value.code, dict(refused.value.fields)))
        return answers

    assert (
        try_five_times("gildong")
        == try_five_times("nobody.here")
        == [
            ("access.sign_in_refused", {"tries_left": 2}),
            ("access.sign_in_refused", {"tries_left": 1}),
            *[("access.account_locked", {"retry_after_s": 1800})] * 3,
        ]
    )
