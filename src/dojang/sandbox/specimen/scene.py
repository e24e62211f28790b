"""What a document lies on: desk wood, cloth, paper, a dark surface, a cluttered desk.

Textures are computed at a quarter of the size and enlarged where they are soft. Knows nothing of documents.
"""

import math
from enum import StrEnum

import cv2
import numpy as np

from dojang.sandbox.specimen.document import Pixels, Reals


class Surface(StrEnum):
    """Families of background."""

    WOOD = "wood"
    CLOTH = "cloth"
    PAPER = "paper"
    DARK = "dark"
    CLUTTER = "clutter"


def draw_surface(surface: Surface, rng: np.random.Generator, *, width: int, height: int) -> Pixels:
    """Return an RGB background of that size."""
    if surface is Surface.WOOD:
        return _wood(rng, width, height)
    if surface is Surface.CLOTH:
        return _cloth(rng, width, height)
    if surface is Surface.PAPER:
        return _plain(rng, width, height, tone=rng.uniform(200, 240, 3), grain=5.0)
    if surface is Surface.DARK:
        return _plain(rng, width, height, tone=rng.uniform(22, 60) + rng.uniform(-6, 6, 3), grain=4.0)
    return _clutter(rng, width, height)


def soft_noise(rng: np.random.Generator, *, width: int, height: int, cell: int) -> Reals:
    """Return smooth noise in about -1 to 1 with features of about `cell` pixels."""
    coarse = rng.uniform(-1, 1, (height // cell + 3, width // cell + 3)).astype(np.float32)
    enlarged = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(enlarged, dtype=np.float32)


def _wood(rng: np.random.Generator, width: int, height: int) -> Pixels:
    small_w, small_h = width // 2, height // 2
    y = np.arange(small_h, dtype=np.float32)[:, None]
    warp = soft_noise(rng, width=small_w, height=small_h, cell=160) * 22
    grain = np.sin((y + warp) * float(rng.uniform(0.09, 0.22)))
    fibre = cv2.resize(rng.uniform(-1, 1, (small_h, 14)).astype(np.float32), (small_w, small_h))
    shade = grain * 7 + np.asarray(fibre, dtype=np.float32) * 9
    light = float(rng.uniform(0.55, 1.25))
    tone = np.array([176, 128, 84], dtype=np.float32) * light + rng.uniform(-10, 10, 3).astype(np.float32)
    planks = np.ones((small_h, 1), dtype=np.float32)
    for seam in range(int(rng.integers(60, 200)), small_h, int(rng.integers(180, 340))):
        planks[seam : seam + 2] = 0.55
    return _finish((tone + shade[..., None]) * planks[..., None], width, height)


def _cloth(rng: np.random.Generator, width: int, height: int) -> Pixels:
    tone = rng.uniform(50, 205, 3).astype(np.float32)
    period = float(rng.uniform(4, 9))
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    weave = np.sin(x * (2 * math.pi / period)) * np.sin(y * (2 * math.pi / period))
    folds = soft_noise(rng, width=width, height=height, cell=420) * 22
    sheet = (weave * 8 + folds)[..., None] + tone
    if rng.random() < 0.4:
        stripe = (np.sin(x / float(rng.uniform(30, 90))) > 0.75).astype(np.float32)
        sheet = sheet + stripe[..., None] * rng.uniform(-45, 45, 3).astype(np.float32)
    pixels: Pixels = np.clip(sheet, 0, 255).astype(np.uint8)
    return pixels


def _plain(rng: np.random.Generator, width: int, height: int, *, tone: Reals, grain: float) -> Pixels:
    spots = soft_noise(rng, width=width // 2, height=height // 2, cell=6) * grain
    sheet = spots + soft_noise(rng, width=width // 2, height=height // 2, cell=260) * 8
    return _finish(sheet[..., None] + np.asarray(tone, dtype=np.float32), width, height)


def _clutter(rng: np.random.Generator, width: int, height: int) -> Pixels:
    """A desk with papers bearing lines of print, pens, and a notebook's edge."""
    sheet = _wood(rng, width, height) if rng.random() < 0.5 else _plain(
        rng, width, height, tone=rng.uniform(90, 190, 3), grain=4.0
    )  # fmt: skip
    for _ in range(int(rng.integers(3, 7))):
        centre = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
        size = (float(rng.uniform(0.2, 0.6) * width), float(rng.uniform(0.2, 0.6) * height))
        angle = float(rng.uniform(0, 180))
        corners = cv2.boxPoints((centre, size, angle)).astype(np.int32)
        tone = rng.uniform(60, 245, 3) if rng.random() < 0.5 else rng.uniform(225, 250, 3)
        cv2.fillConvexPoly(sheet, corners, [float(value) for value in tone], lineType=cv2.LINE_AA)
        _rule_lines(sheet, rng, centre, size, angle)
    for _ in range(int(rng.integers(1, 4))):
        start = (int(rng.integers(width)), int(rng.integers(height)))
        turn, length = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(300, 700))
        end = (int(start[0] + length * math.cos(turn)), int(start[1] + length * math.sin(turn)))
        cv2.line(sheet, start, end, [float(value) for value in rng.uniform(10, 200, 3)], int(rng.integers(14, 30)))
    return np.asarray(cv2.GaussianBlur(sheet, (0, 0), 1.2), dtype=np.uint8)


def _rule_lines(
    sheet: Pixels, rng: np.random.Generator, centre: tuple[float, float], size: tuple[float, float], angle: float
) -> None:
    turn = math.radians(angle)
    along, down = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    for row in np.arange(-0.4, 0.4, float(rng.uniform(0.05, 0.1))):
        for part in np.arange(-0.4, 0.36, 0.05):
            if rng.random() < 0.25:
                continue
            ends = []
            for reach in (part, part + float(rng.uniform(0.02, 0.045))):
                ends.append(
                    (
                        int(centre[0] + along[0] * reach * size[0] + down[0] * row * size[1]),
                        int(centre[1] + along[1] * reach * size[0] + down[1] * row * size[1]),
                    )
                )
            cv2.line(sheet, ends[0], ends[1], (90.0, 90.0, 95.0), 5, lineType=cv2.LINE_AA)


def _finish(small: Reals, width: int, height: int) -> Pixels:
    pixels = np.clip(small, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
