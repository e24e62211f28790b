"""Invented people: numbers nobody holds, names in three scripts, addresses that exist as districts."""

import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.sandbox.specimen import names, places
from dojang.sandbox.specimen.document import Sex
from dojang.sandbox.specimen.fonts import Typeface, has_glyphs, packaged_typefaces
from dojang.sandbox.specimen.people import Person, age_on, invent_person
from dojang.sandbox.specimen.rrn import century_digit, check_digit, invent_rrn

TODAY = date(2026, 11, 1)
seeds = st.integers(min_value=0, max_value=2**32 - 1)


def person(seed: int, *, rrn_checked: bool = True) -> Person:
    return invent_person(np.random.default_rng(seed), today=TODAY, rrn_checked=rrn_checked)


def judged_checksum_ok(rrn: str) -> bool:
    """The rule as the reader's fact sheet states it, written out again."""
    digits = [int(character) for character in rrn if character != "-"]
    total = sum(d * w for d, w in zip(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5], strict=False))
    return (11 - total % 11) % 10 == digits[12]


def test_check_digit_of_a_published_example() -> None:
    # The textbook number 000000-0000000 sums to nothing: 11 - 0 = 11, its last digit is 1.
    assert check_digit("000000000000") == 1
    assert check_digit("100000000000") == 9


@given(seeds)
def test_resident_numbers_are_checksum_valid_and_of_regions_never_issued(seed: int) -> None:
    someone = person(seed)
    assert re.fullmatch(r"\d{6}-[1-4](97|98|99)\d{4}", someone.rrn)
    assert judged_checksum_ok(someone.rrn)
    assert someone.rrn[:6] == f"{someone.birth_date:%y%m%d}"


@given(seeds)
def test_numbers_of_after_october_2020_fail_the_checksum_on_purpose(seed: int) -> None:
    assert not judged_checksum_ok(person(seed, rrn_checked=False).rrn)


@pytest.mark.parametrize(
    ("born", "sex", "digit"),
    [
        (date(1999, 12, 31), Sex.MALE, 1),
        (date(1999, 12, 31), Sex.FEMALE, 2),
        (date(2000, 1, 1), Sex.MALE, 3),
        (date(2000, 1, 1), Sex.FEMALE, 4),
    ],
)
def test_the_century_digit(born: date, sex: Sex, digit: int) -> None:
    assert century_digit(born, sex) == digit
    assert invent_rrn(np.random.default_rng(1), born, sex)[7] == str(digit)


def test_no_century_digit_for_the_nineteenth_century() -> None:
    with pytest.raises(ValueError, match="1900"):
        century_digit(date(1899, 1, 1), Sex.MALE)


@given(seeds)
def test_people_are_plausible(seed: int) -> None:
    someone = person(seed)
    assert 19 <= age_on(someone.birth_date, TODAY) <= 84
    assert 2 <= len(someone.name.hangul) <= 4
    assert someone.name.hanja == "" or len(someone.name.hanja) == len(someone.name.hangul)
    assert re.fullmatch(r"[A-Z]+", someone.name.surname_latin + someone.name.given_latin)
    assert re.fullmatch(r"010-0000-\d{4}", someone.phone)
    assert re.fullmatch(r"M\d{3}[A-Z]\d{4}", someone.passport_number)
    assert re.fullmatch(r"M\d{8}", someone.former_passport_number)
    assert re.fullmatch(r"(1[1-9]|2[0-68])-\d{2}-\d{6}-\d{2}", someone.licence_number)
    assert re.fullmatch(r"[0-9A-Z]{6}", someone.licence_serial)
    assert someone.licence_number[3:5] == f"{someone.licensed_in % 100:02d}"


def test_the_same_seed_invents_the_same_person_and_another_seed_another() -> None:
    assert person(7) == person(7)
    assert person(7) != person(8)


def test_a_persons_repr_keeps_the_number_to_itself() -> None:
    someone = person(3)
    assert someone.rrn not in repr(someone)


@pytest.mark.parametrize(
    ("syllable", "latin"),
    [("현", "HYEON"), ("우", "U"), ("뷁", "BWEK"), ("희", "HUI"), ("철", "CHEOL"), ("꽃", "KKOT"), ("빛", "BIT")],
)
def test_romanisation(syllable: str, latin: str) -> None:
    assert names.romanise_syllable(syllable) == latin


def test_romanisation_refuses_what_is_no_hangul() -> None:
    with pytest.raises(ValueError, match="Hangul"):
        names.romanise_syllable("A")


@pytest.mark.parametrize("face", packaged_typefaces(), ids=lambda face: face.name)
def test_every_character_of_a_name_has_a_glyph(face: Typeface) -> None:
    every = "".join(names.SYLLABLES) + "".join(names.SYLLABLES.values())
    every += "".join(surname + hanja for surname, hanja, _, _ in names.SURNAMES)
    assert has_glyphs(face, every)
    assert not has_glyphs(face, "ꙮ")


def test_there_are_seventeen_provinces_and_their_districts() -> None:
    assert len(places.DISTRICTS) == 17
    assert len(places.DISTRICTS["서울특별시"]) == 25
    for districts in places.DISTRICTS.values():
        assert len(set(districts)) == len(districts)
        assert all(district == "" or district[-1] in "시군구" for district in districts)


def address(province: str, district: str) -> places.Address:
    return places.Address(province=province, district=district, street="한빛로 1", block="")


@pytest.mark.parametrize(
    ("province", "district", "day", "authority"),
    [
        ("서울특별시", "종로구", date(2019, 7, 15), "서울특별시 종로구청장"),
        ("경기도", "성남시 분당구", date(2019, 7, 15), "경기도 성남시 분당구청장"),
        ("경기도", "양평군", date(2019, 7, 15), "경기도 양평군수"),
        ("강원특별자치도", "춘천시", date(2023, 6, 10), "강원도 춘천시장"),
        ("강원특별자치도", "춘천시", date(2023, 6, 11), "강원특별자치도 춘천시장"),
        ("전북특별자치도", "군산시", date(2024, 1, 17), "전라북도 군산시장"),
        ("세종특별자치시", "", date(2020, 1, 1), "세종특별자치시장"),
    ],
)
def test_who_signs_a_resident_card(province: str, district: str, day: date, authority: str) -> None:
    assert places.card_authority(address(province, district), day) == authority


@pytest.mark.parametrize(
    ("province", "district", "day", "authority", "region"),
    [
        ("서울특별시", "종로구", date(2020, 12, 31), "서울지방경찰청장", 11),
        ("서울특별시", "종로구", date(2021, 1, 1), "서울특별시경찰청장", 11),
        ("경기도", "수원시 영통구", date(2022, 1, 1), "경기도남부경찰청장", 13),
        ("경기도", "고양시 덕양구", date(2022, 1, 1), "경기도북부경찰청장", 28),
        ("강원특별자치도", "춘천시", date(2022, 1, 1), "강원도경찰청장", 14),
        ("강원특별자치도", "춘천시", date(2024, 1, 1), "강원특별자치도경찰청장", 14),
    ],
)
def test_who_signs_a_licence(province: str, district: str, day: date, authority: str, region: int) -> None:
    home = address(province, district)
    assert places.licence_authority(home, day) == authority
    assert places.licence_region(home) == region
