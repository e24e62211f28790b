"""The one way to have a specimen drawn: a person, a kind, a side and dates in; flat artwork with ground truth out."""

from datetime import date

import numpy as np
from PIL import Image, ImageDraw

from dojang.sandbox.specimen import driver_licence, driver_licence_back, passport, resident_card
from dojang.sandbox.specimen.canvas import Canvas
from dojang.sandbox.specimen.changes import AddressChange
from dojang.sandbox.specimen.document import FlatDocument, Kind, Pixels, Side, edition_on
from dojang.sandbox.specimen.people import Person
from dojang.sandbox.specimen.validity import passport_expiry, renewal_window
from dojang.sandbox.specimen.variant import Variant

PX_PER_MM = {Kind.RESIDENT_CARD: 20.0, Kind.DRIVER_LICENCE: 20.0, Kind.PASSPORT: 14.0}
MOST_CHANGES = 3
_CORNER_MM = {Kind.RESIDENT_CARD: 3.18, Kind.DRIVER_LICENCE: 3.18, Kind.PASSPORT: 1.5}  # ISO/IEC 7810: 3.18


def draw_specimen(
    person: Person,
    kind: Kind,
    side: Side = Side.FRONT,
    *,
    issued_on: date,
    expires_on: date | None = None,
    variant: Variant | None = None,
    changes: tuple[AddressChange, ...] = (),
) -> FlatDocument:
    """Return one side of the person's document as issued that day, in that day's edition.

    `expires_on` is the last valid day; without it the rules of `validity` give it. A resident card has none and
    ignores it. `changes` are entered on backs. Raises `ValueError` for the back of a passport, or for more changes than
    a back has room for.
    """
    if len(changes) > MOST_CHANGES:
        raise ValueError("more changes than a back has room for")
    chosen = variant or Variant()
    edition = edition_on(kind, issued_on)
    scale = PX_PER_MM[kind]
    if kind is Kind.PASSPORT:
        if side is Side.BACK:
            raise ValueError("a passport is drawn from its data page only")
        last = expires_on or passport_expiry(person.birth_date, issued_on)
        canvas, values = passport.draw_data_page(
            person, edition=edition, variant=chosen, issued_on=issued_on, expires_on=last, px_per_mm=scale
        )
    elif kind is Kind.DRIVER_LICENCE:
        canvas, values = _draw_licence(person, side, chosen, issued_on, expires_on, changes)
    elif side is Side.FRONT:
        canvas, values = resident_card.draw_front(
            person, edition=edition, variant=chosen, issued_on=issued_on, px_per_mm=scale
        )
    else:
        canvas, values = resident_card.draw_back(
            person, edition=edition, variant=chosen, changes=changes, px_per_mm=scale
        )
    width_mm, height_mm = size_mm(kind)
    return FlatDocument(
        kind=kind,
        side=side,
        edition=edition,
        width_mm=width_mm,
        height_mm=height_mm,
        pixels=canvas.pixels(),
        coverage=_rounded(canvas, _CORNER_MM[kind]),
        values=values,
        boxes=canvas.boxes,
    )


def _draw_licence(
    person: Person,
    side: Side,
    variant: Variant,
    issued_on: date,
    expires_on: date | None,
    changes: tuple[AddressChange, ...],
) -> tuple[Canvas, dict[str, str]]:
    edition, scale = edition_on(Kind.DRIVER_LICENCE, issued_on), PX_PER_MM[Kind.DRIVER_LICENCE]
    first, last = renewal_window(person.birth_date, issued_on)
    if expires_on is not None:
        first, last = date(expires_on.year, 1, 1), expires_on
    if side is Side.FRONT:
        return driver_licence.draw_front(
            person, edition=edition, variant=variant, issued_on=issued_on, renewal=(first, last), px_per_mm=scale
        )
    return driver_licence_back.draw_back(
        person, edition=edition, variant=variant, issued_on=issued_on, expires_on=last, changes=changes, px_per_mm=scale
    )


def size_mm(kind: Kind) -> tuple[float, float]:
    """Return a document's width and height: ID-1, or the passport's page (ISO/IEC 7810, Doc 9303 part 4)."""
    if kind is Kind.PASSPORT:
        return passport.WIDTH_MM, passport.HEIGHT_MM
    return resident_card.WIDTH_MM, resident_card.HEIGHT_MM


def _rounded(canvas: Canvas, radius_mm: float) -> Pixels:
    mask = Image.new("L", canvas.image.size)
    box = (0, 0, canvas.image.width - 1, canvas.image.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius=radius_mm * canvas.px_per_mm, fill=255)
    return np.array(mask, dtype=np.uint8)
