"""The machine-readable zone of a passport (ICAO Doc 9303 part 4, TD3: two lines of 44), Korean numbers in particular.

Takes text only; how well each character was seen is the reader's affair. Check digits cannot tell 6 from G, 0 from
A/K/U, 1 from B/L/V and so on (their values agree modulo 10), so `resolve_passport_number` uses the shape of Korean
numbers and the visual zone.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from dojang.lifecycle.identity_proofing.id_document.printed_date import find_mrz_date, make_date

LINE_LENGTH = 44
_ALPHABET = re.compile(r"^[0-9A-Z<]{44}$")
_TO_DIGIT = str.maketrans("OQDUILZSGBTAJ", "0000112568743")
_TO_LETTER = str.maketrans("0123456789", "OIZJASGTBP")
_OLD_NUMBER = re.compile(r"^[MSRGD]\d{8}$")
_NEW_NUMBER = re.compile(r"^[MSRGD]\d{3}[A-Z]\d{4}$")
_NEW_FORM_ENDS_FROM = date(2031, 12, 21)  # new booklets since 21 December 2021
# Line 2, zero-based: which positions are digits, letters, either.
_LINE_2_DIGITS = (9, *range(13, 20), *range(21, 28), 43)
_LINE_2_LETTERS = (*range(10, 13), 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMrz:
    """A TD3 zone.

    `failed_checks` names the check digits that do not hold: number, birth_date, expiry, optional, composite.
    """

    document_code: str
    issuer: str
    surname: str = field(repr=False)
    given_names: str = field(repr=False)
    number: str = field(repr=False)
    nationality: str
    birth_date: date | None = field(repr=False)
    sex: str
    expires_on: date | None
    optional: str = field(repr=False)
    failed_checks: tuple[str, ...]


def check_digit(text: str) -> int:
    """Return the ICAO 7-3-1 check digit over [0-9A-Z<]."""
    total = 0
    for index, character in enumerate(text):
        value = 0 if character == "<" else int(character, 36)
        total += value * (7, 3, 1)[index % 3]
    return total % 10


def apply_grammar(line_1: str, line_2: str) -> tuple[str, str]:
    """Force each position to its class (digit or letter) where TD3 allows only one; both lines have 44 characters."""
    head = line_1[:5].translate(_TO_LETTER)
    first = head + line_1[5:].translate(_TO_LETTER)
    second = list(line_2)
    for at in _LINE_2_DIGITS:
        second[at] = second[at].translate(_TO_DIGIT)
    for at in _LINE_2_LETTERS:
        second[at] = second[at].translate(_TO_LETTER)
    return first, "".join(second)


def resolve_passport_number(
    number: str, *, visual: str | None, check: str | None = None, expires_on: date | None = None
) -> str:
    """Return the number in Korean shape: position 1 a letter, 2-4 and 6-9 digits, position 5 as printed.

    Position 5 tells old numbers (digit) from new ones (letter); the check digit cannot tell 6 from G there, so a
    well-formed `visual` that differs only in characters of equal check value wins. Without one, a booklet that must be
    of the new form by `expires_on` gets the letter that looks like the digit, if the digit `check` holds for it.
    """
    if len(number) != 9:
        return number
    shaped = (
        number[0].translate(_TO_LETTER) + number[1:4].translate(_TO_DIGIT) + number[4] + number[5:].translate(_TO_DIGIT)
    )
    seen = None if visual is None else re.sub(r"[^0-9A-Z]", "", visual.upper())
    if seen is not None and is_korean_passport_number(seen) and check_digit(seen) == check_digit(shaped):
        differing = [at for at in range(9) if seen[at] != shaped[at]]
        if differing == [4]:
            return seen
    if must_have_new_form(expires_on) and _OLD_NUMBER.match(shaped):
        lettered = shaped[:4] + shaped[4].translate(_TO_LETTER) + shaped[5:]
        if check is not None and _NEW_NUMBER.match(lettered) and str(check_digit(lettered)) == check:
            return lettered
    return shaped


def must_have_new_form(expires_on: date | None) -> bool:
    """Tell whether a booklet valid until then must bear a number of the new form.

    No passport is valid for more than ten years, so one that ends ten years after the new booklets began, or later,
    is one of them. Earlier ones may be either: old stock was used up.
    """
    return expires_on is not None and expires_on >= _NEW_FORM_ENDS_FROM


def find_expiry(line_2: str) -> date | None:
    """Return the expiry date of a second line, None where it is no date."""
    return _expiry(line_2[21:27])


def is_korean_passport_number(number: str) -> bool:
    """Tell whether `number` has the old (`M########`) or the new (`M###A####`) Korean form."""
    return bool(_OLD_NUMBER.match(number) or _NEW_NUMBER.match(number))


def find_mrz(line_1: str, line_2: str, *, today: date) -> ParsedMrz | None:
    """Parse two lines of 44 characters of [0-9A-Z<], else None. Check digits are reported, not enforced."""
    if not (_ALPHABET.match(line_1) and _ALPHABET.match(line_2)) or line_1[0] != "P":
        return None
    surname, _, given = line_1[5:].partition("<<")
    return ParsedMrz(
        document_code=line_1[:2].rstrip("<"),
        issuer=line_1[2:5].rstrip("<"),
        surname=surname.replace("<", " ").strip(),
        given_names=given.replace("<", " ").strip(),
        number=line_2[:9].rstrip("<"),
        nationality=line_2[10:13].rstrip("<"),
        birth_date=find_mrz_date(line_2[13:19], latest=today),
        sex=line_2[20] if line_2[20] in "MF" else "X",
        expires_on=_expiry(line_2[21:27]),
        optional=line_2[28:42].rstrip("<"),
        failed_checks=_failed_checks(line_2),
    )


def _expiry(six_digits: str) -> date | None:
    """Expiry dates lie in 2000-2099: no passport in use expired earlier."""
    if not six_digits.isdecimal():
        return None
    return make_date(2000 + int(six_digits[:2]), int(six_digits[2:4]), int(six_digits[4:]))


def _failed_checks(line: str) -> tuple[str, ...]:
    spans = {
        "number": (line[0:9], line[9]),
        "birth_date": (line[13:19], line[19]),
        "expiry": (line[21:27], line[27]),
        "optional": (line[28:42], line[42]),
        "composite": (line[0:10] + line[13:20] + line[21:43], line[43]),
    }
    failed = []
    for name, (text, printed) in spans.items():
        if name == "optional" and printed == "<" and not text.strip("<"):
            continue
        if printed != str(check_digit(text)):
            failed.append(name)
    return tuple(failed)
