"""Measures of a photograph's quality, taken on the rectified card. What they mean is judged in the pure part.

Sharpness compares fine with coarse contrast at the strongest edges, so it depends little on what is printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import cv2
import numpy as np

from dojang.adapters.id_document.copy_signs import colour_spread
from dojang.adapters.id_document.detect import TextBox
from dojang.adapters.id_document.locate import Candidate
from dojang.adapters.id_document.pixels import Floats, Grey, Picture, resized
from dojang.adapters.id_document.rectify import Card, longer_edge_px
from dojang.adapters.id_document.screen_signs import screen_signs
from dojang.lifecycle.identity_proofing.id_document.measures import Measure

_SHARPNESS_WIDTH_PX = 1012
_BURNT_OUT = 250
_WHITE_GROUND = 248.0
_DARK_PRINT = 160.0  # light that burns out most of a card washes out the print as well
_TALLEST_LINE = 0.3  # of the card's height


def measure(
    photograph: Picture,
    card: Card,
    candidate: Candidate,
    boxes: Sequence[TextBox],
    *,
    second: float,
    recognised: bool = True,
) -> dict[str, float]:
    """Return every measure of `measures.Measure` for a located card and the text boxes on it.

    `second` is how surely another document lies beside it. Where none was `recognised` the place is a guess, and the
    whole photograph is measured too.
    """
    grey = np.asarray(cv2.cvtColor(card.picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    low, middle, high = percentiles(grey[::2, ::2], (5, 50, 95))
    burnt = _burnt_out(card.picture)
    edges = edges_of(card.picture)
    screen = screen_signs(photograph, card)
    values = {
        Measure.LOCATED: candidate.score,
        Measure.WIDTH_PX: longer_edge_px(candidate.quad),
        Measure.SHARPNESS: edges.sharpness,
        Measure.DETAIL_LEAST: edges.least_detail,
        Measure.DETAIL_MOST: edges.most_detail,
        Measure.BRIGHTNESS: float(middle),
        Measure.CONTRAST: float(high - low),
        Measure.GLARE: float(burnt.mean()),
        Measure.WASHED_OUT: _washed_out(card.picture),
        Measure.GLARE_ON_TEXT: _share_on_text(burnt, boxes),
        Measure.OUTSIDE: candidate.outside,
        Measure.TEXT_LINES: float(sum(box.thickness < _TALLEST_LINE * card.height for box in boxes)),
        Measure.TEXT_PX: _text_height(card, candidate, boxes),
        Measure.TEXT_SPAN_PX: _text_span(card, boxes),
        Measure.SECOND_DOCUMENT: second,
        Measure.COLOUR: colour_spread(card.picture),
        Measure.STRIPES: screen.stripes,
        Measure.LATTICE: screen.lattice,
    }
    if not recognised:
        whole = edges_of(photograph)
        values |= {Measure.WHOLE_LEAST: whole.least_detail, Measure.WHOLE_MOST: whole.most_detail}
    return {name.value: round(value, 4) for name, value in values.items()}


def _text_height(card: Card, candidate: Candidate, boxes: Sequence[TextBox]) -> float:
    """The lines' usual height in the photograph's own pixels."""
    if not boxes:
        return 0.0
    shrink = longer_edge_px(candidate.quad) / max(card.width, card.height)
    return float(np.median([box.thickness for box in boxes])) * shrink


def _text_span(card: Card, boxes: Sequence[TextBox]) -> float:
    """How far the text reaches in the photograph's own pixels: right also where the card's outline was not seen."""
    if not boxes:
        return 0.0
    corners = card.map_back(np.concatenate([box.quad for box in boxes]))
    return float(max(cv2.minAreaRect(corners)[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """How sharp the card's edges are: at the strongest ones, and in the directions with the least and most detail."""

    sharpness: float
    least_detail: float
    most_detail: float


def sharpness(picture: Picture) -> float:
    """Return `mean|G1-G2| / mean|G2-G4|` over the strongest edges of the card at a fixed width (G: Gaussian blurs)."""
    return edges_of(picture).sharpness


def edges_of(picture: Picture) -> Edges:
    """Measure the card at a fixed width.

    `sharpness` is `mean|G1-G2| / mean|G2-G4|` over the strongest edges (G: Gaussian blurs). The details are the
    gradients of G1 against those of G4, by direction: a shaken camera smears one direction and spares the other, a lens
    out of focus takes both away.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    factor = _SHARPNESS_WIDTH_PX / grey.shape[1]
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=interpolation).astype(np.float32)
    # Sigmas 1, 2 and 4: each blur goes on from the one before.
    fine = np.asarray(cv2.GaussianBlur(scaled, (0, 0), 1), dtype=np.float32)
    middle = cv2.GaussianBlur(fine, (0, 0), sqrt(3))
    coarse = np.asarray(cv2.GaussianBlur(middle, (0, 0), sqrt(12)), dtype=np.float32)
    first, second = np.abs(fine - middle), np.abs(middle - coarse)
    strongest = second >= np.percentile(second[::2, ::2], 96)
    ratio = float(first[strongest].mean() / max(1e-3, float(second[strongest].mean())))
    least, most = _details(fine, coarse)
    return Edges(sharpness=ratio, least_detail=least, most_detail=most)


def _details(fine: Floats, coarse: Floats) -> tuple[float, float]:
    """Gradients of `fine` relative to those of `coarse`, in the directions where they are weakest and strongest."""
    lengths, directions = np.linalg.eigh(_structure(coarse))
    if lengths[0] < 1e-3:
        return 0.0, 0.0
    whiten = directions @ np.diag(lengths**-0.5) @ directions.T
    least, most = np.linalg.eigvalsh(whiten @ _structure(fine) @ whiten)
    return sqrt(max(0.0, float(least))), sqrt(max(0.0, float(most)))


def _structure(plane: Floats) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """The structure tensor summed over the plane, for each pixel."""
    across, down = cv2.Sobel(plane, cv2.CV_32F, 1, 0), cv2.Sobel(plane, cv2.CV_32F, 0, 1)
    mixed = float(np.vdot(across, down))
    return np.array([[np.vdot(across, across), mixed], [mixed, np.vdot(down, down)]], dtype=np.float64) / plane.size


def _burnt_out(picture: Picture) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Pixels near white without colour, in blobs: paper that is merely white has print nearby and texture."""
    reduced = resized(picture, (picture.shape[1] // 4, picture.shape[0] // 4))
    darkest = np.minimum(np.minimum(reduced[:, :, 0], reduced[:, :, 1]), reduced[:, :, 2])
    white = (darkest >= _BURNT_OUT).astype(np.uint8)
    if percentiles(darkest, (35,))[0] >= _WHITE_GROUND:
        return np.zeros(white.shape, dtype=bool)  # printed on pure white, or scanned: nothing can be told from it
    opened = cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((5, 5), dtype=np.uint8))
    return opened.astype(bool)


def _washed_out(picture: Picture) -> float:
    """The white share where most is white and no print is dark: light burns out print too, white paper leaves it."""
    reduced = resized(picture, (picture.shape[1] // 4, picture.shape[0] // 4))
    darkest = np.minimum(np.minimum(reduced[:, :, 0], reduced[:, :, 1]), reduced[:, :, 2])
    print_is, ground_is = percentiles(darkest, (5, 35))
    if ground_is < _WHITE_GROUND or print_is < _DARK_PRINT:
        return 0.0
    return float((darkest >= _BURNT_OUT).mean())


def percentiles(values: Grey, shares: Sequence[float]) -> tuple[float, ...]:
    """Return what `np.percentile` would, sooner: bytes are counted, not sorted."""
    counts = np.cumsum(np.bincount(values.ravel(), minlength=256))
    found = []
    for share in shares:
        place = share / 100 * (values.size - 1)
        low, high = np.searchsorted(counts, [int(place), min(int(place) + 1, values.size - 1)], side="right")
        found.append(float(low + (high - low) * (place - int(place))))
    return tuple(found)


def _share_on_text(burnt: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", boxes: Sequence[TextBox]) -> float:
    if not boxes:
        return 0.0
    inside = np.zeros(burnt.shape, dtype=np.uint8)
    for box in boxes:
        cv2.fillPoly(inside, [(box.quad * 0.25).astype(np.int32)], 1)
    count = int(inside.sum())
    return float((burnt & inside.astype(bool)).sum() / count) if count else 0.0
