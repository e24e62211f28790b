"""Signs that a photograph shows a picture of a document: the grid of a screen, the missing colours of a copy.

Hints for a person to look, never proofs: a good print or a fine screen shows neither. Knows no thresholds.
"""

import cv2
import numpy as np

from dojang.adapters.id_document.pixels import Floats, Picture, Quad, resized

_PATCH_PX = 256
_PLACES = tuple((across, down) for across in (0.2, 0.5, 0.8) for down in (0.3, 0.7))  # shares of the document
_DARKEST, _BRIGHTEST = 40, 246  # beyond these a pixel's colour says little
_WINDOW = np.outer(np.hanning(_PATCH_PX), np.hanning(_PATCH_PX)).astype(np.float32)
_ROWS = np.abs(np.fft.fftfreq(_PATCH_PX))[:, None]
_COLUMNS = np.fft.rfftfreq(_PATCH_PX)[None]
# Print is coarser than the grid of a screen, and its lines, like the blocks of a JPEG, run along the axes.
_FINE = (np.hypot(_ROWS, _COLUMNS) > 0.12) & (_ROWS >= 0.02) & (_COLUMNS >= 0.02) & (_COLUMNS < 0.5)


def grid_strength(photograph: Picture, quad: Quad) -> float:
    """Return how far the strongest fine regular pattern stands out, in brightness and in colour together.

    In natural logarithms, the median over six patches of the document at `quad`, in the photograph's own pixels: a
    screen's stripes are finer than what survives straightening. About 2 to 3 for print, 3 to 9 for screens. 0 when the
    photograph is smaller than a patch.
    """
    height, width = photograph.shape[:2]
    if min(height, width) < _PATCH_PX:
        return 0.0
    peaks = []
    for across, down in _PLACES:
        top = quad[0] + (quad[1] - quad[0]) * across
        middle = top + (quad[3] + (quad[2] - quad[3]) * across - top) * down
        left = int(np.clip(middle[0] - _PATCH_PX / 2, 0, width - _PATCH_PX))
        upper = int(np.clip(middle[1] - _PATCH_PX / 2, 0, height - _PATCH_PX))
        patch = photograph[upper : upper + _PATCH_PX, left : left + _PATCH_PX].astype(np.float32)
        light = patch @ np.array([0.114, 0.587, 0.299], dtype=np.float32)
        peaks.append((_peak(light), _peak(patch[:, :, 1] - patch[:, :, 0])))
    return float(np.median(np.array(peaks), axis=0).sum())


def _peak(plane: Floats) -> float:
    """How far the strongest fine frequency rises above those around it."""
    spectrum = np.abs(np.fft.rfft2((plane - plane.mean()) * _WINDOW))
    level = cv2.GaussianBlur(np.log(spectrum + 1).astype(np.float32), (0, 0), 0.8)
    above = level - cv2.blur(level, (25, 25))
    return float(above[_FINE].max())


def colour_spread(card: Picture) -> float:
    """Return how far the colours on the card differ, in natural logarithms of the channels' ratios.

    Light of any colour shifts them all alike and does not count. Below 0.07 for black-and-white copies, above 0.12 for
    fronts; a dark or burnt-out card, of which too little can be judged, gives 1.
    """
    reduced = resized(card, (card.shape[1] // 8, card.shape[0] // 8)).reshape(-1, 3)
    lit = reduced[((reduced > _DARKEST) & (reduced < _BRIGHTEST)) @ np.ones(3, dtype=np.uint8) == 3].astype(np.float32)
    if len(lit) < 0.03 * len(reduced):
        return 1.0
    spreads = [float(np.ptp(np.percentile(np.log(lit[:, channel] / lit[:, 1]), (4, 96)))) for channel in (0, 2)]
    return max(spreads)
