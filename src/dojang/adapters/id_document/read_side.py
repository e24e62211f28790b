"""One photograph to one reading: the stages strung together, with a second try where the first finds no document.

Order: detect text in the photograph; locate; for the likeliest places rectify, turn, detect, read, classify until a
known document appears; then assign fields and measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dojang.adapters.id_document.assign_card import assign_card
from dojang.adapters.id_document.assign_passport import assign_passport
from dojang.adapters.id_document.classify import Classification, classify, is_mrz_like
from dojang.adapters.id_document.detect import TextBox, TextDetector
from dojang.adapters.id_document.found import Found
from dojang.adapters.id_document.line_reader import LineReader
from dojang.adapters.id_document.lines import Line, LineCutter, join_rows
from dojang.adapters.id_document.locate import Candidate, locate
from dojang.adapters.id_document.measure import measure
from dojang.adapters.id_document.orient import TurnVote, quarter_turns
from dojang.adapters.id_document.pixels import Picture
from dojang.adapters.id_document.ppocr import PpocrReader
from dojang.adapters.id_document.rectify import Card, rectify, turn_over
from dojang.adapters.id_document.several import second_document
from dojang.adapters.id_document.stopwatch import Stopwatch
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, DocumentReading, FieldName

PHOTOGRAPH_TEXT_PX = 544
_FEW_LINES, _DISTANT_TEXT_PX = 5, 1280
CARD_TEXT_PX = 832
_MOST_PLACES = 3
_MRZ_LENGTH = 0.6  # of the card's width
_LABEL_HEIGHT = 0.72  # of an MRZ row's height
_UNDECIDED = 0.25


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SideReading:
    """A reading with the pixels it came from, for masking and cutting out."""

    reading: DocumentReading
    card: Card
    lines: Sequence[Line] = field(repr=False)
    found: dict[FieldName, Found] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Attempt:
    candidate: Candidate
    card: Card
    boxes: Sequence[TextBox]
    lines: Sequence[Line]
    guess: Classification


class SideReader:
    """Holds the models; reads one photograph at a time. Not for use from several threads."""

    def __init__(self, *, korean: LineReader) -> None:
        self.detector = TextDetector()
        self._tiny = PpocrReader.tiny()
        self._small = PpocrReader.small()
        self._vote = TurnVote()
        self.cutter = LineCutter(plain=self._tiny, korean=korean)

    def read(self, photograph: Picture, *, today: date, watch: Stopwatch) -> SideReading:
        """Read `photograph`; what is not recognised comes back with kind None and its measures."""
        with watch.stage("detect"):
            texts = self.detector.detect(photograph, long_side_px=PHOTOGRAPH_TEXT_PX)
            if len(texts) < _FEW_LINES:  # perhaps the document is far away
                texts = self.detector.detect(photograph, long_side_px=_DISTANT_TEXT_PX)
        with watch.stage("locate"):
            places = locate(photograph, texts)
            candidates = _worth_trying(places)
        best: _Attempt | None = None
        for candidate in candidates:
            attempt = self._attempt(photograph, candidate, texts, watch)
            if best is None or _promise(attempt) > _promise(best):
                best = attempt
            if attempt.guess.kind is not None:
                break
        if best is None:  # locate never returns nothing
            raise AssertionError("no candidate")
        with watch.stage("assign"):
            found = self._assign(best, today)
        with watch.stage("measure"):
            second = second_document(places, texts)
            measures = measure(
                photograph,
                best.card,
                best.candidate,
                best.boxes,
                second=second,
                recognised=best.guess.kind is not None,
            )
        fields = {name: item.as_field(best.card.width, best.card.height) for name, item in found.items()}
        reading = DocumentReading(kind=best.guess.kind, side=best.guess.side, fields=fields, quality=measures)
        return SideReading(reading=reading, card=best.card, lines=best.lines, found=found)

    def _attempt(
        self, photograph: Picture, candidate: Candidate, texts: Sequence[TextBox], watch: Stopwatch
    ) -> _Attempt:
        with watch.stage("rectify"):
            card = rectify(photograph, candidate.quad, quarter_turns=quarter_turns(candidate.quad, texts))
        with watch.stage("detect"):
            boxes = join_rows(self.detector.detect(card.picture, long_side_px=CARD_TEXT_PX))
        with watch.stage("orient"):
            margin = self._vote.margin(card.picture, boxes)
        if margin < -_UNDECIDED:
            card, boxes = turn_over(card), _turn_boxes(boxes, card)
        first = self._read(candidate, card, boxes, watch)
        if first.guess.kind is not None and (margin > -_UNDECIDED or first.guess.score >= 5):
            return first
        turned = turn_over(card)
        second = self._read(candidate, turned, _turn_boxes(boxes, card), watch)
        return second if second.guess.score > first.guess.score else first

    def _read(self, candidate: Candidate, card: Card, boxes: Sequence[TextBox], watch: Stopwatch) -> _Attempt:
        with watch.stage("read_plain"):
            lines = self._read_plain(card.picture, boxes)
        with watch.stage("read_korean"):
            has_mrz = any(is_mrz_like(line.plain.text) for line in lines)
            lines = self.cutter.add_korean(card.picture, lines, bilingual=has_mrz)
        return _Attempt(candidate=candidate, card=card, boxes=boxes, lines=lines, guess=classify(lines))

    def _read_plain(self, picture: Picture, boxes: Sequence[TextBox]) -> list[Line]:
        """Read all lines; on a passport's page not the labels, which are printed much smaller than the MRZ.

        The rows that may be an MRZ are read first: two of them make a passport.
        """
        wide = [box for box in boxes if box.length > _MRZ_LENGTH * picture.shape[1]]
        rest = [box for box in boxes if box.length <= _MRZ_LENGTH * picture.shape[1]]
        rows = self.cutter.read_plain(picture, wide)
        mrz = [line.height for line in rows if is_mrz_like(line.plain.text)]
        if len(mrz) >= 2:
            rest = [box for box in rest if box.thickness >= _LABEL_HEIGHT * min(mrz)]
        return sorted([*rows, *self.cutter.read_plain(picture, rest)], key=lambda line: line.rect.centre_y)

    def _assign(self, attempt: _Attempt, today: date) -> dict[FieldName, Found]:
        guess, picture = attempt.guess, attempt.card.picture
        if guess.kind is None or guess.side is None:
            return {}
        if guess.kind is DocumentKind.PASSPORT:
            readers = (self._tiny, self._small)
            return assign_passport(picture, attempt.lines, self.cutter, readers, today=today)
        return assign_card(
            picture, attempt.lines, self.cutter, self._small, kind=guess.kind, side=guess.side, today=today
        )


def _promise(attempt: _Attempt) -> tuple[float, int]:
    """The surest document; among places where none is recognised, the one with the most text."""
    return attempt.guess.score, len(attempt.boxes)


def _worth_trying(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best outline, then the best makeshift ones, then the next outline that is another place altogether."""
    first = candidates[0]
    others = [candidate for candidate in candidates[1:] if not candidate.is_outline]
    return [first, *others][:_MOST_PLACES]


def _turn_boxes(boxes: Sequence[TextBox], card: Card) -> list[TextBox]:
    """Boxes of the card turned upside down."""
    size = [card.width, card.height]
    return [TextBox(quad=(size - box.quad[[2, 3, 0, 1]]).astype(box.quad.dtype), score=box.score) for box in boxes]
