"""Painting over what must not be stored: RRN digits 8-14 (after the hyphen), old passports' personal number.

The stretch is painted on the rectified card and, mapped back, on the photograph; a second reading must then find no
more than the digits before the hyphen. Where no RRN was found on a front that must bear one, the zone where such cards
print it is painted instead; what cannot be verified is not handed out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from dojang.adapters.id_document.classify import LICENCE_SHAPE
from dojang.adapters.id_document.detect import TextDetector
from dojang.adapters.id_document.find_numbers import stretch
from dojang.adapters.id_document.lines import Line, LineCutter
from dojang.adapters.id_document.picture import encode_jpeg
from dojang.adapters.id_document.pixels import Picture, Points, Quad, bounds
from dojang.adapters.id_document.rectify import Card
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, MaskedImage, Side
from dojang.lifecycle.identity_proofing.id_document.printed_date import find_dates

_BLACK = (32, 32, 32)
_BACK_STARTS = 0.44  # of the printed number's length, when characters' places are unknown
_RRN = re.compile(r"\d{6}\s?[-–—~.:]?\s?\d{7}")
# Shares of the card where a front prints its RRN, widely: both old and new layouts lie inside.
_ZONES = {
    DocumentKind.RESIDENT_CARD: (0.02, 0.26, 0.66, 0.52),
    DocumentKind.DRIVER_LICENCE: (0.28, 0.24, 0.80, 0.56),
}


def back_digits(line: Line) -> list[Quad]:
    """Return the stretches of `line` holding an RRN's last seven digits, grown a little on every side."""
    text = line.plain.text
    quads = []
    for match in _RRN.finditer(text):
        start = match.end() - 7
        if line.plain.positions:
            quads.append(_grow(stretch(line, line.plain, start, match.end())))
        else:
            quads.append(_grow(line.part(_BACK_STARTS, 1.0)))
    return quads


def places_to_mask(lines: Sequence[Line], rrn_quad: Quad | None, mrz_line_2: Quad | None, mrz_text: str) -> list[Quad]:
    """Return every quad to paint, in card pixels.

    `rrn_quad` is the whole printed number. The MRZ's optional data (columns 29-35) and the printed personal number are
    painted only when the MRZ carries digits there (passports issued before 21 December 2020).
    """
    quads = [quad for line in lines for quad in back_digits(line)]
    if rrn_quad is not None and not quads:
        quads.append(_grow(_part(rrn_quad, _BACK_STARTS, 1.0)))
    personal = mrz_text[28:35]
    if mrz_line_2 is not None and re.search(r"\d{4}", personal):
        quads.append(_grow(_part(mrz_line_2, 27.6 / 44, 35.4 / 44)))
        for line in lines:
            digits = re.sub(r"\D", "", line.plain.text)
            if digits and digits.endswith(personal) and len(line.plain.text) < 24:
                quads.append(_grow(line.quad))
    return quads


def template_zone(card: Card, kind: DocumentKind | None) -> Quad | None:
    """Return the zone where cards of this kind print the RRN, None for a passport or an unknown document."""
    if kind is None or kind not in _ZONES:
        return None
    left, top, right, bottom = _ZONES[kind]
    shares = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float32)
    return np.asarray(shares * np.array([card.width, card.height], dtype=np.float32), dtype=np.float32)


def mask(photograph: Picture, card: Card, quads: Sequence[Quad]) -> tuple[Picture, Picture]:
    """Return copies of the photograph and of the card with every quad painted over."""
    photograph, flat = photograph.copy(), card.picture.copy()
    for quad in quads:
        cv2.fillPoly(flat, [np.round(quad).astype(np.int32)], _BLACK)
        cv2.fillPoly(photograph, [np.round(card.map_back(quad)).astype(np.int32)], _BLACK)
    return photograph, flat


class Masker:
    """Masks one side and makes sure of it."""

    def __init__(self, *, detector: TextDetector, cutter: LineCutter) -> None:
        self._detector = detector
        self._cutter = cutter

    def mask_side(
        self,
        photograph: Picture,
        card: Card,
        quads: Sequence[Quad],
        *,
        kind: DocumentKind | None,
        side: Side | None,
        secret: str | None,
    ) -> MaskedImage | None:
        """Return both images masked and verified, or None when that cannot be done (then nothing may be stored).

        `secret` is the seven digits that must no longer be legible, None when they were never read.
        """
        quads = list(quads)
        must_bear = side is not Side.BACK and kind is not DocumentKind.PASSPORT
        if must_bear and not quads:
            zone = template_zone(card, kind)
            if zone is None:
                return None
            quads.append(zone)
        masked, flat = mask(photograph, card, quads)
        if self._shows(flat, quads, secret):
            zone = template_zone(card, kind)
            if zone is None:
                return None
            masked, flat = mask(photograph, card, [*quads, zone])
            if self._shows(flat, [*quads, zone], secret):
                return None
        return MaskedImage(original_jpeg=encode_jpeg(masked), rectified_jpeg=encode_jpeg(flat))

    def _shows(self, flat: Picture, quads: Sequence[Quad], secret: str | None) -> bool:
        return any(self.leaks(band.cut(flat), secret, rows=band.rows) for band in _bands(flat, quads))

    def leaks(self, flat: Picture, secret: str | None, *, rows: Sequence[tuple[float, float]] | None = None) -> bool:
        """Read the masked card again: does a line still show a whole RRN, or four of the secret digits in a row?

        `rows` are the heights (from, to) in which something was painted: lines between them are not read. None reads
        all.
        """
        boxes = self._detector.detect(flat, long_side_px=800)
        if rows is not None:
            boxes = [box for box in boxes if any(top <= box.rect.centre_y <= bottom for top, bottom in rows)]
        traces = [] if secret is None else [secret[at : at + 4] for at in range(len(secret) - 3)]
        for line in self._cutter.read_plain(flat, boxes):
            text = line.plain.text
            # An MRZ row or a pair of dates is a long run of digits too: there only the secret itself counts.
            if len(text) < 28 and _RRN.search(text) and "~" not in text:
                return True
            # Letters part the numbers of an MRZ row: digits on both sides of them are no run.
            unbroken = re.sub(r"[^0-9A-Za-z<]", "", text)
            if any(trace in unbroken for trace in traces) and not find_dates(text) and not LICENCE_SHAPE.search(text):
                return True
        return False


@dataclass(frozen=True, slots=True)
class _Band:
    """Rows of the card, full width, in which something was painted over, with some height to spare."""

    top: float
    bottom: float
    rows: tuple[tuple[float, float], ...]  # the painted heights themselves, a little grown, counted from `top`

    def cut(self, flat: Picture) -> Picture:
        return flat[int(self.top) : int(self.bottom)]


def _bands(flat: Picture, quads: Sequence[Quad]) -> list[_Band]:
    bands: list[_Band] = []
    for rect in sorted((bounds(quad) for quad in quads), key=lambda rect: rect.top):
        spare = min(0.6 * rect.height, 0.1 * flat.shape[0])
        top, bottom = max(0.0, rect.top - spare), min(float(flat.shape[0]), rect.bottom + spare)
        row = (rect.top - 0.25 * spare, rect.bottom + 0.25 * spare)
        if bands and top < bands[-1].bottom:
            last = bands.pop()
            top, bottom, earlier = last.top, max(last.bottom, bottom), last.rows
        else:
            earlier = ()
        bands.append(_Band(top, bottom, (*earlier, (row[0] - int(top), row[1] - int(top)))))
    return bands


def _grow(quad: Quad) -> Quad:
    along, down = quad[1] - quad[0], quad[3] - quad[0]
    unit = along / max(1e-3, float(np.linalg.norm(along)))
    thickness = float(np.linalg.norm(down))
    signs: Points = np.array([[-0.05, -0.22], [0.35, -0.22], [0.35, 0.22], [-0.05, 0.22]], dtype=np.float32)
    grown = quad + signs[:, :1] * thickness * unit + signs[:, 1:] * down
    return np.asarray(grown, dtype=np.float32)


def _part(quad: Quad, start: float, end: float) -> Quad:
    top, bottom = quad[1] - quad[0], quad[2] - quad[3]
    corners = [quad[0] + top * start, quad[0] + top * end, quad[3] + bottom * end, quad[3] + bottom * start]
    return np.array(corners, dtype=np.float32)
