"""A worker that tells one notice and is killed at a chosen step. Run by `test_killed.py` as a process of its own.

Arguments: database URL, folder of the provider, effect id, the step to die at (0: never). The provider is a folder:
what it took lies there under the notice's id, once, and every call is a line of its log.
"""

import hashlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from builders.notices import NoticeOffice
from dojang.adapters.store.engine import open_database
from dojang.controls.notices import telling
from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.notice import NoticeAnswer


class Steps:
    """Counts steps and kills the process at the chosen one, without any farewell."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._count = 0

    def step(self) -> None:
        self._count += 1
        if self._count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


class FolderProvider:
    """`Notifier` that delivers into a folder: the same id once, as the contract wants."""

    def __init__(self, folder: Path, steps: Steps) -> None:
        self._folder = folder
        self._steps = steps

    def send(self, *, notice_id: str, **sent: Any) -> NoticeAnswer:
        self._steps.step()
        with (self._folder / "log").open("a", encoding="utf-8") as log:
            log.write(f"{notice_id}\n")
        delivered = self._folder / hashlib.sha256(notice_id.encode()).hexdigest()
        if not delivered.exists():
            delivered.write_text(notice_id, "utf-8")
        self._steps.step()
        return NoticeAnswer.ACCEPTED


class SteppedStore:
    """The office's store, a step before and after every transaction."""

    def __init__(self, store: Any, steps: Steps) -> None:
        self._store = store
        self._steps = steps
        self.read = store.read

    def transact(self, work: Callable[[Any], Any]) -> Any:
        self._steps.step()
        result = self._store.transact(work)
        self._steps.step()
        return result


def main(url: str, folder: str, effect_id: str, last: str) -> None:
    """Tell the notice."""
    office = NoticeOffice(database=open_database(url))
    steps = Steps(int(last))
    telling.carry_out_notify(
        NotifySubscriber(subscriber_id="who", template="certificate_revoked", reference="none"),
        effect_id,
        store=SteppedStore(office.store, steps),  # type: ignore[arg-type]  # the store itself, counted
        notifier=FolderProvider(Path(folder), steps),
        cipher=office.cipher,
        policy=office.policy,
        clock=office.clock,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
