"""Flat artwork: every field is inked where the ground truth says, and nothing covers a field."""

import dataclasses
import itertools
import re
from datetime import date

import numpy as np
import pytest

from dojang.sandbox.specimen import stamp
from dojang.sandbox.specimen.changes import AddressChange, invent_changes
from dojang.sandbox.specimen.document import Box, Edition, FlatDocument, Kind, Side, edition_on
from dojang.sandbox.specimen.draw import draw_specimen, size_mm
from dojang.sandbox.specimen.mrz import check_digit, passport_mrz
from dojang.sandbox.specimen.people import Person, invent_person
from dojang.sandbox.specimen.variant import Variant, vary

TODAY = date(2026, 11, 1)
OLD, NEW = date(2015, 3, 2), date(2024, 3, 2)
FACES = [
    (kind, side)
    for kind, side in itertools.product(Kind, Side)
    if (kind, side) != (Kind.PASSPORT, Side.BACK)
]  # fmt: skip
KEY_FIELDS = {
    Kind.RESIDENT_CARD: {"name", "rrn", "birth_date", "sex", "address", "issued_on", "authority"},
    Kind.DRIVER_LICENCE: {
        "name", "rrn", "birth_date", "sex", "address", "licence_number", "licence_class", "serial", "renewal_from",
        "expires_on", "issued_on", "authority",
    },
    Kind.PASSPORT: {
        "name", "surname", "given_names", "passport_type", "passport_number", "nationality", "birth_date", "sex",
        "issued_on", "expires_on", "mrz_line_1", "mrz_line_2",
    },
}  # fmt: skip


def someone(seed: int = 1) -> Person:
    return invent_person(np.random.default_rng(seed), today=TODAY, min_age=40)


def moves(count: int, seed: int = 1) -> tuple[AddressChange, ...]:
    return invent_changes(someone(seed), issued_on=OLD, until=date(2040, 1, 1), count=count)


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("issued_on", [OLD, NEW], ids=["earlier", "current"])
@pytest.mark.parametrize(("kind", "side"), FACES)
def test_each_side_is_drawn_to_its_true_proportions(kind: Kind, side: Side, issued_on: date) -> None:
    flat = draw_specimen(someone(), kind, side, issued_on=issued_on)
    height, width = flat.pixels.shape[:2]
    assert width / height == pytest.approx(size_mm(kind)[0] / size_mm(kind)[1], rel=0.002)
    assert flat.coverage.shape == (height, width)
    assert flat.coverage[0, 0] == 0
    assert flat.coverage[height // 2, width // 2] == 255


@pytest.mark.parametrize("issued_on", [OLD, NEW], ids=["earlier", "current"])
@pytest.mark.parametrize("kind", list(Kind))
def test_fronts_carry_their_fields(kind: Kind, issued_on: date) -> None:
    values = draw_specimen(someone(), kind, issued_on=issued_on).values
    assert set(values) >= KEY_FIELDS[kind]
    assert values["issued_on"] == issued_on.isoformat()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("issued_on", [OLD, NEW], ids=["earlier", "current"])
@pytest.mark.parametrize(("kind", "side"), FACES)
def test_fields_lie_inside_and_apart(kind: Kind, side: Side, issued_on: date, seed: int) -> None:
    rng = np.random.default_rng(seed)
    flat = draw_specimen(someone(seed), kind, side, issued_on=issued_on, variant=vary(rng), changes=moves(3, seed))
    height, width = flat.pixels.shape[:2]
    for name, box in flat.boxes.items():
        assert 0 <= box[0] < box[2] <= width, name
        assert 0 <= box[1] < box[3] <= height, name
    for (one, box), (other, second) in itertools.combinations(flat.boxes.items(), 2):
        assert not overlap(box, second), (one, other)


@pytest.mark.parametrize("issued_on", [OLD, NEW], ids=["earlier", "current"])
@pytest.mark.parametrize(("kind", "side"), FACES)
def test_text_is_dark_where_its_box_is(kind: Kind, side: Side, issued_on: date) -> None:
    flat = draw_specimen(someone(), kind, side, issued_on=issued_on, changes=moves(2))
    for name, (left, top, right, bottom) in flat.boxes.items():
        inside = flat.pixels[int(top) : int(bottom) + 1, int(left) : int(right) + 1].mean(axis=2)
        assert inside.min() < 110, name


@pytest.mark.parametrize("issued_on", [OLD, NEW], ids=["earlier", "current"])
@pytest.mark.parametrize(("kind", "side"), FACES)
def test_the_specimen_mark_is_there_and_covers_no_field(kind: Kind, side: Side, issued_on: date) -> None:
    flat = draw_specimen(
        someone(), kind, side, issued_on=issued_on, variant=Variant(english_back=True), changes=moves(3)
    )
    red = is_specimen_red(flat)
    assert red.sum() > 1500
    for name, (left, top, right, bottom) in flat.boxes.items():
        if name == "portrait":
            continue
        assert not red[int(top) : int(bottom), int(left) : int(right)].any(), name


def is_specimen_red(flat: FlatDocument) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Pixels of the mark's own red, which differs from the seal's."""
    distance = np.abs(flat.pixels.astype(np.int16) - np.array(stamp.SPECIMEN_RED, dtype=np.int16)).max(axis=2)
    found: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = distance < 3
    return found


def test_the_edition_follows_the_day_of_issue() -> None:
    assert edition_on(Kind.DRIVER_LICENCE, date(2019, 9, 15)) is Edition.EARLIER
    assert edition_on(Kind.DRIVER_LICENCE, date(2019, 9, 16)) is Edition.CURRENT
    early = draw_specimen(someone(), Kind.RESIDENT_CARD, issued_on=OLD)
    late = draw_specimen(someone(), Kind.RESIDENT_CARD, issued_on=NEW)
    assert early.edition is not late.edition
    assert np.abs(early.pixels.astype(int) - late.pixels.astype(int)).mean() > 5


def test_the_same_arguments_draw_the_same_pixels() -> None:
    one, two = (draw_specimen(someone(), Kind.RESIDENT_CARD, issued_on=NEW) for _ in range(2))
    assert np.array_equal(one.pixels, two.pixels)


def test_a_passport_has_no_back() -> None:
    with pytest.raises(ValueError, match="data page"):
        draw_specimen(someone(), Kind.PASSPORT, Side.BACK, issued_on=NEW)


def test_ground_truth_stays_out_of_reprs() -> None:
    flat = draw_specimen(someone(), Kind.RESIDENT_CARD, issued_on=NEW)
    assert flat.values["rrn"] not in repr(flat)


def test_hanja_is_printed_only_where_the_name_has_some_and_the_variant_shows_it() -> None:
    named = next(p for p in map(someone, range(50)) if p.name.hanja)
    shown = draw_specimen(named, Kind.RESIDENT_CARD, issued_on=NEW)
    hidden = draw_specimen(named, Kind.RESIDENT_CARD, issued_on=NEW, variant=Variant(show_hanja=False))
    assert shown.values["hanja"] == named.name.hanja
    assert "hanja" in shown.boxes
    assert "hanja" not in hidden.values
    assert "hanja" not in hidden.boxes


def test_an_expiry_date_can_be_set() -> None:
    ended = date(2025, 12, 31)
    for kind in (Kind.DRIVER_LICENCE, Kind.PASSPORT):
        assert draw_specimen(someone(), kind, issued_on=OLD, expires_on=ended).values["expires_on"] == "2025-12-31"


def test_the_icao_specimens_check_digits() -> None:
    # Doc 9303 part 4, appendix B.
    assert check_digit("L898902C3") == "6"
    assert check_digit("740812") == "2"
    assert check_digit("120415") == "9"
    assert check_digit("ZE184226B<<<<<") == "1"


@pytest.mark.parametrize(("issued_on", "has_number"), [(date(2020, 12, 20), True), (date(2020, 12, 21), False)])
def test_only_older_passports_carry_the_resident_number(issued_on: date, has_number: bool) -> None:
    holder = someone()
    values = draw_specimen(holder, Kind.PASSPORT, issued_on=issued_on).values
    assert (values.get("personal_number") == holder.rrn[7:]) is has_number
    assert (holder.rrn[7:] in values["mrz_line_2"]) is has_number


def test_the_zone_is_two_lines_of_44_with_valid_composite() -> None:
    first, second = passport_mrz(
        type_code="PM", surname="HWANGBO", given_names="SEONGJUN", number="M123A4567",
        birth_date=date(1990, 1, 31), sex="F", expires_on=date(2033, 5, 9), personal_number="",
    )  # fmt: skip
    assert first == "PMKORHWANGBO<<SEONGJUN".ljust(44, "<")
    assert re.fullmatch(r"M123A4567\dKOR900131\dF330509\d<{14}<\d", second)
    assert check_digit(second[0:10] + second[13:20] + second[21:43]) == second[43]


def test_an_english_back_belongs_to_current_licences() -> None:
    english = Variant(english_back=True)
    early = draw_specimen(someone(), Kind.DRIVER_LICENCE, Side.BACK, issued_on=OLD, variant=english)
    late = draw_specimen(someone(), Kind.DRIVER_LICENCE, Side.BACK, issued_on=NEW, variant=english)
    assert "name_latin" not in early.values
    assert late.values["licence_number"] == someone().licence_number


def test_long_data_still_fits() -> None:
    base = someone()
    home = dataclasses.replace(
        base.address, province="전북특별자치도", district="전주시 덕진구",
        street="학마을대로119번길 398-39, 129동 2406호", block="(상봉동, 새솔마을아파트)",
    )  # fmt: skip
    name = dataclasses.replace(base.name, surname="남궁", given="하윤", hanja="南宮夏潤", surname_latin="NAMGOONG",
                               given_latin="HAYUN")  # fmt: skip
    long = dataclasses.replace(base, address=home, name=name, licence_class="2종보통 자동")
    for kind, side in FACES:
        for issued_on in (OLD, NEW):
            flat = draw_specimen(long, kind, side, issued_on=issued_on, variant=Variant(scale=1.06), changes=moves(3))
            for (one, box), (other, second) in itertools.combinations(flat.boxes.items(), 2):
                assert not overlap(box, second), (kind, one, other)


def test_no_change_is_entered_after_the_last_day_asked_for() -> None:
    for seed in range(20):
        changes = invent_changes(someone(seed), issued_on=NEW, until=TODAY, count=3)
        assert all(NEW < change.entered_on <= TODAY for change in changes)
        assert list(changes) == sorted(changes, key=lambda change: change.entered_on)


def test_changes_are_entered_on_both_cards_and_have_an_end() -> None:
    for kind in (Kind.RESIDENT_CARD, Kind.DRIVER_LICENCE):
        values = draw_specimen(someone(), kind, Side.BACK, issued_on=OLD, changes=moves(2)).values
        assert values["address_2"] == moves(2)[1].address
        with pytest.raises(ValueError, match="room"):
            draw_specimen(someone(), kind, Side.BACK, issued_on=OLD, changes=moves(4))
