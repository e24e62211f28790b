"""What a worker does beside the work: keep its seat, set free what dead workers left, forget what is long done."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from dbos import DBOS

from dojang.adapters.effects.queue import WORKFLOW
from dojang.adapters.effects.seat import Seat, name_of, number_of, try_seat
from dojang.adapters.effects.settings import WorkerSettings
from dojang.adapters.store.engine import Database
from dojang.kernel.ports import Clock

_FORGET_EVERY_S = 3600.0
_BATCH = 500
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_log = structlog.get_logger("dojang.effects")


@dataclass(slots=True, kw_only=True)
class Housekeeping:
    """A thread of its own between `start` and `stop`. Sets `failed` and ends when the seat is lost."""

    database: Database
    seat: Seat
    clock: Clock
    settings: WorkerSettings
    failed: threading.Event
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="effects-housekeeping", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the end."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        rounds_to_forget = 0
        while not self._stopping.wait(self.settings.seat_check_s):
            if not self.seat.is_held():
                _log.error("worker_lost_its_seat", seat=self.seat.number)
                self.failed.set()
                return
            try:
                self.take_over()
                if rounds_to_forget <= 0:
                    self.forget()
                    rounds_to_forget = int(_FORGET_EVERY_S / self.settings.seat_check_s)
            except Exception as error:  # noqa: BLE001 - DBOS raises what it likes; the next round tries again
                _log.warning("housekeeping_failed", code=type(error).__name__)
            rounds_to_forget -= 1

    def take_over(self) -> None:
        """Set free the work of every worker that is gone: its seat can be taken, so nobody sits there."""
        pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
        holders = {one.executor_id for one in pending if one.executor_id} - {name_of(self.seat)}
        for holder in sorted(holders):
            number = number_of(holder)
            vacant = None if number is None else try_seat(self.database, number)
            if vacant is None:
                continue
            try:
                DBOS._recover_pending_workflows([holder])  # the call DBOS's conductor makes; there is no public one
            finally:
                vacant.leave()
            _log.warning("work_taken_over", seat=number)

    def forget(self) -> None:
        """Delete what was finished long ago. From then on its effect id could be used again."""
        for name, days in ((WORKFLOW, self.settings.keep_effects_days), ("tick", self.settings.keep_ticks_days)):
            before = (self.clock.now() - timedelta(days=days)).isoformat()
            while not self._stopping.is_set():
                finished = DBOS.list_workflows(
                    name=name,
                    status=_FINISHED,
                    completed_before=before,
                    limit=_BATCH,
                    load_input=False,
                    load_output=False,
                )
                if not finished:
                    break
                DBOS.delete_workflows([one.workflow_id for one in finished])
