"""The machine-readable zone of a TD3 passport, two lines of 44 (ICAO Doc 9303 part 4).

Knows nothing of layouts. Passports issued before 21 December 2020 carry the last seven digits of the resident number.
"""

from datetime import date

_WEIGHTS = (7, 3, 1)


def check_digit(text: str) -> str:
    """Return the check digit over digits, letters and fillers (Doc 9303 part 3, 4.9)."""
    total = 0
    for position, character in enumerate(text):
        value = 0 if character == "<" else int(character, 36)
        total += value * _WEIGHTS[position % 3]
    return str(total % 10)


def passport_mrz(
    *,
    type_code: str,
    surname: str,
    given_names: str,
    number: str,
    birth_date: date,
    sex: str,
    expires_on: date,
    personal_number: str,
) -> tuple[str, str]:
    """Return both lines for a Korean passport. `personal_number` may be empty."""
    first = f"{type_code:<<2}KOR{surname}<<{given_names.replace(' ', '<')}"[:44].ljust(44, "<")
    number_part = f"{number:<<9}"
    birth, expiry = f"{birth_date:%y%m%d}", f"{expires_on:%y%m%d}"
    optional = f"{personal_number:<<14}"
    optional_check = check_digit(optional) if personal_number else "<"
    head = number_part + check_digit(number_part)
    dates = f"{birth}{check_digit(birth)}", f"{expiry}{check_digit(expiry)}"
    composite = check_digit(head + dates[0] + dates[1] + optional + optional_check)
    return first, f"{head}KOR{dates[0]}{sex}{dates[1]}{optional}{optional_check}{composite}"
