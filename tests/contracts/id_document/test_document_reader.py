"""What every document reader must do, on the fake, the reader itself and the worker pool; then what the real one reads.

The drawings are this suite's own (conftest): fields are found by what they say, not where they stand.
"""

import io
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pytest
from PIL import Image

from dojang.adapters.id_document.picture import PictureLimits, load_picture
from dojang.adapters.id_document.pool import PooledReader, PoolSettings
from dojang.adapters.id_document.reader import ExaminingReader
from dojang.lifecycle.identity_proofing.id_document.errors import UnsupportedFile
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode
from dojang.lifecycle.identity_proofing.id_document.model import Decision, DocumentKind, FieldName, Side
from dojang.lifecycle.identity_proofing.id_document.ports import DocumentReader
from fakes.id_document import FakeDocumentReader

TODAY = date(2026, 11, 23)
Rows = list[tuple[float, float, float, str]]
Draw = Callable[..., Image.Image]
Shoot = Callable[..., bytes]


@pytest.fixture(scope="module", params=["fake", "in process", "pool"])
def any_reader(request: pytest.FixtureRequest, reader: ExaminingReader) -> Iterator[DocumentReader]:
    if request.param == "fake":
        yield FakeDocumentReader()
    elif request.param == "in process":
        yield reader
    else:
        pool = PooledReader(PoolSettings(workers=1, timeout_s=60))
        yield pool
        pool.close()


def blank() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 700), (120, 130, 140)).save(out, "PNG")
    return out.getvalue()


def test_a_picture_without_a_document_is_to_be_retaken_and_not_kept(any_reader: DocumentReader) -> None:
    examination = any_reader.read_document(blank(), None, today=TODAY, expected=None)
    assert examination.decision is Decision.RETAKE
    assert examination.reasons == (FindingCode.NO_DOCUMENT.value,)
    assert examination.masked == (None,)
    assert len(examination.readings) == 1


@pytest.mark.parametrize("file", [b"", b"plain text", b"GIF89a"])
def test_other_files_are_refused_with_the_code(any_reader: DocumentReader, file: bytes) -> None:
    with pytest.raises(UnsupportedFile):
        any_reader.read_document(file, None, today=TODAY, expected=None)


def test_a_bad_back_is_refused_too(any_reader: DocumentReader) -> None:
    with pytest.raises(UnsupportedFile):
        any_reader.read_document(blank(), b"plain text", today=TODAY, expected=None)


@pytest.mark.parametrize("scan", [False, True], ids=["photograph", "scan"])
def test_a_resident_card_of_unfamiliar_layout(
    reader: ExaminingReader, draw: Draw, shoot: Shoot, resident: Rows, *, scan: bool
) -> None:
    file = shoot(draw(resident), scan=scan)
    examination = reader.read_document(file, None, today=TODAY, expected=DocumentKind.RESIDENT_CARD)
    front = examination.readings[0]
    assert (front.kind, front.side) == (DocumentKind.RESIDENT_CARD, Side.FRONT)
    assert front.find_value(FieldName.RRN) == "900101-1970127"
    assert front.find_value(FieldName.NAME) == "나다운"
    assert front.find_value(FieldName.ISSUED_ON) == "2018-03-09"
    assert front.find_value(FieldName.BIRTH_DATE) == "1990-01-01"
    assert front.find_value(FieldName.SEX) == "M"
    assert front.find_value(FieldName.AUTHORITY) == "서울특별시 마포구청장"
    assert (front.find_value(FieldName.ADDRESS) or "").startswith("서울특별시 마포구 월드컵북로")
    assert examination.decision is Decision.ACCEPT


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize(("width", "kind"), [(800, "PNG"), (2400, "JPEG")])
def test_a_licence_scanned_any_way_up_at_any_size(
    reader: ExaminingReader, draw: Draw, shoot: Shoot, licence: Rows, turn: int, width: int, kind: str
) -> None:
    file = shoot(draw(licence, width=width).rotate(turn, expand=True), scan=True, kind=kind)
    front = reader.read_document(file, None, today=TODAY, expected=None).readings[0]
    assert (front.kind, front.side) == (DocumentKind.DRIVER_LICENCE, Side.FRONT)
    assert front.find_value(FieldName.LICENCE_NUMBER) == "11-18-970452-60"
    assert front.find_value(FieldName.RRN) == "900101-1970127"
    assert front.find_value(FieldName.EXPIRES_ON) == "2028-12-31"
    assert front.find_value(FieldName.RENEWAL_FROM) == "2028-01-01"
    assert front.find_value(FieldName.ISSUED_ON) == "2018-05-04"
    assert front.find_value(FieldName.SERIAL) == "7K2M9X"


def test_the_renewal_window_is_read_as_printed(
    reader: ExaminingReader, draw: Draw, shoot: Shoot, licence: Rows
) -> None:
    """Since 2026 it ends half a year after a birthday, not on 31 December."""
    moved = [
        (left, top, size, text.replace("2028.01.01 ~ 2028.12.31", "2031.03.10 ~ 2032.03.09"))
        for left, top, size, text in licence
    ]
    examination = reader.read_document(shoot(draw(moved), scan=True), None, today=TODAY, expected=None)
    front = examination.readings[0]
    assert front.find_value(FieldName.RENEWAL_FROM) == "2031-03-10"
    assert front.find_value(FieldName.EXPIRES_ON) == "2032-03-09"


def test_another_kind_than_announced_is_refused(
    reader: ExaminingReader, draw: Draw, shoot: Shoot, licence: Rows
) -> None:
    examination = reader.read_document(shoot(draw(licence)), None, today=TODAY, expected=DocumentKind.RESIDENT_CARD)
    assert examination.decision is Decision.REFUSE
    assert examination.reasons == (FindingCode.WRONG_DOCUMENT.value,)


def test_an_expired_licence_is_refused_with_its_date(
    reader: ExaminingReader, draw: Draw, shoot: Shoot, licence: Rows
) -> None:
    examination = reader.read_document(shoot(draw(licence)), None, today=date(2029, 1, 1), expected=None)
    assert examination.decision is Decision.REFUSE
    first = examination.findings[0]
    assert (first.code, first.detail) == (
        FindingCode.EXPIRED,
        "2028-12-31",
    )


def test_a_hidden_name_is_told_as_the_unreadable_field(
    reader: ExaminingReader, draw: Draw, shoot: Shoot, licence: Rows
) -> None:
    examination = reader.read_document(shoot(draw(licence, without="나다운")), None, today=TODAY, expected=None)
    assert examination.decision is Decision.RETAKE
    assert ("name", FindingCode.UNREADABLE_FIELD) in {(f.field, f.code) for f in examination.findings}


def test_stored_pictures_show_neither_back_digits_nor_metadata(
    reader: ExaminingReader, draw: Draw, shoot: Shoot, resident: Rows
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "camera maker"
    exif.get_ifd(0x8825)[1] = "N"
    examination = reader.read_document(shoot(draw(resident), exif=exif), None, today=TODAY, expected=None)
    kept = examination.masked[0]
    assert kept is not None
    for file in (kept.original_jpeg, kept.rectified_jpeg, *examination.crops.values()):
        assert b"camera maker" not in file
        with Image.open(io.BytesIO(file)) as image:
            assert len(image.getexif()) == 0
    again = reader.read_document(kept.original_jpeg, None, today=TODAY, expected=None).readings[0]
    assert again.kind is DocumentKind.RESIDENT_CARD
    assert again.find_value(FieldName.NAME) == "나다운"
    shown = again.find_value(FieldName.RRN) or ""
    assert "1970127"[:4] not in shown.replace("-", "")[6:]


def test_masking_paints_over_the_number_in_both_pictures(
    reader: ExaminingReader, draw: Draw, shoot: Shoot, resident: Rows
) -> None:
    file = shoot(draw(resident))
    examination = reader.read_document(file, None, today=TODAY, expected=None)
    kept, box = examination.masked[0], examination.readings[0].fields[FieldName.RRN].box
    assert kept is not None
    assert box is not None
    flat = load_picture(kept.rectified_jpeg, limits=PictureLimits())
    height, width = flat.shape[:2]
    middle = round((box.top + box.bottom) / 2 * height)
    back = flat[middle, round((box.left + 0.55 * (box.right - box.left)) * width) : round(0.98 * box.right * width)]
    assert float(back.mean()) < 60
    before, after = load_picture(file, limits=PictureLimits()), load_picture(kept.original_jpeg, limits=PictureLimits())
    changed = np.abs(before.astype(int) - after.astype(int)).max(axis=2) > 90
    assert 0.001 < float(changed.mean()) < 0.02


def test_no_personal_data_in_the_repr(reader: ExaminingReader, draw: Draw, shoot: Shoot, resident: Rows) -> None:
    shown = repr(reader.read_document(shoot(draw(resident)), None, today=TODAY, expected=None))
    assert "900101" not in shown
    assert "나다운" not in shown


def test_a_card_on_pure_white_is_not_taken_for_glare(
    reader: ExaminingReader, draw: Draw, shoot: Shoot, licence: Rows
) -> None:
    card = np.asarray(draw(licence)).copy()
    card[(card == (236, 240, 230)).all(axis=2)] = 255
    examination = reader.read_document(shoot(Image.fromarray(card), scan=True), None, today=TODAY, expected=None)
    assert examination.decision is Decision.ACCEPT
    assert examination.readings[0].find_value(FieldName.LICENCE_NUMBER) == "11-18-970452-60"
