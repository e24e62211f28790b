"""Text put in order: digits from the better reader, spaces of addresses, MRZ rows brought to 44 characters."""

import pytest

from dojang.adapters.id_document.fuse import fuse_digits
from dojang.adapters.id_document.line_reader import LineText
from dojang.adapters.id_document.places import licence_issuers, resident_card_issuers
from dojang.adapters.id_document.read_mrz import fit_first, fit_second
from dojang.adapters.id_document.spacing import space_address


def line(text: str, places: list[float], sure: float = 0.95) -> LineText:
    return LineText(text=text, confidences=(sure,) * len(text), positions=tuple(places))


def test_digits_come_from_the_reading_that_is_sure_of_them() -> None:
    korean = line("606동 12호", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    plain = line("106号12章", [0.1, 0.2, 0.3, 0.42, 0.6, 0.7, 0.81])
    assert fuse_digits(korean, plain).text == "106동 12호"
    assert len(fuse_digits(korean, plain).confidences) == len("106동 12호")


def test_digits_stay_when_the_other_reading_is_unsure_or_has_none_there() -> None:
    korean = line("606동", [0.1, 0.2, 0.3, 0.4])
    assert fuse_digits(korean, line("106号", [0.1, 0.2, 0.3, 0.4], sure=0.4)).text == "606동"
    assert fuse_digits(korean, line("I0b号", [0.1, 0.2, 0.3, 0.4])).text == "606동"
    assert fuse_digits(korean, LineText(text="106", confidences=(1, 1, 1))).text == "606동"


def test_a_run_that_goes_on_beyond_its_stretch_loses_no_digit() -> None:
    korean = line("로58길", [0.2, 0.4, 0.5, 0.6])
    plain = line("呈58召", [0.1, 0.28, 0.45, 0.6])
    assert fuse_digits(korean, plain).text == "로58길"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["서울특별시종로구세종대로209", "(세종로)"], "서울특별시 종로구 세종대로 209 (세종로)"),
        (["경기도수원시팔달구효원로1", "101동203호(매산동)"], "경기도 수원시 팔달구 효원로 1 101동 203호 (매산동)"),
        (["전라남도담양군담양읍중앙로12번길7"], "전라남도 담양군 담양읍 중앙로12번길 7"),
        (["서울톡별시종로구세종대로209"], "서울특별시 종로구 세종대로 209"),
        (["알수없는글자12"], "알수없는글자12"),
    ],
)
def test_addresses_are_spaced_as_addresses_are_built(rows: list[str], expected: str) -> None:
    assert space_address(rows) == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("PMKORHONG<<GILDONG" + "<" * 20, "PMKORHONG<<GILDONG"),
        ("PMKORHONG<<GIL<DONG" + "<" * 31, "PMKORHONG<<GIL<DONG"),
        ("PMKORBAEK<<GYEONGHAK" + "<" * 24, "PMKORBAEK<<GYEONGHAK"),
        ("PMKORLEE<<SEE" + "<" * 12 + "K" + "<" * 9, "PMKORLEE<<SEE"),
        ("PMKORHONG<GILDONG" + "<" * 20, "PMKORHONG<<GILDONG"),
        ("PMKOR", None),
        ("", None),
    ],
)
def test_line_1_is_filled_to_44(seen: str, expected: str | None) -> None:
    assert fit_first(seen) == (None if expected is None else expected.ljust(44, "<"))


def test_line_2_gets_its_fillers_counted_anew() -> None:
    whole = "M123A45670KOR9001014M3501017" + "<" * 14 + "06"
    assert fit_second(whole) == whole
    assert fit_second(whole.replace("<" * 14, "<" * 11)) == whole
    assert fit_second(whole.replace("<" * 14, "<" * 17)) == whole
    old = "M123456784KOR9001014M3501017" + "1234567<<<<<<<" + "26"
    assert fit_second(old.replace("<" * 7, "<" * 5)) == old
    assert fit_second("M123") is None


def test_issuers_are_listed_under_present_and_former_names() -> None:
    resident, licence = resident_card_issuers(), licence_issuers()
    assert {"서울특별시 종로구청장", "경기도 성남시 분당구청장", "전라남도 담양군수", "강원도 춘천시장"} <= set(
        resident
    )
    assert {"서울특별시경찰청장", "서울지방경찰청장", "경기도남부경찰청장"} <= set(licence)
    assert len(resident) == len(set(resident))
