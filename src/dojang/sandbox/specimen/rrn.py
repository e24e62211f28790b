"""Resident registration numbers that nobody holds.

Source: idocr.md section 6. Region codes 97-99 were never assigned, so a number with one, a birth date before
October 2020 and a valid check digit belongs to no one. Knows nothing of names or documents.
"""

from datetime import date

import numpy as np

from dojang.sandbox.specimen.document import Sex

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_UNISSUED_REGIONS = (97, 98, 99)


def check_digit(first_twelve: str) -> int:
    """Return the check digit of a Korean national's number over its first twelve digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_twelve, _WEIGHTS, strict=True))
    return (11 - total % 11) % 10


def century_digit(birth_date: date, sex: Sex) -> int:
    """Return the digit after the hyphen: 1/2 for the 1900s, 3/4 for the 2000s; odd for men."""
    if not 1900 <= birth_date.year <= 2099:
        raise ValueError("birth year outside 1900-2099")
    return (1 if birth_date.year < 2000 else 3) + (0 if sex is Sex.MALE else 1)


def invent_rrn(rng: np.random.Generator, birth_date: date, sex: Sex, *, checked: bool = True) -> str:
    """Return a number `YYMMDD-SRRNNNC` of an unissued region.

    With `checked=False` the last digit fails the checksum on purpose, as most numbers assigned since
    5 October 2020 do (they have none).
    """
    region = _UNISSUED_REGIONS[int(rng.integers(len(_UNISSUED_REGIONS)))]
    head = f"{birth_date:%y%m%d}{century_digit(birth_date, sex)}{region}{int(rng.integers(1000)):03d}"
    last = check_digit(head)
    if not checked:
        last = (last + int(rng.integers(1, 10))) % 10
    return f"{head[:6]}-{head[6:]}{last}"
