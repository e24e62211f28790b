"""Dates as printed on Korean documents, and MRZ dates.

Forms: `2019.7.15.`, `2019. 07. 15`, `2019-07-15`, `2019년 7월 15일`, `20190715`, `15 12월/DEC 2020`, `15 DEC 2020`.
Knows nothing of where on a document a date stands.
"""

import re
from datetime import date

MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}
_NUMERIC = re.compile(r"(?<!\d)((?:18|19|20)\d\d)\s*[.,\-/년·: ]\s*(\d{1,2})\s*[.,\-/월·: ]\s*(\d{1,2})(?!\d)")
_RUN_TOGETHER = re.compile(r"(?<!\d)((?:19|20)\d\d)[.,\-/]?(\d\d)[.,\-/]?(\d\d)(?!\d)")
# A month's name and a year; the day is the first number before them. Between stands the month's number with 월, or with
# whatever 월 was misread as: `05 101/OCT 2026`.
_NAMED_MONTH = re.compile(r"([0-9A-Z]{3})[^0-9A-Z]*((?:19|20)\d\d)(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{2}|\d(?=\D))")
_LETTERS = str.maketrans("01852", "OIBSZ")


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the date, or None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def find_dates(text: str) -> list[date]:
    """Return every calendar date printed in `text`, in order of appearance; impossible dates are left out."""
    found: list[tuple[int, date]] = []
    upper = text.upper()
    for pattern in (_NUMERIC, _RUN_TOGETHER):
        for match in pattern.finditer(upper):
            day = make_date(int(match[1]), int(match[2]), int(match[3]))
            if day is not None and all(abs(match.start() - at) > 3 for at, _ in found):
                found.append((match.start(), day))
    done = 0
    for match in _NAMED_MONTH.finditer(upper):
        month, first = _month_number(match[1]), _DAY.search(upper, done, match.start())
        day = None if month is None or first is None else make_date(int(match[2]), month, int(first[1]))
        if day is not None:
            found.append((match.start(), day))
            done = match.end()
    return [day for _, day in sorted(found)]


def _month_number(word: str) -> int | None:
    """Return the month for an English abbreviation, forgiving one wrong letter when only one month fits."""
    if not re.search(r"[A-Z]{2}", word):
        return None
    word = word.translate(_LETTERS)
    if word in MONTHS:
        return MONTHS[word]
    near = [number for name, number in MONTHS.items() if sum(a != b for a, b in zip(name, word, strict=False)) <= 1]
    return near[0] if len(near) == 1 else None


def find_mrz_date(six_digits: str, *, latest: date) -> date | None:
    """Return the date for MRZ digits YYMMDD with the youngest century that does not pass `latest`, or None."""
    if not re.fullmatch(r"\d{6}", six_digits):
        return None
    year, month, day = int(six_digits[:2]), int(six_digits[2:4]), int(six_digits[4:])
    for century in (2000, 1900):
        candidate = make_date(century + year, month, day)
        if candidate is not None and candidate <= latest:
            return candidate
    return None
