"""Straight lines of a photograph: segments by LSD on lightness and colour, merged into long lines with their support.

Knows nothing of cards. Coordinates are pixels of the (reduced) picture it is given.
"""

from dataclasses import dataclass
from math import atan2, cos, sin

import cv2
import numpy as np
import numpy.typing as npt

from dojang.adapters.id_document.pixels import Floats, Picture

_MOST_SEGMENTS = 320
_MOST_LINES = 34
_ANGLE_TOLERANCE = np.radians(3.0)

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lines:
    """Lines as arrays: `origin` (n, 2), unit `direction` (n, 2), and `covered` (n, steps + 1), the running count of
    supported pixels along each line from -`reach` to +`reach` around its origin."""

    origin: Doubles
    direction: Doubles
    covered: Doubles
    reach: int

    def support(self, index: npt.NDArray[np.intp], start: Doubles, end: Doubles) -> Doubles:
        """Return how many pixels between the positions `start` and `end` (along the line, any order) have an edge."""
        low = np.clip(np.minimum(start, end) + self.reach, 0, 2 * self.reach).astype(np.intp)
        high = np.clip(np.maximum(start, end) + self.reach, 0, 2 * self.reach).astype(np.intp)
        return np.asarray(self.covered[index, high] - self.covered[index, low])


def cross(first: Doubles, second: Doubles) -> Doubles:
    """Return the plane cross product row by row."""
    return np.asarray(first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0])


def find_lines(picture: Picture) -> Lines:
    """Return the longest-supported lines of `picture`, with the four borders of the frame appended (unsupported)."""
    height, width = picture.shape[:2]
    segments = _segments(picture)
    groups = _merge(segments, tolerance_px=max(2.5, 0.006 * max(width, height)))
    reach = int(np.hypot(width, height)) + 2
    origins, directions, covered = [], [], []
    for group in groups:
        origin, direction = _fit(group)
        origins.append(origin)
        directions.append(direction)
        covered.append(_cover(group, origin, direction, reach))
    borders = (((0, 0), (1, 0)), ((0, height - 1), (1, 0)), ((0, 0), (0, 1)), ((width - 1, 0), (0, 1)))
    for border_origin, border_direction in borders:
        origins.append(np.array(border_origin, dtype=np.float64))
        directions.append(np.array(border_direction, dtype=np.float64))
        covered.append(np.zeros(2 * reach + 1))
    return Lines(origin=np.array(origins), direction=np.array(directions), covered=np.array(covered), reach=reach)


def _segments(picture: Picture) -> Floats:
    """Segments (n, 4) of all channels, longest first."""
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)
    detector = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD)
    found = []
    for channel in (0, 1, 2):
        plane, scale = lab[:, :, channel], 1
        if channel:  # colour edges are faint: stretch around neutral. Photographs hold colour at half the size anyway
            plane = cv2.convertScaleAbs(cv2.resize(plane, None, fx=0.5, fy=0.5), alpha=3, beta=-256)
            scale = 2
            if int(plane.max()) - int(plane.min()) < 40:
                continue
        segments = detector.detect(plane)[0]
        if segments is not None:
            found.append(segments.reshape(-1, 4) * scale)
    if not found:
        return np.empty((0, 4), dtype=np.float32)
    every = np.concatenate(found).astype(np.float32)
    lengths = np.hypot(every[:, 2] - every[:, 0], every[:, 3] - every[:, 1])
    longest = np.argsort(-lengths)[:_MOST_SEGMENTS]
    shortest_px = 0.025 * max(picture.shape[:2])
    return np.asarray(every[longest][lengths[longest] >= shortest_px], dtype=np.float32)


def _merge(segments: Floats, *, tolerance_px: float) -> list[Floats]:
    """Group segments lying on one straight line; groups by summed length, longest first."""
    along = segments[:, 2:] - segments[:, :2]
    lengths = np.hypot(along[:, 0], along[:, 1])
    angles = np.arctan2(along[:, 1], along[:, 0]) % np.pi
    free = np.ones(len(segments), dtype=bool)
    groups: list[tuple[float, Floats]] = []
    for seed in range(len(segments)):
        if not free[seed]:
            continue
        members = np.zeros(len(segments), dtype=bool)
        members[seed] = True
        for _ in range(2):
            origin, direction = _fit(segments[members])
            angle = np.arctan2(direction[1], direction[0]) % np.pi
            turn = np.abs(angles - angle)
            turn = np.minimum(turn, np.pi - turn)
            normal = np.array([-direction[1], direction[0]])
            first = np.abs((segments[:, :2] - origin) @ normal)
            second = np.abs((segments[:, 2:] - origin) @ normal)
            members = free & (turn < _ANGLE_TOLERANCE) & (np.maximum(first, second) < tolerance_px)
            members[seed] = True
        free &= ~members
        groups.append((float(lengths[members].sum()), segments[members]))
    groups.sort(key=lambda group: -group[0])
    return [group for _, group in groups[:_MOST_LINES]]


def _fit(segments: Floats) -> tuple[Doubles, Doubles]:
    """Total least squares through the ends, each segment weighing its length."""
    ends = segments.reshape(-1, 2).astype(np.float64)
    lengths = np.repeat(np.hypot(*(segments[:, 2:] - segments[:, :2]).T), 2)
    weights = lengths / lengths.sum()
    origin = (ends * weights[:, None]).sum(axis=0)
    centred = ends - origin
    across, down = centred.T
    turn = 0.5 * atan2(2 * float(weights @ (across * down)), float(weights @ (across * across - down * down)))
    return origin, np.array([cos(turn), sin(turn)])


def _cover(segments: Floats, origin: Doubles, direction: Doubles, reach: int) -> Doubles:
    marks = np.zeros(2 * reach + 1)
    positions = (segments.reshape(-1, 2, 2) - origin) @ direction
    for start, end in np.sort(positions, axis=1):
        marks[max(0, int(start) + reach) : int(end) + reach + 1] = 1.0
    return np.cumsum(marks)
