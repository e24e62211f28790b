"""The card alone, flat and level: a perspective warp of the located quad, sharpened corners included.

Proportions: snapped to ID-1 or the passport page when near, else kept. Which way is up is `orient`'s affair.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from dojang.adapters.id_document.locate import CARD_ASPECT, PAGE_ASPECT
from dojang.adapters.id_document.pixels import Floats, Picture, Points, Quad

_SNAP = 0.14  # how far (in log) measured proportions may be off and still be taken for a card's
LONG_SIDE_PX = 1300


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Card:
    """A rectified card. `to_photograph` maps its pixels back to the photograph's (3x3 homography)."""

    picture: Picture
    to_photograph: Floats

    @property
    def width(self) -> int:
        """Pixels along x."""
        return int(self.picture.shape[1])

    @property
    def height(self) -> int:
        """Pixels along y."""
        return int(self.picture.shape[0])

    def map_back(self, points: Points) -> Points:
        """Return where `points` of the card lie in the photograph."""
        mapped = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float32), self.to_photograph)
        return np.asarray(mapped.reshape(-1, 2), dtype=np.float32)


def longer_edge_px(quad: Quad) -> float:
    """Return the length of the quad's longer pair of sides."""
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return float(max((sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2))


def rectify(photograph: Picture, quad: Quad, *, quarter_turns: int = 0) -> Card:
    """Warp `quad` (clockwise) to an upright rectangle, its content turned clockwise by `quarter_turns` times 90°."""
    corners = np.roll(quad, quarter_turns, axis=0)
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    aspect = float((sides[0] + sides[2]) / max(1.0, sides[1] + sides[3]))
    aspect = _snap(aspect)
    longest = min(LONG_SIDE_PX, max(700.0, longer_edge_px(quad) * 1.1))
    width, height = (longest, longest / aspect) if aspect >= 1 else (longest * aspect, longest)
    size = (round(width), round(height))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    shrink = longer_edge_px(quad) / longest
    source = photograph
    if shrink > 1.6:  # interpolating would alias
        source = np.asarray(cv2.resize(photograph, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA))
        scale = np.diag([photograph.shape[1] / source.shape[1], photograph.shape[0] / source.shape[0], 1.0])
        flat = cv2.warpPerspective(source, matrix @ scale, size, flags=cv2.INTER_LINEAR)
    else:
        flat = cv2.warpPerspective(photograph, matrix, size, flags=cv2.INTER_LINEAR)
    back = np.linalg.inv(matrix).astype(np.float32)
    return Card(picture=np.asarray(flat, dtype=np.uint8), to_photograph=back)


def turn_over(card: Card) -> Card:
    """Return the card upside down, its mapping with it."""
    flipped = np.ascontiguousarray(card.picture[::-1, ::-1])
    half_turn = np.array([[-1, 0, card.width], [0, -1, card.height], [0, 0, 1]], dtype=np.float32)
    return Card(picture=flipped, to_photograph=np.asarray(card.to_photograph @ half_turn, dtype=np.float32))


def _snap(aspect: float) -> float:
    known = (CARD_ASPECT, PAGE_ASPECT, 1 / CARD_ASPECT, 1 / PAGE_ASPECT)
    nearest = min(known, key=lambda value: abs(np.log(aspect / value)))
    if abs(np.log(aspect / nearest)) < _SNAP:
        return nearest
    return float(np.clip(aspect, 0.45, 2.2))
