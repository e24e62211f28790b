"""Stored hand-offs, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dojang.adapters.chance import SystemChance
from dojang.adapters.store import audit_log
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.access.hand_offs import usecases
from dojang.controls.access.hand_offs.model import HandOffRefused, HandOffState
from dojang.controls.access.model import Account, Role
from dojang.controls.access.policy import HandOffPolicy
from fakes.identity_proofing import FakeSecrecy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
Opened = SqlStore[SqlTransaction]


@pytest.fixture
def store(database: Database) -> Opened:
    opened: Opened = SqlStore(
        database,
        begin=lambda connection: SqlTransaction(connection, FakeSecrecy()),
        append=audit_log.append,
        enqueue=lambda _connection, _emissions: None,
    )
    account = Account(
        id="a1", login_name="gildong", password_hash="x", role=Role.SUBSCRIBER, language="ko", created_at=NOW
    )
    opened.transact(lambda tx: tx.accounts.add(account))
    return opened


def hand_over(store: Opened, now: datetime = NOW) -> str:
    opened = usecases.open_hand_off(
        "a1", "p1", "passport", store=store, policy=HandOffPolicy(), chance=SystemChance(), now=now
    )
    return opened.secret


def test_of_many_devices_at_once_one_gets_it(store: Opened) -> None:
    secret = hand_over(store)

    def claim(_: int) -> str:
        try:
            return usecases.claim(secret, store=store, chance=SystemChance(), now=NOW).token
        except HandOffRefused:
            return ""

    with ThreadPoolExecutor(6) as pool:
        tokens = [one for one in pool.map(claim, range(6)) if one]
    assert len(tokens) == 1
    assert usecases.authenticate(tokens[0], store=store, now=NOW).state is HandOffState.CLAIMED


def test_the_newest_is_found_and_old_ones_go(store: Opened) -> None:
    hand_over(store)
    hand_over(store, NOW + timedelta(seconds=1))
    latest = store.read(lambda tx: tx.hand_offs.find_latest("p1"))
    assert latest is not None
    assert latest.opened_at == NOW + timedelta(seconds=1)
    assert store.read(lambda tx: tx.hand_offs.find_latest("p2")) is None
    store.transact(lambda tx: tx.hand_offs.save(replace(latest, state=HandOffState.REVOKED)))
    assert usecases.get_latest("a1", "p1", store=store).state is HandOffState.REVOKED
    assert store.transact(lambda tx: tx.hand_offs.drop_expired(NOW + timedelta(days=1))) == 2
    assert store.read(lambda tx: tx.hand_offs.find_latest("p1")) is None
