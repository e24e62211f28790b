"""Fields of a resident card or a driver's licence, either side, from its lines. Order and content, not fixed places."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dojang.adapters.id_document.find_korean import find_address, find_authority, find_licence_class, find_name
from dojang.adapters.id_document.find_numbers import (
    PrintedDates,
    find_licence_number,
    find_printed_dates,
    find_rrn,
    find_serial,
)
from dojang.adapters.id_document.found import Found
from dojang.adapters.id_document.lines import Line, LineCutter
from dojang.adapters.id_document.pixels import Picture, Rect, bounds
from dojang.adapters.id_document.ppocr import PpocrReader
from dojang.lifecycle.identity_proofing.id_document import rrn
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, FieldName, FieldSource, Side

_PERIOD = re.compile(r"(적성|갱신|유효|기간)")
_ISSUED = re.compile(r"(발급|발행|교부|Issue|ISSUE)")
_BORN = re.compile(r"(생년월일|BIRTH|Birth)")


def assign_card(
    picture: Picture,
    lines: Sequence[Line],
    cutter: LineCutter,
    second_reader: PpocrReader,
    *,
    kind: DocumentKind,
    side: Side,
    today: date,
) -> dict[FieldName, Found]:
    """Return what can be told of one side of a card."""
    if side is Side.BACK:
        return _assign_back(lines, kind)
    found: dict[FieldName, Found] = {}
    number = find_rrn(picture, lines, second_reader, today=today)
    if number is not None:
        found |= _from_rrn(number, today)
    anchor = _anchor(number)
    name = find_name(picture, lines, cutter, anchor=anchor)
    if name is not None:
        found[FieldName.NAME] = name[0]
        if name[1] is not None:
            found[FieldName.HANJA] = name[1]
    dates = _below(find_printed_dates(lines), anchor)
    floor_y = min((printed.line.rect.top for printed in dates), default=0.8 * picture.shape[0])
    address = find_address(picture, lines, cutter, anchor=anchor, floor_y=floor_y)
    if address is not None:
        found[FieldName.ADDRESS] = address
    is_licence = kind is DocumentKind.DRIVER_LICENCE
    below = 0.6 * picture.shape[0] if address is None or address.quad is None else bounds(address.quad).bottom
    authority = find_authority(lines, is_licence=is_licence, below_y=below)
    if authority is not None:
        found[FieldName.AUTHORITY] = authority
    if is_licence:
        found |= _assign_licence(picture, lines, second_reader, dates)
    else:
        issued = _issue_date(dates)
        if issued is not None:
            found[FieldName.ISSUED_ON] = issued
    return found


def _anchor(number: Found | None) -> Rect | None:
    return None if number is None or number.quad is None else bounds(number.quad)


def _from_rrn(number: Found, today: date) -> dict[FieldName, Found]:
    found = {FieldName.RRN: number}
    parsed = rrn.find_rrn(number.value, latest_birth=today)
    if parsed is not None:
        derived = replace(number, source=FieldSource.DERIVED)
        found[FieldName.BIRTH_DATE] = replace(derived, value=parsed.birth_date.isoformat())
        found[FieldName.SEX] = replace(derived, value=parsed.sex)
    return found


def _below(dates: Sequence[PrintedDates], anchor: Rect | None) -> list[PrintedDates]:
    """Dates under the RRN; above it stand only numbers that look like dates by accident."""
    if anchor is None:
        return list(dates)
    return [printed for printed in dates if printed.line.rect.centre_y > anchor.bottom]


def _issue_date(dates: Sequence[PrintedDates]) -> Found | None:
    """The date labelled as issue date, else the lowest one."""
    if not dates:
        return None
    labelled = [printed for printed in dates if _ISSUED.search(printed.line.any_text)]
    chosen = max(labelled or dates, key=lambda printed: printed.line.rect.centre_y)
    return Found(value=chosen.days[-1].isoformat(), confidence=chosen.confidence, quad=chosen.line.quad)


def _assign_licence(
    picture: Picture, lines: Sequence[Line], second_reader: PpocrReader, dates: Sequence[PrintedDates]
) -> dict[FieldName, Found]:
    found: dict[FieldName, Found] = {}
    number = find_licence_number(lines)
    if number is not None:
        found[FieldName.LICENCE_NUMBER] = number
    licence_class = find_licence_class(lines)
    if licence_class is not None:
        found[FieldName.LICENCE_CLASS] = licence_class
    height, width = picture.shape[:2]
    serial = find_serial(picture, lines, second_reader, card_width=width, card_height=height)
    if serial is not None:
        found[FieldName.SERIAL] = serial
    return found | _licence_dates(dates)


def _licence_dates(dates: Sequence[PrintedDates]) -> dict[FieldName, Found]:
    """The renewal period has two dates in a line or spans two lines; what remains lowest is the issue date."""
    found: dict[FieldName, Found] = {}
    pairs = [printed for printed in dates if len(printed.days) >= 2]
    singles = [printed for printed in dates if len(printed.days) == 1]
    if pairs:
        period = pairs[0]
        found[FieldName.RENEWAL_FROM] = _date_of(period, 0)
        found[FieldName.EXPIRES_ON] = _date_of(period, -1)
    elif len(singles) >= 2:
        labelled = [printed for printed in singles if _PERIOD.search(printed.line.any_text)]
        last = max(labelled or singles, key=lambda printed: printed.days[0])
        found[FieldName.EXPIRES_ON] = _date_of(last, 0)
        singles = [printed for printed in singles if printed is not last]
        if len(singles) >= 2:  # the period's first day stands just before its last
            first = max(singles, key=lambda printed: printed.days[0])
            found[FieldName.RENEWAL_FROM] = _date_of(first, 0)
            singles = [printed for printed in singles if printed is not first]
    issued = _issue_date(singles)
    if issued is not None:
        found[FieldName.ISSUED_ON] = issued
    return found


def _date_of(printed: PrintedDates, which: int) -> Found:
    return Found(value=printed.days[which].isoformat(), confidence=printed.confidence, quad=printed.line.quad)


def _assign_back(lines: Sequence[Line], kind: DocumentKind) -> dict[FieldName, Found]:
    """A back repeats little: the licence number, and on an English back the birth date and romanised dates."""
    found: dict[FieldName, Found] = {}
    if kind is not DocumentKind.DRIVER_LICENCE:
        return found
    number = find_licence_number(lines)
    if number is not None:
        found[FieldName.LICENCE_NUMBER] = number
    labels = [line for line in lines if _BORN.search(line.any_text)]
    for printed in find_printed_dates(lines):
        near = any(_belongs(label, printed.line) for label in labels)
        if near:
            found[FieldName.BIRTH_DATE] = _date_of(printed, 0)
            break
    return found


def _belongs(label: Line, value: Line) -> bool:
    """The value stands in the label's line, right of it, or right below."""
    if label is value:
        return True
    same_row = abs(label.rect.centre_y - value.rect.centre_y) < 0.7 * label.height
    drop = value.rect.centre_y - label.rect.centre_y
    below = 0.4 * label.height < drop < 2.2 * label.height and abs(value.rect.left - label.rect.left) < 3 * label.height
    return (same_row and value.rect.left > label.rect.left) or below
