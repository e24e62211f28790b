"""Audit entries: what happened, to what, by whom.

Tags read `step:subject:action` (for example `issuance:certificate:issued`). An entry carries ids only: never a name,
a resident registration number, R, a telephone number, an account or a code.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

_TAG = re.compile(r"^[a-z_]+:[a-z_]+:[a-z_]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One event for the audit log. `at` is UTC in whole seconds; `data` holds ids, codes and counts only.

    Raises `ValueError` when `tag` is not `step:subject:action` in lower case.
    """

    tag: str
    at: datetime
    actor: str  # "subscriber:<id>", "operator:<id>", "system", "neighbour:<name>"
    subject: str  # id of what the event is about
    data: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _TAG.match(self.tag):
            raise ValueError(f"audit tag must be step:subject:action, got {self.tag!r}")
