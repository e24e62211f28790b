"""The protocol of whatever turns a cut-out line into text, so that backends can be exchanged.

Backends: `ppocr.PpocrReader` (digits, Latin, MRZ); for Korean `jamo_reader.JamoReader` (ours), `ctc_file.CtcFileReader`
(an operator's PP-OCR model), `tesseract.TesseractReader`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from dojang.adapters.id_document.pixels import Picture


class Alphabet(StrEnum):
    """What a line may consist of. A backend may ignore it, but must not invent what it forbids when it honours it."""

    ANY = "any"
    ASCII = "ascii"
    DIGITS = "digits"  # 0-9 and hyphen
    DATE = "date"  # 0-9 . - / ~ and space
    SERIAL = "serial"  # 0-9 A-Z
    MRZ = "mrz"  # 0-9 A-Z <
    KOREAN = "korean"  # Hangul and what stands among it: digits, punctuation, letters (A동)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another character and its likelihood in [0, 1], on the scale of a text's confidences."""

    char: str = field(repr=False)
    sure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LineText:
    """A line as read: `confidences` has one value in [0, 1] for each character of `text`.

    `positions` are the characters' middles as shares of the crop's width, empty when the backend cannot tell. `rivals`
    holds for each character what else may stand there, the likeliest first, without itself; empty likewise.
    """

    text: str = field(repr=False)
    confidences: tuple[float, ...]
    positions: tuple[float, ...] = ()
    rivals: tuple[tuple["Rival", ...], ...] = field(default=(), repr=False)

    @property
    def confidence(self) -> float:
        """Mean over the visible characters; 0 for an empty line."""
        seen = [value for char, value in zip(self.text, self.confidences, strict=True) if not char.isspace()]
        return sum(seen) / len(seen) if seen else 0.0


class LineReader(Protocol):
    """Reads one upright line of text."""

    def read(self, crop: Picture, alphabet: Alphabet) -> LineText:
        """Return the text of `crop`, a BGR cutting around one line; empty when there is none."""
        ...
