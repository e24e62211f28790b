"""Three frozen, seeded suites of specimen photographs, made one at a time: to develop on, to report on, to confirm.

Limits and repairs of the reader are made while looking at `DEVELOPMENT`; the figures that are told come from `TEST`,
which differs in people, addresses, light, places and in how the personal data is laid out on the cards. `CONFIRMATION`
is like `TEST`, in any number, and is read when a reader is finished: nothing is mended by it, so that it tells what
`TEST`, read many times, no longer can. Every photograph depends on its suite and its own index only, so a part of a
suite equals that part of the whole. Knows no reader.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dojang.sandbox.specimen.cases import invent_issue_date
from dojang.sandbox.specimen.changes import invent_changes
from dojang.sandbox.specimen.document import FlatDocument, Kind, Side
from dojang.sandbox.specimen.draw import draw_specimen
from dojang.sandbox.specimen.fonts import Typeface, packaged_typefaces
from dojang.sandbox.specimen.people import invent_person
from dojang.sandbox.specimen.photograph import Defect, Difficulty, Photograph, photograph
from dojang.sandbox.specimen.variant import shift, vary

SUITE_DAY = date(2026, 11, 1)  # "today" for ages and validity, whatever the day of the run


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One set of photographs. `shifted` cards have their data printed elsewhere, larger or smaller than usual."""

    name: str
    seed: int
    shifted: bool


DEVELOPMENT = Suite(name="development", seed=20261101, shifted=False)
TEST = Suite(name="test", seed=20261127, shifted=True)
CONFIRMATION = Suite(name="confirmation", seed=20261124, shifted=True)

_FACES = (
    (Kind.RESIDENT_CARD, Side.FRONT),
    (Kind.DRIVER_LICENCE, Side.FRONT),
    (Kind.PASSPORT, Side.FRONT),
    (Kind.RESIDENT_CARD, Side.FRONT),
    (Kind.DRIVER_LICENCE, Side.FRONT),
    (Kind.PASSPORT, Side.FRONT),
    (Kind.RESIDENT_CARD, Side.BACK),
    (Kind.DRIVER_LICENCE, Side.BACK),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteItem:
    """One photograph to be taken. `stream` keeps sound and defective photographs' seeds apart."""

    suite: Suite
    stream: int
    index: int
    kind: Kind
    side: Side
    difficulty: Difficulty
    defect: Defect | None


def plan_suite(count: int = 240, *, suite: Suite = TEST) -> tuple[SuiteItem, ...]:
    """Return `count` readable photographs; every 24 hold each face in each difficulty, fronts twice."""
    difficulties = list(Difficulty)
    return tuple(
        SuiteItem(
            suite=suite,
            stream=0,
            index=index,
            kind=_FACES[index // 3 % len(_FACES)][0],
            side=_FACES[index // 3 % len(_FACES)][1],
            difficulty=difficulties[index % 3],
            defect=None,
        )
        for index in range(count)
    )


def plan_defects(count: int = 120, *, suite: Suite = TEST) -> tuple[SuiteItem, ...]:
    """Return `count` photographs to be refused; every 60 hold each defect on each front, clean and moderate."""
    defects = list(Defect)
    return tuple(
        SuiteItem(
            suite=suite,
            stream=1,
            index=index,
            kind=_FACES[index // len(defects) % 3][0],
            side=Side.FRONT,
            difficulty=(Difficulty.CLEAN, Difficulty.MODERATE)[index // (3 * len(defects)) % 2],
            defect=defects[index % len(defects)],
        )
        for index in range(count)
    )


def take(item: SuiteItem, *, typefaces: tuple[Typeface, ...] = packaged_typefaces()) -> Photograph:
    """Draw and photograph one item. One person in ten has a number of after October 2020, without a check digit."""
    rng = np.random.default_rng([item.suite.seed, item.stream, item.index])
    flat = _draw(item, item.kind, item.side, rng, typefaces)
    beside = None
    if item.defect is Defect.SEVERAL:
        other = Kind.RESIDENT_CARD if item.kind is not Kind.RESIDENT_CARD else Kind.DRIVER_LICENCE
        beside = _draw(item, other, Side.FRONT, rng, typefaces)
    return photograph(flat, rng, difficulty=item.difficulty, defect=item.defect, beside=beside)


def _draw(
    item: SuiteItem, kind: Kind, side: Side, rng: np.random.Generator, typefaces: tuple[Typeface, ...]
) -> FlatDocument:
    person = invent_person(rng, today=SUITE_DAY, rrn_checked=bool(rng.random() >= 0.1))
    issued_on = invent_issue_date(rng, person, kind, today=SUITE_DAY)
    changes = invent_changes(person, issued_on=issued_on, until=SUITE_DAY, count=int(rng.integers(4)))
    variant = vary(rng, typefaces=typefaces)
    if item.suite.shifted:
        variant = shift(variant, rng)
    return draw_specimen(person, kind, side, issued_on=issued_on, variant=variant, changes=changes)


def iter_suite(
    items: Sequence[SuiteItem], *, typefaces: tuple[Typeface, ...] = packaged_typefaces()
) -> Iterator[tuple[SuiteItem, Photograph]]:
    """Yield each item with its photograph, drawn when asked for."""
    for item in items:
        yield item, take(item, typefaces=typefaces)
