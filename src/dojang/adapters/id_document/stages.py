"""Each stage of reading shown on its own: what was found in the photograph, on the card, in the lines. For people.

The pictures and notes hold everything a document says: they are for trying the reader, never stored by the office.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from time import process_time
from typing import TypeVar

import cv2
import numpy as np

from dojang.adapters.id_document.classify import classify
from dojang.adapters.id_document.detect import TextBox
from dojang.adapters.id_document.lines import join_rows
from dojang.adapters.id_document.locate import locate
from dojang.adapters.id_document.orient import quarter_turns
from dojang.adapters.id_document.pixels import Picture, Quad
from dojang.adapters.id_document.read_side import CARD_TEXT_PX, PHOTOGRAPH_TEXT_PX, SideReader
from dojang.adapters.id_document.rectify import rectify
from dojang.adapters.id_document.stopwatch import Stopwatch

_GREEN, _RED = (60, 190, 60), (50, 50, 230)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stage:
    """What one stage did: a picture with its findings drawn in, the same as plain values, and its CPU seconds."""

    name: str
    picture: Picture = field(repr=False)
    notes: Mapping[str, object] = field(repr=False)
    seconds: float


def show_stages(photograph: Picture, sides: SideReader, *, today: date) -> Iterator[Stage]:
    """Run the stages one after the other on the likeliest place, each when asked for.

    1. text anywhere; 2. places where the card may lie; 3. the card straightened; 4. its lines, read; 5. what document
    it is, its fields and measures, by the whole chain (which may try other places and turn the card over).
    """
    texts, spent = _timed(lambda: sides.detector.detect(photograph, long_side_px=PHOTOGRAPH_TEXT_PX))
    yield Stage(name="1-text", picture=_drawn(photograph, _quads(texts)), notes={"lines": len(texts)}, seconds=spent)
    places, spent = _timed(lambda: locate(photograph, texts))
    scores = [round(place.score, 3) for place in places]
    outlined = _drawn(photograph, [places[0].quad], [place.quad for place in places[1:4]])
    yield Stage(name="2-located", picture=outlined, notes={"scores": scores}, seconds=spent)
    quad = places[0].quad
    card, spent = _timed(lambda: rectify(photograph, quad, quarter_turns=quarter_turns(quad, texts)))
    size = {"width": card.width, "height": card.height}
    yield Stage(name="3-straightened", picture=card.picture, notes=size, seconds=spent)
    boxes = join_rows(sides.detector.detect(card.picture, long_side_px=CARD_TEXT_PX))
    lines, spent = _timed(lambda: sides.cutter.add_korean(card.picture, sides.cutter.read_plain(card.picture, boxes)))
    read = [{"plain": line.plain.text, "korean": line.korean.text} for line in lines]
    guess = classify(lines)
    notes = {"lines": read, "kind": guess.kind, "side": guess.side, "score": round(guess.score, 2)}
    yield Stage(name="4-lines", picture=_drawn(card.picture, _quads(boxes)), notes=notes, seconds=spent)
    whole, spent = _timed(lambda: sides.read(photograph, today=today, watch=Stopwatch()))
    places_of = [found.quad for found in whole.found.values() if found.quad is not None]
    fields = {name.value: found.value for name, found in whole.found.items()}
    yield Stage(
        name="5-fields",
        picture=_drawn(whole.card.picture, places_of),
        notes={"kind": whole.reading.kind, "fields": fields, "measures": dict(whole.reading.quality)},
        seconds=spent,
    )


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = process_time()
    done = work()
    return done, round(process_time() - started, 4)


def _quads(boxes: Sequence[TextBox]) -> list[Quad]:
    return [box.quad for box in boxes]


def _drawn(picture: Picture, quads: Sequence[Quad], others: Sequence[Quad] = ()) -> Picture:
    drawn = picture.copy()
    for colour, group in ((_RED, others), (_GREEN, quads)):
        for quad in group:
            cv2.polylines(drawn, [np.round(quad).astype(np.int32)], True, colour, 3)
    return drawn
