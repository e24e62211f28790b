"""A process that takes customers' signatures is killed, and one that puts them together: one signature per request.

The story, on SQLite and on PostgreSQL: at every step of both ways a process dies (SIGKILL: no clean-up, no last word),
each over another request. Then devices send the same signatures again, a worker carries out every order twice, and
everything is counted: results, audit entries, orders, and what the party is told.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from builders.zygote import Zygote
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.tables.party_events import party_event
from dojang.adapters.store.tables.signature_requests import signature_request

MOST = 110
EVERY_NTH_LINE = 24
KILLED_BY_CLOCK = 4
AFTER_THE_COMMIT = 6


@pytest.fixture
def zygote() -> Iterator[Zygote]:
    opened = Zygote(Path(__file__).with_name("signature_victims.py"))
    yield opened
    opened.close()


def orders(database: Database, kind: str) -> Counter[str]:
    """How often each effect of a kind was enqueued."""
    table = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
    query = sa.text(f"SELECT workflow_uuid FROM {table} WHERE workflow_uuid LIKE '{kind}:%'")  # noqa: S608 - ours
    with database.reading() as connection:
        return Counter(str(one) for one in connection.execute(query).scalars())


def states(database: Database) -> dict[str, str]:
    with database.reading() as connection:
        return dict(connection.execute(sa.select(signature_request.c.id, signature_request.c.state)).all())


def killed_everywhere(zygote: Zygote, command: str, first: int, steps: list[int], lines: int) -> int:
    """Kill `command` at every step, along the way, around its last commit and by the clock.

    Returns the first index that was left alone.
    """
    moments = sorted({*steps, *range(1, lines, EVERY_NTH_LINE), *range(lines - AFTER_THE_COMMIT, lines + 1)})
    outcomes = [zygote.ask(command, index=first + turn, kill_at=at) for turn, at in enumerate(moments)]
    assert [one for one in outcomes if one != {"killed": 9}] == []
    for turn in range(KILLED_BY_CLOCK):
        zygote.ask(command, index=first + len(moments) + turn, kill_after_ms=1.0 + 9.0 * turn)
    return first + len(moments) + KILLED_BY_CLOCK


@pytest.mark.journey
def test_killing_the_process_at_every_step_leaves_one_signature_per_request(
    database: Database, zygote: Zygote, tmp_path: Path
) -> None:
    url = database.url.render_as_string(hide_password=False)
    ids = zygote.ask("open", count=MOST, database_url=url, folder=str(tmp_path))

    # One lives, and shows how long the ways are.
    way_in = zygote.ask("take", index=0, kill_at=10**9)
    way_out = zygote.ask("assemble", index=0, kill_at=10**9)
    assert states(database)[ids[0]] == "completed"
    taken = killed_everywhere(zygote, "take", 1, way_in["steps"], way_in["lines"])
    half = states(database)
    assert {half[one] for one in ids[1:taken]} == {"bound", "signed"}  # before the commit, and after it
    # Whoever was signed has an order that a worker will find; whoever was not has none.
    assert set(orders(database, "AssembleSignature")) == {
        f"AssembleSignature:{one}" for one in ids[:taken] if half[one] in ("signed", "completed")
    }
    # Devices that had no answer send the same again.
    assert set(zygote.ask("take_all", count=MOST)) == {"signed", "completed"}
    assert zygote.ask("take_all", count=MOST) == zygote.ask("take_all", count=MOST)
    assert orders(database, "AssembleSignature") == Counter(f"AssembleSignature:{one}" for one in ids)

    used = killed_everywhere(zygote, "assemble", 1, way_out["steps"], way_out["lines"])
    assert 30 < used <= MOST
    assert {states(database)[one] for one in ids[1:used]} == {"signed", "completed"}
    results = zygote.ask("assemble_all", count=MOST)
    assert zygote.ask("assemble_all", count=MOST) == results, "what was handed over changed"
    assert [ours for _, ours in results] == [[True]] * MOST
    assert len({digest for digest, _ in results}) == MOST

    assert states(database) == dict.fromkeys(ids, "completed")
    with database.reading() as connection:
        entries = Counter((one.leaf.tag, one.leaf.subject) for one in AuditLogView(connection).leaves())
        events = connection.execute(sa.select(party_event.c.reference)).scalars().all()
    for action in ("asked", "opened", "prepared", "signed", "completed"):
        assert [entries[f"reliance:signature_request:{action}", one] for one in ids] == [1] * MOST, action
    assert sorted(events) == sorted(f"signature:{one}" for one in ids)
    sent = orders(database, "SendWebhooks")
    assert len(sent) == MOST
    assert set(sent.values()) == {1}
