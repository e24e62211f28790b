"""The passport's data page (TD3, 125 x 88 mm), the green booklet's and that of December 2021.

Layout: idocr.md section 6 and ICAO Doc 9303 part 4. Knows no camera.
"""

from datetime import date

from dojang.sandbox.specimen.canvas import Canvas, Colour
from dojang.sandbox.specimen.document import Edition
from dojang.sandbox.specimen.fonts import OCR_B, SANS, SERIF
from dojang.sandbox.specimen.guilloche import Stock, ground, lay_hologram, mugunghwa, taegeuk
from dojang.sandbox.specimen.mrz import passport_mrz
from dojang.sandbox.specimen.people import Person, age_on
from dojang.sandbox.specimen.portrait import draw_portrait
from dojang.sandbox.specimen.stamp import lay_specimen_mark, strike_portrait
from dojang.sandbox.specimen.variant import Variant

WIDTH_MM, HEIGHT_MM = 125.0, 88.0
_NUMBER_DROPPED_ON = date(2020, 12, 21)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_LABEL: Colour = (70, 84, 112)

_STOCK = {
    Edition.EARLIER: Stock(
        width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
        tints=((228, 240, 226), (240, 238, 222), (244, 230, 222)),
        lines=((130, 180, 140), (210, 170, 140), (150, 180, 190)),
        rosettes=((78.0, 36.0, 26.0),), strength=0.26, seed=2008,
    ),
    Edition.CURRENT: Stock(
        width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
        tints=((226, 234, 244), (238, 240, 242), (234, 230, 244)),
        lines=((130, 160, 205), (160, 190, 200), (190, 170, 210)),
        rosettes=((82.0, 34.0, 22.0), (104.0, 52.0, 13.0)), strength=0.24, seed=2021,
    ),
}  # fmt: skip


def _printed(day: date) -> str:
    return f"{day.day:02d} {day.month}월/{_MONTHS[day.month - 1]} {day.year}"


def draw_data_page(
    person: Person, *, edition: Edition, variant: Variant, issued_on: date, expires_on: date, px_per_mm: float
) -> tuple[Canvas, dict[str, str]]:
    """Return the data page and its values, among them both lines of the machine-readable zone.

    `personal_number` is there on passports issued before 21 December 2020 only.
    """
    canvas = Canvas(ground(_STOCK[edition], px_per_mm), px_per_mm=px_per_mm)
    current = edition is Edition.CURRENT
    number = person.passport_number_on(issued_on)
    personal = person.rrn[7:] if issued_on < _NUMBER_DROPPED_ON else ""
    lines = passport_mrz(
        type_code="PM", surname=person.name.surname_latin, given_names=person.name.given_latin, number=number,
        birth_date=person.birth_date, sex=person.sex.value, expires_on=expires_on, personal_number=personal,
    )  # fmt: skip
    values = {
        "name": person.name.hangul,
        "surname": person.name.surname_latin,
        "given_names": person.name.given_latin,
        "passport_type": "PM",
        "passport_number": number,
        "nationality": "KOR",
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex.value,
        "issued_on": issued_on.isoformat(),
        "expires_on": expires_on.isoformat(),
        "mrz_line_1": lines[0],
        "mrz_line_2": lines[1],
    }
    if personal:
        values["personal_number"] = personal
    _print_ground(canvas, person, current, variant, issued_on)
    _print_fields(canvas, person, values, current, variant, (issued_on, expires_on))
    _print_zone(canvas, lines)
    return canvas, values


def _print_ground(canvas: Canvas, person: Person, current: bool, variant: Variant, issued_on: date) -> None:
    canvas.paste(mugunghwa(26), 66.0, 18.0, width=36.0, height=36.0)
    canvas.paste(taegeuk(150), 5.6, 4.2, width=6.4, height=6.4)
    head = (36, 60, 110) if current else (40, 84, 66)
    canvas.text(14.0, 7.2, "대한민국", em=3.3, face=SERIF, bold=0.07, fill=head)
    canvas.text(14.0, 10.6, "REPUBLIC OF KOREA", em=2.7, face=SERIF, bold=0.05, fill=head)
    canvas.text(46.0, 7.2, "여권", em=3.3, face=SERIF, bold=0.07, fill=head, field="title")
    canvas.text(46.0, 10.6, "PASSPORT", em=2.7, face=SERIF, bold=0.05, fill=head, field="title")
    age = age_on(person.birth_date, issued_on)
    portrait = strike_portrait(draw_portrait(person.portrait_seed, sex=person.sex, age=age))
    box = (5.4, 14.6, 34.0, 44.0) if current else (5.8, 16.0, 33.0, 42.4)
    canvas.paste(portrait, box[0], box[1], width=box[2], height=box[3])
    canvas.mark("portrait", box[0], box[1], box[0] + box[2], box[1] + box[3])
    scale = canvas.px_per_mm
    if current:
        ghost = portrait.convert("L").convert("RGBA")
        ghost.putalpha(70)
        canvas.paste(ghost, 107.4, 15.0, width=13.0, height=16.8)
    lay_hologram(
        canvas.image, centre_px=(40.0 * scale, 50.0 * scale), radius_px=8.0 * scale, phase=variant.foil_phase,
        strength=variant.foil_strength,
    )  # fmt: skip
    lay_specimen_mark(canvas, 97.4, 8.6, em=2.9)


def _print_fields(
    canvas: Canvas, person: Person, values: dict[str, str], current: bool, variant: Variant, dates: tuple[date, date]
) -> None:
    left, right = 44.0, 84.0
    gender = values["sex"]
    rows: list[tuple[float, float, str, str, str]] = [
        (left, 16.2, "종류/Type", "PM", "passport_type"),
        (60.0, 16.2, "발행국/Issuing country", "KOR", "issuing_state"),
        (right, 16.2, "여권번호/Passport No.", values["passport_number"], "passport_number"),
        (left, 24.2, "성/Surname", values["surname"], "surname"),
        (left, 32.2, "이름/Given names", values["given_names"], "given_names"),
        (left, 40.2, "국적/Nationality", "REPUBLIC OF KOREA", "nationality"),
        (left, 48.2, "생년월일/Date of birth", _printed(person.birth_date), "birth_date"),
        (left, 56.2, "발급일/Date of issue", _printed(dates[0]), "issued_on"),
        (right, 48.2, "성별/Sex", gender, "sex"),
        (right, 56.2, "발행관청/Authority", "MINISTRY OF FOREIGN AFFAIRS", "authority"),
    ]
    name_at = (right, 40.2) if current else (right, 32.2)
    rows.append((name_at[0], name_at[1], "한글성명/Name in Korean", values["name"], "name"))
    rows.append((left, 64.2, "기간만료일/Date of expiry", _printed(dates[1]), "expires_on"))
    if "personal_number" in values:
        rows.append((right, 40.2, "주민등록번호/Personal No.", values["personal_number"], "personal_number"))
    dx, dy = variant.offset_mm
    for x, y, label, value, name in rows:
        canvas.text(x, y, label, em=1.75, face=SANS, fill=_LABEL)
        room = WIDTH_MM - 4.0 - x
        em = min(3.1, 3.1 * room / canvas.width_of(value, em=3.1, face=SANS))
        canvas.text(x + dx, y + 3.9 + dy, value, em=em, face=SANS, bold=variant.weight_mm, field=name)
    if current:
        canvas.text(5.6, 62.4, "서명 / Signature of bearer", em=1.7, face=SANS, fill=_LABEL)


def _print_zone(canvas: Canvas, lines: tuple[str, str]) -> None:
    """OCR-B at ten characters an inch: 44 of them take 111.76 mm, lines 6.35 mm apart (Doc 9303 part 3)."""
    canvas.rectangle(0.0, 69.4, WIDTH_MM, HEIGHT_MM, fill=(248, 248, 246, 190))
    pitch = 2.54
    natural = canvas.width_of("<", em=4.0, face=OCR_B)
    em = 4.0 * pitch / natural * 0.97
    spacing = pitch - canvas.width_of("<", em=em, face=OCR_B)
    for index, line in enumerate(lines):
        canvas.text(
            6.6, 76.2 + 6.6 * index, line, em=em, face=OCR_B, spacing=spacing, bold=0.03, field=f"mrz_line_{index + 1}"
        )
