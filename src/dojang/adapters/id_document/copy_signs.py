"""The sign of a black-and-white copy: colours are missing. A hint for a person to look, never a proof.

Knows no thresholds.
"""

import numpy as np

from dojang.adapters.id_document.pixels import Picture, resized

_DARKEST, _BRIGHTEST = 40, 246  # beyond these a pixel's colour says little


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
