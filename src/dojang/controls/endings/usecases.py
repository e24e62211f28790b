"""Warn of what ends: once for each thing, end and stage, however often it is looked at."""

from collections.abc import Iterable
from datetime import datetime

from dojang.controls.endings import rules
from dojang.controls.endings.model import Ending, WarnOfEnd
from dojang.kernel.transaction import Store, Transaction


def warn_of_ends(endings: Iterable[Ending], *, store: Store[Transaction], now: datetime) -> tuple[Ending, ...]:
    """Have the operators told of what ends soon or has ended; return all of that, told before or not."""
    due = [(one, stage) for one in endings if (stage := rules.stage_of(one, now)) is not None]

    def work(tx: Transaction) -> None:
        for one, stage in due:
            seconds = int(one.ends_at.timestamp())
            tx.emit(WarnOfEnd(name=one.name, ends_at=seconds), key=f"{one.name}-{seconds}-{stage}")

    if due:
        store.transact(work)
    return tuple(one for one, _ in due)
