"""Invented people: everything a specimen document, the sandbox's registries and the demo need to know of one.

Nobody here exists: names are random, resident numbers use regions never assigned, telephone numbers are 010-0000-xxxx.
Knows nothing of layouts or photographs.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from dojang.sandbox.specimen.document import Edition, Kind, Sex, edition_on
from dojang.sandbox.specimen.names import Name, invent_name
from dojang.sandbox.specimen.places import Address, invent_address, licence_region
from dojang.sandbox.specimen.rrn import invent_rrn

_SERIAL_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LICENCE_CLASSES = ("1종보통", "1종보통", "2종보통", "2종보통", "1종대형", "2종소형", "2종보통 자동")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented person and the numbers of their documents. The same seed draws the same face on each."""

    name: Name
    birth_date: date
    sex: Sex
    rrn: str = field(repr=False)  # "YYMMDD-SNNNNNN"
    address: Address
    phone: str
    licensed_in: int  # year of the first licence
    licence_number: str  # "RR-YY-NNNNNN-CC"
    licence_class: str
    licence_serial: str  # six characters under the small portrait
    passport_number: str  # M, three digits, a letter, four digits: booklets since December 2021
    former_passport_number: str  # M and eight digits
    bank_account: str  # "NNN-NNNN-NNNN-NN", no bank's true format
    portrait_seed: int

    def passport_number_on(self, issued_on: date) -> str:
        """Return the number of the booklet issued on that day."""
        current = edition_on(Kind.PASSPORT, issued_on) is Edition.CURRENT
        return self.passport_number if current else self.former_passport_number


def invent_person(
    rng: np.random.Generator, *, today: date, rrn_checked: bool = True, min_age: int = 19, max_age: int = 84
) -> Person:
    """Return a person aged `min_age` to `max_age`, both inclusive, on `today`.

    `rrn_checked=False` gives a resident number as assigned since 5 October 2020, without a valid check digit.
    """
    youngest = years_after(today, -min_age)
    oldest = years_after(today, -max_age - 1) + timedelta(days=1)
    birth_date = oldest + timedelta(days=int(rng.integers((youngest - oldest).days + 1)))
    sex = Sex.MALE if rng.random() < 0.5 else Sex.FEMALE
    address = invent_address(rng)
    licensed = min(today.year, birth_date.year + int(rng.integers(19, 40)))
    licence_class = _LICENCE_CLASSES[int(rng.integers(len(_LICENCE_CLASSES)))]
    letter = "ABCDEFGHJKLMNPRSTUVWXYZ"[int(rng.integers(23))]
    return Person(
        name=invent_name(rng),
        birth_date=birth_date,
        sex=sex,
        rrn=invent_rrn(rng, birth_date, sex, checked=rrn_checked),
        address=address,
        phone=f"010-0000-{int(rng.integers(10000)):04d}",
        licensed_in=licensed,
        licence_number=f"{licence_region(address)}-{licensed % 100:02d}-{_digits(rng, 6)}-{int(rng.integers(10, 100))}",
        licence_class=licence_class,
        licence_serial="".join(_SERIAL_ALPHABET[int(i)] for i in rng.integers(len(_SERIAL_ALPHABET), size=6)),
        passport_number=f"M{_digits(rng, 3)}{letter}{_digits(rng, 4)}",
        former_passport_number=f"M{_digits(rng, 8)}",
        bank_account=f"{_digits(rng, 3)}-{_digits(rng, 4)}-{_digits(rng, 4)}-{_digits(rng, 2)}",
        portrait_seed=int(rng.integers(2**31)),
    )


def age_on(birth_date: date, day: date) -> int:
    """Return the age in completed years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(str(int(digit)) for digit in rng.integers(10, size=count))


def years_after(day: date, years: int) -> date:
    """Return the same day `years` later (earlier if negative); 29 February falls back to the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
