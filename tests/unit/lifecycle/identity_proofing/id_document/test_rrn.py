"""The resident registration number: dates, century digits, check digits and when they do not apply."""

from datetime import date

import pytest

from dojang.lifecycle.identity_proofing.id_document.rrn import RrnCheck, check_digit, find_rrn, has_check_digit

TODAY = date(2026, 11, 23)


def numbered(first_twelve: str, *, is_foreigner: bool = False) -> str:
    digits = first_twelve + str(check_digit(first_twelve, is_foreigner=is_foreigner))
    return f"{digits[:6]}-{digits[6:]}"


@pytest.mark.parametrize(
    ("first_twelve", "born", "sex", "is_foreigner"),
    [
        ("900101197012", date(1990, 1, 1), "M", False),
        ("900101298012", date(1990, 1, 1), "F", False),
        ("040229397012", date(2004, 2, 29), "M", False),
        ("040229497012", date(2004, 2, 29), "F", False),
        ("990315597012", date(1999, 3, 15), "M", True),
        ("010315897012", date(2001, 3, 15), "F", True),
        ("991231997012", date(1899, 12, 31), "M", False),
        ("991231097012", date(1899, 12, 31), "F", False),
    ],
)
def test_the_seventh_digit_tells_century_sex_and_nationality(
    first_twelve: str, born: date, sex: str, is_foreigner: bool
) -> None:
    number = find_rrn(numbered(first_twelve, is_foreigner=is_foreigner), latest_birth=TODAY)
    assert number is not None
    assert (number.birth_date, number.sex, number.is_foreigner) == (born, sex, is_foreigner)
    assert number.check is RrnCheck.HOLDS


def test_the_check_digit_is_computed_as_published() -> None:
    # 900101-197012?: sum of digits times 2..9,2..5 is 113; (11 - 113 % 11) % 10 = (11 - 3) % 10 = 8.
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(int(digit) * weight for digit, weight in zip("900101197012", weights, strict=True))
    assert check_digit("900101197012", is_foreigner=False) == (11 - total % 11) % 10
    assert check_digit("900101197012", is_foreigner=True) == (13 - total % 11) % 10


@pytest.mark.parametrize("change", [1, 3, 7])
def test_one_changed_digit_fails_the_check(change: int) -> None:
    good = numbered("900101197012")
    last = (int(good[-2]) + change) % 10
    number = find_rrn(f"{good[:-2]}{last}{good[-1]}", latest_birth=TODAY)
    assert number is not None
    assert number.check is RrnCheck.FAILS


def test_a_child_of_after_october_2020_has_no_check_digit() -> None:
    for last in range(10):
        number = find_rrn(f"201005-397012{last}", latest_birth=TODAY)
        assert number is not None
        assert number.check is RrnCheck.NOT_APPLICABLE
        assert not has_check_digit(number, issued_on=date(2019, 1, 1))


def test_an_old_card_must_bear_a_number_with_check_digit_a_new_one_need_not() -> None:
    number = find_rrn(numbered("900101197012"), latest_birth=TODAY)
    assert number is not None
    assert has_check_digit(number, issued_on=date(2020, 10, 4))
    assert not has_check_digit(number, issued_on=date(2020, 10, 5))
    assert not has_check_digit(number, issued_on=None)


@pytest.mark.parametrize(
    "text",
    ["901301-1970121", "900230-1970121", "90010-11970121", "900101-197012", "9001011-970121", "ABCDEF-1970121", "",
     "301231-3970121"],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert find_rrn(text, latest_birth=TODAY) is None


def test_the_number_never_stands_in_a_repr() -> None:
    number = find_rrn(numbered("900101197012"), latest_birth=TODAY)
    assert number is not None
    assert "900101" not in repr(number)
    assert "1990" not in repr(number)
