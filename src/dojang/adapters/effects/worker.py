"""The worker: one per process. DBOS claims waiting effects and fires ticks; the carrier runs them.

Nothing is sent anywhere but to our database: no conductor, no telemetry, no cloud. Work of a worker that died is set
free by whoever can take its seat (see `seat`).
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSConfig
from dbos._dbos import _get_dbos_instance
from dbos._serialization import DBOSPortableJSON
from dbos._utils import GlobalParams

from dojang.adapters.effects.carrier import Carrier
from dojang.adapters.effects.housekeeping import Housekeeping
from dojang.adapters.effects.lookout import Lookout, stand_before
from dojang.adapters.effects.queue import APPLICATION, WORKFLOW, Attempt, EffectQueue
from dojang.adapters.effects.quiet import quieten
from dojang.adapters.effects.registry import Payload
from dojang.adapters.effects.schema import DBOS_SCHEMA, open_effects_engine
from dojang.adapters.effects.seat import Seat, name_of, take_seat
from dojang.adapters.effects.settings import GivenUp, Handler, QueueRules, Tick, WorkerSettings
from dojang.kernel.effects import Effect
from dojang.kernel.ports import Clock

# DBOS hands work only to code of the version it was enqueued for. Ours is the form of `carry_out`'s arguments.
APPLICATION_VERSION = "1"
CRASHES_BEFORE_GIVING_UP = 25
_TICK_POLL_S = 0.5
_log = structlog.get_logger("dojang.effects")


@dataclass(slots=True, kw_only=True)
class EffectWorker:
    """Carries effects out and fires ticks between `start` and `stop`. DBOS allows one per process at a time.

    `failed` is set when the worker cannot go on (its seat is lost) and must be stopped.
    """

    queue: EffectQueue
    handlers: Mapping[type[Effect], Handler]
    ticks: Mapping[str, Tick]
    clock: Clock
    settings: WorkerSettings = field(default_factory=WorkerSettings)
    given_up: GivenUp | None = None
    failed: threading.Event = field(default_factory=threading.Event, init=False)
    _seat: Seat | None = field(default=None, init=False)
    _engine: sa.Engine | None = field(default=None, init=False)
    _housekeeping: Housekeeping | None = field(default=None, init=False)
    _running: int = field(default=0, init=False)
    _count: threading.Lock = field(default_factory=threading.Lock, init=False)

    def start(self) -> None:
        """Take a seat, launch DBOS and begin to claim work.

        Raises `ValueError` when an effect has no handler, `RuntimeError` when the environment asks for DBOS's cloud.
        """
        if GlobalParams.dbos_cloud:
            raise RuntimeError("DBOS__CLOUD is set: effects stay in our own database, unset it")
        carrier = Carrier(
            registry=self.queue.registry,
            handlers=self.handlers,
            retry=self.settings.retry,
            clock=self.clock,
            park=self._park,
            given_up=self.given_up,
        )
        quieten()
        self._seat = take_seat(self.queue.database)
        self._engine = open_effects_engine(self.queue.database, pool_size=self.settings.pool_size)
        DBOS(config=self._config(name_of(self._seat), self._engine))
        tick = self._register(carrier)
        DBOS.launch()
        # Looking four times a poll delays no effect by more than a quarter of what it waits anyway.
        stand_before(_get_dbos_instance()._sys_db, Lookout(self._engine, fresh_s=self.settings.poll_s / 4))
        self._register_queues()
        self._schedule(tick)
        self._housekeeping = Housekeeping(
            database=self.queue.database, seat=self._seat, clock=self.clock, settings=self.settings, failed=self.failed
        )
        self._housekeeping.start()
        _log.info("worker_started", seat=self._seat.number, queues=len(self.queue.registry.queues))

    def stop(self) -> None:
        """Stop claiming, let running handlers finish (at most `stop_timeout_s`), and leave the seat.

        A handler still running after that is cut off with the process; its effect runs again elsewhere.
        """
        if self._housekeeping is not None:
            self._housekeeping.stop()
        with self._count:
            busy = self._running > 0
        # DBOS waits in whole seconds when told to wait at all.
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=self.settings.stop_timeout_s if busy else 0)
        if self._engine is not None:
            self._engine.dispose()
        if self._seat is not None:
            self._seat.leave()
        _log.info("worker_stopped")

    def _config(self, executor_id: str, engine: sa.Engine) -> DBOSConfig:
        return {
            "name": APPLICATION,
            "system_database_engine": engine,
            "dbos_system_schema": DBOS_SCHEMA,
            "serializer": DBOSPortableJSON,
            "executor_id": executor_id,
            "application_version": APPLICATION_VERSION,
            "run_migrations": False,
            "max_executor_threads": self.settings.threads,
            "scheduler_polling_interval_sec": 1.0,
            # Nobody here waits for DBOS's notifications; the interval only bounds how long its thread takes to stop.
            "notification_listener_polling_interval_sec": 0.1,
            "enable_otlp": False,
            "log_level": "WARNING",
        }

    def _register(self, carrier: Carrier) -> object:
        """Declare the two workflows to DBOS; return the tick's."""

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=CRASHES_BEFORE_GIVING_UP)
        def carry_out(name: str, payload: Payload, effect_id: str, number: int, first_at_s: int, rests: int = 0) -> str:
            attempt = Attempt(
                name=name, payload=payload, effect_id=effect_id, number=number, first_at_s=first_at_s, rests=rests
            )
            with self._counted():
                return carrier.carry_out(attempt)

        @DBOS.workflow(name="tick", max_recovery_attempts=1)
        def tick(scheduled_at: datetime, name: str) -> str:
            del scheduled_at  # what matters is the time it runs at
            with self._counted():
                return self._tick(name)

        del carry_out
        return tick

    def _counted(self) -> "_Counted":
        return _Counted(self)

    def _tick(self, name: str) -> str:
        planned = self.ticks.get(name)
        if planned is None:
            return "unknown"  # a tick of an older version; it does no harm
        try:
            planned.handler(self.clock.now())
        except Exception as error:  # noqa: BLE001 - the next tick comes as planned
            _log.error("tick_failed", tick=name, code=getattr(error, "code", type(error).__name__))
            return "failed"
        return "done"

    def _register_queues(self) -> None:
        for name in self.queue.registry.queues:
            rules = self.settings.queues.get(name, QueueRules())
            DBOS.register_queue(
                name,
                worker_concurrency=rules.concurrency,
                global_concurrency=rules.global_concurrency,
                limiter=None
                if rules.rate_limit is None
                else {"limit": rules.rate_limit, "period": rules.rate_period_s},
                polling_interval_sec=rules.poll_s or self.settings.poll_s,
                on_conflict="always_update",
            )

    def _schedule(self, tick: object) -> None:
        for name in self.ticks:
            # A queue of its own with one place: the same tick never overlaps itself, on however many machines.
            DBOS.register_queue(
                f"tick-{name}", global_concurrency=1, polling_interval_sec=_TICK_POLL_S, on_conflict="always_update"
            )
        DBOS.apply_schedules(
            [
                {
                    "schedule_name": name,
                    "workflow_fn": tick,  # type: ignore[typeddict-item]  # DBOS types the context as Any, we as str
                    "schedule": planned.cron,
                    "context": name,
                    "queue_name": f"tick-{name}",
                }
                for name, planned in self.ticks.items()
            ]
        )

    def _park(self, attempt: Attempt, delay_s: float) -> None:
        queue = self.queue.queue_of(attempt.name)
        with self.queue.database.writing() as connection:
            self.queue.enqueue_attempt(connection, attempt, queue, delay_s)


@dataclass(slots=True)
class _Counted:
    """Counts what runs, so that `stop` knows whether to wait."""

    worker: EffectWorker

    def __enter__(self) -> None:
        with self.worker._count:
            self.worker._running += 1

    def __exit__(self, *_: object) -> None:
        with self.worker._count:
            self.worker._running -= 1


def run_worker(worker: EffectWorker, stop: threading.Event) -> bool:
    """Run a worker until `stop` is set; return False when it had to stop by itself (start it again)."""
    worker.start()
    try:
        while not stop.wait(0.2) and not worker.failed.is_set():
            pass
    finally:
        worker.stop()
    return not worker.failed.is_set()
