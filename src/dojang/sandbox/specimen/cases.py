"""What customers hold up: a valid document's two sides, an expired one, a front and a back that are not one card.

Knows the rules of validity, no layout and no camera.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from dojang.sandbox.specimen.changes import AddressChange
from dojang.sandbox.specimen.document import FlatDocument, Kind, Side
from dojang.sandbox.specimen.draw import draw_specimen
from dojang.sandbox.specimen.people import Person, years_after
from dojang.sandbox.specimen.validity import passport_expiry, renewal_window
from dojang.sandbox.specimen.variant import Variant

_PLASTIC_CARDS_SINCE = date(1999, 11, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSides:
    """What a customer lays before the camera. A passport has no back."""

    front: FlatDocument = field(repr=False)
    back: FlatDocument | None = field(repr=False)


def last_valid_day(person: Person, kind: Kind, issued_on: date) -> date | None:
    """Return the last day, inclusive, of a document issued that day; None for resident cards, which do not expire."""
    if kind is Kind.RESIDENT_CARD:
        return None
    if kind is Kind.PASSPORT:
        return passport_expiry(person.birth_date, issued_on)
    return renewal_window(person.birth_date, issued_on)[1]


def invent_issue_date(
    rng: np.random.Generator, person: Person, kind: Kind, *, today: date, expired: bool = False
) -> date:
    """Return a day on which the person may have been given the document.

    On `today` it is still valid, or, when `expired`, ran out within the last two years.
    Raises `ValueError` for an expired resident card (there is none), or when the person is too young to have had one.
    """
    if expired and kind is Kind.RESIDENT_CARD:
        raise ValueError("resident cards do not expire")
    earliest = _earliest(person, kind)
    if expired:
        span = [today - timedelta(days=days) for days in range(366, 14 * 366)]
    else:
        span = [today - timedelta(days=days) for days in range(10 * 366)]
        if kind is Kind.RESIDENT_CARD:
            span = [today - timedelta(days=days) for days in range((today - earliest).days + 1)]
    days = [day for day in span if day >= earliest and _fits(person, kind, day, today, expired=expired)]
    if not days:
        raise ValueError("no such day in this person's life")
    return days[int(rng.integers(len(days)))]


def draw_sides(
    person: Person,
    kind: Kind,
    *,
    issued_on: date,
    expires_on: date | None = None,
    variant: Variant | None = None,
    changes: tuple[AddressChange, ...] = (),
    back_of: Person | None = None,
) -> DocumentSides:
    """Return the front and, where there is one, the back.

    `back_of` swaps in another person's back. Only the English back of a licence names its holder, so only there can
    anybody notice.
    """
    front = draw_specimen(person, kind, issued_on=issued_on, expires_on=expires_on, variant=variant)
    if kind is Kind.PASSPORT:
        return DocumentSides(front=front, back=None)
    back = draw_specimen(
        back_of or person, kind, Side.BACK, issued_on=issued_on, expires_on=expires_on, variant=variant, changes=changes
    )
    return DocumentSides(front=front, back=back)


def _earliest(person: Person, kind: Kind) -> date:
    if kind is Kind.RESIDENT_CARD:
        return max(years_after(person.birth_date, 17), _PLASTIC_CARDS_SINCE)
    if kind is Kind.DRIVER_LICENCE:
        return max(years_after(person.birth_date, 18), date(person.licensed_in, 1, 1))
    return years_after(person.birth_date, 18)


def _fits(person: Person, kind: Kind, day: date, today: date, *, expired: bool) -> bool:
    last = last_valid_day(person, kind, day)
    if last is None:
        return not expired
    if expired:
        return today - timedelta(days=730) <= last < today
    return last >= today
