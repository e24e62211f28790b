"""Numbers on a card, wherever they stand: RRN, licence number, serial, dates. Found by shape, never by place alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dojang.adapters.id_document.detect import cut_out
from dojang.adapters.id_document.found import Found, sureness
from dojang.adapters.id_document.line_reader import Alphabet, LineText
from dojang.adapters.id_document.lines import Line
from dojang.adapters.id_document.pixels import Picture, Quad
from dojang.adapters.id_document.ppocr import HEIGHT_PX, PpocrReader
from dojang.lifecycle.identity_proofing.id_document import licence_number, rrn
from dojang.lifecycle.identity_proofing.id_document.printed_date import find_dates

_LOOKALIKES = str.maketrans("OoQDIl|iSsBZz", "0000111155822")
_RRN = re.compile(r"(?<!\d)(\d{6})\s?[-–—~.:]?\s?([0-9]\d{6})(?!\d)")
_LICENCE = re.compile(r"(?<!\d)(\d{2})\s?[-–—.]?\s?(\d{2})\s?[-–—.]\s?(\d{6})\s?[-–—.]?\s?(\d{2})(?!\d)")
_SERIAL = re.compile(r"^[0-9A-Z]{5,6}$")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PrintedDates:
    """The dates of one line, in order."""

    days: tuple[date, ...]
    line: Line
    confidence: float


def find_rrn(picture: Picture, lines: Sequence[Line], second_reader: PpocrReader, *, today: date) -> Found | None:
    """Return the best RRN candidate: possible date and holding check digit first, then confidence.

    A candidate whose date or check digit fails is read again by `second_reader`; two readings that agree stand.
    """
    best: tuple[tuple[int, float], Found] | None = None
    for line in lines:
        for text in _readings(line, Alphabet.DIGITS):
            found = _rrn_in(line, text)
            if found is None:
                continue
            rank = _rrn_rank(found.value, today)
            if rank == 0 and (text is not line.plain or find_dates(line.plain.text)):
                continue  # a long run of digits forced out of something else
            if rank < 3:
                again = second_reader.lattice(cut_out(picture, line.quad, height_px=HEIGHT_PX))
                for retry in (again.decode(Alphabet.ANY), again.decode(Alphabet.DIGITS)):
                    other = _rrn_in(line, retry)
                    if other is not None and _rrn_rank(other.value, today) > rank:
                        found, rank = other, _rrn_rank(other.value, today)
            key = (rank, found.confidence)
            if best is None or key > best[0]:
                best = (key, found)
    return None if best is None else best[1]


def _rrn_rank(value: str, today: date) -> int:
    number = rrn.find_rrn(value, latest_birth=today)
    if number is None:
        return 0
    return {rrn.RrnCheck.FAILS: 1, rrn.RrnCheck.NOT_APPLICABLE: 2, rrn.RrnCheck.HOLDS: 3}[number.check]


def _rrn_in(line: Line, text: LineText) -> Found | None:
    match = _RRN.search(text.text.translate(_LOOKALIKES))
    if match is None:
        return None
    return _cutting(line, text, match.start(), match.end(), f"{match[1]}-{match[2]}")


def find_licence_number(lines: Sequence[Line]) -> Found | None:
    """Return the best licence number: known region first, then confidence."""
    best: tuple[tuple[bool, float], Found] | None = None
    for line in lines:
        for text in _readings(line, Alphabet.DIGITS):
            match = _LICENCE.search(text.text.translate(_LOOKALIKES))
            if match is None or _RRN.search(match[0]):
                continue
            value = "-".join(match.groups())
            found = _cutting(line, text, match.start(), match.end(), value)
            key = (licence_number.is_licence_number(value), found.confidence)
            if best is None or key > best[0]:
                best = (key, found)
    return None if best is None else best[1]


def find_serial(
    picture: Picture, lines: Sequence[Line], second_reader: PpocrReader, *, card_width: int, card_height: int
) -> Found | None:
    """Return the six-character serial: a short line of capitals and digits on its own, under the small portrait."""
    candidates = []
    for line in lines:
        compact = re.sub(r"[\s.]", "", line.plain.text)
        rect = line.rect
        if not re.fullmatch(r"[0-9A-Za-z]{5,7}", compact) or rect.centre_y < 0.3 * card_height:
            continue
        mixed = bool(re.search(r"\d", compact)) and bool(re.search(r"[A-Za-z]", compact))
        aside = rect.centre_x > 0.6 * card_width
        score = 2.0 * mixed + 1.5 * aside + (len(compact) == 6) + line.plain.confidence
        if score >= 2.9:
            candidates.append((score, line))
    if not candidates:
        return None
    line = max(candidates, key=lambda candidate: candidate[0])[1]
    text = second_reader.read(cut_out(picture, line.quad, height_px=HEIGHT_PX), Alphabet.SERIAL)
    if not _SERIAL.match(text.text) and line.lattice is not None:
        text = line.lattice.decode(Alphabet.SERIAL)
    if not _SERIAL.match(text.text):
        return None
    return Found(value=text.text, confidence=sureness(text.confidences), quad=line.quad)


def find_printed_dates(lines: Sequence[Line]) -> list[PrintedDates]:
    """Return every line with a possible date, as the first reading that has one says. The Korean reading is the last.

    A later reading is taken where it has the same dates and more: PP-OCR, which has no Hangul, makes digits of a label
    that stands close by, and a date that begins with them is none. It also stands alone for what it alone can read
    (12월/DEC).
    """
    found = []
    for line in lines:
        best: PrintedDates | None = None
        for text in (*_readings(line, Alphabet.DATE), line.korean):
            printed = _dates_in(text, line)
            if best is None or (len(printed.days) > len(best.days) and set(printed.days) >= set(best.days)):
                best = printed
        if best is not None and best.days:
            found.append(best)
    return found


def _dates_in(text: LineText, line: Line) -> PrintedDates:
    days = tuple(day for day in find_dates(_RRN.sub(" ", text.text)) if 1900 < day.year < 2100)
    digits = [sure for char, sure in zip(text.text, text.confidences, strict=True) if char.isdecimal()]
    # Where a month is named, the number misread from 월 says nothing about the date.
    named = re.search(r"[A-Z]{3}", text.text)
    return PrintedDates(days=days, line=line, confidence=text.confidence if named else sureness(digits))


def _readings(line: Line, narrow: Alphabet) -> list[LineText]:
    readings = [line.plain]
    if line.lattice is not None and re.search(r"\d", line.plain.text):
        readings.append(line.lattice.decode(narrow))
    return readings


def _cutting(line: Line, text: LineText, start: int, end: int, value: str) -> Found:
    """The stretch of the line that holds characters `start` to `end`, its ends pushed half a character outwards."""
    confidences = text.confidences[start:end]
    return Found(value=value, confidence=sureness(confidences), quad=stretch(line, text, start, end))


def stretch(line: Line, text: LineText, start: int, end: int) -> Quad:
    """Return the quad of characters `start` to `end` (exclusive); the whole line's where positions are unknown."""
    if not text.positions or end <= start:
        return line.quad
    positions = text.positions
    pitch = (positions[end - 1] - positions[start]) / max(1, end - start - 1)
    left = 0.0 if start == 0 else positions[start] - 0.8 * pitch
    right = 1.0 if end == len(positions) else positions[end - 1] + 0.8 * pitch
    return line.part(max(0.0, left), min(1.0, right))
