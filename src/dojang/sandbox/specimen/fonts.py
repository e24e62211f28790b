"""The typefaces that specimens are set in.

By default those that come with the Python packages (Noto Sans KR and Noto Serif KR) and the OCR-B beside this file, so
drawings are the same on every machine. Typefaces of the operating system are found only when asked for by name.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_ko
from PIL import ImageFont


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """One font file. `index` picks the face within a collection."""

    name: str
    path: Path
    index: int = 0


SANS = Typeface(name="Noto Sans KR", path=pylopdf_fonts_ko.sans_path())
SERIF = Typeface(name="Noto Serif KR", path=pylopdf_fonts_ko.serif_path())
OCR_B = Typeface(name="OCR-B", path=Path(__file__).parent / "fonts" / "OCRB.otf")

_SYSTEM_FILES = (
    "NanumGothic.ttf", "NanumBarunGothic.ttf", "NanumMyeongjo.ttf", "NanumSquareR.ttf", "UnDotum.ttf", "UnBatang.ttf",
    "UnGraphic.ttf", "dotum.ttf", "gulim.ttf", "batang.ttf",
)  # fmt: skip

_HELD_OUT_FILES = ("NanumBarunGothic.ttf", "UnBatang.ttf", "dotum.ttf", "gulim.ttf")


def packaged_typefaces() -> tuple[Typeface, ...]:
    """Return the Hangul typefaces that are there on every machine."""
    return SANS, SERIF


def find_system_typefaces(folder: Path) -> tuple[Typeface, ...]:
    """Return known Hangul typefaces (Nanum, Un, Baekmuk) found below `folder`, for variety; none is no error.

    They may lack Hanja; `has_glyphs` tells.
    """
    found = {path.name: path for path in sorted(folder.rglob("*.ttf"))}
    return tuple(Typeface(name=Path(name).stem, path=found[name]) for name in _SYSTEM_FILES if name in found)


def find_held_out_typefaces(folder: Path) -> tuple[Typeface, ...]:
    """Return those of the typefaces below `folder` that no Korean recogniser of ours was trained on, for benches."""
    names = {Path(name).stem for name in _HELD_OUT_FILES}
    return tuple(face for face in find_system_typefaces(folder) if face.name in names)


@lru_cache(maxsize=256)
def font(typeface: Typeface, size_px: float) -> ImageFont.FreeTypeFont:
    """Return the face at an em of `size_px` pixels."""
    return ImageFont.truetype(str(typeface.path), size=size_px, index=typeface.index)


def has_glyphs(typeface: Typeface, text: str) -> bool:
    """Tell whether the face draws every character of `text` with a glyph of its own."""
    face = font(typeface, 32)
    missing = bytes(face.getmask("\U0010fffd"))
    return all(character == " " or bytes(face.getmask(character)) != missing for character in text)
