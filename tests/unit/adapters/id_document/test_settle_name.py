"""A name left in doubt by small print is settled by its Latin letters, among what the reader held for likely only."""

import numpy as np

from dojang.adapters.id_document.found import Found
from dojang.adapters.id_document.jamo import SYMBOLS, spell
from dojang.adapters.id_document.jamo_lattice import decode
from dojang.adapters.id_document.line_reader import Alphabet, LineText, Rival
from dojang.adapters.id_document.lines import LineCutter
from dojang.adapters.id_document.pixels import Picture
from dojang.adapters.id_document.ppocr import PpocrReader
from dojang.adapters.id_document.settle_name import settle_name

QUAD = np.array([[0, 0], [90, 0], [90, 30], [0, 30]], dtype=np.float32)
PICTURE: Picture = np.full((40, 100, 3), 255, dtype=np.uint8)


class Told:
    """A Korean reader that says what it is told to."""

    def __init__(self, text: LineText) -> None:
        self._text = text

    def read(self, crop: Picture, alphabet: Alphabet) -> LineText:
        return self._text


def settled(value: str, text: LineText, latin: str) -> Found:
    cutter = LineCutter(plain=PpocrReader.tiny(), korean=Told(text))
    return settle_name(PICTURE, Found(value=value, confidence=0.6, quad=QUAD), cutter, latin=latin)


def read(text: str, **rivals: tuple[Rival, ...]) -> LineText:
    return LineText(text=text, confidences=(0.6,) * len(text), rivals=tuple(rivals.get(char, ()) for char in text))


def test_the_likely_reading_that_the_latin_letters_spell_stands() -> None:
    doubtful = read("최온근", 온=(Rival("은", 0.34), Rival("운", 0.12)))
    found = settled("최온근", doubtful, "EUNGEUN")
    assert found.value == "최은근"
    assert found.confidence > 0.7


def test_nothing_that_the_reader_did_not_see_is_put_in() -> None:
    assert settled("최온근", read("최온근", 온=(Rival("운", 0.3),)), "EUNGEUN").value == "최온근"
    assert settled("최온근", read("최온근"), "EUNGEUN").confidence == 0.6


def test_a_spelling_that_people_use_changes_nothing() -> None:
    likely = read("김승호", 승=(Rival("숭", 0.4),))
    assert settled("김승호", likely, "SUNGHO").value == "김승호"


def test_a_long_surname_is_kept_and_the_given_name_settled() -> None:
    assert settled("남궁혼", read("남궁혼", 혼=(Rival("훈", 0.4),)), "HUN").value == "남궁훈"


def test_another_surname_than_was_read_is_never_taken() -> None:
    assert settled("최온근", read("쵝온근", 온=(Rival("은", 0.34),)), "EUNGEUN").value == "최온근"
    either = read("쵝온근", 쵝=(Rival("최", 0.3),), 온=(Rival("은", 0.34),))
    assert settled("최온근", either, "EUNGEUN").value == "최은근"


def test_a_reading_that_is_no_name_is_passed_over() -> None:
    assert settled("오다", read("오0다"), "MIDA").value == "오다"
    assert settled("오다", LineText(text="오다", confidences=(1, 1)), "MIDA").value == "오다"


def test_a_lattice_tells_what_else_may_stand_there() -> None:
    lattice = np.full((12, len(SYMBOLS)), -12.0, dtype=np.float32)
    for step, at in enumerate(spell("온")):
        lattice[1 + 3 * step, at] = np.log(0.97)
    lattice[[at for at in range(12) if at not in (1, 4, 7)], 0] = np.log(0.99)
    initial, medial, final = spell("온")
    lattice[4, medial], lattice[4, spell("은")[1]] = np.log(0.6), np.log(0.35)
    text = decode(lattice, Alphabet.KOREAN)
    assert text.text == "온"
    assert [rival.char for rival in text.rivals[0]] == ["은"]
    assert 0.3 < text.rivals[0][0].sure < 0.4
    lattice[4, spell("은")[1]] = np.log(0.02)
    assert decode(lattice, Alphabet.KOREAN).rivals == ((),)
    assert (initial, final) == (spell("은")[0], spell("은")[2])
