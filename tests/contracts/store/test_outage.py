"""Breakers on both databases: shared by all processes, one probe at a time, one alert an outage; and the guard."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from dojang.adapters.outage import Guard
from dojang.adapters.store import audit_log
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import Emission, SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.outage import usecases
from dojang.controls.outage.model import Breaker, BreakerState, Neighbour, RaiseOutageAlert
from dojang.controls.outage.policy import OutagePolicy
from dojang.kernel.effects import Effect
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourResting, NeighbourUnavailable
from fakes.identity_proofing import FakeClock, FakeSecrecy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = OutagePolicy(failures_to_open=3, first_pause_s=5, longest_pause_s=20, probe_s=30, alert_pause_s=600)


class Bank:
    """A gateway that does as it is told."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []
        self.calls = 0
        self.label = "bank"

    def settle(self, result: object = "sent", *, error: Exception | None = None) -> object:
        self.calls += 1
        if error is not None:
            raise error
        return result


class World:
    """One store, what it enqueued, and a guard that remembers whom it woke."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.emissions: list[Emission] = []
        self.clock = FakeClock(NOW)
        self.woken: list[Neighbour] = []
        self.store = self.open_store()
        self.guard = self.open_guard(self.store)
        self.bank = Bank()
        self.watched = self.guard.watched(
            Neighbour.BANK, self.bank, "settle", is_answer=lambda result: result != "unknown"
        )

    def open_store(self) -> SqlStore[SqlTransaction]:
        return SqlStore(
            self.database,
            begin=lambda connection: SqlTransaction(connection, FakeSecrecy()),
            append=audit_log.append,
            enqueue=self._enqueue,
        )

    def open_guard(self, store: SqlStore[SqlTransaction]) -> Guard:
        return Guard(store=store, policy=POLICY, clock=self.clock, woken=self.woken.append)

    def _enqueue(self, _: sa.Connection, emissions: Sequence[Emission]) -> None:
        self.emissions += emissions

    @property
    def breaker(self) -> Breaker:
        return next(one for one in usecases.list_breakers(store=self.store) if one.neighbour is Neighbour.BANK)

    def fail(self, times: int = 1) -> None:
        for _ in range(times):
            with pytest.raises(NeighbourUnavailable):
                self.watched.settle(error=NeighbourUnavailable(neighbour="bank", reason="timeout"))

    def tags(self) -> list[str]:
        with self.database.reading() as connection:
            return [one.leaf.tag for one in AuditLogView(connection).leaves()]


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def admitted(world: World, store: SqlStore[SqlTransaction] | None = None) -> usecases.Admission | None:
    try:
        return usecases.admit(Neighbour.BANK, store=store or world.store, policy=POLICY, now=world.clock.now())
    except NeighbourResting:
        return None


def test_a_neighbour_that_works_leaves_no_trace(world: World) -> None:
    assert world.watched.settle() == "sent"
    assert admitted(world) == usecases.Admission(neighbour=Neighbour.BANK)
    assert world.watched.label == "bank"
    assert world.tags() == []
    assert world.breaker == Breaker(neighbour=Neighbour.BANK)


def test_an_outage_begins_and_ends_audited_with_one_alert(world: World) -> None:
    world.fail(3)
    assert world.breaker.state is BreakerState.OPEN
    assert admitted(world) is None
    world.clock.advance(seconds=5)
    assert world.watched.settle() == "sent"
    assert world.breaker.is_closed
    assert world.woken == [Neighbour.BANK]
    world.fail(3)
    assert world.tags() == ["outage:neighbour:began", "outage:neighbour:ended", "outage:neighbour:began"]
    alert = RaiseOutageAlert(neighbour="bank", since=int(NOW.timestamp()))
    assert [one.effect for one in world.emissions] == [alert]  # it came back and went again: told of once
    world.watched.settle()
    world.clock.advance(seconds=600)
    world.fail(3)
    assert len(world.emissions) == 2


def test_credentials_that_are_refused_are_an_outage_too_and_other_errors_are_none(world: World) -> None:
    for _ in range(3):
        with pytest.raises(NeighbourRefusedUs):
            world.watched.settle(error=NeighbourRefusedUs(neighbour="bank"))
        with pytest.raises(ValueError, match="ours"):
            world.watched.settle(error=ValueError("ours"))
    assert not world.breaker.is_closed


def test_a_result_that_proves_nothing_neither_opens_nor_closes(world: World) -> None:
    world.fail(2)
    world.watched.settle("unknown")
    assert world.breaker.failures == 2
    world.fail()
    world.watched.settle("unknown")
    assert not world.breaker.is_closed


def test_many_workers_send_one_probe(world: World) -> None:
    world.fail(3)
    world.clock.advance(seconds=5)
    stores = [world.open_store() for _ in range(4)]  # no commit is shared between them
    with ThreadPoolExecutor(8) as pool:
        leave = list(pool.map(lambda number: admitted(world, stores[number % 4]), range(16)))
    assert [one is not None for one in leave].count(True) == 1
    assert world.breaker.state is BreakerState.HALF_OPEN


def test_failures_of_many_workers_are_counted_together_and_told_once(world: World) -> None:
    guards = [world.open_guard(world.open_store()) for _ in range(4)]

    def fail(number: int) -> None:
        with pytest.raises(NeighbourUnavailable):
            guards[number % 4].watched(Neighbour.BANK, Bank(), "settle").settle(
                error=NeighbourUnavailable(neighbour="bank", reason="timeout")
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fail, range(12)))
    assert world.breaker.state is BreakerState.OPEN
    assert world.tags() == ["outage:neighbour:began"]
    assert len(world.emissions) == 1


def test_a_handler_rests_before_it_does_anything(world: World) -> None:
    done: list[str] = []
    rested: list[Effect] = []
    effect = RaiseOutageAlert(neighbour="bank", since=1)
    handler = world.guard.handler(Neighbour.BANK, lambda _, effect_id: done.append(effect_id), rested.append)
    handler(effect, "1")
    world.fail(3)
    with pytest.raises(NeighbourResting) as resting:
        handler(effect, "2")
    assert resting.value.fields == {"neighbour": "bank", "retry_after_s": 5}
    assert (done, rested) == (["1"], [effect])


def test_a_probe_that_asked_nothing_passes_its_turn_on(world: World) -> None:
    world.fail(3)
    world.clock.advance(seconds=5)
    effect = RaiseOutageAlert(neighbour="bank", since=1)
    world.guard.handler(Neighbour.BANK, lambda *_: None)(effect, "stale")
    assert world.breaker.state is BreakerState.OPEN
    assert admitted(world) is not None


def test_a_probe_whose_worker_died_is_replaced(world: World) -> None:
    world.fail(3)
    world.clock.advance(seconds=5)
    assert admitted(world) is not None  # and is never heard of again
    world.clock.advance(seconds=29)
    assert admitted(world) is None
    world.clock.advance(seconds=1)
    assert admitted(world) is not None


def test_a_single_call_is_guarded_whole(world: World) -> None:
    def call(act: Callable[[], object]) -> object:
        return world.guard.call(Neighbour.SIGNER, act, failures=(NeighbourUnavailable,))

    def broken() -> object:
        raise NeighbourUnavailable(neighbour="signer", reason="timeout")

    assert call(lambda: 7) == 7
    for _ in range(3):
        with pytest.raises(NeighbourUnavailable):
            call(broken)
    with pytest.raises(NeighbourResting):
        call(lambda: 7)
    world.clock.time = NOW + timedelta(seconds=5)
    assert call(lambda: 7) == 7
    assert call(lambda: 8) == 8
