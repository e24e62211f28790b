"""The typefaces lines are set in: those `typefaces.toml` lists, never one that `held_out.toml` names.

Knows font files and what they can draw. Not drawing itself.
"""

import random
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

_HERE = Path(__file__).resolve().parent.parent
EM_PX = 64  # every glyph is drawn at this size, then scaled


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Typeface:
    """One face opened at `EM_PX`, with the characters it has glyphs for."""

    name: str
    font: ImageFont.FreeTypeFont = field(repr=False)
    characters: frozenset[str] = field(repr=False)

    def can_draw(self, text: str) -> bool:
        """Tell whether every character but spaces has a glyph."""
        return all(char in self.characters for char in text if char != " ")


class HeldOut(ValueError):
    """A typeface kept for evaluation was offered for training."""


def held_out_families() -> tuple[str, ...]:
    """Return the family names that training refuses."""
    return tuple(tomllib.loads((_HERE / "held_out.toml").read_text(encoding="utf-8"))["families"])


def is_held_out(families: Iterable[str]) -> bool:
    """Tell whether one of a font's names begins with a held-out family's; letter case and spaces do not matter."""
    plain = [_plain(family) for family in families]
    return any(family.startswith(_plain(held)) for held in held_out_families() for family in plain)


def open_typeface(path: Path, *, for_training: bool = True) -> Typeface:
    """Return the first face of the file. Raises `HeldOut` when it is for training and its family is held out."""
    with TTFont(path, fontNumber=0, lazy=True) as file:
        families = {str(record) for record in file["name"].names if record.nameID in (1, 4, 16)}
        characters = _drawable(file)
    if for_training and is_held_out(families):
        raise HeldOut(path.name)
    return Typeface(name=path.stem, font=ImageFont.truetype(str(path), EM_PX), characters=characters)


def _drawable(file: TTFont) -> frozenset[str]:
    """The characters with an outline: some old faces map rare syllables to empty glyphs. Web fonts are not looked into:
    unpacking their outlines takes seconds each."""
    mapped = file.getBestCmap()
    if "loca" not in file or file.flavor is not None:
        return frozenset(map(chr, mapped))
    places = file["loca"].locations
    glyphs = {code: file.getGlyphID(name) for code, name in mapped.items()}
    return frozenset(chr(code) for code, glyph in glyphs.items() if places[glyph] != places[glyph + 1])


class Typecase:
    """The typefaces at hand; draws one at random by weight, able to set a given text."""

    def __init__(self, typefaces: Sequence[Typeface], weights: Sequence[float]) -> None:
        self._typefaces = list(typefaces)
        self._weights = list(weights)

    @property
    def names(self) -> list[str]:
        """The names of all faces."""
        return [typeface.name for typeface in self._typefaces]

    def pick(self, draw: random.Random, text: str) -> Typeface | None:
        """Return a random face that can draw `text`, or None when a dozen tries found none."""
        for typeface in draw.choices(self._typefaces, self._weights, k=12):
            if typeface.can_draw(text):
                return typeface
        return None


def training_typecase(folders: Sequence[Path]) -> Typecase:
    """Return every listed typeface found below `folders`; absent ones are left out. Raises `HeldOut`, `LookupError`."""
    found = _files_below(folders)
    typefaces: list[Typeface] = []
    weights: list[float] = []
    for package in tomllib.loads((_HERE / "typefaces.toml").read_text(encoding="utf-8"))["package"]:
        for name in package["files"]:
            if name in found:
                typefaces.append(open_typeface(found[name]))
                weights.append(float(package["weight"]))
    if not typefaces:
        raise LookupError("none of the listed typefaces is below the folders given")
    return Typecase(typefaces, weights)


def validation_typecase(folders: Sequence[Path]) -> Typecase:
    """Return the held-out typefaces for validation found below `folders`. Raises `LookupError` when there is none."""
    found = _files_below(folders)
    names = tomllib.loads((_HERE / "held_out.toml").read_text(encoding="utf-8"))["validation_files"]
    typefaces = [open_typeface(found[name], for_training=False) for name in names if name in found]
    if not typefaces:
        raise LookupError("none of the validation typefaces is below the folders given")
    return Typecase(typefaces, [1.0] * len(typefaces))


def _files_below(folders: Sequence[Path]) -> dict[str, Path]:
    endings = {".ttf", ".ttc", ".otf", ".woff2"}
    return {path.name: path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in endings}


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
