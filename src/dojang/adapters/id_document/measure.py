"""Measures of a photograph's quality, taken on the rectified card. What they mean is judged in the pure part.

Sharpness compares fine with coarse contrast at the strongest edges, so it depends little on what is printed.
"""

from collections.abc import Sequence
from math import sqrt

import cv2
import numpy as np

from dojang.adapters.id_document.detect import TextBox
from dojang.adapters.id_document.locate import Candidate
from dojang.adapters.id_document.pixels import Picture, resized
from dojang.adapters.id_document.rectify import Card, longer_edge_px
from dojang.lifecycle.identity_proofing.id_document.quality import Measure

_SHARPNESS_WIDTH_PX = 1012
_BURNT_OUT = 250
_WHITE_GROUND = 248.0


def measure(card: Card, candidate: Candidate, boxes: Sequence[TextBox]) -> dict[str, float]:
    """Return every measure of `quality.Measure` for a located card and the text boxes on it."""
    grey = cv2.cvtColor(card.picture, cv2.COLOR_BGR2GRAY)
    low, middle, high = np.percentile(grey[::2, ::2], (5, 50, 95))
    burnt = _burnt_out(card.picture)
    values = {
        Measure.LOCATED: candidate.score,
        Measure.WIDTH_PX: longer_edge_px(candidate.quad),
        Measure.SHARPNESS: sharpness(card.picture),
        Measure.BRIGHTNESS: float(middle),
        Measure.CONTRAST: float(high - low),
        Measure.GLARE: float(burnt.mean()),
        Measure.GLARE_ON_TEXT: _share_on_text(burnt, boxes),
        Measure.OUTSIDE: candidate.outside,
        Measure.TEXT_LINES: float(len(boxes)),
    }
    return {name.value: round(value, 4) for name, value in values.items()}


def sharpness(picture: Picture) -> float:
    """Return `mean|G1-G2| / mean|G2-G4|` over the strongest edges of the card at a fixed width (G: Gaussian blurs)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    factor = _SHARPNESS_WIDTH_PX / grey.shape[1]
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=interpolation).astype(np.float32)
    # Sigmas 1, 2 and 4: each blur goes on from the one before.
    fine = cv2.GaussianBlur(scaled, (0, 0), 1)
    middle = cv2.GaussianBlur(fine, (0, 0), sqrt(3))
    coarse = cv2.GaussianBlur(middle, (0, 0), sqrt(12))
    first, second = np.abs(fine - middle), np.abs(middle - coarse)
    strongest = second >= np.percentile(second[::2, ::2], 96)
    return float(first[strongest].mean() / max(1e-3, float(second[strongest].mean())))


def _burnt_out(picture: Picture) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Pixels near white without colour, in blobs: paper that is merely white has print nearby and texture."""
    reduced = resized(picture, (picture.shape[1] // 4, picture.shape[0] // 4))
    white = (reduced.min(axis=2) >= _BURNT_OUT).astype(np.uint8)
    if float(np.percentile(reduced.min(axis=2), 35)) >= _WHITE_GROUND:
        return np.zeros(white.shape, dtype=bool)  # printed on pure white, or scanned: nothing can be told from it
    opened = cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((5, 5), dtype=np.uint8))
    return opened.astype(bool)


def _share_on_text(burnt: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", boxes: Sequence[TextBox]) -> float:
    if not boxes:
        return 0.0
    inside = np.zeros(burnt.shape, dtype=np.uint8)
    for box in boxes:
        cv2.fillPoly(inside, [(box.quad * 0.25).astype(np.int32)], 1)
    count = int(inside.sum())
    return float((burnt & inside.astype(bool)).sum() / count) if count else 0.0
