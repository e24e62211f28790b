"""A masked timeline out of audit entries: when, what, and the few facts that say how it went.

Audit entries hold no personal data; a ticket holds still less, because people outside the audit read it: no id, no
actor, and of the data only the names below, each value in the form of a code. Pure.
"""

import re
from collections.abc import Iterable

from dojang.controls.support.model import TimelineStep
from dojang.kernel.audit import AuditEntry

SHOWN = ("state", "tries", "findings", "code", "status", "answer", "kind", "checks", "event")
LONGEST = 60
_CODE = re.compile(r"[a-z][a-z0-9_.,:]*|[0-9]{1,3}")


def timeline_of(entries: Iterable[AuditEntry]) -> tuple[TimelineStep, ...]:
    """Return the newest `LONGEST` steps, oldest first."""
    steps = sorted(map(_step_of, entries), key=lambda one: one.at)
    return tuple(steps[-LONGEST:])


def _step_of(entry: AuditEntry) -> TimelineStep:
    facts = {name: entry.data[name] for name in SHOWN if name in entry.data}
    return TimelineStep(
        at=entry.at, tag=entry.tag, facts={name: value for name, value in facts.items() if _CODE.fullmatch(value)}
    )
