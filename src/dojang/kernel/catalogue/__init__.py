"""The words shown to people: for every error and finding code what happened, why, and what to do next.

One TOML file per area beside this module; a table per code:

    ["area.what_happened"]
    ko = { title = "…", cause = "…", next = "…" }
    en = { title = "…", cause = "…", next = "…" }
    alternative_ko = "…"      # another way there is; in both languages or in none
    alternative_en = "…"
    retry_after_s = 60        # when waiting helps

Knows no error class and no transport; a test holds the codes in the program against the codes in the files.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("ko", "en")
_WORDS = frozenset({"title", "cause", "next"})
_OPTIONS = frozenset({"alternative_ko", "alternative_en", "retry_after_s"})


class CatalogueBroken(ValueError):
    """A catalogue file is not as described above, or a code stands in it twice. The text names the code."""


class WordsMissing(KeyError):
    """There are no words for this code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a person is told, in one language."""

    title: str  # what happened
    cause: str  # why
    next: str  # what to do
    alternative: str | None = None
    retry_after_s: int | None = None


class Catalogue:
    """Words by code and language."""

    def __init__(self, documents: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take parsed files, each with its name. Raises `CatalogueBroken`."""
        self._words: dict[tuple[str, str], Words] = {}
        for name, document in documents:
            for code, entry in document.items():
                if (code, LANGUAGES[0]) in self._words:
                    raise CatalogueBroken(f"{code} stands in the catalogue twice, the second time in {name}")
                for language in LANGUAGES:
                    self._words[code, language] = _parse_words(code, entry, language)

    @property
    def codes(self) -> frozenset[str]:
        """Every code there are words for."""
        return frozenset(code for code, _ in self._words)

    def get(self, code: str, language: str) -> Words:
        """Return the words for `code` in `language` ("ko" or "en"; any other is answered in English).

        Raises `WordsMissing` for a code without words.
        """
        words = self._words.get((code, language)) or self._words.get((code, "en"))
        if words is None:
            raise WordsMissing(code)
        return words


@cache
def load_catalogue() -> Catalogue:
    """Return the program's catalogue, read once. Raises `CatalogueBroken`."""
    found = sorted((one for one in files(__name__).iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return Catalogue((one.name, tomllib.loads(one.read_text("utf-8"))) for one in found)


def _parse_words(code: str, entry: object, language: str) -> Words:
    if not isinstance(entry, dict) or not entry.keys() <= {*LANGUAGES, *_OPTIONS}:
        raise CatalogueBroken(f"{code} has members that the catalogue does not know")
    texts = entry.get(language)
    if not isinstance(texts, dict) or texts.keys() != _WORDS or not all(_is_text(text) for text in texts.values()):
        raise CatalogueBroken(f"{code} needs title, cause and next in {language}")
    alternative = entry.get(f"alternative_{language}")
    if ("alternative_ko" in entry) != ("alternative_en" in entry) or not (alternative is None or _is_text(alternative)):
        raise CatalogueBroken(f"{code} needs its alternative in every language")
    retry_after_s = entry.get("retry_after_s")
    if not (retry_after_s is None or (type(retry_after_s) is int and retry_after_s > 0)):
        raise CatalogueBroken(f"{code} has no positive number of seconds to wait")
    return Words(**texts, alternative=alternative, retry_after_s=retry_after_s)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
