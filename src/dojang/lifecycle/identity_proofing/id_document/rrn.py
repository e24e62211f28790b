"""The resident registration number (주민등록번호) and the foreigner registration number: shape, date, check digit.

`YYMMDD-SRRRRRC`. S: 1/2 born 19xx, 3/4 born 20xx, 9/0 born 18xx; foreigners 5/6 (19xx) and 7/8 (20xx); odd is male.
Numbers issued or changed from 5 October 2020 on have six random digits after S: no region, no check digit. A failed
check digit is therefore a hint, never proof. Source: 주민등록법 시행규칙 as amended on 5 October 2020.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dojang.lifecycle.identity_proofing.id_document.printed_date import make_date

RANDOM_DIGITS_SINCE = date(2020, 10, 5)
_SHAPE = re.compile(r"^(\d{6})-?(\d{7})$")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_CENTURY = {
    "9": 1800,
    "0": 1800,
    "1": 1900,
    "2": 1900,
    "5": 1900,
    "6": 1900,
    "3": 2000,
    "4": 2000,
    "7": 2000,
    "8": 2000,
}


class RrnCheck(StrEnum):
    """What the check digit says."""

    HOLDS = "holds"
    FAILS = "fails"  # misread, forged, or a number with random digits whose holder is older (changed number)
    NOT_APPLICABLE = "not_applicable"  # born after random digits began: holds by chance one time in ten


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRrn:
    """A well-formed number. `digits` are all 13."""

    digits: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: str
    is_foreigner: bool
    check: RrnCheck

    @property
    def formatted(self) -> str:
        """The number as printed, `######-#######`."""
        return f"{self.digits[:6]}-{self.digits[6:]}"


def check_digit(first_twelve: str, *, is_foreigner: bool) -> int:
    """Return the thirteenth digit that belongs to `first_twelve`."""
    total = sum(int(digit) * weight for digit, weight in zip(first_twelve, _WEIGHTS, strict=True))
    return ((13 if is_foreigner else 11) - total % 11) % 10


def find_rrn(text: str, *, latest_birth: date) -> ParsedRrn | None:
    """Parse `######-#######` (hyphen optional). None when not 13 digits, or no day up to `latest_birth`."""
    match = _SHAPE.match(text.strip())
    if match is None:
        return None
    digits = match[1] + match[2]
    born = make_date(_CENTURY[digits[6]] + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    if born is None or born > latest_birth:
        return None
    is_foreigner = digits[6] in "5678"
    holds = check_digit(digits[:12], is_foreigner=is_foreigner) == int(digits[12])
    printed = RrnCheck.HOLDS if holds else RrnCheck.FAILS
    check = RrnCheck.NOT_APPLICABLE if born >= RANDOM_DIGITS_SINCE else printed
    sex = "M" if int(digits[6]) % 2 else "F"
    return ParsedRrn(digits=digits, birth_date=born, sex=sex, is_foreigner=is_foreigner, check=check)


def has_check_digit(rrn: ParsedRrn, *, issued_on: date | None) -> bool:
    """Tell whether the number must have a check digit: a card issued before random digits began bears an old number.

    A card issued later may bear a changed number, so there the check digit is only likely.
    """
    return rrn.check is not RrnCheck.NOT_APPLICABLE and issued_on is not None and issued_on < RANDOM_DIGITS_SINCE
