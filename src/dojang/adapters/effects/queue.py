"""Enqueueing: an effect becomes a waiting DBOS workflow inside the caller's own transaction.

The effect id is the workflow id: the same id twice is one effect, and what rolls back was never enqueued.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at carrying an effect out. `number` counts from 1; `first_at_s` is the first try's time, epoch seconds,
    0 before there was one.
    """

    name: str
    payload: Payload
    effect_id: str
    number: int = 1
    first_at_s: int = 0

    @property
    def workflow_id(self) -> str:
        """The effect id for the first try; later tries are workflows of their own, so that waiting holds no place."""
        return self.effect_id if self.number == 1 else f"{self.effect_id}/{self.number}"

    @property
    def arguments(self) -> tuple[str, Payload, str, int, int]:
        """What the workflow is called with."""
        return (self.name, self.payload, self.effect_id, self.number, self.first_at_s)


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
