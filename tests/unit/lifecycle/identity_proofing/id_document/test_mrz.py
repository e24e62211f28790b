"""The machine-readable zone: ICAO's published example as judge, Korean numbers, what check digits cannot tell."""

from datetime import date

import pytest

from dojang.lifecycle.identity_proofing.id_document import mrz

TODAY = date(2026, 11, 23)
# ICAO Doc 9303 part 4, appendix A.
ICAO_1 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
ICAO_2 = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def korean_line_2(number: str, optional: str = "") -> str:
    head = f"{number}{mrz.check_digit(number)}KOR9001014M3501017"
    birth, expiry = "900101", "350101"
    head = f"{number}{mrz.check_digit(number)}KOR{birth}{mrz.check_digit(birth)}M{expiry}{mrz.check_digit(expiry)}"
    rest = optional.ljust(14, "<")
    body = head + rest + str(mrz.check_digit(rest))
    return body + str(mrz.check_digit(body[0:10] + body[13:20] + body[21:43]))


def test_icaos_own_example_passes_every_check() -> None:
    zone = mrz.find_mrz(ICAO_1, ICAO_2, today=TODAY)
    assert zone is not None
    assert zone.failed_checks == ()
    assert (zone.surname, zone.given_names, zone.number) == ("ERIKSSON", "ANNA MARIA", "L898902C3")
    assert (zone.birth_date, zone.sex, zone.expires_on) == (date(1974, 8, 12), "F", date(2012, 4, 15))


@pytest.mark.parametrize(
    ("position", "named"),
    [(2, {"number", "composite"}), (14, {"birth_date", "composite"}), (22, {"expiry", "composite"}),
     (30, {"optional", "composite"})],
)  # fmt: skip
def test_a_misread_character_names_its_check_digit(position: int, named: set[str]) -> None:
    wrong = "1" if ICAO_2[position] != "1" else "2"
    zone = mrz.find_mrz(ICAO_1, ICAO_2[:position] + wrong + ICAO_2[position + 1 :], today=TODAY)
    assert zone is not None
    assert set(zone.failed_checks) == named


def test_grammar_turns_letters_into_digits_only_where_digits_must_stand() -> None:
    seen = ICAO_2[:13] + "74O8I2" + ICAO_2[19:]
    line_1, line_2 = mrz.apply_grammar(ICAO_1.replace("UTO", "UT0"), seen)
    assert line_1 == ICAO_1
    assert line_2 == ICAO_2


def test_six_for_g_passes_every_check_digit_and_the_printed_number_decides() -> None:
    right = "M688G4360"
    seen = korean_line_2(right).replace("M688G", "M6886", 1)
    line_1 = "PMKORHONG<<GILDONG".ljust(44, "<")
    zone = mrz.find_mrz(line_1, seen, today=TODAY)
    assert zone is not None
    assert zone.failed_checks == ()
    assert zone.number != right
    assert mrz.resolve_passport_number(zone.number, visual=right) == right


def test_a_printed_number_that_differs_elsewhere_does_not_overrule() -> None:
    assert mrz.resolve_passport_number("M68864360", visual="M123G4360") == "M68864360"
    assert mrz.resolve_passport_number("M68864360", visual=None) == "M68864360"


@pytest.mark.parametrize(
    ("expires_on", "number"),
    [(date(2031, 12, 20), "M68864360"), (date(2031, 12, 21), "M688G4360"), (None, "M68864360")],
)
def test_a_booklet_that_must_be_new_gets_its_letter_where_the_check_digit_holds(
    expires_on: date | None, number: str
) -> None:
    check = str(mrz.check_digit("M688G4360"))
    assert mrz.resolve_passport_number("M68864360", visual=None, check=check, expires_on=expires_on) == number


def test_no_letter_is_forced_that_the_check_digit_speaks_against() -> None:
    check = str(mrz.check_digit("M68854360"))  # 5 and S have different values
    last = date(2033, 1, 1)
    assert mrz.resolve_passport_number("M68854360", visual=None, check=check, expires_on=last) == "M68854360"


def test_letters_in_digit_places_of_a_number_become_digits() -> None:
    assert mrz.resolve_passport_number("M12OA4S67", visual=None) == "M120A4567"


@pytest.mark.parametrize(
    ("number", "korean"),
    [("M12345678", True), ("M123A4567", True), ("S12345678", True), ("X12345678", False), ("M1234A567", False),
     ("M1234567", False)],
)  # fmt: skip
def test_forms_of_korean_passport_numbers(number: str, korean: bool) -> None:
    assert mrz.is_korean_passport_number(number) is korean


@pytest.mark.parametrize(
    "lines", [("", ""), (ICAO_1[:-1], ICAO_2), (ICAO_1, ICAO_2.lower()), ("I" + ICAO_1[1:], ICAO_2)]
)
def test_what_is_no_td3_zone_is_none(lines: tuple[str, str]) -> None:
    assert mrz.find_mrz(*lines, today=TODAY) is None


def test_birth_years_never_lie_in_the_future() -> None:
    line_1 = "PMKORHONG<<GILDONG".ljust(44, "<")
    zone = mrz.find_mrz(line_1, korean_line_2("M123A4567").replace("900101", "270101", 1), today=TODAY)
    assert zone is not None
    assert zone.birth_date == date(1927, 1, 1)
