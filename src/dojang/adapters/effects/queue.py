"""Enqueueing: an effect becomes a waiting DBOS workflow inside the caller's own transaction.

The effect id is the workflow id: the same id twice is one effect, and what rolls back was never enqueued.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from dbos import DBOSClient, EnqueueOptions
from dbos._serialization import DBOSPortableJSON

from dojang.adapters.effects.registry import EffectRegistry, EffectUnknown, Payload
from dojang.adapters.effects.schema import DBOS_SCHEMA
from dojang.adapters.effects.waiting import WaitingWorkflow, put_waiting
from dojang.adapters.store.engine import Database
from dojang.kernel.effects import Effect
from dojang.kernel.ports import Chance

APPLICATION = "dojang"
WORKFLOW = "carry_out"
RESTED = "~"  # in a workflow's id: the effect waits for a neighbour that is away, and is woken when it is back


class Emitted(Protocol):
    """An effect as a transaction collected it (see `kernel.transaction.Transaction.emit`)."""

    @property
    def effect(self) -> Effect:
        """The effect."""
        ...

    @property
    def key(self) -> str | None:
        """What makes it happen once; None for every time."""
        ...

    @property
    def delay_s(self) -> float:
        """Seconds to wait after now."""
        ...


_COLUMNS = ("workflow_uuid", "status", "name", "queue_name", "delay_until_epoch_ms")
_DELAYED = sa.table("workflow_status", *map(sa.column, _COLUMNS))
_DELAYED_ON_POSTGRESQL = sa.table("workflow_status", *map(sa.column, _COLUMNS), schema=DBOS_SCHEMA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at carrying an effect out. `number` counts from 1; `first_at_s` is the first try's time, epoch seconds,
    0 before there was one. `rests` counts how often it waited for a neighbour that was not asked: no try.
    """

    name: str
    payload: Payload
    effect_id: str
    number: int = 1
    first_at_s: int = 0
    rests: int = 0

    @property
    def workflow_id(self) -> str:
        """The effect id for the first try; later tries are workflows of their own, so that waiting holds no place."""
        tried = self.effect_id if self.number == 1 else f"{self.effect_id}/{self.number}"
        return f"{tried}{RESTED}{self.rests}" if self.rests else tried

    @property
    def arguments(self) -> tuple[object, ...]:
        """What the workflow is called with. The last one is left out while it is 0: older workers do not know it."""
        tried = (self.name, self.payload, self.effect_id, self.number, self.first_at_s)
        return (*tried, self.rests) if self.rests else tried


@dataclass(slots=True)
class EffectQueue:
    """Enqueues effects on connections to `database`, whose schema `schema.upgrade_effects` has made."""

    database: Database
    registry: EffectRegistry
    chance: Chance
    _client: DBOSClient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._client = DBOSClient(
            system_database_engine=self.database.engine,
            dbos_system_schema=DBOS_SCHEMA,
            serializer=DBOSPortableJSON,
            application_name=APPLICATION,
            lazy=True,
        )

    def enqueue(
        self,
        connection: sa.Connection,
        effect: Effect,
        effect_id: str,
        queue: str | None = None,
        delay_s: float | None = None,
    ) -> None:
        """Enqueue `effect` under `effect_id`, on its own queue unless `queue` is given, in the caller's transaction.

        An id that was enqueued before, whatever became of it, is left as it is. Raises `EffectUnknown`.
        """
        form, payload = self.registry.encode(effect)
        attempt = Attempt(name=form.name, payload=payload, effect_id=effect_id)
        self.enqueue_attempt(connection, attempt, queue or form.queue, delay_s)

    def enqueue_all(self, connection: sa.Connection, emissions: Sequence[Emitted]) -> None:
        """Enqueue what transactions emitted, under the id `<class>:<key>`, or `<class>:<fresh id>` without a key."""
        at_once: list[WaitingWorkflow] = []
        for emitted in emissions:
            form, payload = self.registry.encode(emitted.effect)
            effect_id = f"{form.name}:{emitted.key or self.chance.new_id()}"
            attempt = Attempt(name=form.name, payload=payload, effect_id=effect_id)
            if emitted.delay_s:
                self._enqueue_delayed(connection, attempt, form.queue, emitted.delay_s)
            else:
                at_once.append(_waiting(attempt, form.queue))
        put_waiting(connection, at_once)

    def queue_of(self, name: str) -> str:
        """Return the queue that effects called `name` wait on; any queue for a name that only newer code knows."""
        try:
            return self.registry.form_called(name).queue
        except EffectUnknown:
            return self.registry.queues[0]

    def enqueue_attempt(self, connection: sa.Connection, attempt: Attempt, queue: str, delay_s: float | None) -> None:
        """Enqueue one try of an effect; the worker uses this for the next one."""
        if delay_s is None:
            put_waiting(connection, [_waiting(attempt, queue)])
        else:
            self._enqueue_delayed(connection, attempt, queue, delay_s)

    def wake(self, queue: str, now: datetime) -> int:
        """Have the effects that rest on `queue` start now instead of at their time; return how many those are."""
        with self.database.writing() as connection:
            table = _DELAYED if connection.dialect.name == "sqlite" else _DELAYED_ON_POSTGRESQL
            resting = table.c.workflow_uuid.contains(RESTED, autoescape=True)
            due = {"delay_until_epoch_ms": int(now.timestamp() * 1000)}
            asleep = table.c.status == "DELAYED", table.c.queue_name == queue, table.c.name == WORKFLOW
            return connection.execute(sa.update(table).where(*asleep, resting).values(**due)).rowcount

    def _enqueue_delayed(self, connection: sa.Connection, attempt: Attempt, queue: str, delay_s: float) -> None:
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": queue,
            "workflow_id": attempt.workflow_id,
            "application_name": APPLICATION,
            "delay_seconds": delay_s,
        }
        self._client.enqueue_in_transaction(connection, options, *attempt.arguments)
        # DBOS leaves its schema translation on the caller's connection, which would slow every later statement down.
        connection.execution_options(schema_translate_map=None)


def _waiting(attempt: Attempt, queue: str) -> WaitingWorkflow:
    return WaitingWorkflow(
        workflow_id=attempt.workflow_id,
        name=WORKFLOW,
        queue=queue,
        application=APPLICATION,
        arguments=attempt.arguments,
    )
