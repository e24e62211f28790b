"""How long licences and passports last."""

from datetime import date

import numpy as np
import pytest

from dojang.sandbox.specimen.cases import draw_sides, invent_issue_date, last_valid_day
from dojang.sandbox.specimen.document import Kind
from dojang.sandbox.specimen.people import age_on, invent_person
from dojang.sandbox.specimen.validity import passport_expiry, renewal_window
from dojang.sandbox.specimen.variant import Variant

TODAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("born", "issued", "first", "last"),
    [
        (date(1980, 5, 9), date(2020, 3, 1), date(2030, 1, 1), date(2030, 12, 31)),
        (date(1955, 3, 2), date(2020, 3, 1), date(2030, 1, 1), date(2030, 12, 31)),  # 64: one day short of 65
        (date(1955, 3, 1), date(2020, 3, 1), date(2025, 1, 1), date(2025, 12, 31)),
        (date(1945, 3, 1), date(2020, 3, 1), date(2023, 1, 1), date(2023, 12, 31)),
        (date(1980, 5, 9), date(2025, 12, 31), date(2035, 1, 1), date(2035, 12, 31)),
        (date(1980, 5, 9), date(2026, 1, 1), date(2035, 11, 9), date(2036, 11, 9)),  # birthday and six months
        (date(1980, 8, 31), date(2026, 1, 1), date(2036, 2, 29), date(2037, 2, 28)),
    ],
)
def test_renewal_windows(born: date, issued: date, first: date, last: date) -> None:
    assert renewal_window(born, issued) == (first, last)


def test_passports_last_ten_years_and_five_for_the_young() -> None:
    assert passport_expiry(date(1990, 1, 1), date(2020, 2, 29)) == date(2030, 2, 28)
    assert passport_expiry(date(2010, 1, 1), date(2020, 5, 5)) == date(2025, 5, 5)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("seed", range(12))
def test_an_invented_issue_date_gives_a_document_valid_today(kind: Kind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    someone = invent_person(rng, today=TODAY)
    issued = invent_issue_date(rng, someone, kind, today=TODAY)
    last = last_valid_day(someone, kind, issued)
    assert issued <= TODAY
    assert age_on(someone.birth_date, issued) >= 17
    assert last is None if kind is Kind.RESIDENT_CARD else last is not None and last >= TODAY
    if kind is Kind.DRIVER_LICENCE:
        assert issued.year >= someone.licensed_in


@pytest.mark.parametrize("kind", [Kind.DRIVER_LICENCE, Kind.PASSPORT])
@pytest.mark.parametrize("seed", range(6))
def test_an_expired_document_ran_out_lately(kind: Kind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    someone = invent_person(rng, today=TODAY, min_age=50)
    issued = invent_issue_date(rng, someone, kind, today=TODAY, expired=True)
    last = last_valid_day(someone, kind, issued)
    assert last is not None
    assert 0 < (TODAY - last).days <= 730


def test_a_resident_card_cannot_be_expired() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="expire"):
        invent_issue_date(rng, invent_person(rng, today=TODAY), Kind.RESIDENT_CARD, today=TODAY, expired=True)


def test_swapped_sides_name_two_people_where_the_back_names_anybody() -> None:
    rng = np.random.default_rng(4)
    holder, other = invent_person(rng, today=TODAY), invent_person(rng, today=TODAY)
    variant = Variant(english_back=True)
    sides = draw_sides(holder, Kind.DRIVER_LICENCE, issued_on=date(2024, 5, 1), variant=variant, back_of=other)
    assert sides.back is not None
    assert sides.front.values["licence_number"] == holder.licence_number
    assert sides.back.values["licence_number"] == other.licence_number
    assert draw_sides(holder, Kind.PASSPORT, issued_on=date(2024, 5, 1)).back is None
