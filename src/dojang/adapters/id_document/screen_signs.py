"""Signs that a photograph shows a screen: its coloured stripes, and its lattice of rows and columns.

Hints for a person to look, never proofs: a fine screen far away shows neither. Both are sought in the photograph's own
pixels, as screens are finer than what survives straightening. Knows no thresholds.

Stripes: a screen's red, green and blue stand side by side, so its finest pattern runs through the colours one way round
(red, green, blue and not blue, green, red). The lines of any print are one ink each: their colours rise and fall
together, and run as much one way round as the other.

Lattice: a screen has as many pixels to the centimetre across as down, in line with what it shows. Seen from an angle
its pitch drifts across the photograph and, often finer than the camera's pixels, appears as some coarser pattern.
Placed where they lie on the card and not interpolated, the camera's pixels show the lattice at its true pitch.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from dojang.adapters.id_document.pixels import Floats, Picture, Points
from dojang.adapters.id_document.rectify import Card, longer_edge_px

_PATCH_PX = 256
_PLACES = tuple((across, down) for across in (0.2, 0.5, 0.8) for down in (0.3, 0.7))  # shares of the document
_WINDOW = np.outer(np.hanning(_PATCH_PX), np.hanning(_PATCH_PX)).astype(np.float32)
_LIGHT = np.array([0.114, 0.587, 0.299], dtype=np.float32)  # of blue, green and red
_ROUND = np.array(
    [[-0.5, -(3**0.5) / 2], [-0.5, 3**0.5 / 2], [1, 0]], dtype=np.float32
)  # colours as thirds of a circle
_FINE = np.hypot(np.fft.fftfreq(_PATCH_PX)[:, None], np.fft.fftfreq(_PATCH_PX)[None]) > 0.06  # cycles a pixel
_CELLS_PER_PX = 2  # of the sheet on which a patch's pixels are placed by where they lie on the card
_SHEET = 640  # cells: a patch and what perspective adds to it
_SCREEN_PIXELS = (620, 1080)  # along the document's longer edge, as one shows it on a phone or a laptop
_TILT = 0.012  # cycles a pixel by which an outline seen a little wrong may turn the lattice
_FLOOR = float((_WINDOW**2).sum())  # power of noise of one grey level, which scans and drawings lack
_AROUND = 17  # frequencies beside one, to which it is compared
_LEVEL = 0.003  # slope of an edge that is taken for none
_MERGED = 8  # cells in a row across the lattice: what turns little need not be told apart so finely
_PITCH_TOLERANCE = 3  # frequencies by which rows and columns of one pitch may differ

_Cells = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenSigns:
    """How far each sign stands out, in natural logarithms; the mean over six patches of the document."""

    stripes: float  # 1.0 to 1.5 for print, up to 7 for screens whose colours the camera tells apart
    lattice: float  # 2.5 to 3.7 for print, up to 17 for screens


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Patch:
    colours: Floats  # (_PATCH_PX, _PATCH_PX, 3), blue, green, red
    left: int  # in the photograph
    upper: int


def screen_signs(photograph: Picture, card: Card) -> ScreenSigns:
    """Look for a screen where `card` lies in the photograph.

    Zeros when the photograph is smaller than a patch; no lattice on a scan.
    """
    if min(photograph.shape[:2]) < _PATCH_PX:
        return ScreenSigns(stripes=0.0, lattice=0.0)
    patches = list(_patches(photograph, card))
    is_scan = _is_level(card)
    return ScreenSigns(
        stripes=float(np.mean([_stripes(patch) for patch in patches])),
        lattice=0.0 if is_scan else float(np.mean([_lattice(patch, card) for patch in patches])),
    )


def _is_level(card: Card) -> bool:
    """Whether every edge runs along the picture's own, as on scans and in drawings: there JPEG's blocks are a lattice.

    No hand holds a camera so.
    """
    corners = card.map_back(_corners(card))
    edges = np.abs(np.roll(corners, -1, axis=0) - corners)
    return bool((edges.min(axis=1) < _LEVEL * edges.max(axis=1)).all())


def _patches(photograph: Picture, card: Card) -> Iterator[_Patch]:
    height, width = photograph.shape[:2]
    size = np.array([card.width, card.height])
    for x, y in card.map_back((np.array(_PLACES) * size).astype(np.float32)):
        left = int(np.clip(x - _PATCH_PX / 2, 0, width - _PATCH_PX))
        upper = int(np.clip(y - _PATCH_PX / 2, 0, height - _PATCH_PX))
        colours = photograph[upper : upper + _PATCH_PX, left : left + _PATCH_PX].astype(np.float32)
        yield _Patch(colours=colours, left=left, upper=upper)


def _stripes(patch: _Patch) -> float:
    """How much stronger the strongest frequency runs one way round the colours than the other."""
    turning = patch.colours @ _ROUND  # (real, imaginary)
    centred = turning - np.array(cv2.mean(turning)[:2], dtype=np.float32)
    real, imaginary = cv2.split(cv2.dft(centred * _WINDOW[..., None]))  # numpy takes long over an axis of two
    power = np.asarray(cv2.GaussianBlur(real**2 + imaginary**2, (0, 0), 1.0), dtype=np.float32)
    around = np.exp(np.asarray(cv2.blur(np.log(power + _FLOOR), (_AROUND, _AROUND)), dtype=np.float32))
    level = np.maximum(around, _reversed(around))  # so that where there is next to nothing, nothing is compared
    ratio = (power + level) / (_reversed(power) + level)
    return float(np.log(ratio[_FINE].max()))


def _reversed(spectrum: Floats) -> Floats:
    """The same pattern run through the other way: each frequency's opposite."""
    return np.roll(spectrum[::-1, ::-1], (1, 1), (0, 1))


def _lattice(patch: _Patch, card: Card) -> float:
    """How far columns and rows of one pitch stand out together from the frequencies around them."""
    light = patch.colours @ _LIGHT
    detail = ((light - cv2.GaussianBlur(light, (0, 0), 3)) * _WINDOW).ravel()
    across, down, cells_per_edge = _places_on_card(patch, card)
    columns = _pitches(_sheet(down // _MERGED, across, detail), cells_per_edge)
    rows = _pitches(_sheet(across // _MERGED, down, detail), cells_per_edge)
    return float((columns + rows).max())


def _places_on_card(patch: _Patch, card: Card) -> tuple[_Cells, _Cells, float]:
    """The cells across and down the sheet in which each of the patch's pixels lies; the card's longer edge in cells."""
    to_card = np.linalg.inv(card.to_photograph).astype(np.float32)
    x = np.arange(patch.left, patch.left + _PATCH_PX, dtype=np.float32)[None]
    y = np.arange(patch.upper, patch.upper + _PATCH_PX, dtype=np.float32)[:, None]
    across, down, distance = (row[0] * x + (row[1] * y + row[2]) for row in to_card)
    longer_edge = _CELLS_PER_PX * longer_edge_px(card.map_back(_corners(card)))
    scale = longer_edge / max(card.width, card.height)

    def cells(places: Floats) -> _Cells:
        places = places * (scale / distance)
        centred = places + np.float32(_SHEET / 2 - places[_PATCH_PX // 2, _PATCH_PX // 2])
        # A quad that no camera makes may have its horizon here.
        inside: Floats = np.clip(np.nan_to_num(centred), 0, _SHEET - 1)
        return inside.astype(np.int64).ravel()

    return cells(across), cells(down), longer_edge


def _sheet(coarse: _Cells, fine: _Cells, detail: Floats) -> Floats:
    """Sum the detail of the pixels in each cell; (_SHEET / _MERGED, _SHEET)."""
    count = _SHEET // _MERGED * _SHEET
    return np.bincount(coarse * _SHEET + fine, weights=detail, minlength=count).reshape(-1, _SHEET).astype(np.float32)


def _pitches(sheet: Floats, cells_per_edge: float) -> Floats:
    """How far a pattern along the sheet's second axis rises above those around it, by its pitch."""
    spectrum = np.fft.fftshift(np.fft.rfft2(sheet), axes=0)
    power = cv2.GaussianBlur((np.abs(spectrum) ** 2).astype(np.float32), (0, 0), 0.8)
    level = np.log(power + _FLOOR)
    above = level - cv2.blur(level, (_AROUND, _AROUND))
    low, high = (round(pixels * _SHEET / cells_per_edge) for pixels in _SCREEN_PIXELS)
    tilt, straight = round(_TILT * _SHEET / _CELLS_PER_PX), len(above) // 2
    if low >= _SHEET // 2:  # the document is so small that a screen's pixels are finer than the cells
        return np.zeros(1, dtype=np.float32)
    along = above[straight - tilt : straight + tilt + 1, low : min(high, _SHEET // 2)].max(axis=0)
    return np.asarray(cv2.dilate(along[None], np.ones((1, _PITCH_TOLERANCE), dtype=np.uint8))[0], dtype=np.float32)


def _corners(card: Card) -> Points:
    return np.array([[0, 0], [card.width, 0], [card.width, card.height], [0, card.height]], dtype=np.float32)
