"""Fields of a passport's data page: the machine-readable zone first, the visual zone for the rest."""

import re
from collections.abc import Sequence
from datetime import date

from dojang.adapters.id_document.detect import cut_out
from dojang.adapters.id_document.find_korean import confirm_name, find_name
from dojang.adapters.id_document.find_numbers import find_printed_dates
from dojang.adapters.id_document.found import Found, sureness
from dojang.adapters.id_document.line_reader import Alphabet
from dojang.adapters.id_document.lines import Line, LineCutter
from dojang.adapters.id_document.pixels import Picture
from dojang.adapters.id_document.ppocr import HEIGHT_PX, PpocrReader
from dojang.adapters.id_document.read_mrz import MrzReading, find_mrz_rows, read_mrz
from dojang.adapters.id_document.settle_name import settle_name
from dojang.lifecycle.identity_proofing.id_document import mrz
from dojang.lifecycle.identity_proofing.id_document.model import FieldName, FieldSource

_HANGUL_NAME = re.compile(r"^[가-힣]{2,6}$")
# Labels, and the stamp on specimens. Names may hold 성 or 월 themselves.
_LABEL_WORDS = re.compile(r"(여권|종류|발행|국적|성별|생년|기간|만료|성명|이름|발급|관청|번호|국가|대한민국|견본)")


def assign_passport(
    picture: Picture, lines: Sequence[Line], cutter: LineCutter, readers: Sequence[PpocrReader], *, today: date
) -> dict[FieldName, Found]:
    """Return what can be told of a data page. `readers` are tried in turn on rows whose check digits fail."""
    found: dict[FieldName, Found] = {}
    rows = find_mrz_rows(lines, picture.shape[1])
    reading = None if rows is None else read_mrz(picture, rows, readers)
    visual_number = _find_visual_number(picture, lines, readers[0])
    if reading is not None:
        found |= _from_mrz(reading, visual_number, today)
    elif visual_number is not None:
        found[FieldName.PASSPORT_NUMBER] = visual_number
    name = _find_hangul_name(picture, lines, cutter)
    if name is not None and name.quad is not None:
        name = confirm_name(picture, name, name.quad, cutter)
        if FieldName.GIVEN_NAMES in found:
            name = settle_name(picture, name, cutter, latin=found[FieldName.GIVEN_NAMES].value)
        found[FieldName.NAME] = name
    issued = _find_issue_date(lines, found)
    if issued is not None:
        found[FieldName.ISSUED_ON] = issued
    return found


def _from_mrz(reading: MrzReading, visual_number: Found | None, today: date) -> dict[FieldName, Found]:
    number = reading.line_2[:9]
    if "KOR" in (reading.line_1[2:5], reading.line_2[10:13]):
        visual = None if visual_number is None else visual_number.value
        number = mrz.resolve_passport_number(
            number, visual=visual, check=reading.line_2[9], expires_on=mrz.find_expiry(reading.line_2)
        )
    line_2 = number + reading.line_2[9:]
    found = {
        FieldName.MRZ_LINE_1: _of(reading.line_1, reading.confidence_1, reading, first=True),
        FieldName.MRZ_LINE_2: _of(line_2, reading.confidence_2, reading, first=False),
    }
    zone = mrz.find_mrz(reading.line_1, line_2, today=today)
    if zone is None:
        return found
    sure_2 = reading.confidence_2 if zone.failed_checks else max(0.95, reading.confidence_2)
    texts = {
        FieldName.PASSPORT_NUMBER: zone.number,
        FieldName.NATIONALITY: zone.nationality,
        FieldName.BIRTH_DATE: zone.birth_date.isoformat() if zone.birth_date else "",
        FieldName.SEX: zone.sex if zone.sex in "MF" else "",
        FieldName.EXPIRES_ON: zone.expires_on.isoformat() if zone.expires_on else "",
    }
    for name, text in texts.items():
        if text:
            found[name] = _of(text, sure_2, reading, first=False)
    for name, text in ((FieldName.SURNAME, zone.surname), (FieldName.GIVEN_NAMES, zone.given_names)):
        if text:
            found[name] = _of(text, reading.confidence_1, reading, first=True)
    return found


def _of(value: str, sure: float, reading: MrzReading, *, first: bool) -> Found:
    quad = reading.quad_1 if first else reading.quad_2
    return Found(value=value, confidence=sure, quad=quad, source=FieldSource.MRZ)


def _find_visual_number(picture: Picture, lines: Sequence[Line], reader: PpocrReader) -> Found | None:
    """The printed number: nine characters beginning with the letter of a Korean passport."""
    for line in lines:
        compact = re.sub(r"[^0-9A-Za-z]", "", line.plain.text.upper())
        if not re.search(r"[MSRGD][0-9OIQDSB]{3}[0-9A-Z][0-9OIQDSB]{4}$", compact) or len(compact) > 24:
            continue
        text = compact if len(compact) == 9 else compact[-9:]
        again = reader.read(cut_out(picture, line.quad, height_px=HEIGHT_PX), Alphabet.SERIAL)
        number = mrz.resolve_passport_number(text, visual=None)
        if mrz.is_korean_passport_number(number):
            return Found(value=number, confidence=sureness(again.confidences), quad=line.quad)
    return None


def _find_hangul_name(picture: Picture, lines: Sequence[Line], cutter: LineCutter) -> Found | None:
    """The holder's Hangul name: by its label, below it, or the only short Hangul line that is no label."""
    for line in lines:
        if "한글" not in line.compact and "성명" not in line.compact:
            continue
        below = [other for other in lines if _is_below(line, other) and _HANGUL_NAME.match(other.compact)]
        if below:
            nearest = min(below, key=lambda other: other.rect.top)
            return Found(value=nearest.compact, confidence=sureness(nearest.korean.confidences), quad=nearest.quad)
    alone = [
        line
        for line in lines
        if line.rect.top > 0.18 * picture.shape[0]
        and _HANGUL_NAME.match(line.compact)
        and not _LABEL_WORDS.search(line.compact)
        and line.korean.confidence > 0.6
    ]
    if alone:
        best = max(alone, key=lambda line: line.korean.confidence)
        return Found(value=best.compact, confidence=sureness(best.korean.confidences) * 0.9, quad=best.quad)
    labelled = find_name(picture, lines, cutter, anchor=None)
    return None if labelled is None or len(labelled[0].value) < 2 else labelled[0]


def _is_below(label: Line, other: Line) -> bool:
    gap = other.rect.centre_y - label.rect.centre_y
    near = 0.3 * label.height < gap < 2.6 * max(label.height, other.height)
    return near and abs(other.rect.left - label.rect.left) < 2.5 * label.height


def _find_issue_date(lines: Sequence[Line], found: dict[FieldName, Found]) -> Found | None:
    """The printed date that is neither birth nor expiry: the latest of those before expiry and after birth."""
    known = {found[name].value for name in (FieldName.BIRTH_DATE, FieldName.EXPIRES_ON) if name in found}
    expiry = found[FieldName.EXPIRES_ON].value if FieldName.EXPIRES_ON in found else "9999"
    birth = found[FieldName.BIRTH_DATE].value if FieldName.BIRTH_DATE in found else "0000"
    candidates = [
        Found(value=day.isoformat(), confidence=printed.confidence, quad=printed.line.quad)
        for printed in find_printed_dates([line for line in lines if len(line.plain.text) < 34])
        for day in printed.days
        if day.isoformat() not in known and birth < day.isoformat() < expiry
    ]
    if not candidates:
        return None
    return max(candidates, key=lambda candidate: candidate.value)
