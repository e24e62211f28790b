"""A frozen, seeded suite of specimen photographs for benches, made one at a time.

Every photograph depends on the suite's seed and its own index only, so a part of the suite equals that part of the
whole. Knows no reader.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dojang.sandbox.specimen.cases import invent_issue_date
from dojang.sandbox.specimen.changes import invent_changes
from dojang.sandbox.specimen.document import Kind, Side
from dojang.sandbox.specimen.draw import draw_specimen
from dojang.sandbox.specimen.fonts import Typeface, packaged_typefaces
from dojang.sandbox.specimen.people import invent_person
from dojang.sandbox.specimen.photograph import Defect, Difficulty, Photograph, photograph
from dojang.sandbox.specimen.variant import vary

SUITE_SEED = 20261101
SUITE_DAY = date(2026, 11, 1)  # "today" for ages and validity, whatever the day of the run

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

    seed: int
    stream: int
    index: int
    kind: Kind
    side: Side
    difficulty: Difficulty
    defect: Defect | None


def plan_suite(count: int = 240, *, seed: int = SUITE_SEED) -> tuple[SuiteItem, ...]:
    """Return `count` readable photographs; every 24 hold each face in each difficulty, fronts twice."""
    difficulties = list(Difficulty)
    return tuple(
        SuiteItem(
            seed=seed,
            stream=0,
            index=index,
            kind=_FACES[index // 3 % len(_FACES)][0],
            side=_FACES[index // 3 % len(_FACES)][1],
            difficulty=difficulties[index % 3],
            defect=None,
        )
        for index in range(count)
    )


def plan_defects(count: int = 84, *, seed: int = SUITE_SEED) -> tuple[SuiteItem, ...]:
    """Return `count` photographs to be refused; every 42 hold each defect on each front, clean and moderate."""
    defects = list(Defect)
    return tuple(
        SuiteItem(
            seed=seed,
            stream=1,
            index=index,
            kind=_FACES[index // 7 % 3][0],
            side=Side.FRONT,
            difficulty=(Difficulty.CLEAN, Difficulty.MODERATE)[index // 21 % 2],
            defect=defects[index % 7],
        )
        for index in range(count)
    )


def take(item: SuiteItem, *, typefaces: tuple[Typeface, ...] = packaged_typefaces()) -> Photograph:
    """Draw and photograph one item. One person in ten has a number of after October 2020, without a check digit."""
    rng = np.random.default_rng([item.seed, item.stream, item.index])
    person = invent_person(rng, today=SUITE_DAY, rrn_checked=bool(rng.random() >= 0.1))
    issued_on = invent_issue_date(rng, person, item.kind, today=SUITE_DAY)
    changes = invent_changes(person, issued_on=issued_on, until=SUITE_DAY, count=int(rng.integers(4)))
    flat = draw_specimen(
        person, item.kind, item.side, issued_on=issued_on, variant=vary(rng, typefaces=typefaces), changes=changes
    )
    return photograph(flat, rng, difficulty=item.difficulty, defect=item.defect)


def iter_suite(
    items: Sequence[SuiteItem], *, typefaces: tuple[Typeface, ...] = packaged_typefaces()
) -> Iterator[tuple[SuiteItem, Photograph]]:
    """Yield each item with its photograph, drawn when asked for."""
    for item in items:
        yield item, take(item, typefaces=typefaces)
