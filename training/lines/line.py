"""One training line: text set, printed on paper, photographed, cut out and scaled to the network's 48 pixels.

Everything comes from one seed. The cutting varies as the detector's boxes do: tight or loose, slanted, with slivers of
the lines above and below.
"""

import math
import random
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from training.lines import words
from training.lines.paper import Papers, Pixels, stamp_seal
from training.lines.photograph import Camera
from training.lines.print import Mask, set_text, wear
from training.lines.typefaces import EM_PX, Typecase

HEIGHT_PX = 48
LONGEST = 22
_NOTHING_SHARE = 0.02  # of lines that are bare ground, or a seal alone: the detector finds such too


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DrawnLine:
    """A line 48 pixels high, BGR, and what it says; an empty text for bare ground."""

    pixels: Pixels = field(repr=False)
    text: str


class LineDrawer:
    """Draws lines without end from one seed."""

    def __init__(self, typecase: Typecase, *, seed: int, widest_px: int, plain: bool = False) -> None:
        """`plain` draws uniformly random common syllables only, for validation."""
        self._draw = random.Random(seed)
        self._noise = np.random.default_rng(seed)
        self._typecase = typecase
        self._widest_px = widest_px
        self._plain = plain
        self._papers = Papers(self._draw, self._noise)
        self._camera = Camera(self._draw, self._noise)

    def next(self, *, hardest: float = 1.0) -> DrawnLine:
        """Return the next line; `hardest` in [0, 1] bounds how bad the photograph may be."""
        if not self._plain and self._draw.random() < _NOTHING_SHARE:
            return self._draw_nothing(hardest)
        while True:
            longest = self._draw.randint(3, LONGEST)
            invent = words.invent_plain if self._plain else words.invent
            text = invent(self._draw, longest=min(longest, 12) if self._plain else longest)
            mask = set_text(self._draw, self._typecase, text)
            if mask is None:
                continue
            pixels = self._photograph(mask, hardest * self._draw.random() ** 0.7)
            if 12 <= pixels.shape[1] <= self._widest_px:
                return DrawnLine(pixels=pixels, text=text)

    def _draw_nothing(self, hardest: float) -> DrawnLine:
        empty = np.zeros((2 * EM_PX, self._draw.randint(EM_PX, 8 * EM_PX)), dtype=np.uint8)
        while True:
            pixels = self._photograph(empty, hardest * self._draw.random())
            if 12 <= pixels.shape[1] <= self._widest_px:
                return DrawnLine(pixels=pixels, text="")

    def _photograph(self, mask: Mask, hardness: float) -> Pixels:
        draw = self._draw
        em = draw.triangular(14, 56, 34)
        high = max(12, round(em / draw.triangular(0.55, 1.08, 0.82)))
        cover = self._place(mask, em, high)
        picture = self._papers.cut(high, cover.shape[1])
        picture = self._ink(picture, wear(draw, self._noise, cover))
        if draw.random() < 0.10:
            picture = stamp_seal(draw, picture, mask[EM_PX // 2 : EM_PX * 3 // 2])
        picture = self._camera.shoot(picture, em_px=em, hardness=hardness)
        if draw.random() < 0.08:
            picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
        width = max(12, round(picture.shape[1] * HEIGHT_PX / picture.shape[0]))
        method = (
            cv2.INTER_AREA if picture.shape[0] > HEIGHT_PX * 1.4 else draw.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC))
        )
        return np.asarray(cv2.resize(picture, (width, HEIGHT_PX), interpolation=method), dtype=np.uint8)

    def _place(self, mask: Mask, em: float, high: int) -> Mask:
        """Scale the strip to an em of `em` pixels and lay it, slanted, on an empty strip of the cutting's size."""
        draw = self._draw
        scale = em / EM_PX
        across = scale * draw.choice((1.0, 1.0, 1.0, draw.uniform(0.82, 1.18)))
        left, right = (em * draw.choice((draw.uniform(0.0, 0.25), draw.uniform(0.0, 0.9))) for _ in range(2))
        width = round(mask.shape[1] * across + left + right)
        slant = math.radians(draw.gauss(0, 0.9))
        lean = draw.choice((0.0, 0.0, draw.gauss(0, 0.05)))
        # The letters' middle lies about EM_PX * 1.03 below the strip's top.
        middle = high / 2 + draw.gauss(0, 0.04) * em
        run = min(math.tan(slant) * width, 0.22 * em) if slant > 0 else max(math.tan(slant) * width, -0.22 * em)
        drop = run / max(1, width)
        matrix = np.array(
            [
                [across, lean, left - lean * EM_PX],
                [across * drop, scale, middle - scale * EM_PX * 1.03 - run / 2],
            ],
            dtype=np.float32,
        )
        source = mask if scale > 0.75 else np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.35 / scale), dtype=np.uint8)
        placed = np.asarray(cv2.warpAffine(source, matrix, (max(12, width), high)), dtype=np.uint8)
        if draw.random() < 0.3:
            placed = np.maximum(placed, self._neighbour(source, matrix, placed.shape, em))
        return placed

    def _neighbour(self, mask: Mask, matrix: npt.NDArray[np.float32], shape: tuple[int, ...], em: float) -> Mask:
        """The edge of the line above or below, made of the same letters shifted along."""
        moved = matrix.copy()
        moved[1, 2] += em * self._draw.uniform(1.12, 1.5) * self._draw.choice((-1, 1))
        moved[0, 2] += em * self._draw.uniform(-3, 3)
        return np.asarray(cv2.warpAffine(mask, moved, (shape[1], shape[0])), dtype=np.uint8)

    def _ink(self, picture: Pixels, cover: Mask) -> Pixels:
        draw = self._draw
        dark = draw.uniform(0, 70) if draw.random() < 0.7 else draw.uniform(40, 130)
        colour = np.array([dark + draw.uniform(0, 25) for _ in range(3)], dtype=np.float32)
        if draw.random() < 0.15:
            colour[draw.randrange(3)] += draw.uniform(30, 130)
        alpha = cover.astype(np.float32)[..., None] * (draw.uniform(0.7, 1.0) / 255)
        if draw.random() < 0.02:  # light letters on a dark ground
            picture, colour = (picture // 4), 255 - colour * 0.3
        return np.asarray(picture * (1 - alpha) + colour * alpha, dtype=np.uint8)
