"""The worker pool: time limits, deaths, recycling, errors carried over; with readers that misbehave on purpose."""

import multiprocessing
import time
from collections.abc import Iterator
from datetime import date

import pytest
import structlog

from dojang.adapters.id_document.pool import PooledReader, PoolSettings
from dojang.lifecycle.identity_proofing.id_document.errors import (
    ImageTooSmall,
    ReaderBroken,
    ReaderTimedOut,
    UnsupportedFile,
)
from dojang.lifecycle.identity_proofing.id_document.model import DocumentExamination
from fakes.id_document import DyingReader, HangingReader, make_unloadable_reader

TODAY = date(2026, 11, 23)
PICTURE = b"\xff\xd8 a picture"


def read(pool: PooledReader, file: bytes) -> DocumentExamination:
    return pool.read_document(file, None, today=TODAY, expected=None)


@pytest.fixture
def mortal() -> Iterator[PooledReader]:
    pool = PooledReader(PoolSettings(workers=1, timeout_s=20, documents_per_worker=2), make_reader=DyingReader)
    yield pool
    pool.close()


def test_a_worker_reads_and_is_replaced_after_its_share(mortal: PooledReader) -> None:
    workers = [read(mortal, PICTURE).seconds["pid"] for _ in range(3)]
    assert workers[0] == workers[1] != workers[2]


def test_coded_errors_come_back_with_their_fields_and_spare_the_worker(mortal: PooledReader) -> None:
    first = read(mortal, PICTURE).seconds["pid"]
    with pytest.raises(ImageTooSmall) as small:
        read(mortal, b"\xff\xd8 small")
    assert small.value.fields == {"minimum_px": 160}
    with pytest.raises(UnsupportedFile):
        read(mortal, b"nothing")
    assert read(mortal, PICTURE).seconds["pid"] != first  # the second document used up the first worker's share


def test_a_worker_that_dies_costs_one_document_only(mortal: PooledReader) -> None:
    with pytest.raises(ReaderBroken):
        read(mortal, b"\xff\xd8 die")
    assert read(mortal, PICTURE).decision.value == "retake"


def test_a_worker_that_wants_too_much_memory_is_ended_and_the_next_reads_on(mortal: PooledReader) -> None:
    """The limit is 3 GB of address space, the picture takes 8."""
    first = read(mortal, PICTURE).seconds["pid"]
    with pytest.raises(ReaderBroken) as broken:
        read(mortal, b"\xff\xd8 greedy")
    assert broken.value.code == "id_document.reader_broken"
    assert read(mortal, PICTURE).seconds["pid"] != first


def test_what_nobody_foresaw_ends_the_worker_without_its_text_on_any_stream(
    mortal: PooledReader, capfd: pytest.CaptureFixture[str]
) -> None:
    first = read(mortal, PICTURE).seconds["pid"]
    with structlog.testing.capture_logs() as logs, pytest.raises(ReaderBroken) as broken:
        read(mortal, b"\xff\xd8 surprise")
    assert broken.value.__cause__ is None
    assert read(mortal, PICTURE).seconds["pid"] != first
    mortal.close()  # the dead worker's streams are closed with it
    said = "".join(capfd.readouterr()) + str(broken.value) + str(logs)
    assert "홍길동" not in said
    assert "surprise" not in said
    assert "Traceback" not in said
    [event] = logs
    assert (event["event"], event["kind"]) == ("pool_worker_broke", "KeyError")
    assert event["where"].startswith("id_document.py:")


def test_a_reading_past_its_time_limit_is_stopped() -> None:
    pool = PooledReader(PoolSettings(workers=1, timeout_s=0.5), make_reader=HangingReader)
    with pytest.raises(ReaderTimedOut):
        read(pool, b"\xff\xd8 hang")
    pool.close()


def test_workers_that_cannot_load_are_told_as_broken(capfd: pytest.CaptureFixture[str]) -> None:
    pool = PooledReader(PoolSettings(workers=1), make_reader=make_unloadable_reader)
    with structlog.testing.capture_logs() as logs, pytest.raises(ReaderBroken):
        read(pool, PICTURE)
    assert [event["kind"] for event in logs] == ["RuntimeError"]
    assert "no models" not in "".join(capfd.readouterr())
    with pytest.raises(ReaderBroken):  # the slot was given back
        read(pool, PICTURE)
    pool.close()


def test_warmed_up_workers_wait_for_their_first_document() -> None:
    pool = PooledReader(PoolSettings(workers=2, timeout_s=20), make_reader=DyingReader)
    pool.warm_up()
    deadline = time.monotonic() + 20
    while len(started := _readers()) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert read(pool, PICTURE).seconds["pid"] in started
    pool.close()
    assert not _readers()
    assert read(pool, PICTURE).seconds["pid"] not in started  # closed, not broken
    pool.close()


def _readers() -> set[int | None]:
    return {child.pid for child in multiprocessing.active_children() if child.name == "id-document-reader"}
