"""The count of changes on both databases: one for each change, seen together with it, and watched."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from builders.office import NOW
from builders.world import World
from dojang.adapters.store.engine import Database
from dojang.adapters.store.status_change import (
    LeasedChangeWatch,
    SqliteChangeWatch,
    count_change,
    open_change_watch,
    read_number,
)
from dojang.adapters.store.transaction import SqlTransaction
from dojang.lifecycle.revocation.model import CertificateAlreadyRevoked
from dojang.lifecycle.revocation.policy import RevocationPolicy
from dojang.lifecycle.revocation.usecases import resume, revoke, suspend

ACTOR = "operator:operator-1"


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def number(world: World) -> int:
    return world.store.read(lambda tx: tx.statuses.last_change())


def test_every_change_counts_once_and_a_refused_one_does_not(world: World) -> None:
    serial = world.issued().signing.serial
    before = number(world)
    suspend(serial, actor=ACTOR, store=world.store, policy=RevocationPolicy(), now=NOW)
    assert number(world) == before + 1
    resume(serial, actor=ACTOR, store=world.store, now=NOW)
    revoke(serial, "keyCompromise", actor=ACTOR, store=world.store, now=NOW)
    assert number(world) == before + 3
    revoke(serial, "keyCompromise", actor=ACTOR, store=world.store, now=NOW)  # said again
    with pytest.raises(CertificateAlreadyRevoked):
        suspend(serial, actor=ACTOR, store=world.store, policy=RevocationPolicy(), now=NOW)
    assert number(world) == before + 3


def test_changes_at_once_are_all_counted(world: World) -> None:
    before = number(world)

    def change(_: int) -> int:
        return world.store.transact(lambda tx: (count_change(tx.connection), tx.statuses.last_change())[1])

    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(change, range(20)))
    assert sorted(seen) == list(range(before + 1, before + 21))


def test_a_snapshot_sees_a_change_with_its_number_or_neither(world: World) -> None:
    before, read, changed = number(world), threading.Event(), threading.Event()

    def look(tx: SqlTransaction) -> tuple[int, int]:
        first = tx.statuses.last_change()
        read.set()
        assert changed.wait(20)
        return first, tx.statuses.last_change()

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(world.store.read, look)
        assert read.wait(20)
        world.store.transact(lambda tx: count_change(tx.connection))
        changed.set()
        assert looking.result() == (before, before)
    assert number(world) == before + 1


def test_the_watch_never_tells_an_older_number_for_longer_than_it_says(world: World) -> None:
    watch = open_change_watch(world.database)
    longest_s = 0.0 if isinstance(watch, SqliteChangeWatch) else 0.1
    for _ in range(10):
        asked_at_s = time.monotonic()
        watch.learned(number(world), asked_at_s)
        world.store.transact(lambda tx: count_change(tx.connection))
        with world.database.reading() as connection:
            now_is = read_number(connection)
        time.sleep(longest_s)
        assert watch.latest() in (now_is, None)
        if longest_s == 0.0:
            assert watch.latest() == now_is


def test_a_lease_runs_out_and_never_goes_back() -> None:
    watch = LeasedChangeWatch(lease_s=60.0)
    assert watch.latest() is None
    begun_s = time.monotonic()
    watch.learned(7, begun_s)
    assert watch.latest() == 7
    watch.learned(8, begun_s - 120.0)  # a newer number, read so long ago that it may be another by now
    assert watch.latest() is None
    watch.learned(7, begun_s + 1.0)  # a reader that was slow
    assert watch.latest() is None
    watch.learned(8, begun_s)
    assert watch.latest() == 8


def test_a_database_that_is_gone_is_no_answer(sqlite_database: Database) -> None:
    world = World(sqlite_database)
    watch = open_change_watch(world.database)
    assert watch.latest() == number(world)
    world.store.transact(lambda tx: tx.connection.exec_driver_sql("ALTER TABLE status_change RENAME TO elsewhere"))
    assert watch.latest() is None
