"""Numbers that must not be in a message are masked however they are typed; ordinary text stays as it is."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dojang.controls.support.screening import screen

RRN = "9001012978124"  # region code 97: nobody's
CARD = "4111111111111111"  # the networks' own test number


@pytest.mark.parametrize(
    "typed",
    [
        RRN,
        "900101-2978124",
        "900101 - 2978124",
        "900101–2978124",
        "９００１０１-２９７８１２４",
        "9 0 0 1 0 1 2 9 7 8 1 2 4",
        "주민번호는900101-2978124입니다",
        "900101.2978124",
        CARD,
        "4111-1111-1111-1111",
        "4111 1111 1111 1111",
        "면허 11-97-123456-78",
    ],
)
def test_numbers_that_must_not_be_there_are_masked(typed: str) -> None:
    screened = screen(f"안녕하세요 {typed} 확인해 주세요")
    assert screened.masked
    assert not any(digit in screened.text for digit in "0123456789")
    assert screened.text.startswith("안녕하세요 ")
    assert screened.text.endswith(" 확인해 주세요")


@pytest.mark.parametrize(
    "typed",
    [
        "1원이 입금되지 않아요",
        "010-1234-5678로 전화 주세요",
        "2026-11-23 10:00에 눌렀어요",
        "오류 번호 3F9K2M, 3번 했어요",
        "1234567890123",  # thirteen digits, no date and no card
        "4111 1111 1111 1112",  # fails the Luhn test
    ],
)
def test_ordinary_text_stays_as_it_is(typed: str) -> None:
    screened = screen(typed)
    assert (screened.text, screened.masked) == (typed, False)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_surrounding_hides_a_number(before: str, after: str) -> None:
    assume(not any(one.isdigit() for one in unicodedata.normalize("NFKC", before + after)))
    screened = screen(f"{before}900101-2978124{after}")
    assert screened.masked
    assert not any(digit in screened.text for digit in "0123456789")


def test_it_is_quick_on_junk_made_to_be_slow() -> None:
    screen("1 " * 1000)
    screen("1-" * 1000 + "x")


def test_screening_twice_changes_nothing_more() -> None:
    once = screen("900101-2978124 4111-1111-1111-1111")
    assert screen(once.text).text == once.text
