"""The front of the driver's licence (자동차운전면허증), at 85.60 x 53.98 mm, in its two layouts.

Layout: idocr.md section 6. Portrait on the left; class and number above the personal data; conditions and renewal
window below; a small portrait with the six-character serial in the right corner. Knows no camera.
"""

from datetime import date

from PIL import Image

from dojang.sandbox.specimen.canvas import INK, Canvas, Colour
from dojang.sandbox.specimen.document import Edition
from dojang.sandbox.specimen.fonts import SANS, SERIF
from dojang.sandbox.specimen.guilloche import Stock, ground, lay_hologram, taegeuk
from dojang.sandbox.specimen.people import Person, age_on
from dojang.sandbox.specimen.places import licence_authority
from dojang.sandbox.specimen.portrait import draw_portrait
from dojang.sandbox.specimen.stamp import lay_specimen_mark, seal, strike_portrait
from dojang.sandbox.specimen.variant import Variant

WIDTH_MM, HEIGHT_MM = 85.6, 53.98
_LABEL: Colour = (60, 66, 84)

_FRONT = {
    Edition.EARLIER: Stock(
        width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
        tints=((250, 238, 222), (246, 240, 228), (236, 240, 226)),
        lines=((224, 176, 140), (170, 196, 150), (214, 160, 170)),
        rosettes=((46.0, 28.0, 19.0),), strength=0.26, seed=2010,
    ),
    Edition.CURRENT: Stock(
        width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
        tints=((232, 238, 246), (244, 240, 238), (240, 228, 236)),
        lines=((150, 175, 215), (214, 170, 190), (160, 200, 190)),
        rosettes=((50.0, 30.0, 18.0), (14.0, 44.0, 10.0)), strength=0.25, seed=2019,
    ),
}  # fmt: skip


def draw_front(
    person: Person, *, edition: Edition, variant: Variant, issued_on: date, renewal: tuple[date, date], px_per_mm: float
) -> tuple[Canvas, dict[str, str]]:
    """Return the front and its values. `renewal` is the first and last day of the window, both printed."""
    canvas = Canvas(ground(_FRONT[edition], px_per_mm), px_per_mm=px_per_mm)
    current = edition is Edition.CURRENT
    values = {
        "name": person.name.hangul,
        "rrn": person.rrn,
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex.value,
        "address": person.address.printed_on(issued_on),
        "licence_number": person.licence_number,
        "licence_class": person.licence_class,
        "serial": person.licence_serial,
        "renewal_from": renewal[0].isoformat(),
        "expires_on": renewal[1].isoformat(),
        "issued_on": issued_on.isoformat(),
        "authority": licence_authority(person.address, issued_on),
    }
    portrait = strike_portrait(
        draw_portrait(person.portrait_seed, sex=person.sex, age=age_on(person.birth_date, issued_on))
    )
    _print_heading(canvas, person, current)
    _print_portraits(canvas, portrait, person.licence_serial, variant, current)
    _print_person(canvas, values, variant, current)
    _print_window(canvas, person, renewal, variant, current)
    _sign(canvas, values["authority"], issued_on, variant, current)
    lay_specimen_mark(canvas, 4.6, 50.6, em=2.3)
    return canvas, values


def _print_heading(canvas: Canvas, person: Person, current: bool) -> None:
    if current:
        canvas.paste(taegeuk(160), 4.6, 3.0, width=5.4, height=5.4)
        end = canvas.text(26.4, 8.0, "자동차운전면허증", em=4.3, face=SANS, bold=0.12, fill=(26, 44, 96), field="title")
        canvas.text(end + 1.0, 7.8, "(Driver's License)", em=2.5, face=SANS, bold=0.03, fill=(26, 44, 96))
        canvas.text(11.0, 7.4, person.licence_class, em=2.5, face=SANS, bold=0.07, field="licence_class")
    else:
        canvas.text(
            44.0, 8.4, "자동차운전면허증", em=4.6, face=SERIF, bold=0.11, spacing=0.9, anchor="m", field="title"
        )
        canvas.rectangle(4.4, 3.6, 20.0, 8.8, outline=(120, 60, 60, 255), line=0.2)
        em = 3.0 if len(person.licence_class) < 6 else 2.2
        canvas.text(12.2, 7.3, person.licence_class, em=em, face=SANS, bold=0.07, anchor="m", field="licence_class")


def _print_portraits(canvas: Canvas, portrait: Image.Image, serial: str, variant: Variant, current: bool) -> None:
    canvas.paste(portrait, 4.6, 11.2, width=20.2, height=26.0)
    canvas.mark("portrait", 4.6, 11.2, 24.8, 37.2)
    left, top = (70.6, 31.0) if current else (71.0, 30.4)
    small = portrait if not current else portrait.convert("L").convert("RGB")
    canvas.paste(small, left, top, width=10.4, height=13.4)
    canvas.text(
        left + 5.2 + variant.offset_mm[0] / 2, top + 16.6, serial, em=2.7, face=SANS, bold=0.03, anchor="m",
        field="serial",
    )  # fmt: skip
    scale = canvas.px_per_mm
    lay_hologram(
        canvas.image, centre_px=((24.0 if current else 23.0) * scale, 33.0 * scale), radius_px=4.8 * scale,
        phase=variant.foil_phase, strength=variant.foil_strength,
    )  # fmt: skip


def _print_person(canvas: Canvas, values: dict[str, str], variant: Variant, current: bool) -> None:
    dx, dy = variant.offset_mm
    x, y = 28.0 + dx, dy
    face, bold, grow = variant.body, variant.weight_mm, variant.scale
    number_em = (4.3 if current else 4.0) * grow
    canvas.text(
        x, 14.6 + y, values["licence_number"], em=number_em, face=face, bold=bold + 0.04, field="licence_number"
    )
    if current:
        canvas.text(x, 19.4 + y, values["name"], em=3.9 * grow, face=face, bold=bold, field="name")
        canvas.text(x, 24.0 + y, values["rrn"], em=3.6 * grow, face=face, bold=bold, field="rrn")
    else:
        canvas.text(28.0, 19.4, "성명", em=2.2, face=SANS, fill=_LABEL)
        canvas.text(x + 8.0, 19.6 + y, values["name"], em=3.7 * grow, face=face, bold=bold, field="name")
        canvas.text(x + 8.0, 24.2 + y, values["rrn"], em=3.5 * grow, face=face, bold=bold, field="rrn")
        canvas.text(28.0, 24.0, "주민번호", em=1.8, face=SANS, fill=_LABEL)
    canvas.paragraph(
        x, 28.4 + y, values["address"], width=(41.0 if current else 42.0), leading=3.5, lines=3, em=2.75 * grow,
        face=face, bold=bold * 0.6, field="address",
    )  # fmt: skip


def _print_window(canvas: Canvas, person: Person, renewal: tuple[date, date], variant: Variant, current: bool) -> None:
    dx, dy = variant.offset_mm
    label = "적성검사기간" if person.licence_class.startswith("1종") else "갱신기간"
    first, last = (f"{day:%Y.%m.%d}" for day in renewal)
    y = 40.6
    if current:
        canvas.text(28.0, y - 0.6, label, em=2.2, face=SANS, fill=_LABEL)
        end = canvas.text(28.0 + dx, y + 2.6 + dy, first, em=2.5, face=variant.body, bold=0.03, field="renewal_from")
        canvas.text(end + 0.5, y + 2.6 + dy, f"~ {last}", em=2.5, face=variant.body, bold=0.03, field="expires_on")
        canvas.text(46.6, y - 0.6, "조건", em=2.2, face=SANS, fill=_LABEL)
        canvas.text(51.6 + dx, y - 0.6 + dy, _condition(person), em=2.3, face=variant.body, field="condition")
        return
    end = canvas.text(28.0, y, label, em=2.2, face=SANS, fill=_LABEL) + 0.8
    end = canvas.text(end + dx, y + dy, first, em=2.5, face=variant.body, bold=0.03, field="renewal_from")
    canvas.text(end + 0.5, y + dy, f"~ {last}", em=2.5, face=variant.body, bold=0.03, field="expires_on")
    canvas.text(5.0, 41.6, "조건 :", em=2.2, face=SANS, fill=_LABEL)
    canvas.text(11.6 + dx, 41.6 + dy, _condition(person), em=2.4, face=variant.body, field="condition")


def _condition(person: Person) -> str:
    """A for automatic gears, glasses for one person in four; most have none."""
    if "자동" in person.licence_class:
        return "A (자동변속기)"
    return "안경" if person.portrait_seed % 4 == 0 else "없음"


def _sign(canvas: Canvas, authority: str, issued_on: date, variant: Variant, current: bool) -> None:
    dx, dy = variant.offset_mm
    day = (
        f"{issued_on:%Y.%m.%d}"
        if current or variant.long_date
        else f"{issued_on.year}. {issued_on.month}. {issued_on.day}."
    )
    canvas.text(46.0 + dx, 47.2 + dy, day, em=2.8, face=variant.body, bold=0.04, anchor="m", field="issued_on")
    em = min(3.7, 3.7 * 32.0 / canvas.width_of(authority, em=3.7, face=variant.display, spacing=0.2))
    end = canvas.text(
        46.0 + dx, 51.6 + dy, authority, em=em, face=variant.display, bold=0.07, spacing=0.2, anchor="m",
        field="authority", fill=INK,
    )  # fmt: skip
    tile = seal(authority, tilt_degrees=variant.seal_tilt_degrees, faintness=variant.seal_faintness)
    canvas.paste(tile, end - 2.0, 46.6, width=6.4, height=6.4)
