"""Document readers that behave as told: one fake under the port's contract, and three bad ones for the worker pool."""

import os
import time
from datetime import date

from dojang.lifecycle.identity_proofing.id_document.decision import judge
from dojang.lifecycle.identity_proofing.id_document.errors import ImageTooSmall, UnsupportedFile
from dojang.lifecycle.identity_proofing.id_document.model import (
    DocumentExamination,
    DocumentKind,
    DocumentReading,
    MaskedImage,
)
from dojang.lifecycle.identity_proofing.id_document.thresholds import DEFAULT_THRESHOLDS

BLANK = {"located": 0.2, "text_lines": 0.0, "brightness": 120.0, "contrast": 60.0}


class FakeDocumentReader:
    """Answers with readings prepared by file content; unknown pictures show no document, other bytes are no picture."""

    def __init__(self, readings: dict[bytes, DocumentReading] | None = None) -> None:
        self._readings = readings or {}

    def read_document(
        self, front: bytes, back: bytes | None, *, today: date, expected: DocumentKind | None
    ) -> DocumentExamination:
        """See `DocumentReader`."""
        sides = [self._reading(file) for file in (front, back) if file is not None]
        second = sides[1] if len(sides) > 1 else None
        judgement = judge(sides[0], second, today=today, expected=expected, thresholds=DEFAULT_THRESHOLDS)
        kept = judgement.decision.value != "retake"
        image = MaskedImage(original_jpeg=b"\xff\xd8masked", rectified_jpeg=b"\xff\xd8masked") if kept else None
        return DocumentExamination(
            readings=judgement.readings,
            findings=judgement.findings,
            agreement=judgement.agreement,
            decision=judgement.decision,
            reasons=judgement.reasons,
            masked=tuple(image for _ in sides),
            crops={},
            seconds={},
        )

    def _reading(self, file: bytes) -> DocumentReading:
        if file in self._readings:
            return self._readings[file]
        if not file.startswith((b"\xff\xd8", b"\x89PNG")):
            raise UnsupportedFile(reason="format" if file else "empty")
        return DocumentReading(kind=None, side=None, fields={}, quality=BLANK)


class HangingReader(FakeDocumentReader):
    """Never finishes a picture that says `hang`."""

    def read_document(
        self, front: bytes, back: bytes | None, *, today: date, expected: DocumentKind | None
    ) -> DocumentExamination:
        """See `DocumentReader`."""
        if b"hang" in front:
            time.sleep(3600)
        return super().read_document(front, back, today=today, expected=expected)


class DyingReader(FakeDocumentReader):
    """Dies like a crashed decoder on a picture that says `die`; raises a coded error on one that says `small`.

    On `surprise` it raises what nobody foresaw, quoting the picture; on `greedy` it takes 8 GB.
    """

    def read_document(
        self, front: bytes, back: bytes | None, *, today: date, expected: DocumentKind | None
    ) -> DocumentExamination:
        """See `DocumentReader`."""
        if b"die" in front:
            os._exit(139)
        if b"small" in front:
            raise ImageTooSmall(minimum_px=160)
        if b"surprise" in front:
            raise KeyError(f"홍길동 {front!r}")
        if b"greedy" in front:
            bytearray(8 * 1024**3)
        examination = super().read_document(front, back, today=today, expected=expected)
        return DocumentExamination(
            readings=examination.readings,
            findings=examination.findings,
            agreement=examination.agreement,
            decision=examination.decision,
            reasons=examination.reasons,
            masked=examination.masked,
            crops=examination.crops,
            seconds={"pid": float(os.getpid())},
        )


def make_unloadable_reader() -> FakeDocumentReader:
    """Fail as a worker without its models does."""
    raise RuntimeError("no models")
