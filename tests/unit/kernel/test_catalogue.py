"""Every code in the program has its words, every word its code, in both languages."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Any

import pytest

import dojang
from dojang.kernel.catalogue import LANGUAGES, Catalogue, CatalogueBroken, WordsMissing, load_catalogue
from dojang.kernel.errors import DojangError, FindingCode

# Alembic runs these itself, with a context that an import does not have.
NOT_IMPORTABLE = "dojang.adapters.store.migrations."
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
TEXTS = {"title": "t", "cause": "c", "next": "n"}
ENTRY: dict[str, Any] = {"ko": TEXTS, "en": TEXTS}


def subclasses(base: type) -> Iterator[type]:
    direct: list[type] = base.__subclasses__()
    for one in direct:
        yield one
        yield from subclasses(one)


def of_dojang(classes: Iterator[type]) -> set[type]:
    return {one for one in classes if one.__module__.split(".")[0] == "dojang"}


@cache
def import_everything() -> None:
    for module in pkgutil.walk_packages(dojang.__path__, "dojang."):
        if not module.name.startswith(NOT_IMPORTABLE) and not module.name.endswith(".__main__"):
            importlib.import_module(module.name)


def error_codes() -> dict[str, set[str]]:
    """Codes of error classes, each with the classes that declare it."""
    import_everything()
    declared: dict[str, set[str]] = {"internal": {"DojangError"}}
    for error in of_dojang(subclasses(DojangError)):
        if "code" in vars(error):
            declared.setdefault(vars(error)["code"], set()).add(error.__qualname__)
    return declared


def finding_codes() -> set[str]:
    """Values of `FindingCode` classes, and of any other string enum that consists of dotted codes."""
    import_everything()
    enums = of_dojang(subclasses(StrEnum))
    dotted = (one for one in enums if issubclass(one, FindingCode) or (list(one) and all(map(is_code, one))))  # type: ignore[call-overload]  # enum classes are iterable
    return {member.value for one in dotted for member in one}  # type: ignore[attr-defined]  # as above


def is_code(value: str) -> bool:
    return CODE.fullmatch(value) is not None


def test_no_code_is_without_words() -> None:
    assert sorted((error_codes().keys() | finding_codes()) - load_catalogue().codes) == []


def test_no_words_are_without_a_code() -> None:
    assert sorted(load_catalogue().codes - error_codes().keys() - finding_codes()) == []


def test_codes_are_dotted_and_belong_to_one_error() -> None:
    codes = error_codes()
    assert [code for code in codes if not is_code(code) and code != "internal"] == []
    shared = {code: names for code, names in codes.items() if len(names) > 1 and code != "internal"}
    assert shared == {}


def test_korean_is_korean_and_english_is_not() -> None:
    hangul = re.compile("[가-힣]")
    catalogue = load_catalogue()
    for code in catalogue.codes:
        for language in LANGUAGES:
            words = catalogue.get(code, language)
            for text in (words.title, words.cause, words.next, words.alternative or words.title):
                assert bool(hangul.search(text)) == (language == "ko"), (code, language, text)


def test_words_come_in_the_language_asked_for() -> None:
    catalogue = load_catalogue()
    assert catalogue.get("audit.log_broken", "ko").title == "감사 기록에 이상이 있어요"
    assert catalogue.get("audit.log_broken", "en").title == "The audit log is not sound"
    assert catalogue.get("audit.log_broken", "fr") == catalogue.get("audit.log_broken", "en")
    assert catalogue.get("audit.log_unwritable", "en").retry_after_s == 300
    assert load_catalogue() is catalogue
    with pytest.raises(WordsMissing):
        catalogue.get("audit.never_heard_of", "ko")


def test_a_code_that_stands_twice_is_refused() -> None:
    with pytest.raises(CatalogueBroken, match=r"a\.b .* two\.toml"):
        Catalogue([("one.toml", {"a.b": ENTRY}), ("two.toml", {"a.b": ENTRY})])


@pytest.mark.parametrize(
    "entry",
    [
        {"ko": TEXTS},
        {"ko": TEXTS, "en": {"title": "t", "cause": "c"}},
        {"ko": TEXTS, "en": {**TEXTS, "next": " "}},
        {"ko": TEXTS, "en": {**TEXTS, "more": "m"}},
        {"ko": TEXTS, "en": "t"},
        {**ENTRY, "alternative_ko": "a"},
        {**ENTRY, "alternative_ko": "a", "alternative_en": ""},
        {**ENTRY, "retry_after_s": 0},
        {**ENTRY, "retry_after_s": "60"},
        {**ENTRY, "retry_after": 60},
        "words",
    ],
)
def test_an_incomplete_entry_is_refused(entry: object) -> None:
    with pytest.raises(CatalogueBroken, match=r"a\.b"):
        Catalogue([("one.toml", {"a.b": entry})])
