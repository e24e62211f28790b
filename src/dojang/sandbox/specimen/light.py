"""Light, lens and sensor: what happens to a scene between the desk and the picture's pixels.

Each function takes RGB pixels and returns new ones. Knows nothing of documents.
"""

import math

import cv2
import numpy as np

from dojang.sandbox.specimen.document import Pixels, Quad, Reals
from dojang.sandbox.specimen.scene import soft_noise


def illuminate(
    pixels: Pixels, rng: np.random.Generator, *, slope: float, shadow: float, exposure: float, warmth: float
) -> Pixels:
    """Return the scene under uneven light.

    `slope` is the fall from one side to the other, `shadow` the depth of a soft shadow across (0 for none), `exposure`
    a factor, `warmth` the shift towards yellow (negative: blue).
    """
    height, width = pixels.shape[:2]
    small_w, small_h = width // 16, height // 16
    x = np.linspace(-1, 1, small_w, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, small_h, dtype=np.float32)[:, None]
    turn = float(rng.uniform(0, 2 * math.pi))
    field = 1 + slope / 2 * (math.cos(turn) * x + math.sin(turn) * y) - 0.06 * (x * x + y * y)
    if shadow > 0:
        edge = float(rng.uniform(-0.5, 0.5))
        lean = float(rng.uniform(0, 2 * math.pi))
        softness = float(rng.uniform(4, 12))
        wave = soft_noise(rng, width=small_w, height=small_h, cell=30) * 0.15
        side = math.cos(lean) * x + math.sin(lean) * y - edge + wave
        field = field * (1 - shadow / (1 + np.exp(-side * softness)))
    tint = np.array([1 + warmth, 1.0, 1 - warmth], dtype=np.float32) * (exposure * _metered(pixels, field))
    gains = (field[..., None] * tint).astype(np.float32)
    full = np.asarray(cv2.resize(gains, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    return np.asarray(cv2.convertScaleAbs(pixels * full), dtype=np.uint8)


def _metered(pixels: Pixels, field: Reals) -> float:
    """Return the gain a telephone would choose: the scene at its average, unless the brightest parts would burn out."""
    height, width = field.shape
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    lit = np.asarray(small, dtype=np.float32).mean(axis=2) * field
    return min(1 / float(field.mean()), 244 / float(np.percentile(lit, 98)))


def add_glare(
    pixels: Pixels, *, centre: tuple[float, float], size: tuple[float, float], turn: float, gain: float
) -> Pixels:
    """Return the scene with one soft elliptic reflection: `size` its two spreads in pixels, `gain` in grey levels."""
    height, width = pixels.shape[:2]
    step = 4
    x = np.arange(0, width, step, dtype=np.float32)[None, :] - centre[0]
    y = np.arange(0, height, step, dtype=np.float32)[:, None] - centre[1]
    along = (x * math.cos(turn) + y * math.sin(turn)) / size[0]
    across = (-x * math.sin(turn) + y * math.cos(turn)) / size[1]
    blob = (gain * np.exp(-0.5 * (along * along + across * across) ** 1.4)).astype(np.float32)
    full = np.asarray(cv2.resize(blob, (width, height), interpolation=cv2.INTER_LINEAR))
    layer = np.repeat(np.clip(full, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    return np.asarray(cv2.add(pixels, layer), dtype=np.uint8)


def cast_shadow(pixels: Pixels, quad: Quad, *, offset: tuple[float, float], softness: float, depth: float) -> Pixels:
    """Return the background darkened where the card's edge keeps the light off."""
    height, width = pixels.shape[:2]
    step = 4
    mask = np.zeros((height // step, width // step), dtype=np.uint8)
    corners = ((np.array(quad) + np.array(offset)) / step).astype(np.int32)
    cv2.fillConvexPoly(mask, corners, (255.0,), lineType=cv2.LINE_AA)
    blurred = cv2.GaussianBlur(mask, (0, 0), max(softness / step, 0.5))
    gain = (1 - depth / 255 * np.asarray(blurred, dtype=np.float32)).astype(np.float32)
    full = np.asarray(cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    return np.asarray(cv2.convertScaleAbs(pixels * full[..., None]), dtype=np.uint8)


def defocus(pixels: Pixels, *, radius: float) -> Pixels:
    """Return the scene out of focus by a Gaussian of that standard deviation in pixels."""
    if radius < 0.2:
        return pixels
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), radius), dtype=np.uint8)


def shake(pixels: Pixels, *, length: float, turn: float) -> Pixels:
    """Return the scene smeared along a line of `length` pixels."""
    if length < 1.5:
        return pixels
    size = math.ceil(length) | 1
    kernel = np.zeros((size, size), dtype=np.float32)
    middle = size / 2 - 0.5
    reach = (length - 1) / 2
    ends = [
        (round((middle + sign * reach * math.cos(turn)) * 16), round((middle + sign * reach * math.sin(turn)) * 16))
        for sign in (-1, 1)
    ]
    cv2.line(kernel, ends[0], ends[1], (1.0,), 1, lineType=cv2.LINE_AA, shift=4)
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), dtype=np.uint8)


def add_noise(pixels: Pixels, rng: np.random.Generator, *, sigma: float) -> Pixels:
    """Return the picture with sensor noise: brightness per pixel, colour in patches of two."""
    height, width = pixels.shape[:2]
    grey = rng.standard_normal((height, width), dtype=np.float32) * np.float32(sigma)
    patch = rng.standard_normal((height // 2, width // 2, 3), dtype=np.float32) * np.float32(sigma * 0.6)
    colour = np.asarray(cv2.resize(patch, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    noisy: Reals = pixels + colour + grey[..., None]
    return np.clip(noisy, 0, 255).astype(np.uint8)
