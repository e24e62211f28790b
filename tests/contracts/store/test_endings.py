"""What of the authority ends: seen in a founded office, warned of once for each stage, and written to the operators."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from builders.edge import EdgeOffice, founded, open_edge
from builders.status import appoint
from builders.world import World
from dojang.adapters.store.engine import Database
from dojang.controls.endings.model import LONG_DAYS, SHORT_DAYS, Ending, WarnOfEnd
from dojang.controls.endings.rules import stage_of
from dojang.controls.endings.usecases import warn_of_ends
from dojang.endings import endings_of

END = datetime(2027, 3, 1, 14, 59, 59, tzinfo=UTC)


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeOffice]:
    opened = open_edge(founded(tmp_path))
    appoint(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("before", "stage"),
    [
        (timedelta(days=91), None),
        (timedelta(days=90), 90),
        (timedelta(days=30, seconds=1), 90),
        (timedelta(days=30), 30),
        (timedelta(days=7), 7),
        (timedelta(days=1), 1),
        (timedelta(0), 1),
        (timedelta(seconds=-1), 0),
    ],
)
def test_each_stage_begins_on_its_day(before: timedelta, stage: int | None) -> None:
    assert stage_of(Ending(name="x", ends_at=END, warned_days=LONG_DAYS), END - before) == stage


def test_what_is_short_lived_is_told_of_late() -> None:
    ending = Ending(name="x", ends_at=END, warned_days=SHORT_DAYS)
    assert stage_of(ending, END - timedelta(days=8)) is None
    assert stage_of(ending, END - timedelta(days=7)) == 7


def test_operators_are_told_once_for_each_stage(database: Database) -> None:
    world = World(database)
    endings = [Ending(name="root list", ends_at=END), Ending(name="far away", ends_at=END + timedelta(days=999))]
    for hours in range(24 * 91, -2, -1):
        if hours % 24 in (0, 1, 23):  # looked at again and again
            due = warn_of_ends(endings, store=world.store, now=END - timedelta(hours=hours))
    told = [one for one in world.outbox.effects if isinstance(one, WarnOfEnd)]
    assert told == [WarnOfEnd(name="root list", ends_at=int(END.timestamp()))] * 5
    assert [one.name for one in due] == ["root list"]


def test_everything_the_ceremony_and_the_worker_made_is_watched(edge: EdgeOffice) -> None:
    found = {one.name: one.ends_at for one in endings_of(edge.office, edge.clock.now())}
    published = edge.office.published
    issuing = x509.load_der_x509_certificate(published.issuing_der)
    assert found["issuing certificate"] == issuing.not_valid_after_utc
    root_list = x509.load_der_x509_crl(published.root_crl_der)
    assert found["root list"] == root_list.next_update_utc
    assert set(found) == {
        "root certificate",
        "issuing certificate",
        "transport certificate",
        "statement certificate",
        "root list",
        "delegate ocsp-1",
        "delegate tsa-1",
    }


def test_a_delegate_nobody_replaces_is_told_of_in_time(edge: EdgeOffice) -> None:
    ends_at = next(one.ends_at for one in endings_of(edge.office, edge.clock.now()) if one.name == "delegate ocsp-1")
    store = edge.office.store
    early = warn_of_ends(endings_of(edge.office, edge.clock.now()), store=store, now=edge.clock.now())
    late = ends_at - timedelta(days=6)
    assert "delegate ocsp-1" not in {one.name for one in early}
    assert "delegate ocsp-1" in {one.name for one in warn_of_ends(endings_of(edge.office, late), store=store, now=late)}
    edge.clock.time = late
    appoint(edge)
    names = {one.name for one in warn_of_ends(endings_of(edge.office, late), store=store, now=late)}
    assert not {"delegate ocsp-1", "delegate ocsp-2"} & names
