"""The resident registration card (주민등록증), front and back, at 85.60 x 53.98 mm.

Layout: idocr.md section 6. No field bears a label: title, name with Hanja, number, address, date, authority under a
seal, portrait on the right. The back has the address changes and a thumb print. Knows no camera.
"""

from datetime import date

import numpy as np

from dojang.sandbox.specimen.canvas import INK, Canvas
from dojang.sandbox.specimen.changes import AddressChange
from dojang.sandbox.specimen.document import Edition
from dojang.sandbox.specimen.fonts import SANS, SERIF, has_glyphs
from dojang.sandbox.specimen.guilloche import Stock, ground, lay_hologram, mugunghwa, taegeuk
from dojang.sandbox.specimen.people import Person, age_on
from dojang.sandbox.specimen.places import card_authority
from dojang.sandbox.specimen.portrait import draw_portrait
from dojang.sandbox.specimen.stamp import fingerprint, lay_specimen_mark, seal, strike_portrait
from dojang.sandbox.specimen.variant import Variant

WIDTH_MM, HEIGHT_MM = 85.6, 53.98

_FRONT = {
    Edition.EARLIER: Stock(
        width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
        tints=((226, 238, 226), (240, 236, 226), (246, 226, 228)),
        lines=((120, 178, 150), (216, 150, 160), (140, 170, 200)),
        rosettes=((29.0, 27.0, 20.0),), strength=0.30, seed=1999,
    ),
    Edition.CURRENT: Stock(
        width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
        tints=((214, 232, 240), (232, 240, 236), (240, 232, 240)),
        lines=((110, 170, 200), (150, 190, 160), (190, 160, 206)),
        rosettes=((27.0, 29.0, 17.0), (50.0, 40.0, 11.0)), strength=0.28, seed=2020,
    ),
}  # fmt: skip
_BACK = Stock(
    width_mm=WIDTH_MM, height_mm=HEIGHT_MM,
    tints=((240, 240, 232), (230, 238, 240)), lines=((170, 200, 180), (210, 180, 190)),
    rosettes=((66.0, 22.0, 14.0),), strength=0.24, seed=77,
)  # fmt: skip


def draw_front(
    person: Person, *, edition: Edition, variant: Variant, issued_on: date, px_per_mm: float
) -> tuple[Canvas, dict[str, str]]:
    """Return the front and its values: name, hanja, rrn, birth_date, sex, address, issued_on, authority."""
    canvas = Canvas(ground(_FRONT[edition], px_per_mm), px_per_mm=px_per_mm)
    if edition is Edition.EARLIER:
        canvas.paste(taegeuk(26), 20.5, 18.5, width=17.0, height=17.0)
    else:
        canvas.paste(mugunghwa(34), 17.0, 19.0, width=20.0, height=20.0)
        canvas.paste(taegeuk(120), 50.0, 4.6, width=4.6, height=4.6)
    _print_title(canvas, edition)
    portrait = draw_portrait(person.portrait_seed, sex=person.sex, age=age_on(person.birth_date, issued_on))
    canvas.paste(strike_portrait(portrait), 58.6, 8.2, width=22.6, height=29.0)
    canvas.mark("portrait", 58.6, 8.2, 81.2, 37.2)
    _print_foil(canvas, edition, variant)
    values = _print_data(canvas, person, edition, variant, issued_on)
    lay_specimen_mark(canvas, 60.2, 49.6, em=2.5)
    return canvas, values


def _print_title(canvas: Canvas, edition: Edition) -> None:
    if edition is Edition.EARLIER:
        canvas.text(8.0, 10.6, "주민등록증", em=5.6, face=SERIF, bold=0.10, spacing=2.2, field="title")
    else:
        canvas.text(
            7.4, 10.2, "주민등록증", em=5.4, face=SANS, bold=0.13, spacing=1.5, fill=(28, 46, 92), field="title"
        )


def _print_foil(canvas: Canvas, edition: Edition, variant: Variant) -> None:
    scale = canvas.px_per_mm
    centre = (60.0, 33.0) if edition is Edition.EARLIER else (57.4, 13.0)
    lay_hologram(
        canvas.image,
        centre_px=(centre[0] * scale, centre[1] * scale),
        radius_px=(5.6 if edition is Edition.EARLIER else 4.6) * scale,
        phase=variant.foil_phase,
        strength=variant.foil_strength,
    )


def _print_data(canvas: Canvas, person: Person, edition: Edition, variant: Variant, issued_on: date) -> dict[str, str]:
    dx, dy = variant.offset_mm
    face, bold, grow = variant.body, variant.weight_mm, variant.scale
    x = 8.4 + dx
    fill = INK if edition is Edition.EARLIER else (24, 24, 28)
    end = canvas.text(x, 18.0 + dy, person.name.hangul, em=4.3 * grow, face=face, bold=bold, fill=fill, field="name")
    values = {
        "name": person.name.hangul,
        "rrn": person.rrn,
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex.value,
        "address": person.address.printed_on(issued_on),
        "issued_on": issued_on.isoformat(),
        "authority": card_authority(person.address, issued_on),
    }
    if person.name.hanja and variant.show_hanja:
        hanja_face = face if has_glyphs(face, person.name.hanja) else SERIF
        bracketed = f"({person.name.hanja})"
        canvas.text(
            end + 0.5, 17.9 + dy, bracketed, em=3.5 * grow, face=hanja_face, bold=bold, fill=fill, field="hanja"
        )
        values["hanja"] = person.name.hanja
    canvas.text(x, 23.8 + dy, person.rrn, em=4.2 * grow, face=face, bold=bold, fill=fill, spacing=0.12, field="rrn")
    canvas.paragraph(
        x, 29.4 + dy, values["address"], width=46.0, leading=4.1, lines=3, em=3.1 * grow, face=face, fill=fill,
        bold=bold * 0.7, field="address",
    )  # fmt: skip
    day = f"{issued_on:%Y.%m.%d}." if variant.long_date else f"{issued_on.year}.{issued_on.month}.{issued_on.day}."
    canvas.text(
        33.0 + dx, 44.6 + dy, day, em=3.3 * grow, face=face, bold=bold, fill=fill, anchor="m", field="issued_on"
    )
    _sign(canvas, values["authority"], variant)
    return values


def _sign(canvas: Canvas, authority: str, variant: Variant) -> None:
    em = min(4.3, 4.3 * 36.0 / canvas.width_of(authority, em=4.3, face=variant.display, spacing=0.3))
    dx, dy = variant.offset_mm
    end = canvas.text(
        32.0 + dx, 50.2 + dy, authority, em=em, face=variant.display, bold=0.07, spacing=0.3, anchor="m",
        field="authority",
    )  # fmt: skip
    title = authority.split(" ")[-1]
    tile = seal(title, tilt_degrees=variant.seal_tilt_degrees, faintness=variant.seal_faintness)
    canvas.paste(tile, end - 2.4, 44.6, width=7.4, height=7.4)


def draw_back(
    person: Person, *, edition: Edition, variant: Variant, changes: tuple[AddressChange, ...], px_per_mm: float
) -> tuple[Canvas, dict[str, str]]:
    """Return the back and its values: `changed_1`, `address_1` onwards. At most four changes have room."""
    canvas = Canvas(ground(_BACK, px_per_mm), px_per_mm=px_per_mm)
    rng = np.random.default_rng([person.portrait_seed, 2])
    canvas.paste(taegeuk(20), 20.0, 12.0, width=22.0, height=22.0)
    canvas.text(6.0, 7.4, "주 소 변 경 사 항", em=3.1, face=SANS, bold=0.05, field="title")
    frame = (90, 110, 120, 255)
    canvas.rectangle(5.0, 9.2, 56.0, 41.6, outline=frame)
    for y in (13.4, 20.4, 27.4, 34.4):
        canvas.rule(5.0, y, 56.0, y, fill=frame)
    canvas.rule(17.4, 9.2, 17.4, 41.6, fill=frame)
    canvas.rule(49.4, 9.2, 49.4, 41.6, fill=frame)
    for x, label in ((11.2, "연월일"), (33.4, "변 경 내 용"), (52.7, "확인")):
        canvas.text(x, 12.3, label, em=2.1, face=SANS, anchor="m")
    values = _enter_changes(canvas, rng, variant, changes)
    label = "우 무 지 인" if edition is Edition.EARLIER else "오른손 엄지"
    canvas.rectangle(60.0, 9.2, 80.4, 33.4, outline=frame)
    canvas.text(70.2, 7.4, label, em=2.3, face=SANS, anchor="m")
    canvas.paste(fingerprint(rng), 61.6, 10.4, width=17.4, height=21.8)
    canvas.mark("fingerprint", 60.0, 9.2, 80.4, 33.4)
    small = (60, 62, 70)
    canvas.text(
        5.2, 45.6, "이 증을 습득하신 분은 가까운 우체통에 넣어 주시기 바랍니다.", em=2.15, face=SANS, fill=small
    )
    canvas.text(5.2, 49.0, "주민등록증 진위확인 : 국번없이 1382 또는 www.gov.kr", em=2.15, face=SANS, fill=small)
    if edition is Edition.EARLIER:
        canvas.rectangle(0.0, 51.6, WIDTH_MM, HEIGHT_MM, fill=(196, 210, 204, 255))
    lay_specimen_mark(canvas, 61.0, 39.4, em=2.3)
    return canvas, values


def _enter_changes(
    canvas: Canvas, rng: np.random.Generator, variant: Variant, changes: tuple[AddressChange, ...]
) -> dict[str, str]:
    values: dict[str, str] = {}
    for entry, change in enumerate(changes, start=1):
        y = 8.6 + entry * 7.0
        day = f"{change.entered_on:%y.%m.%d}"
        canvas.text(11.2, y + 2.0, day, em=2.2, face=variant.body, anchor="m", field=f"changed_{entry}")
        canvas.paragraph(
            18.0, y, change.address, width=31.0, leading=2.2, lines=3, em=1.95, face=variant.body,
            field=f"address_{entry}",
        )  # fmt: skip
        canvas.paste(
            seal("동장", tilt_degrees=float(rng.normal(0, 5)), faintness=0.3), 51.0, y - 0.6, width=3.6, height=3.6
        )
        values[f"changed_{entry}"] = change.entered_on.isoformat()
        values[f"address_{entry}"] = change.address
    return values
