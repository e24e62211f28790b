"""Our recogniser on lines set in typefaces it never saw, beside Tesseract on the same lines."""

import unicodedata
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from dojang.adapters.id_document.jamo import SYMBOLS
from dojang.adapters.id_document.jamo_reader import MODEL_PATH, MODEL_SHA256, JamoReader
from dojang.adapters.id_document.korean import open_korean_reader
from dojang.adapters.id_document.line_reader import Alphabet
from dojang.adapters.id_document.pixels import Picture
from dojang.adapters.id_document.tesseract import TesseractReader
from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken
from dojang.sandbox.specimen.fonts import SANS, SERIF, Typeface

_LINES = (
    "서울특별시 마포구 가온새길 27-4",
    "홍푸름",
    "자동차운전면허증",
    "경상남도 창원시 마산합포구청장",
    "103동 1207호 (햇살동, 너른아파트)",
    "쾌척 뷁 휑뎅그렁 넋",
    "2019년 7월 15일",
    "1종보통",
)


@pytest.fixture(scope="module")
def reader() -> JamoReader:
    return JamoReader()


def _set(text: str, typeface: Typeface, *, em_px: int = 36, ground: int = 225) -> Picture:
    font = ImageFont.truetype(str(typeface.path), em_px)
    width = int(font.getlength(text)) + em_px
    picture = Image.new("RGB", (width, round(em_px * 1.3)), (ground, ground - 6, ground - 14))
    ImageDraw.Draw(picture).text((em_px // 2, em_px * 1.02), text, font=font, fill=(40, 38, 44), anchor="ls")
    return np.asarray(picture)[:, :, ::-1].copy()


def _spoil(picture: Picture, seed: int) -> Picture:
    """Blur, noise and compression of a hand-held photograph."""
    noise = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(picture, (0, 0), 2.0).astype(np.float32) * 0.75
    soft += noise.normal(0, 7, soft.shape)
    coded = cv2.imencode(".jpg", np.clip(soft, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.uint8)


def _errors(truth: str, read: str) -> int:
    """Edit distance between the jamo of two texts, spaces left out."""
    first, second = (unicodedata.normalize("NFD", text.replace(" ", "")) for text in (truth, read))
    row = list(range(len(second) + 1))
    for at, symbol in enumerate(first, start=1):
        diagonal, row[0] = row[0], at
        for to, other in enumerate(second, start=1):
            diagonal, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, diagonal + (symbol != other))
    return row[-1]


@pytest.mark.parametrize("typeface", [SANS, SERIF], ids=lambda face: face.name)
@pytest.mark.parametrize("text", _LINES)
def test_clean_lines_are_read_to_the_letter(reader: JamoReader, text: str, typeface: Typeface) -> None:
    read = reader.read(_set(text, typeface), Alphabet.KOREAN)
    assert read.text.replace(" ", "") == text.replace(" ", "")
    assert len(read.confidences) == len(read.positions) == len(read.text)
    assert all(0 <= value <= 1 for value in (*read.confidences, *read.positions))
    assert list(read.positions) == sorted(read.positions)


def test_hanja_after_a_name_are_no_letters_of_it(reader: JamoReader) -> None:
    read = reader.read(_set("남궁가온(南宮佳溫)", SANS), Alphabet.KOREAN)
    assert read.text.split("(")[0].strip() == "남궁가온"
    assert all(symbol in SYMBOLS or "가" <= symbol <= "힣" for symbol in read.text)


def test_positions_point_at_the_letters(reader: JamoReader) -> None:
    read = reader.read(_set("가나다라마바사아", SANS), Alphabet.KOREAN)
    gaps = np.diff(read.positions)
    assert read.text == "가나다라마바사아"
    assert gaps.min() > 0.6 * gaps.max()


def test_only_digits_come_out_where_only_digits_may_stand(reader: JamoReader) -> None:
    picture = _set("981231-1234567", SANS)
    assert reader.read(picture, Alphabet.DIGITS).text == "981231-1234567"
    assert set(reader.read(_set("가나OI", SANS), Alphabet.DIGITS).text) <= set("0123456789-")
    assert reader.read(_set("2031.12.31.", SERIF), Alphabet.DATE).text == "2031.12.31."


def test_spoilt_lines_are_read_better_than_by_tesseract(reader: JamoReader) -> None:
    tesseract = TesseractReader()
    ours, theirs = 0, 0
    for at, text in enumerate(_LINES):
        for typeface in (SANS, SERIF):
            picture = _spoil(_set(text, typeface, em_px=24), at)
            ours += _errors(text, reader.read(picture, Alphabet.KOREAN).text)
            theirs += _errors(text, tesseract.read(picture, Alphabet.KOREAN).text)
    assert ours < theirs / 2


def test_bare_ground_is_no_text(reader: JamoReader) -> None:
    ground = np.full((48, 300, 3), 210, dtype=np.uint8)
    assert reader.read(ground, Alphabet.KOREAN).text == ""
    assert reader.read(np.zeros((0, 10, 3), dtype=np.uint8), Alphabet.KOREAN).text == ""


@pytest.mark.parametrize("size", [(9, 4), (200, 12), (30, 6000)])
def test_odd_sizes_are_no_error(reader: JamoReader, size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 200, dtype=np.uint8)
    assert isinstance(reader.read(picture, Alphabet.KOREAN).text, str)


def test_it_is_the_reader_nobody_need_ask_for() -> None:
    assert isinstance(open_korean_reader(), JamoReader)


def test_the_same_line_reads_the_same_twice(reader: JamoReader) -> None:
    picture = _spoil(_set(_LINES[0], SERIF), 3)
    assert reader.read(picture, Alphabet.KOREAN) == reader.read(picture, Alphabet.KOREAN)


def test_another_file_is_not_loaded(tmp_path: Path) -> None:
    changed = tmp_path / "jamo.onnx"
    changed.write_bytes(MODEL_PATH.read_bytes()[:-1] + b"\x00\x01")
    with pytest.raises(ReaderBroken):
        JamoReader(changed)
    with pytest.raises(ReaderBroken):
        JamoReader(tmp_path / "absent.onnx")
    with pytest.raises(ReaderBroken):
        JamoReader(sha256="0" * 64)
    assert MODEL_PATH.stat().st_size <= 6_000_000
    assert len(MODEL_SHA256) == 64
