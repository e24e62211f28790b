"""A sheet measured in millimetres on which artwork is laid, and which remembers where each field went.

Knows nothing of documents. Baselines, not box tops, are given for text, as a printer's form does.
"""

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw

from dojang.sandbox.specimen.document import Box, Pixels
from dojang.sandbox.specimen.fonts import Typeface, font

Colour = tuple[int, int, int]
INK: Colour = (32, 30, 34)


class Canvas:
    """A sheet with an origin in the top left corner; every length given to it is in millimetres."""

    def __init__(self, background: Pixels, *, px_per_mm: float) -> None:
        self.px_per_mm = px_per_mm
        self.image = Image.fromarray(background)
        self._pen = ImageDraw.Draw(self.image, "RGBA")
        self._boxes: dict[str, Box] = {}

    @property
    def boxes(self) -> Mapping[str, Box]:
        """Where each field was printed, in pixels; the union of its lines."""
        return dict(self._boxes)

    def pixels(self) -> Pixels:
        """Return a copy of the artwork."""
        return np.array(self.image, dtype=np.uint8)

    def width_of(self, text: str, *, em: float, face: Typeface, spacing: float = 0.0) -> float:
        """Return the advance width of one line."""
        return font(face, em * self.px_per_mm).getlength(text) / self.px_per_mm + spacing * max(len(text) - 1, 0)

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        *,
        em: float,
        face: Typeface,
        fill: Colour = INK,
        bold: float = 0.0,
        spacing: float = 0.0,
        anchor: str = "l",
        field: str | None = None,
    ) -> float:
        """Print one line and return its right end. `anchor` is l, m or r; `bold` thickens each stroke's edge."""
        width = self.width_of(text, em=em, face=face, spacing=spacing)
        left = x - {"l": 0.0, "m": width / 2, "r": width}[anchor]
        scale = self.px_per_mm
        set_in = font(face, em * scale)
        stroke = bold * scale
        pieces = [text] if spacing == 0.0 else list(text)
        at = left * scale
        box: Box | None = None
        for piece in pieces:
            place = (at, baseline * scale)
            self._pen.text(place, piece, font=set_in, fill=fill, anchor="ls", stroke_width=stroke, stroke_fill=fill)
            if piece.strip():
                box = _union(box, self._pen.textbbox(place, piece, font=set_in, anchor="ls", stroke_width=stroke))
            at += set_in.getlength(piece) + spacing * scale
        if field is not None and box is not None:
            self._boxes[field] = _union(self._boxes.get(field), box)
        return left + width

    def paragraph(
        self,
        x: float,
        baseline: float,
        text: str,
        *,
        width: float,
        leading: float,
        lines: int,
        em: float,
        face: Typeface,
        fill: Colour = INK,
        bold: float = 0.0,
        field: str | None = None,
    ) -> float:
        """Print words in at most `lines` lines no wider than `width`, smaller if need be; return the last baseline."""
        broken = self._break(text, width=width, em=em, face=face)
        while len(broken) > lines:
            em *= 0.96
            broken = self._break(text, width=width, em=em, face=face)
        for line in broken:
            self.text(x, baseline, line, em=em, face=face, fill=fill, bold=bold, field=field)
            baseline += leading
        return baseline - leading

    def _break(self, text: str, *, width: float, em: float, face: Typeface) -> list[str]:
        broken = [""]
        for word in text.split(" "):
            longer = f"{broken[-1]} {word}".strip()
            if broken[-1] and self.width_of(longer, em=em, face=face) > width:
                broken.append(word)
            else:
                broken[-1] = longer
        return broken

    def rectangle(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        *,
        fill: tuple[int, ...] | None = None,
        outline: tuple[int, ...] | None = None,
        line: float = 0.15,
    ) -> None:
        """Draw a rectangle; colours may have an alpha as fourth number."""
        scale = self.px_per_mm
        corners = (left * scale, top * scale, right * scale, bottom * scale)
        self._pen.rectangle(corners, fill=fill, outline=outline, width=max(1, round(line * scale)))

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, fill: tuple[int, ...], line: float = 0.15) -> None:
        """Draw a straight line."""
        scale = self.px_per_mm
        ends = (x0 * scale, y0 * scale, x1 * scale, y1 * scale)
        self._pen.line(ends, fill=fill, width=max(1, round(line * scale)))

    def paste(self, tile: Image.Image, left: float, top: float, *, width: float, height: float) -> None:
        """Lay an image on the sheet, scaled to that size; an alpha channel is honoured."""
        size = (round(width * self.px_per_mm), round(height * self.px_per_mm))
        scaled = tile.resize(size, Image.Resampling.LANCZOS)
        place = (round(left * self.px_per_mm), round(top * self.px_per_mm))
        self.image.paste(scaled, place, scaled if scaled.mode == "RGBA" else None)

    def mark(self, field: str, left: float, top: float, right: float, bottom: float) -> None:
        """Note where a field lies that is not text."""
        scale = self.px_per_mm
        self._boxes[field] = (left * scale, top * scale, right * scale, bottom * scale)


def _union(box: Box | None, other: tuple[float, float, float, float]) -> Box:
    if box is None:
        return other[0], other[1], other[2], other[3]
    return min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])
