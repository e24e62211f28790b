"""Which backend reads Korean lines: chosen by the operator, opened in the process that reads.

Knows the backends, not the settings file (`config/reader.py` builds a `KoreanChoice`).
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken

if TYPE_CHECKING:  # the settings know this module: it must not bring the models' libraries along
    from dojang.adapters.id_document.line_reader import LineReader


class KoreanBackend(StrEnum):
    """Who reads Hangul."""

    JAMO = "jamo"  # our own recogniser
    TESSERACT = "tesseract"  # Tesseract's Korean model
    FILE = "file"  # an operator's PP-OCR model in ONNX form with its dictionary


@dataclass(frozen=True, slots=True, kw_only=True)
class KoreanChoice:
    """The backend and its files. `model` and `dictionary` belong to `FILE`, `tessdata` (a folder) to `TESSERACT`."""

    backend: KoreanBackend = KoreanBackend.JAMO
    model: Path | None = None
    dictionary: Path | None = None
    tessdata: Path | None = None


DEFAULT_KOREAN = KoreanChoice()


def open_korean_reader(choice: KoreanChoice = DEFAULT_KOREAN) -> "LineReader":
    """Load the backend. Raises `ReaderBroken` when a file it needs is missing or unusable.

    Only the chosen backend's library is imported.
    """
    if choice.backend is KoreanBackend.FILE:
        if choice.model is None or choice.dictionary is None:
            raise ReaderBroken(part="korean model")
        from dojang.adapters.id_document.ctc_file import CtcFileReader

        return CtcFileReader(model=choice.model, dictionary=choice.dictionary)
    if choice.backend is KoreanBackend.JAMO:
        from dojang.adapters.id_document.jamo_reader import JamoReader

        return JamoReader()
    from dojang.adapters.id_document.tesseract import TesseractReader

    return TesseractReader(choice.tessdata)
