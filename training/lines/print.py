"""Text as ink coverage: glyphs, spacing, weight and the defects of a card printer. Grey masks, 255 where ink lies.

Knows neither paper nor camera.
"""

import random

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from dojang.adapters.id_document.jamo import is_hanja
from training.lines.typefaces import EM_PX, Typecase, Typeface

Mask = npt.NDArray[np.uint8]
_HIGH_PX = EM_PX * 2  # of the strip glyphs are drawn on
_BASE_PX = EM_PX * 3 // 2 - 8  # its baseline


def set_text(draw: random.Random, typecase: Typecase, text: str) -> Mask | None:
    """Return the mask of `text` in one random face (Hanja may come from another), or None when no face can set it.

    The strip is 2 em high and tight in width; an em is `EM_PX` pixels.
    """
    plain = "".join(char for char in text if not is_hanja(char))
    face = typecase.pick(draw, plain)
    hanja = "".join(char for char in text if is_hanja(char))
    second = face if face is None or face.can_draw(hanja) else typecase.pick(draw, hanja)
    if face is None or second is None:
        return None
    spacing = _spacing(draw)
    mask = _draw_spaced(text, face, second, spacing) if spacing or second is not face else _draw_plain(text, face)
    columns = np.flatnonzero(mask.max(axis=0))
    if not columns.size:
        return None
    mask = mask[:, columns[0] : columns[-1] + 1]
    return _weigh(draw, mask)


def _spacing(draw: random.Random) -> float:
    kind = draw.random()
    if kind < 0.45:
        return 0.0
    if kind < 0.75:
        return draw.uniform(-0.07, 0.06) * EM_PX
    if kind < 0.95:
        return draw.uniform(0.03, 0.25) * EM_PX
    return draw.uniform(0.25, 0.8) * EM_PX


def _draw_plain(text: str, face: Typeface) -> Mask:
    width = int(face.font.getlength(text)) + EM_PX
    strip = Image.new("L", (width, _HIGH_PX))
    ImageDraw.Draw(strip).text((EM_PX // 3, _BASE_PX), text, font=face.font, fill=255, anchor="ls")
    return np.asarray(strip)


def _draw_spaced(text: str, face: Typeface, second: Typeface, spacing: float) -> Mask:
    strip = Image.new("L", (int((EM_PX * 1.1 + max(0.0, spacing)) * (len(text) + 2)), _HIGH_PX))
    pen = ImageDraw.Draw(strip)
    x = EM_PX / 3
    for char in text:
        font = second.font if is_hanja(char) else face.font
        pen.text((x, _BASE_PX), char, font=font, fill=255, anchor="ls")
        x += font.getlength(char) + spacing
    return np.asarray(strip)


def _weigh(draw: random.Random, mask: Mask) -> Mask:
    """Make strokes a little fatter or thinner now and then, as printers do."""
    kind = draw.random()
    if kind < 0.30:
        size = draw.choice((2, 3, 3, 4))
        return np.asarray(cv2.dilate(mask, np.ones((size, size), dtype=np.uint8)), dtype=np.uint8)
    if kind < 0.38:
        return np.asarray(cv2.erode(mask, np.ones((2, 2), dtype=np.uint8)), dtype=np.uint8)
    return mask


def wear(draw: random.Random, noise: np.random.Generator, mask: Mask) -> Mask:
    """Return the mask with uneven ink: patches of less coverage, ribbons left out, specks."""
    kind = draw.random()
    if kind > 0.22:
        return mask
    height, width = mask.shape
    if kind < 0.12:
        coarse = noise.uniform(draw.uniform(0.3, 0.8), 1.15, (max(2, height // 8), max(2, width // 8)))
        cover = cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(np.minimum(mask * cover, 255), dtype=np.uint8)
    worn = mask.copy()
    if kind < 0.17:
        for _ in range(draw.randint(1, 3)):
            row = draw.randrange(height)
            worn[row : row + 1] = worn[row : row + 1] // 3
        return worn
    worn[noise.random(mask.shape) < draw.uniform(0.01, 0.06)] = 0
    return worn
