"""Which backend reads Hangul: chosen by name, files checked; an operator's file read by its own dictionary."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from dojang.adapters.id_document.ctc_file import CtcFileReader
from dojang.adapters.id_document.korean import KoreanBackend, KoreanChoice, open_korean_reader
from dojang.adapters.id_document.line_reader import Alphabet
from dojang.adapters.id_document.models import Model, get_model_path
from dojang.adapters.id_document.pixels import Picture
from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken
from dojang.sandbox.specimen.fonts import SANS, font

# PP-OCR's own model stands in for an operator's: the same inputs and outputs, another dictionary.
MODEL, DICTIONARY = get_model_path(Model.READ_TINY), get_model_path(Model.ALPHABET_TINY)


def printed(text: str) -> Picture:
    image = Image.new("RGB", (60 + 42 * len(text), 64), (238, 240, 236))
    ImageDraw.Draw(image).text((16, 4), text, font=font(SANS, 40), fill=(30, 30, 40))
    return np.asarray(cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR), dtype=np.uint8)


@pytest.fixture(scope="module")
def reader() -> CtcFileReader:
    return CtcFileReader(model=MODEL, dictionary=DICTIONARY)


@pytest.mark.parametrize("text", ["DOJANG 2026", "900101-1970127", "(Seoul) 12, 3F"])
def test_an_operators_file_is_read_by_its_dictionary(reader: CtcFileReader, text: str) -> None:
    line = reader.read(printed(text), Alphabet.ANY)
    assert line.text.replace(" ", "") == text.replace(" ", "")
    assert len(line.confidences) == len(line.positions) == len(line.text)
    assert list(line.positions) == sorted(line.positions)
    assert 0.8 < line.confidence <= 1


def test_a_narrow_alphabet_is_kept_to(reader: CtcFileReader) -> None:
    line = reader.read(printed("O12345B"), Alphabet.DIGITS)
    assert set(line.text) <= set("0123456789-")
    assert "12345" in line.text


def test_an_empty_crop_has_no_text(reader: CtcFileReader) -> None:
    assert reader.read(np.full((48, 200, 3), 230, dtype=np.uint8), Alphabet.ANY).text == ""


def test_a_dictionary_of_another_model_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("a\nb\nc\n", encoding="utf-8")
    with pytest.raises(ReaderBroken) as broken:
        CtcFileReader(model=MODEL, dictionary=other)
    assert broken.value.fields == {"part": "other.txt"}


@pytest.mark.parametrize("data", [b"", b"not a model", b"\x08\x07" * 40])
def test_a_file_that_is_no_model_is_refused_without_its_libraries_words(tmp_path: Path, data: bytes) -> None:
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(data)
    with pytest.raises(ReaderBroken) as broken:
        CtcFileReader(model=damaged, dictionary=DICTIONARY)
    assert broken.value.fields == {"part": "damaged.onnx"}
    assert broken.value.__cause__ is None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    choice = KoreanChoice(backend=KoreanBackend.FILE, model=tmp_path / "absent.onnx", dictionary=DICTIONARY)
    with pytest.raises(ReaderBroken) as broken:
        open_korean_reader(choice)
    assert broken.value.fields == {"part": "absent.onnx"}
    with pytest.raises(ReaderBroken):
        open_korean_reader(KoreanChoice(backend=KoreanBackend.FILE))


def test_the_choice_opens_what_it_names() -> None:
    choice = KoreanChoice(backend=KoreanBackend.FILE, model=MODEL, dictionary=DICTIONARY)
    assert open_korean_reader(choice).read(printed("DOJANG"), Alphabet.ANY).text == "DOJANG"
    korean = open_korean_reader(KoreanChoice(backend=KoreanBackend.TESSERACT))
    assert korean.read(printed("서울특별시"), Alphabet.KOREAN).text.replace(" ", "") == "서울특별시"
