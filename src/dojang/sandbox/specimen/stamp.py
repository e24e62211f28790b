"""What is stamped on cards: the authority's red seal, the specimen mark, a fingerprint.

Knows where nothing goes; layouts say that.
"""

import math

import numpy as np
from PIL import Image, ImageDraw

from dojang.sandbox.specimen.canvas import Canvas
from dojang.sandbox.specimen.fonts import SANS, SERIF, font

_VERMILION = (206, 36, 40)
SPECIMEN_RED = (200, 24, 48)


def seal(title: str, *, tilt_degrees: float, faintness: float) -> Image.Image:
    """Return a square official seal with `title` and 인 in columns from the right, on a transparent tile.

    `faintness` runs from 0 (fresh ink) to 1 (hardly there).
    """
    text = title.replace(" ", "")[-8:] + "인"
    columns = math.ceil(math.sqrt(len(text)))
    rows = math.ceil(len(text) / columns)
    size, rim = 260, 16
    tile = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(tile)
    ink = (*_VERMILION, round(235 - 150 * faintness))
    pen.rectangle((4, 4, size - 5, size - 5), outline=ink, width=rim - 4)
    cell_w, cell_h = (size - 2 * rim) / columns, (size - 2 * rim) / rows
    for index, character in enumerate(text):
        column, row = columns - 1 - index // rows, index % rows
        glyph = Image.new("RGBA", (100, 100))
        ImageDraw.Draw(glyph).text(
            (50, 52), character, font=font(SERIF, 96), fill=ink, anchor="mm", stroke_width=3, stroke_fill=ink
        )
        box = glyph.resize((max(1, round(cell_w)), max(1, round(cell_h))), Image.Resampling.LANCZOS)
        tile.alpha_composite(box, (round(rim + column * cell_w), round(rim + row * cell_h)))
    return tile.rotate(tilt_degrees, Image.Resampling.BICUBIC, expand=True)


def lay_specimen_mark(canvas: Canvas, x: float, baseline: float, *, em: float = 2.6) -> None:
    """Print the framed mark 견본 SPECIMEN with its left end at `x`."""
    text = "견본 SPECIMEN"
    right = canvas.text(x, baseline, text, em=em, face=SANS, fill=SPECIMEN_RED, bold=0.05)
    canvas.rectangle(
        x - 0.6, baseline - em * 0.98, right + 0.6, baseline + em * 0.34, outline=(*SPECIMEN_RED, 255), line=0.2
    )


def strike_portrait(portrait: Image.Image) -> Image.Image:
    """Return the portrait with 견본 struck across it, so that no specimen passes for a document."""
    width, height = portrait.size
    layer = Image.new("RGBA", (width, height))
    ink = (*SPECIMEN_RED, 130)
    set_in = font(SANS, width * 0.40)
    ImageDraw.Draw(layer).text(
        (width / 2, height * 0.78), "견본", font=set_in, fill=ink, anchor="mm", stroke_width=width * 0.008
    )
    turned = layer.rotate(14, Image.Resampling.BICUBIC, center=(width / 2, height * 0.78))
    return Image.alpha_composite(portrait.convert("RGBA"), turned).convert("RGB")


def fingerprint(rng: np.random.Generator) -> Image.Image:
    """Return a made-up whorl on a transparent tile; it is nobody's."""
    width, height = 320, 400
    x = ((np.arange(width, dtype=np.float32) - width * rng.uniform(0.45, 0.55)) / (width / 2))[None, :]
    y = ((np.arange(height, dtype=np.float32) - height * rng.uniform(0.42, 0.5)) / (height / 2))[:, None]
    distance = np.hypot(x * 1.05, y * 0.86) + 0.05 * np.sin(x * 7 + rng.uniform(0, 6)) * np.cos(y * 6)
    wobble = 0.02 * np.sin(np.arctan2(y, x) * 3 + rng.uniform(0, 6)) + 0.02 * np.sin(x * 13 + y * 9)
    ridges = 0.5 + 0.5 * np.cos((distance + wobble + 0.05 * np.arctan2(y, x) / math.pi) * 95)
    grain = rng.random((height // 4, width // 4)).astype(np.float32).repeat(4, axis=0).repeat(4, axis=1)
    inside = np.clip((0.96 - np.hypot(x, y)) * 6, 0, 1)
    alpha = np.clip(ridges * 1.6 - 0.45, 0, 1) * inside * (0.55 + 0.45 * grain)
    pixels = np.zeros((height, width, 4), dtype=np.uint8)
    pixels[..., :3] = (46, 40, 52)
    pixels[..., 3] = (alpha * 215).astype(np.uint8)
    return Image.fromarray(pixels)
