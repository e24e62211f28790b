"""Finding lines of text: the PP-OCRv6 tiny detector (differentiable binarisation) with our own post-processing.

Knows nothing of documents. Source: Liao et al., "Real-time Scene Text Detection with Differentiable Binarization";
parameters as PaddleOCR's defaults, the polygon offset replaced by growing the rectangle (lines of text are rectangles).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, degrees, dist

import cv2
import numpy as np
import numpy.typing as npt

from dojang.adapters.id_document.models import Model, get_model_path, open_session
from dojang.adapters.id_document.pixels import Floats, Picture, Quad, Rect, bounds, resized

_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_SPREAD = np.array([0.229, 0.224, 0.225], dtype=np.float32)
_THRESHOLD = 0.3
_BOX_THRESHOLD = 0.5
_FULL_THRESHOLD = 0.72  # a clean line fills its rectangle this well
_GROWTH = 1.6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TextBox:
    """A line's rectangle, possibly slanted.

    `quad` runs top left, top right, bottom right, bottom left as the line reads: its long side is its direction, left
    to right or top to bottom.
    """

    quad: Quad
    score: float

    @property
    def rect(self) -> Rect:
        """The upright rectangle around it."""
        return bounds(self.quad)

    @property
    def length(self) -> float:
        """Extent along the line in pixels."""
        return dist(self.quad[0].tolist(), self.quad[1].tolist())

    @property
    def thickness(self) -> float:
        """Extent across the line in pixels."""
        return dist(self.quad[0].tolist(), self.quad[3].tolist())

    @property
    def angle(self) -> float:
        """Direction of the line in degrees, (-90, 90]."""
        start, end = self.quad[:2].tolist()
        return degrees(atan2(end[1] - start[1], end[0] - start[0]))


class TextDetector:
    """Boxes around lines of text."""

    def __init__(self) -> None:
        self._session = open_session(get_model_path(Model.DETECT))

    def detect(self, picture: Picture, *, long_side_px: int) -> list[TextBox]:
        """Return boxes in `picture`'s pixels; the network sees it scaled to `long_side_px` (a multiple of 32)."""
        height, width = picture.shape[:2]
        factor = long_side_px / max(height, width)
        target = (max(32, round(width * factor / 32) * 32), max(32, round(height * factor / 32) * 32))
        heat = self._session.run(None, {"x": _normalise(resized(picture, target, quick=True))})[0][0, 0]
        to_picture = np.array([width / target[0], height / target[1]], dtype=np.float32)
        return [TextBox(quad=order_along(quad * to_picture), score=score) for quad, score in _boxes(heat)]


def _normalise(picture: Picture) -> Floats:
    """The network's input (1, 3, height, width), channel by channel: several times faster than over the whole."""
    batch = np.empty((1, 3, *picture.shape[:2]), dtype=np.float32)
    for channel, (mean, spread) in enumerate(zip(_MEAN, _SPREAD, strict=True)):
        np.multiply(picture[:, :, channel], np.float32(1 / (255 * spread)), out=batch[0, channel])
        batch[0, channel] -= mean / spread
    return batch


_SlantedRect = tuple[Sequence[float], Sequence[float], float]  # centre, size, degrees: as OpenCV has it


def _boxes(heat: Floats) -> list[tuple[Quad, float]]:
    mask = (heat > _THRESHOLD).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in contours:
        centre, (first, second), turn = cv2.minAreaRect(contour)
        if min(first, second) < 2:
            continue
        score = _mean_inside(heat, np.asarray(cv2.boxPoints((centre, (first, second), turn)), dtype=np.float32))
        if (
            score < _FULL_THRESHOLD
            and (trimmed := _without_appendix(mask, heat, np.asarray(contour, dtype=np.int32))) is not None
        ):
            (centre, (first, second), turn), score = trimmed
        if score < _BOX_THRESHOLD:
            continue
        growth = first * second * _GROWTH / (2 * (first + second)) * 2
        grown = cv2.boxPoints((centre, (first + growth, second + growth), turn))
        found.append((grown.astype(np.float32), score))
    return found


def _without_appendix(
    mask: npt.NDArray[np.uint8], heat: Floats, contour: npt.NDArray[np.int32]
) -> tuple[_SlantedRect, float] | None:
    """A level line grown together with a seal: keep the stretch of even thickness. None where there is none."""
    left, top, width, height = cv2.boundingRect(contour)
    if width < 3 * height:
        return None
    inside = np.zeros((height, width), dtype=np.uint8)
    cv2.drawContours(inside, [contour - np.array([left, top])], -1, 1, -1)
    inside &= mask[top : top + height, left : left + width]
    rows = np.arange(height)[:, None]
    counts = inside.sum(axis=0)
    extents = np.where(inside, rows, -1).max(axis=0) - np.where(inside, rows, height).min(axis=0) + 1
    usual = float(np.median(counts[counts > 0])) if counts.any() else 0.0
    even = (extents <= 1.4 * usual + 1) & (counts >= 0.6 * usual)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], even.astype(np.int8), [0]])))
    runs = edges.reshape(-1, 2)
    if not len(runs):
        return None
    start, end = runs[int(np.argmax(runs[:, 1] - runs[:, 0]))]
    if end - start < 0.4 * width:
        return None
    points = np.argwhere(inside[:, start:end])[:, ::-1] + np.array([left + start, top])
    rect = cv2.minAreaRect(points.astype(np.float32))
    corners = np.asarray(cv2.boxPoints(rect), dtype=np.float32)
    return (rect[0], rect[1], float(rect[2])), _mean_inside(heat, corners)


def _mean_inside(heat: Floats, quad: Quad) -> float:
    rect = bounds(quad)
    left, top = max(0, int(rect.left)), max(0, int(rect.top))
    right, bottom = min(heat.shape[1], int(rect.right) + 1), min(heat.shape[0], int(rect.bottom) + 1)
    if right <= left or bottom <= top:
        return 0.0
    inside = np.zeros((bottom - top, right - left), dtype=np.uint8)
    cv2.fillPoly(inside, [(quad - [left, top]).astype(np.int32)], 1)
    return float(cv2.mean(heat[top:bottom, left:right], inside)[0])


def order_along(quad: Quad) -> Quad:
    """Order corners so that 0 to 1 runs along the longer side, rightwards (or downwards when it stands upright)."""
    first, second = quad[1] - quad[0], quad[2] - quad[1]
    points = quad if np.linalg.norm(first) >= np.linalg.norm(second) else np.roll(quad, -1, axis=0)
    along = points[1] - points[0]
    if along[0] < 0 if abs(along[0]) > abs(along[1]) * 0.2 else along[1] < 0:
        points = np.roll(points, -2, axis=0)
    along, across = points[1] - points[0], points[3] - points[0]
    if along[0] * across[1] - along[1] * across[0] < 0:
        points = points[[3, 2, 1, 0]]
    return np.ascontiguousarray(points, dtype=np.float32)


def cut_out(picture: Picture, quad: Quad, *, height_px: int, grow: float = 0.0) -> Picture:
    """Return the line inside `quad`, upright and `height_px` high; `grow` widens it by that share of its thickness."""
    along, down = quad[1] - quad[0], quad[3] - quad[0]
    length, thickness = float(np.linalg.norm(along)), max(1.0, float(np.linalg.norm(down)))
    if grow:
        unit_along, unit_down = along / max(1.0, length), down / thickness
        extra = grow * thickness
        signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float32)
        quad = np.asarray(quad + extra * (signs[:, :1] * unit_along + signs[:, 1:] * unit_down), dtype=np.float32)
        length, thickness = length + 2 * extra, thickness + 2 * extra
    width_px = max(8, round(length * height_px / thickness))
    target = np.array([[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    # Shrinking more than twofold by interpolation would alias: reduce the source region first.
    source = np.asarray(quad, dtype=np.float32)
    return _warp(picture, np.asarray(matrix), source, (width_px, height_px), thickness / height_px)


def _warp(
    picture: Picture, matrix: npt.NDArray[np.float64], quad: Quad, size: tuple[int, int], shrink: float
) -> Picture:
    if shrink > 1.8:
        rect = bounds(quad)
        left, top = max(0, int(rect.left) - 4), max(0, int(rect.top) - 4)
        region = picture[top : int(rect.bottom) + 4, left : int(rect.right) + 4]
        if region.size:
            reduced = cv2.resize(region, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
            back = np.array([[shrink, 0, left], [0, shrink, top], [0, 0, 1]], dtype=np.float64)
            warped = cv2.warpPerspective(
                reduced, matrix @ back, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            return np.asarray(warped, dtype=np.uint8)
    flags = cv2.INTER_CUBIC if shrink < 1 else cv2.INTER_LINEAR
    warped = cv2.warpPerspective(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)
