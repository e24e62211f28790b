"""Writes effects that wait for a worker into DBOS's tables, many at once and with statements built once.

DBOS's own `enqueue_in_transaction` builds both statements anew for every workflow on SQLite, which took longer than
anything else an issuance writes. What stands in the rows is what DBOS writes itself; a contract test compares them.
Source: DBOS documentation, "System tables".
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from dojang.adapters.effects.schema import DBOS_SCHEMA
from dojang.adapters.store.conflict import InsertUnlessThere

_STATUS_COLUMNS: Final = (
    "workflow_uuid",
    "status",
    "name",
    "queue_name",
    "application_name",
    "serialization",
    "recovery_attempts",
    "priority",
)
_INPUT_COLUMNS: Final = ("workflow_uuid", "inputs")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingWorkflow:
    """A workflow to start as soon as a worker has a place. `arguments` are positional and JSON throughout."""

    workflow_id: str
    name: str
    queue: str
    application: str
    arguments: Sequence[object]


def put_waiting(connection: sa.Connection, workflows: Sequence[WaitingWorkflow]) -> None:
    """Enqueue workflows in the caller's transaction. One whose id is known, in whatever state, is left as it is."""
    if workflows:
        _ADD_STATUS.run(connection, *(_status_row(one) for one in workflows))
        _ADD_INPUT.run(connection, *(_input_row(one) for one in workflows))


def _status_row(workflow: WaitingWorkflow) -> dict[str, object]:
    return {
        "workflow_uuid": workflow.workflow_id,
        "status": "ENQUEUED",
        "name": workflow.name,
        "queue_name": workflow.queue,
        "application_name": workflow.application,
        "serialization": "portable_json",
        "recovery_attempts": 0,
        "priority": 0,
    }


def _input_row(workflow: WaitingWorkflow) -> dict[str, object]:
    inputs = {"namedArgs": {}, "positionalArgs": workflow.arguments}
    return {
        "workflow_uuid": workflow.workflow_id,
        "inputs": json.dumps(inputs, separators=(",", ":"), ensure_ascii=False),
    }


def _into(name: str, columns: Sequence[str]) -> InsertUnlessThere:
    """Return the insert for the columns that are written; the others have defaults."""
    on_postgresql = sa.table(name, *map(sa.column, columns), schema=DBOS_SCHEMA)
    return InsertUnlessThere.into(sa.table(name, *map(sa.column, columns)), on_postgresql=on_postgresql)


_ADD_STATUS: Final = _into("workflow_status", _STATUS_COLUMNS)
_ADD_INPUT: Final = _into("workflow_input", _INPUT_COLUMNS)
