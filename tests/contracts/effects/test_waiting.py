"""What the effect queue writes is what DBOS would have written: rows of one workflow, enqueued either way."""

import json
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient
from dbos._serialization import DBOSPortableJSON

from dojang.adapters.effects.schema import DBOS_SCHEMA
from dojang.adapters.effects.waiting import WaitingWorkflow, put_waiting
from dojang.adapters.store.engine import Database

ARGUMENTS = ("SendParcel", {"to": '가람 "동"\n\\', "number": 3, "fragile": True}, "parcel-3", 1, 0)
# Moments of writing, and DBOS's mark of who created a row first: it asks for it only when it refuses a known id.
DIFFER_ALWAYS = frozenset({"workflow_uuid", "created_at", "updated_at", "retention_timestamp", "creator_xid"})


def rows_of(database: Database, workflow_id: str) -> list[dict[str, Any]]:
    """Every column of both rows of a workflow, without those that differ from one enqueueing to the next."""
    prefix = "" if database.is_sqlite else f"{DBOS_SCHEMA}."
    found = []
    with database.reading() as connection:
        for table in ("workflow_status", "workflow_input"):
            query = sa.text(f"SELECT * FROM {prefix}{table} WHERE workflow_uuid = :id")  # noqa: S608 - constants
            row = dict(connection.execute(query, {"id": workflow_id}).mappings().one())
            found.append({name: value for name, value in row.items() if name not in DIFFER_ALWAYS})
    if found[0]["attributes"] == "null":
        found[0]["attributes"] = None  # SQLite: DBOS writes its None as JSON, and reads both alike
    return found


def enqueue_as_dbos_does(database: Database, workflow_id: str) -> None:
    client = DBOSClient(
        system_database_engine=database.engine,
        dbos_system_schema=DBOS_SCHEMA,
        serializer=DBOSPortableJSON,
        application_name="dojang",
        lazy=True,
    )
    with database.writing() as connection:
        client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": "carry_out",
                "queue_name": "parcels",
                "workflow_id": workflow_id,
                "application_name": "dojang",
            },
            *ARGUMENTS,
        )


def waiting(workflow_id: str) -> WaitingWorkflow:
    return WaitingWorkflow(
        workflow_id=workflow_id, name="carry_out", queue="parcels", application="dojang", arguments=ARGUMENTS
    )


def test_the_rows_are_those_dbos_writes(database: Database) -> None:
    enqueue_as_dbos_does(database, "theirs")
    with database.writing() as connection:
        put_waiting(connection, [waiting("ours"), waiting("ours too")])
    theirs = rows_of(database, "theirs")
    assert rows_of(database, "ours") == theirs
    assert rows_of(database, "ours too") == theirs
    assert json.loads(theirs[1]["inputs"])["positionalArgs"] == list(ARGUMENTS)


def test_an_id_that_is_known_stays_as_it_is(database: Database) -> None:
    enqueue_as_dbos_does(database, "known")
    before = rows_of(database, "known")
    with database.writing() as connection:
        changed = WaitingWorkflow(workflow_id="known", name="other", queue="q", application="a", arguments=())
        put_waiting(connection, [changed, waiting("new"), waiting("new")])
    assert rows_of(database, "known") == before
    assert rows_of(database, "new") == before
