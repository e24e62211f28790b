"""What lies under and over the print: tinted stock, guilloche lines, holograms, seals. Colour pictures, BGR.

Drawing a whole ground is slow, so a stack of sheets is kept and windows are cut from it; now and then one is replaced.
"""

import random

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
_SHEET = (320, 1400)  # height, width
_SHEETS = 24


class Papers:
    """A stack of sheets to cut grounds from."""

    def __init__(self, draw: random.Random, noise: np.random.Generator) -> None:
        self._draw = draw
        self._noise = noise
        self._sheets = [self._sheet() for _ in range(_SHEETS)]

    def cut(self, height: int, width: int) -> Pixels:
        """Return a writable ground of that size; larger than a sheet, it is a sheet drawn out."""
        if self._draw.random() < 0.03:
            self._sheets[self._draw.randrange(_SHEETS)] = self._sheet()
        sheet = self._draw.choice(self._sheets)
        if height > _SHEET[0] or width > _SHEET[1]:
            return np.asarray(cv2.resize(sheet, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
        zoom = 1 if self._draw.random() < 0.7 or 2 * height > _SHEET[0] or 2 * width > _SHEET[1] else 2
        top = self._draw.randint(0, _SHEET[0] - zoom * height)
        left = self._draw.randint(0, _SHEET[1] - zoom * width)
        window = sheet[top : top + zoom * height : zoom, left : left + zoom * width : zoom]
        return np.array(window[:, ::-1] if self._draw.random() < 0.5 else window, dtype=np.uint8)

    def _sheet(self) -> Pixels:
        draw = self._draw
        height, width = _SHEET
        base = np.array([draw.uniform(195, 252) for _ in range(3)], dtype=np.float32)
        if draw.random() < 0.12:
            base *= draw.uniform(0.55, 0.9)
        tint = self._noise.normal(0, draw.uniform(2, 14), (3, 8, 3)).astype(np.float32)
        sheet = base + cv2.resize(tint, (width, height), interpolation=cv2.INTER_CUBIC)
        for _ in range(draw.choice((0, 1, 1, 2, 3))):
            sheet = self._guilloche(sheet)
        if draw.random() < 0.35:
            sheet = self._hologram(sheet)
        if draw.random() < 0.3:
            sheet += self._noise.normal(0, draw.uniform(1, 5), (height, width, 1)).astype(np.float32)
        return np.asarray(np.clip(sheet, 0, 255), dtype=np.uint8)

    def _guilloche(self, sheet: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        draw = self._draw
        lines = np.zeros(_SHEET, dtype=np.uint8)
        x = np.arange(0, _SHEET[1] + 8, 8, dtype=np.float32)
        gap, swing = draw.uniform(4, 22), draw.uniform(2, 40)
        slow, fast = draw.uniform(60, 400), draw.uniform(20, 120)
        slope = draw.uniform(-0.6, 0.6)
        thickness = draw.choice((1, 1, 1, 2))
        for at in range(int(-_SHEET[1] * 0.7 / gap), int((_SHEET[0] + _SHEET[1] * 0.7) / gap)):
            y = at * gap + slope * x + swing * np.sin(x / slow + at * 0.15) + 4 * np.sin(x / fast + at * 0.7)
            points = np.stack([x, y], axis=1).round().astype(np.int32)
            cv2.polylines(lines, [points], isClosed=False, color=255, thickness=thickness, lineType=cv2.LINE_AA)
        colour = np.array([draw.uniform(60, 230) for _ in range(3)], dtype=np.float32)
        alpha = (lines.astype(np.float32) / 255 * draw.uniform(0.08, 0.5))[..., None]
        return np.asarray(sheet * (1 - alpha) + colour * alpha, dtype=np.float32)

    def _hologram(self, sheet: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        draw = self._draw
        small = self._noise.normal(0, 1, (6, 26, 3)).astype(np.float32)
        waves = cv2.resize(small, _SHEET[::-1], interpolation=cv2.INTER_CUBIC)
        y, x = np.mgrid[: _SHEET[0], : _SHEET[1]].astype(np.float32)
        rings = np.sin(np.hypot(x - draw.uniform(0, _SHEET[1]), y - draw.uniform(0, _SHEET[0])) / draw.uniform(2, 9))
        return np.asarray(
            sheet + waves * draw.uniform(4, 22) + rings[..., None] * draw.uniform(0, 12), dtype=np.float32
        )


def stamp_seal(draw: random.Random, picture: Pixels, glyphs: npt.NDArray[np.uint8]) -> Pixels:
    """Return the picture with a red seal over or beside its last letters; `glyphs` is a mask whose parts fill it."""
    height, width = picture.shape[:2]
    side = int(height * draw.uniform(0.9, 2.2))
    tile = np.zeros((side, side), dtype=np.uint8)
    cell = side // 2
    for row in range(2):
        for column in range(2):
            start = draw.randint(0, max(0, glyphs.shape[1] - glyphs.shape[0]))
            part = glyphs[:, start : start + glyphs.shape[0]]
            tile[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell] = cv2.resize(part, (cell, cell))
    edge = max(1, side // 24)
    if draw.random() < 0.3:
        cv2.circle(tile, (side // 2, side // 2), side // 2 - edge, 255, edge, cv2.LINE_AA)
    else:
        cv2.rectangle(tile, (edge, edge), (side - 1 - edge, side - 1 - edge), 255, edge)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), draw.gauss(0, 5), 1.0)
    tile = np.asarray(cv2.warpAffine(tile, turn, (side, side)), dtype=np.uint8)
    left = int(width - side * draw.uniform(0.3, 1.1)) if draw.random() < 0.8 else draw.randint(-side // 2, width)
    top = int((height - side) * draw.uniform(-0.2, 1.2))
    x0, x1, y0, y1 = max(0, left), min(width, left + side), max(0, top), min(height, top + side)
    if x1 <= x0 or y1 <= y0:
        return picture
    colour = np.array([draw.uniform(30, 110), draw.uniform(20, 100), draw.uniform(170, 235)], dtype=np.float32)
    alpha = tile[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32)[..., None] / 255
    alpha *= draw.uniform(0.35, 0.95)
    region = picture[y0:y1, x0:x1].astype(np.float32)
    mixed = region * (1 - alpha) + colour * alpha
    if draw.random() < 0.5:  # ink is darkened by what is under it
        mixed = np.minimum(mixed, region)
    picture[y0:y1, x0:x1] = mixed.astype(np.uint8)
    return picture
