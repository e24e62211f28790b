"""What a telephone's camera does to a line: light, shadow, glare, blur, motion, noise, JPEG. Colour pictures, BGR.

Strengths are in shares of the em where size matters. Knows nothing of text.
"""

import math
import random

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float32]
_GRAIN = 1 << 20


class Camera:
    """Takes pictures of lines. Keeps a pool of noise, so that no normal numbers are drawn per picture."""

    def __init__(self, draw: random.Random, noise: np.random.Generator) -> None:
        self._draw = draw
        self._grain = noise.standard_normal(_GRAIN, dtype=np.float32)
        coloured = cv2.GaussianBlur(noise.standard_normal((512, 2048, 3), dtype=np.float32), (0, 0), 0.8)
        self._coloured = np.asarray(coloured / coloured.std(), dtype=np.float32)

    def shoot(self, picture: Pixels, *, em_px: float, hardness: float) -> Pixels:
        """Return the photograph; `hardness` in [0, 1] scales how bad it may get."""
        draw = self._draw
        image = self._light(picture.astype(np.float32), hardness)
        image = self._blur(image, em_px, hardness)
        if draw.random() < 0.9:
            image = self._add_noise(image, draw.uniform(0.5, 2.5 + 9 * hardness * draw.random()))
        pixels = np.clip(image, 0, 255).astype(np.uint8)
        if draw.random() < 0.6:
            quality = draw.randint(int(92 - 45 * hardness), 96)
            coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            pixels = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.uint8)
        return pixels

    def _light(self, image: Reals, hardness: float) -> Reals:
        draw = self._draw
        height, width = image.shape[:2]
        x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
        exposure = draw.uniform(1.0 - 0.55 * hardness, 1.08)
        field: npt.NDArray[np.floating] = exposure * (
            1 + draw.uniform(-0.25, 0.25) * hardness * x + draw.uniform(-0.1, 0.1) * hardness * y
        )
        if draw.random() < 0.25 * hardness + 0.05:  # a shadow's edge
            edge = 1 / (1 + np.exp(-(x + 0.2 * y * draw.uniform(-1, 1) - draw.uniform(-1, 1)) * draw.uniform(3, 40)))
            field = field * (1 - draw.uniform(0.1, 0.5) * (edge if draw.random() < 0.5 else 1 - edge))
        white = np.array([draw.uniform(0.9, 1.08), draw.uniform(0.97, 1.03), draw.uniform(0.9, 1.08)], dtype=np.float32)
        image = np.asarray(image * field * white, dtype=np.float32)
        if draw.random() < 0.35 * hardness + 0.05:
            image = image + self._glare(x, y, width / height, hardness)
        if draw.random() < 0.25:  # a flatter or steeper tone curve
            image = (image - 128) * draw.uniform(0.55, 1.15) + 128
        return np.asarray(image, dtype=np.float32)

    def _glare(self, x: Reals, y: Reals, aspect: float, hardness: float) -> Reals:
        draw = self._draw
        middle_x, middle_y = draw.uniform(-1.2, 1.2), draw.uniform(-2, 2)
        radius = draw.uniform(0.8, 4.0)
        distance = ((x - middle_x) * aspect / radius) ** 2 + ((y - middle_y) / radius) ** 2
        return np.asarray(draw.uniform(20, 60 + 150 * hardness) * np.exp(-distance), dtype=np.float32)

    def _blur(self, image: Reals, em_px: float, hardness: float) -> Reals:
        draw = self._draw
        sigma = em_px * draw.uniform(0.004, 0.018 + 0.1 * hardness * draw.random())
        if sigma > 0.25:
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), dtype=np.float32)
        if draw.random() < 0.25 + 0.5 * hardness:
            length = em_px * draw.uniform(0.02, 0.04 + 0.16 * hardness * draw.random())
            if length > 1.2:
                image = np.asarray(cv2.filter2D(image, -1, _streak(length, draw.uniform(0, math.pi))), dtype=np.float32)
        return image

    def _add_noise(self, image: Reals, sigma: float) -> Reals:
        draw = self._draw
        height, width = image.shape[:2]
        if draw.random() < 0.5 and height < 500 and width < 2000:
            top, left = draw.randint(0, 512 - height), draw.randint(0, 2048 - width)
            return image + sigma * self._coloured[top : top + height, left : left + width]
        count = height * width
        start = draw.randint(0, _GRAIN - count)
        return image + sigma * self._grain[start : start + count].reshape(height, width, 1)


def _streak(length: float, angle: float) -> Reals:
    size = math.ceil(length) | 1
    kernel = np.zeros((size, size), dtype=np.float32)
    middle = (size - 1) / 2
    dx, dy = math.cos(angle) * (length - 1) / 2, math.sin(angle) * (length - 1) / 2
    scale = 16
    ends = [(round((middle + sign * dx) * scale), round((middle + sign * dy) * scale)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    total = float(kernel.sum())
    return np.asarray(kernel / total, dtype=np.float32) if total else np.ones((1, 1), dtype=np.float32)
