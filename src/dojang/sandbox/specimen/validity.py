"""How long licences and passports last.

Source: idocr.md section 6. Licences: ten years, five from age 65, three from 75; the renewal window was a calendar year
and is the birthday plus or minus six months since 1 January 2026. Passports: ten years. Resident cards never expire.
"""

from datetime import date

from dojang.sandbox.specimen.people import age_on

_BIRTHDAY_WINDOWS_SINCE = date(2026, 1, 1)


def renewal_window(birth_date: date, issued_on: date) -> tuple[date, date]:
    """Return the first and last day, both inclusive, on which a licence issued that day must be renewed."""
    age = age_on(birth_date, issued_on)
    years = 3 if age >= 75 else 5 if age >= 65 else 10
    year = issued_on.year + years
    if issued_on < _BIRTHDAY_WINDOWS_SINCE:
        return date(year, 1, 1), date(year, 12, 31)
    birthday = _on(year, birth_date.month, birth_date.day)
    return _shift_months(birthday, -6), _shift_months(birthday, 6)


def passport_expiry(birth_date: date, issued_on: date) -> date:
    """Return the last day of validity: ten years on, five for those under eighteen."""
    years = 10 if age_on(birth_date, issued_on) >= 18 else 5
    return _on(issued_on.year + years, issued_on.month, issued_on.day)


def _shift_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return _on(index // 12, index % 12 + 1, day.day)


def _on(year: int, month: int, day: int) -> date:
    """Return that date, or the month's last day where the day does not exist."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
