"""Whether a second document lies in the photograph: two outlines with text of their own, of like size.

Judges from what `locate` found; knows nothing of kinds.
"""

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from dojang.adapters.id_document.detect import TextBox
from dojang.adapters.id_document.locate import Candidate, aspect_fit
from dojang.adapters.id_document.pixels import Quad, are_inside

_FEWEST_LINES = 4
_LEAST_FIT = 0.5
_LIKE_SIZE = 0.35


def second_document(candidates: Sequence[Candidate], texts: Sequence[TextBox]) -> float:
    """Return how surely the photograph shows two documents: the score of the fainter of the surest such pair, else 0.

    `texts` are the lines found in the whole photograph. An outline around both, or a part of one document, is no
    second document: no line may lie in both.
    """
    outlines = []
    for candidate in candidates:
        if candidate.is_outline and aspect_fit(candidate.quad) >= _LEAST_FIT:
            corners = _corners_inside(candidate.quad, texts)
            if int((corners == 4).sum()) >= _FEWEST_LINES:
                outlines.append((candidate.score, corners > 0, cv2.contourArea(candidate.quad)))
    pairs = [
        min(score, other_score)
        for (score, lines, area), (other_score, other_lines, other_area) in combinations(outlines, 2)
        if not (lines & other_lines).any() and min(area, other_area) > _LIKE_SIZE * max(area, other_area)
    ]
    return max(pairs, default=0.0)


def _corners_inside(quad: Quad, texts: Sequence[TextBox]) -> npt.NDArray[np.int64]:
    """For each line, how many of its four corners lie in the quad."""
    corners = np.array([text.quad for text in texts], dtype=np.float32).reshape(-1, 4, 2)
    return np.asarray(are_inside(quad, corners).sum(axis=1))
