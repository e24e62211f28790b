"""A store with two relying parties, what it enqueued, and a clock the tests turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa

from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import open_key_ring
from dojang.adapters.store import audit_log
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import Emission, SqlStore
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.party_events import feeds, posting, webhooks
from dojang.controls.party_events.model import NewEvent, Reception, SendWebhooks, SpreadEvents
from dojang.controls.party_events.policy import PartyEventPolicy
from dojang.controls.party_events.publishing import publish
from dojang.controls.relying_parties.usecases import register_party
from dojang.kernel.effects import Effect

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(days=365)
CHANCE = SystemChance()
SomeEffect = TypeVar("SomeEffect", bound=Effect)


@dataclass
class Receiver:
    """A webhook that keeps what it takes; `answers` are given first, then everything is taken."""

    answers: list[Reception] = field(default_factory=list)
    taken: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    asked: int = 0

    def post(self, uri: str, headers: Mapping[str, str], body: bytes) -> Reception:
        assert uri == "https://party.example/hook"
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else Reception.TAKEN
        if answer is Reception.TAKEN:
            self.taken.append((headers, body))
        return answer


class World:
    """Two parties, the shop (with a webhook and its secret) and the café (without), and what they are told."""

    def __init__(self, database: Database, directory: Path) -> None:
        cipher = RingFieldCipher(ring=open_key_ring(directory / "ring.json"), chance=CHANCE)
        self.emissions: list[Emission] = []
        self._keys: set[tuple[str, str]] = set()
        self.now = NOW
        self.policy = PartyEventPolicy(first_pause_s=10)
        self.receiver = Receiver()
        self.store: SqlStore[SqlTransaction] = SqlStore(
            database,
            begin=lambda connection: SqlTransaction(connection, cipher),
            append=audit_log.append,
            enqueue=self._enqueue,
        )
        known = {"actor": "operator:o1", "store": self.store, "chance": CHANCE, "now": NOW}
        self.shop = register_party("shop", webhook_uri="https://party.example/hook", **known).party.client_id
        self.cafe = register_party("café", **known).party.client_id
        self.secret = webhooks.renew_webhook_secret(self.shop, policy=self.policy, **known).secret

    def _enqueue(self, connection: sa.Connection, emissions: Sequence[Emission]) -> None:
        del connection
        for one in emissions:
            known = (type(one.effect).__name__, one.key or "")
            if one.key is None or known not in self._keys:
                self._keys.add(known)
                self.emissions.append(one)

    def due(self, kind: type[SomeEffect]) -> list[SomeEffect]:
        """Take the waiting effects of a kind out of the queue."""
        found = [one.effect for one in self.emissions if isinstance(one.effect, kind)]
        self.emissions = [one for one in self.emissions if not isinstance(one.effect, kind)]
        return found

    def emitted(self, kind: type[Effect]) -> int:
        return sum(isinstance(one.effect, kind) for one in self.emissions)

    def watch(self, client_id: str, reference: str) -> bool:
        return self.store.transact(
            lambda tx: feeds.watch(tx, client_id, reference, until=UNTIL, policy=self.policy, now=self.now)
        )

    def happen(self, kind: str, reference: str, key: str = "1", leads_to: str | None = None) -> None:
        event = NewEvent(
            type=kind,
            reference=reference,
            key=key,
            data={"key": key},
            occurred_at=self.now,
            leads_to=leads_to,
            leads_until=UNTIL if leads_to else None,
        )
        self.store.transact(lambda tx: publish(tx, event))

    def spread(self) -> None:
        """Carry out what waits, and what that brings, as the worker does."""
        while effects := self.due(SpreadEvents):
            for one in effects:
                feeds.carry_out_spread(one, store=self.store)

    def send(self) -> None:
        while effects := self.due(SendWebhooks):
            for one in effects:
                posting.carry_out_send(one, store=self.store, way=self.receiver, policy=self.policy, clock=self.clock)

    @property
    def clock(self) -> "Hands":
        return Hands(self)

    def told(self, client_id: str, after: int = 0) -> list[tuple[str, str]]:
        page = feeds.list_events(client_id, after, 100, store=self.store, policy=self.policy)
        return [(one.event.type, one.event.reference) for one in page.entries]


@dataclass(frozen=True)
class Hands:
    world: World

    def now(self) -> datetime:
        return self.world.now


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)
