"""Which way is up: quarter turns from the direction of the lines, upside down from a small classifier of lines.

The classifier (PP-OCR's line direction model) votes over the longest lines; `TurnVote.margin` near 0 means it cannot
tell, and the caller must let recognition decide.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from dojang.adapters.id_document.detect import TextBox, cut_out
from dojang.adapters.id_document.models import Model, get_model_path, open_session
from dojang.adapters.id_document.pixels import Picture, Quad

_VOTERS = 6
_SIZE = (192, 48)


def quarter_turns(quad: Quad, boxes: Sequence[TextBox]) -> int:
    """Return 1 when the lines inside `quad` run along its left and right sides, else 0."""
    top = quad[1] - quad[0]
    top_angle = float(np.degrees(np.arctan2(top[1], top[0])))
    along = across = 0.0
    for box in boxes:
        middle = box.quad.mean(axis=0)
        if (
            box.length < 1.8 * box.thickness
            or cv2.pointPolygonTest(quad, (float(middle[0]), float(middle[1])), False) < 0
        ):
            continue
        turn = abs((box.angle - top_angle + 90) % 180 - 90)
        if turn < 45:
            along += box.length
        else:
            across += box.length
    return 1 if across > along else 0


class TurnVote:
    """Tells whether a level card stands on its head."""

    def __init__(self) -> None:
        self._session = open_session(get_model_path(Model.TURN))

    def margin(self, picture: Picture, boxes: Sequence[TextBox]) -> float:
        """Return a number in [-1, 1]: positive upright, negative upside down, near 0 undecided."""
        longest = sorted(boxes, key=lambda box: -box.length)[:_VOTERS]
        crops = [cut_out(picture, box.quad, height_px=_SIZE[1]) for box in longest if abs(box.angle) < 30]
        if not crops:
            return 0.0
        batch = np.stack([_prepare(crop) for crop in crops])
        shares = self._session.run(None, {"x": batch})[0]
        return float((shares[:, 0] - shares[:, 1]).mean())


def _prepare(crop: Picture) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """The line's first stretch at 192x48, padded with grey; long lines show their beginning, as in training."""
    width = min(crop.shape[1], _SIZE[0])
    padded = np.full((3, _SIZE[1], _SIZE[0]), 0.0, dtype=np.float32)
    resized = cv2.resize(crop, (_SIZE[0], _SIZE[1])) if crop.shape[1] > _SIZE[0] * 2 else crop[:, :width]
    level = resized.astype(np.float32).transpose(2, 0, 1) / 127.5 - 1
    padded[:, :, : level.shape[2]] = level
    return padded
