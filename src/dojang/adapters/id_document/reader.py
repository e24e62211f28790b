"""The document reader: photographs in, an examination out. Implements `ports.DocumentReader` in this process.

Loads its models once (about a second) and then serves any number of calls, one at a time; see `pool.py` for many.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import cv2
import numpy as np

from dojang.adapters.id_document.detect import cut_out
from dojang.adapters.id_document.found import Found
from dojang.adapters.id_document.korean import open_korean_reader
from dojang.adapters.id_document.line_reader import LineReader
from dojang.adapters.id_document.mask import Masker, places_to_mask
from dojang.adapters.id_document.picture import PictureLimits, encode_jpeg, load_picture
from dojang.adapters.id_document.pixels import Picture, Quad, bounds
from dojang.adapters.id_document.read_side import SideReader, SideReading
from dojang.adapters.id_document.stages import Stage, show_stages
from dojang.adapters.id_document.stopwatch import Stopwatch
from dojang.lifecycle.identity_proofing.id_document.decision import conclude, judge
from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import (
    Decision,
    DocumentExamination,
    DocumentKind,
    FieldName,
    MaskedImage,
    Side,
)
from dojang.lifecycle.identity_proofing.id_document.thresholds import DEFAULT_THRESHOLDS, Thresholds

_CROP_HEIGHT_PX = 64
_CROP_MAX_WIDTH_PX = 1400


class ExaminingReader:
    """A `DocumentReader` in the calling process and thread."""

    def __init__(
        self,
        *,
        limits: PictureLimits | None = None,
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
        korean: LineReader | None = None,
    ) -> None:
        cv2.setNumThreads(1)
        self._limits = limits or PictureLimits()
        self._thresholds = thresholds
        self._sides = SideReader(korean=korean or open_korean_reader())
        self._masker = Masker(detector=self._sides.detector, cutter=self._sides.cutter)

    def read_document(
        self, front: bytes, back: bytes | None, *, today: date, expected: DocumentKind | None
    ) -> DocumentExamination:
        """Read and judge one document; see `ports.DocumentReader`.

        1. decode both files (a bad one raises before any is read); 2. read each side; 3. judge; 4. mask what may be
        stored: not done for photographs that must be taken again, which are not stored.
        """
        watch = Stopwatch()
        with watch.stage("load"):
            pictures = [load_picture(file, limits=self._limits) for file in (front, back) if file is not None]
        sides = [self._sides.read(picture, today=today, watch=watch) for picture in pictures]
        second = sides[1].reading if len(sides) > 1 else None
        judgement = judge(sides[0].reading, second, today=today, expected=expected, thresholds=self._thresholds)
        masked: list[MaskedImage | None] = [None] * len(sides)
        if judgement.decision is not Decision.RETAKE:
            with watch.stage("mask"):
                masked = [self._mask(picture, side) for picture, side in zip(pictures, sides, strict=True)]
            unmasked = [_cannot_mask(position) for position, image in enumerate(masked) if image is None]
            if unmasked:
                judgement = conclude(judgement.readings, [*judgement.findings, *unmasked], judgement.agreement)
        with watch.stage("crop"):
            crops = cut_crops(sides)
        return DocumentExamination(
            readings=judgement.readings,
            findings=judgement.findings,
            agreement=judgement.agreement,
            decision=judgement.decision,
            reasons=judgement.reasons,
            masked=tuple(masked),
            crops=crops,
            seconds={name: round(seconds, 4) for name, seconds in watch.seconds.items()},
        )

    def show_stages(self, file: bytes, *, today: date) -> Iterator[Stage]:
        """Read one photograph stage by stage, for people to look at; see `stages.show_stages`."""
        return show_stages(load_picture(file, limits=self._limits), self._sides, today=today)

    def _mask(self, picture: Picture, side: SideReading) -> MaskedImage | None:
        return self._masker.mask_side(
            picture,
            side.card,
            _secret_quads(side),
            kind=side.reading.kind,
            side=side.reading.side,
            secret=_secret_digits(side),
        )


def _secret_quads(side: SideReading) -> list[Quad]:
    number, row = side.found.get(FieldName.RRN), side.found.get(FieldName.MRZ_LINE_2)
    return places_to_mask(
        side.lines,
        None if number is None else number.quad,
        None if row is None else row.quad,
        "" if row is None else row.value,
    )


def _secret_digits(side: SideReading) -> str | None:
    number, row = side.found.get(FieldName.RRN), side.found.get(FieldName.MRZ_LINE_2)
    if number is not None:
        return number.value[-7:]
    if row is not None and row.value[28:35].isdecimal():
        return row.value[28:35]
    return None


def _cannot_mask(position: int) -> Finding:
    side = Side.FRONT if position == 0 else Side.BACK
    return Finding(code=FindingCode.CANNOT_MASK, severity=Severity.RETAKE, side=side.value)


def cut_crops(sides: Sequence[SideReading]) -> Mapping[FieldName, bytes]:
    """Return a small JPEG for each field with a place on the card; the RRN's last seven digits are painted over."""
    crops: dict[FieldName, bytes] = {}
    for side in sides:
        picture = _without_back_digits(side)
        cut: dict[bytes, bytes] = {}  # several fields of an MRZ come from one row
        for name, found in side.found.items():
            if found.quad is None or name in crops or name in (FieldName.BIRTH_DATE, FieldName.SEX):
                continue
            place = found.quad.tobytes()
            if place not in cut:
                cut[place] = encode_jpeg(_crop(picture, found), quality=85)
            crops[name] = cut[place]
    return crops


def _crop(picture: Picture, found: Found) -> Picture:
    quad: Quad = found.quad if found.quad is not None else np.zeros((4, 2), dtype=np.float32)
    rect = bounds(quad)
    lines_high = max(1, round(rect.height / max(8.0, 0.06 * picture.shape[0])))
    crop = cut_out(picture, quad, height_px=_CROP_HEIGHT_PX * min(3, lines_high))
    if crop.shape[1] > _CROP_MAX_WIDTH_PX:
        factor = _CROP_MAX_WIDTH_PX / crop.shape[1]
        crop = np.asarray(cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return crop


def _without_back_digits(side: SideReading) -> Picture:
    picture = side.card.picture.copy()
    for quad in _secret_quads(side):
        cv2.fillPoly(picture, [np.round(quad).astype(np.int32)], (32, 32, 32))
    return picture
