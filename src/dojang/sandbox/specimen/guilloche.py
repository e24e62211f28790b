"""Security printing: guilloche fields, the taegeuk, holograms.

Fields are computed from millimetre grids, so that the pattern is the same at any resolution, and kept, since
all cards of an edition share theirs. Knows nothing of documents.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from dojang.sandbox.specimen.document import Pixels

_Field = npt.NDArray[np.float32]
Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The printed ground of an edition: tints from left to right, and the colours of its fine lines."""

    width_mm: float
    height_mm: float
    tints: tuple[Rgb, ...]
    lines: tuple[Rgb, ...]
    rosettes: tuple[tuple[float, float, float], ...]  # centre x, centre y, radius
    strength: float  # 0 to 1, how dark the lines print
    seed: int


@lru_cache(maxsize=12)
def _ground(stock: Stock, px_per_mm: float) -> Pixels:
    rng = np.random.default_rng(stock.seed)
    width, height = round(stock.width_mm * px_per_mm), round(stock.height_mm * px_per_mm)
    x = (np.arange(width, dtype=np.float32) / px_per_mm)[None, :]
    y = (np.arange(height, dtype=np.float32) / px_per_mm)[:, None]
    sheet = _tint(stock, x, y)
    for colour in stock.lines:
        drift = float(rng.uniform(0.6, 2.2)) * np.sin(2 * math.pi * (x / float(rng.uniform(14, 34)) + rng.random()))
        ripple = float(rng.uniform(0.3, 1.0)) * np.sin(2 * math.pi * (x / float(rng.uniform(5, 9)) + y / 23.0))
        slope = float(rng.uniform(-0.35, 0.35))
        phase = (y + slope * x + drift + ripple) * float(rng.uniform(0.7, 1.5))
        _ink(sheet, _fine_lines(phase), colour, stock.strength)
    for index, (cx, cy, radius) in enumerate(stock.rosettes):
        dx, dy = x - np.float32(cx), y - np.float32(cy)
        distance = np.hypot(dx, dy)
        petals = np.sin(np.arctan2(dy, dx) * (8 + 4 * (index % 3)))
        phase = distance * 1.1 + petals * (0.15 + 0.09 * distance)
        fade = np.clip((np.float32(radius) - distance) / 3.0, 0, 1)
        _ink(sheet, _fine_lines(phase) * fade, stock.lines[index % len(stock.lines)], stock.strength * 1.3)
    return np.clip(sheet, 0, 255).astype(np.uint8)


def ground(stock: Stock, px_per_mm: float) -> Pixels:
    """Return a fresh copy of the printed ground."""
    return _ground(stock, px_per_mm).copy()


def _tint(stock: Stock, x: _Field, y: _Field) -> _Field:
    along = (x / stock.width_mm + 0.06 * np.sin(y / stock.height_mm * 4.0)).clip(0, 1) * (len(stock.tints) - 1)
    tints = np.array(stock.tints, dtype=np.float32)
    lower = np.minimum(along.astype(np.int32), len(stock.tints) - 2)
    part = (along - lower)[..., None].astype(np.float32)
    blended: _Field = tints[lower] * (1 - part) + tints[lower + 1] * part
    return blended


def _fine_lines(phase: _Field) -> _Field:
    wave = 0.5 + 0.5 * np.cos(2 * math.pi * phase)
    sharp: _Field = (wave**6).astype(np.float32)
    return sharp


def _ink(sheet: _Field, lines: _Field, colour: Rgb, strength: float) -> None:
    amount = (lines * np.float32(strength))[..., None]
    sheet += amount * (np.array(colour, dtype=np.float32) - sheet)


@lru_cache(maxsize=8)
def taegeuk(alpha: int, *, red: Rgb = (205, 60, 70), blue: Rgb = (40, 80, 160)) -> Image.Image:
    """Return the taegeuk on a transparent square, tilted as on the flag."""
    size = 480
    tile = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(tile)
    whole = (0, 0, size - 1, size - 1)
    pen.pieslice(whole, 180, 360, fill=(*red, alpha))
    pen.pieslice(whole, 0, 180, fill=(*blue, alpha))
    quarter = size // 4
    pen.ellipse((0, quarter, 2 * quarter, 3 * quarter), fill=(*red, alpha))
    pen.ellipse((2 * quarter, quarter, size - 1, 3 * quarter), fill=(*blue, alpha))
    return tile.rotate(-33.7, Image.Resampling.BICUBIC)


def mugunghwa(alpha: int, *, petal: Rgb = (196, 120, 170), heart: Rgb = (150, 40, 90)) -> Image.Image:
    """Return a five-petalled rose of Sharon on a transparent square."""
    size = 480
    tile = Image.new("RGBA", (size, size))
    centre = size / 2
    for turn in range(5):
        leaf = Image.new("RGBA", (size, size))
        pen = ImageDraw.Draw(leaf)
        pen.ellipse((centre - 82, 14, centre + 82, centre + 6), fill=(*petal, alpha), outline=(*heart, alpha), width=3)
        pen.polygon([(centre - 26, centre - 96), (centre + 26, centre - 96), (centre, centre)], fill=(*heart, alpha))
        tile.alpha_composite(leaf.rotate(72 * turn, Image.Resampling.BICUBIC))
    ImageDraw.Draw(tile).ellipse((centre - 22, centre - 22, centre + 22, centre + 22), fill=(235, 200, 90, alpha))
    return tile


def lay_hologram(
    sheet: Image.Image, *, centre_px: tuple[float, float], radius_px: float, phase: float, strength: float
) -> None:
    """Lay a round, see-through iridescent foil on the artwork in place; `phase` stands for the angle of view."""
    cx, cy = centre_px
    box = (round(cx - radius_px), round(cy - radius_px), round(cx + radius_px), round(cy + radius_px))
    size = box[2] - box[0]
    grid = (np.arange(size, dtype=np.float32) - size / 2) / np.float32(radius_px)
    x, y = grid[None, :], grid[:, None]
    distance = np.hypot(x, y)
    turn = (x * 0.9 + y * 0.6 + phase) * 2 * math.pi
    colour = np.stack([150 + 100 * np.cos(turn + shift) for shift in (0.0, 2.1, 4.2)], axis=-1)
    rays = 0.5 + 0.5 * np.cos(np.arctan2(y, x) * 24 + distance * 30)
    rings = 0.5 + 0.5 * np.cos(distance * 44)
    amount = strength * (0.35 + 0.65 * rays * rings) * np.clip((1 - distance) * 12, 0, 1)
    under = np.asarray(sheet.crop(box), dtype=np.float32)
    mixed = under + amount[..., None] * (colour - under)
    sheet.paste(Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8)), box[:2])
