"""The back of the driver's licence, at 85.60 x 53.98 mm: the table of changes, or English since September 2019.

Layout: idocr.md section 6. Knows no camera.
"""

from datetime import date

import numpy as np

from dojang.sandbox.specimen.canvas import Canvas, Colour
from dojang.sandbox.specimen.changes import AddressChange
from dojang.sandbox.specimen.document import Edition, Sex
from dojang.sandbox.specimen.fonts import SANS
from dojang.sandbox.specimen.guilloche import Stock, ground, taegeuk
from dojang.sandbox.specimen.people import Person
from dojang.sandbox.specimen.stamp import lay_specimen_mark, seal
from dojang.sandbox.specimen.variant import Variant

WIDTH_MM, HEIGHT_MM = 85.6, 53.98
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_LABEL: Colour = (60, 66, 84)
_BACK = Stock(
    width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
    tints=((244, 242, 234), (236, 240, 244)), lines=((200, 190, 160), (170, 190, 214)),
    rosettes=((43.0, 27.0, 18.0),), strength=0.2, seed=88,
)  # fmt: skip


def draw_back(
    person: Person,
    *,
    edition: Edition,
    variant: Variant,
    issued_on: date,
    expires_on: date,
    changes: tuple[AddressChange, ...],
    px_per_mm: float,
) -> tuple[Canvas, dict[str, str]]:
    """Return the back: English where the edition and the variant have it, else the table of changes.

    The English back's values name the person again; the table's are `changed_1`, `address_1` onwards. At most three
    changes have room.
    """
    canvas = Canvas(ground(_BACK, px_per_mm), px_per_mm=px_per_mm)
    if edition is Edition.CURRENT and variant.english_back:
        return canvas, _print_english(canvas, person, variant, issued_on, expires_on)
    return canvas, _print_changes(canvas, person, variant, changes)


def _print_english(
    canvas: Canvas, person: Person, variant: Variant, issued_on: date, expires_on: date
) -> dict[str, str]:
    def written(day: date) -> str:
        return f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year}"

    name = f"{person.name.surname_latin}, {person.name.given_latin}"
    head = (26, 44, 96)
    canvas.paste(taegeuk(150), 4.6, 3.2, width=5.6, height=5.6)
    canvas.text(12.0, 6.0, "REPUBLIC OF KOREA", em=2.5, face=SANS, bold=0.05, fill=head)
    canvas.text(12.0, 9.6, "DRIVER'S LICENSE", em=3.3, face=SANS, bold=0.10, fill=head, field="title")
    rows = (
        ("1. Name", name, "name_latin"),
        ("2. Date of Birth", written(person.birth_date), "birth_date"),
        ("3. Sex", "Male" if person.sex is Sex.MALE else "Female", "sex"),
        ("4. License No.", person.licence_number, "licence_number"),
        ("5. Date of Issue", written(issued_on), "issued_on"),
        ("6. Date of Expiry", written(expires_on), "expires_on"),
        ("7. Class", f"{_english_class(person)}", "licence_class_latin"),
    )
    dx, dy = variant.offset_mm
    for index, (label, value, field) in enumerate(rows):
        y = 15.4 + 4.1 * index
        canvas.text(5.0, y, label, em=2.1, face=SANS, fill=_LABEL)
        room = 56.0 - 24.0
        em = min(2.7, 2.7 * room / canvas.width_of(value, em=2.7, face=SANS))
        canvas.text(24.0 + dx, y + dy, value, em=em, face=SANS, bold=variant.weight_mm, field=field)
    canvas.text(5.0, 46.4, "This license is valid in countries that recognize it. Check before you drive.", em=1.7,
                face=SANS, fill=_LABEL)  # fmt: skip
    canvas.text(5.0, 50.0, "Issued by the Korean National Police Agency", em=2.1, face=SANS, bold=0.03)
    frame = (90, 100, 130, 255)
    canvas.rectangle(58.4, 12.0, 81.4, 41.6, outline=frame)
    for index, category in enumerate(("A", "B", "C", "D", "BE", "CE", "DE")):
        y = 16.2 + 4.1 * index
        canvas.text(60.4, y, category, em=2.4, face=SANS, bold=0.04)
        if category in _english_class(person):
            canvas.rule(70.0, y - 1.0, 71.2, y, fill=(20, 20, 24, 255), line=0.35)
            canvas.rule(71.2, y, 73.6, y - 2.4, fill=(20, 20, 24, 255), line=0.35)
        if index:
            canvas.rule(58.4, y - 2.9, 81.4, y - 2.9, fill=frame)
    lay_specimen_mark(canvas, 60.0, 50.8, em=2.3)
    return {
        "name_latin": name,
        "surname": person.name.surname_latin,
        "given_names": person.name.given_latin,
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex.value,
        "licence_number": person.licence_number,
        "issued_on": issued_on.isoformat(),
        "expires_on": expires_on.isoformat(),
    }


def _english_class(person: Person) -> str:
    if person.licence_class == "1종대형":
        return "B, C, D"
    return {"1종보통": "B, C", "2종소형": "A"}.get(person.licence_class, "B")


def _print_changes(
    canvas: Canvas, person: Person, variant: Variant, changes: tuple[AddressChange, ...]
) -> dict[str, str]:
    rng = np.random.default_rng([person.portrait_seed, 3])
    frame = (110, 104, 90, 255)
    canvas.text(42.8, 7.2, "기 재 사 항 변 경", em=3.0, face=SANS, bold=0.05, anchor="m", field="title")
    canvas.rectangle(4.4, 9.0, 81.2, 37.4, outline=frame)
    for y in (13.0, 21.0, 29.2):
        canvas.rule(4.4, y, 81.2, y, fill=frame)
    for x in (17.6, 70.6):
        canvas.rule(x, 9.0, x, 37.4, fill=frame)
    for x, label in ((11.0, "연월일"), (44.0, "내 용"), (75.9, "확인")):
        canvas.text(x, 11.9, label, em=2.0, face=SANS, anchor="m")
    values: dict[str, str] = {}
    for entry, change in enumerate(changes, start=1):
        y = 8.3 + entry * 8.1
        day = f"{change.entered_on:%y.%m.%d}"
        canvas.text(11.0, y + 1.0, day, em=2.2, face=variant.body, anchor="m", field=f"changed_{entry}")
        canvas.paragraph(
            18.6, y, change.address, width=51.0, leading=3.1, lines=2, em=2.3, face=variant.body,
            field=f"address_{entry}",
        )  # fmt: skip
        tile = seal("경찰서장", tilt_degrees=float(rng.normal(0, 5)), faintness=0.3)
        canvas.paste(tile, 73.6, y - 2.0, width=4.4, height=4.4)
        values[f"changed_{entry}"] = change.entered_on.isoformat()
        values[f"address_{entry}"] = change.address
    notes = (
        "※ 적성검사(갱신)기간 내에 면허증을 갱신하지 않으면 과태료가 부과됩니다.",
        "※ 주소가 바뀐 때에는 14일 이내에 신고하여야 합니다.",
        "이 면허증을 습득하신 분은 가까운 우체통에 넣어 주십시오.",
    )
    for index, note in enumerate(notes):
        canvas.text(4.8, 41.2 + 3.1 * index, note, em=1.95, face=SANS, fill=_LABEL)
    lay_specimen_mark(canvas, 61.0, 51.0, em=2.2)
    return values
