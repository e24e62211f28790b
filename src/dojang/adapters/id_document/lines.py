"""The lines of a card with their text: every line by PP-OCR, those with Hangul by the Korean reader too.

Rows: a line that the detector split at gaps is joined again. Knows nothing of fields.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import dist

import cv2
import numpy as np

from dojang.adapters.id_document.detect import TextBox, cut_out, order_along
from dojang.adapters.id_document.line_reader import Alphabet, LineReader, LineText
from dojang.adapters.id_document.pixels import Picture, Quad, Rect, bounds
from dojang.adapters.id_document.ppocr import HEIGHT_PX, Lattice, PpocrReader

_KOREAN_HEIGHT_PX = 56
_SURE = 0.90
_ENGLISH_WORD = re.compile(r"[A-Za-z]{3}|<<|\d{4}")
_EMPTY = LineText(text="", confidences=())
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Line:
    """One line: `plain` as PP-OCR reads it (Hangul is noise there), `korean` as the Korean reader does."""

    quad: Quad
    plain: LineText = field(repr=False)
    korean: LineText = field(default=_EMPTY, repr=False)
    lattice: Lattice | None = field(default=None, repr=False)

    @property
    def rect(self) -> Rect:
        """The upright rectangle around it, in card pixels."""
        return bounds(self.quad)

    @property
    def height(self) -> float:
        """Extent across the line in pixels."""
        return float(np.linalg.norm(self.quad[3] - self.quad[0]))

    @property
    def compact(self) -> str:
        """The Korean text without spaces (the plain one where no Korean was read)."""
        return re.sub(r"\s", "", self.korean.text or self.plain.text)

    @property
    def any_text(self) -> str:
        """Both texts, for searching labels in."""
        return f"{self.plain.text} {self.compact}"

    def part(self, start: float, end: float) -> Quad:
        """Return the quad between two shares of the line's length."""
        top, bottom = self.quad[1] - self.quad[0], self.quad[2] - self.quad[3]
        left_top, right_top = self.quad[0] + top * start, self.quad[0] + top * end
        left_bottom, right_bottom = self.quad[3] + bottom * start, self.quad[3] + bottom * end
        return np.array([left_top, right_top, right_bottom, left_bottom], dtype=np.float32)


class LineCutter:
    """Turns boxes into lines of text by the two readers."""

    def __init__(self, *, plain: PpocrReader, korean: LineReader) -> None:
        self._plain = plain
        self._korean = korean

    def read_plain(self, picture: Picture, boxes: Sequence[TextBox]) -> list[Line]:
        """Read every box by PP-OCR; lines from top to bottom. Boxes standing upright or of no size are left out."""
        lines = []
        for box in boxes:
            if abs(box.angle) > 30 or box.thickness < 6:
                continue
            lattice = self._plain.lattice(cut_out(picture, box.quad, height_px=HEIGHT_PX))
            lines.append(Line(quad=box.quad, plain=lattice.decode(Alphabet.ANY), lattice=lattice))
        return sorted(lines, key=lambda line: line.rect.centre_y)

    def add_korean(self, picture: Picture, lines: Sequence[Line], *, bilingual: bool = False) -> list[Line]:
        """Read Hangul where PP-OCR did not see clear ASCII. On a `bilingual` page (a passport) every label has its
        English beside it: only lines without English words are worth reading."""
        return [
            self._with_korean(picture, line)
            if may_be_korean(line) and not (bilingual and _ENGLISH_WORD.search(line.plain.text))
            else line
            for line in lines
        ]

    def read_korean(self, picture: Picture, quad: Quad, *, grow: float = 0.0) -> LineText:
        """Read one stretch of a line as Korean; `grow` widens the cutting by that share of its thickness."""
        return self._korean.read(cut_out(picture, quad, height_px=_KOREAN_HEIGHT_PX, grow=grow), Alphabet.KOREAN)

    def _with_korean(self, picture: Picture, line: Line) -> Line:
        return Line(quad=line.quad, plain=line.plain, korean=self.read_korean(picture, line.quad), lattice=line.lattice)


def may_be_korean(line: Line) -> bool:
    """Tell whether the line may hold Hangul: PP-OCR saw characters beyond ASCII, or was unsure."""
    text = line.plain.text
    if not text:
        return True
    # One or two letters across a wide box are not what stands there.
    if line.rect.width > (1.1 * len(text) + 0.6) * line.height:
        return True
    foreign = sum(not char.isascii() for char in text)
    return foreign > 0 or line.plain.confidence < _SURE


def join_rows(boxes: Sequence[TextBox]) -> list[TextBox]:
    """Join boxes of one row and like size that stand close together (an address split at its spaces)."""
    left_to_right = sorted((_Extent.of(box) for box in boxes), key=lambda extent: extent.left)
    rows: list[list[_Extent]] = []
    for extent in left_to_right:
        for row in rows:
            if _continues(row[-1], extent):
                row.append(extent)
                break
        else:
            rows.append([extent])
    return [row[0].box if len(row) == 1 else _union([extent.box for extent in row]) for row in rows]


@dataclass(frozen=True, slots=True, eq=False)
class _Extent:
    """A box with what is asked of it again and again."""

    box: TextBox
    left: float
    right: float
    centre_y: float
    thickness: float
    is_level: bool
    start: Point
    end: Point

    @classmethod
    def of(cls, box: TextBox) -> "_Extent":
        rect = box.rect
        top_left, top_right, bottom_right, bottom_left = box.quad.tolist()
        start, end = _middle(top_left, bottom_left), _middle(top_right, bottom_right)
        return cls(box, rect.left, rect.right, rect.centre_y, box.thickness, abs(box.angle) < 30, start, end)


def _middle(first: Point, second: Point) -> Point:
    return (first[0] + second[0]) / 2, (first[1] + second[1]) / 2


def _continues(left: _Extent, right: _Extent) -> bool:
    height = max(left.thickness, right.thickness)
    alike = min(left.thickness, right.thickness) > 0.72 * height and left.is_level and right.is_level
    ahead = right.left > left.right - 0.5 * height and abs(right.centre_y - left.centre_y) < 0.35 * height
    return alike and ahead and dist(left.end, right.start) < 0.55 * height


def _union(row: Sequence[TextBox]) -> TextBox:
    points = np.concatenate([box.quad for box in row]).astype(np.float32)
    quad = order_along(np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), dtype=np.float32))
    return TextBox(quad=quad, score=min(box.score for box in row))
