"""The changes of address entered on the back of a card after it was issued. Knows no layout."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from dojang.sandbox.specimen.people import Person
from dojang.sandbox.specimen.places import invent_address


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChange:
    """One entry: the day it was made and the address as written then."""

    entered_on: date
    address: str


def invent_changes(person: Person, *, issued_on: date, until: date, count: int) -> tuple[AddressChange, ...]:
    """Return up to `count` entries in order, none later than `until`; the same person moves the same way."""
    rng = np.random.default_rng([person.portrait_seed, issued_on.toordinal()])
    entries: list[AddressChange] = []
    day = issued_on
    while len(entries) < count:
        day += timedelta(days=int(rng.integers(120, 900)))
        if day > until:
            break
        entries.append(AddressChange(entered_on=day, address=invent_address(rng).printed_on(day)))
    return tuple(entries)
