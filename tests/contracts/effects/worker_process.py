"""A worker as a process of its own, for tests that kill it.

Usage: worker_process.py DATABASE_URL JOURNAL [hang]. Every effect it carries out is a line in the journal: the process
id, "began" or "done", the effect id and the number; "ready" is said once it claims work. With `hang` it never finishes
what it began. A connection to any network address is a line "network". Ends cleanly on SIGTERM.
"""

import os
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from dojang.adapters.chance import SystemChance
from dojang.adapters.clock import SystemClock
from dojang.adapters.effects.queue import EffectQueue
from dojang.adapters.effects.registry import EffectRegistry
from dojang.adapters.effects.settings import Tick, WorkerSettings
from dojang.adapters.effects.worker import EffectWorker, run_worker
from dojang.adapters.store.engine import Database, open_database
from dojang.kernel.effects import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class SendParcel(Effect):
    """Something to do outside."""

    number: int


REGISTRY = EffectRegistry({"parcels": [SendParcel]})


class Journal:
    """A file of lines, appended in one write each: whole lines even from several processes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, *words: object) -> None:
        with self.path.open("a") as file:
            file.write(" ".join(map(str, words)) + "\n")

    def lines(self) -> list[list[str]]:
        return [line.split() for line in self.path.read_text().splitlines()] if self.path.exists() else []


class AnnouncedWorker(EffectWorker):
    """Says in the journal that it is there: ticks tell little, each goes to whoever is first."""

    journal: Journal

    def start(self) -> None:
        super().start()
        self.journal.write(os.getpid(), "ready")


def make_queue(database: Database) -> EffectQueue:
    return EffectQueue(database, REGISTRY, SystemChance())


def main() -> int:
    database = open_database(sys.argv[1])
    journal = Journal(Path(sys.argv[2]))
    hang = sys.argv[3:] == ["hang"]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    if not hang:
        # Every socket.connect of this process, DBOS's included; PostgreSQL is reached over a UNIX socket or libpq.
        sys.addaudithook(lambda event, args: _note_network(journal, event, args))

    def send(effect: SendParcel, effect_id: str) -> None:
        journal.write(os.getpid(), "began", effect_id, effect.number)
        if hang:
            threading.Event().wait()
        journal.write(os.getpid(), "done", effect_id, effect.number)

    worker = AnnouncedWorker(
        queue=make_queue(database),
        handlers={SendParcel: send},
        ticks={
            "count": Tick(cron="* * * * * *", handler=lambda now: journal.write(os.getpid(), "tick", now.isoformat()))
        },
        clock=SystemClock(),
        settings=WorkerSettings(poll_s=0.05, seat_check_s=0.2, stop_timeout_s=5),
    )
    worker.journal = journal
    return 0 if run_worker(worker, stop) else 1


def _note_network(journal: Journal, event: str, args: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(args[0], socket.socket) and args[0].family != socket.AF_UNIX:
        journal.write(os.getpid(), "network", args[1])


if __name__ == "__main__":
    sys.exit(main())
