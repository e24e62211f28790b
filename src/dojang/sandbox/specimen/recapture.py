"""What is held up instead of the document itself: its picture on a screen, or a black-and-white copy on paper.

Simple physics: a screen shows the artwork in a grid of red, green and blue stripes with dark gaps between rows; a
copier keeps brightness only, steepens it and prints on white. Knows no camera.
"""

from dataclasses import replace

import cv2
import numpy as np

from dojang.sandbox.specimen.document import FlatDocument, Pixels

_STRIPES = 3  # one column each of red, green and blue


def on_screen(flat: FlatDocument, rng: np.random.Generator) -> FlatDocument:
    """Return the artwork as 700 to 1000 screen pixels across show it, each drawn as its three stripes."""
    height, width = flat.pixels.shape[:2]
    across = int(rng.integers(700, 1000))
    size = (across, round(across * height / width))
    shown = cv2.resize(flat.pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    # Screens shine bluish and lift black a little.
    shown = 14 + shown * np.array([0.90, 0.94, 1.0], dtype=np.float32)
    grid = np.repeat(np.repeat(shown, _STRIPES, axis=0), _STRIPES, axis=1)
    dim = float(rng.uniform(0.35, 0.6))  # how much of its neighbours' light a stripe shows
    for column in range(_STRIPES):
        for channel in range(3):
            if channel != column:
                grid[:, column::_STRIPES, channel] *= dim
    grid[_STRIPES - 1 :: _STRIPES] *= float(rng.uniform(0.55, 0.75))
    # Stripes and gaps take light away: the screen is turned up until the card is as bright as before.
    gain = float(shown.mean() / grid.mean())
    pixels = np.clip(grid * gain, 0, 255).astype(np.uint8)
    return _with_pixels(flat, pixels)


def screen_ground(rng: np.random.Generator, *, width: int, height: int) -> Pixels:
    """Return what surrounds the picture on the screen: a viewer's dark or light page."""
    tone = float(rng.uniform(18, 46)) if rng.random() < 0.6 else float(rng.uniform(200, 236))
    return np.full((height, width, 3), (tone * 0.96, tone * 0.98, tone), dtype=np.float32).astype(np.uint8)


def copied(flat: FlatDocument, rng: np.random.Generator) -> FlatDocument:
    """Return the artwork as a copier prints it: grey, steeper, the palest tints gone."""
    grey = cv2.cvtColor(flat.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    steep = (grey - 128) * float(rng.uniform(1.05, 1.3)) + float(rng.uniform(138, 152))
    grain = cv2.resize(
        rng.normal(0, 5, (grey.shape[0] // 4, grey.shape[1] // 4)).astype(np.float32), (grey.shape[1], grey.shape[0])
    )
    printed = np.clip(steep + grain, float(rng.uniform(20, 45)), 246).astype(np.uint8)
    return _with_pixels(flat, np.repeat(printed[..., None], 3, axis=2))


def copy_ground(rng: np.random.Generator, *, width: int, height: int) -> Pixels:
    """Return the copy's sheet: white, hardly textured."""
    small = rng.normal(243, 2.0, (height // 4, width // 4)).astype(np.float32)
    sheet = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.repeat(np.clip(sheet, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def _with_pixels(flat: FlatDocument, pixels: Pixels) -> FlatDocument:
    """The same document under other pixels; places and coverage scaled along."""
    factor = pixels.shape[1] / flat.pixels.shape[1]
    size = (pixels.shape[1], pixels.shape[0])
    coverage = np.asarray(cv2.resize(flat.coverage, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    boxes = {
        name: (left * factor, top * factor, right * factor, bottom * factor)
        for name, (left, top, right, bottom) in flat.boxes.items()
    }
    return replace(flat, pixels=np.ascontiguousarray(pixels), coverage=coverage, boxes=boxes)
