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
        """Enqueue what a transaction emitted, under the id `<class>:<key>`, or `<class>:<fresh id>` without a key."""
        for emitted in emissions:
            effect_id = f"{type(emitted.effect).__name__}:{emitted.key or self.chance.new_id()}"
            self.enqueue(connection, emitted.effect, effect_id, delay_s=emitted.delay_s or None)

    def queue_of(self, name: str) -> str:
        """Return the queue that effects called `name` wait on; any queue for a name that only newer code knows."""
        try:
            return self.registry.form_called(name).queue
        except EffectUnknown:
            return self.registry.queues[0]

    def enqueue_attempt(self, connection: sa.Connection, attempt: Attempt, queue: str, delay_s: float | None) -> None:
        """Enqueue one try of an effect; the worker uses this for the next one."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": queue,
            "workflow_id": attempt.workflow_id,
            "application_name": APPLICATION,
        }
        if delay_s is not None:
            options["delay_seconds"] = delay_s
        arguments = (attempt.name, attempt.payload, attempt.effect_id, attempt.number, attempt.first_at_s)
        self._client.enqueue_in_transaction(connection, options, *arguments)
        # DBOS leaves its schema translation on the caller's connection, which would slow every later statement down.
        connection.execution_options(schema_translate_map=None)
