"""Dates in every form the documents print, and as they are misread around the month's Hangul."""

from datetime import date

import pytest

from dojang.lifecycle.identity_proofing.id_document.printed_date import find_dates, find_mrz_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019.7.15.", [date(2019, 7, 15)]),
        ("2019. 07. 15", [date(2019, 7, 15)]),
        ("2019-07-15", [date(2019, 7, 15)]),
        ("2019년 7월 15일", [date(2019, 7, 15)]),
        ("20190715", [date(2019, 7, 15)]),
        ("15 12월/DEC 2020", [date(2020, 12, 15)]),
        ("15 DEC 2020", [date(2020, 12, 15)]),
        ("05 101/OCT 2026", [date(2026, 10, 5)]),
        ("05 10/0OCT 2026", [date(2026, 10, 5)]),
        ("1228/FE8 2031", [date(2031, 2, 12)]),
        ("2034.01.01~2034.12.31", [date(2034, 1, 1), date(2034, 12, 31)]),
        ("2034-01-01 ~ 2034-12-31", [date(2034, 1, 1), date(2034, 12, 31)]),
        ("적성검사 기간 : 2030.04.20 ~2030.10.20", [date(2030, 4, 20), date(2030, 10, 20)]),
    ],
)
def test_printed_forms(text: str, expected: list[date]) -> None:
    assert find_dates(text) == expected


@pytest.mark.parametrize(
    "text", ["2019.13.01", "2019.02.30", "900101-1970121", "11-19-123456-01", "30 FEB 2020", "15 XYZ 2020", ""]
)
def test_impossible_dates_and_other_numbers_are_no_dates(text: str) -> None:
    assert find_dates(text) == []


def test_mrz_dates_take_the_youngest_century_not_in_the_future() -> None:
    today = date(2026, 11, 23)
    assert find_mrz_date("261123", latest=today) == date(2026, 11, 23)
    assert find_mrz_date("261124", latest=today) == date(1926, 11, 24)
    assert find_mrz_date("901332", latest=today) is None
    assert find_mrz_date("9O0101", latest=today) is None
