"""Every error of this area has words in both languages, and no words are left without an error."""

import importlib
import pkgutil
import tomllib
from importlib import resources

import pytest

import dojang.controls.ceremony
import dojang.pki
from dojang.kernel.errors import DojangError


def _codes(prefix: str) -> set[str]:
    for package in (dojang.pki, dojang.controls.ceremony):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    pending, found = [DojangError], set()
    while pending:
        one = pending.pop()
        pending += one.__subclasses__()
        found.add(one.code)
    return {code for code in found if code.startswith(prefix)}


@pytest.mark.parametrize("area", ["pki", "ceremony"])
def test_words_and_errors_match(area: str) -> None:
    source = resources.files("dojang.kernel") / "catalogue" / f"{area}.toml"
    words = tomllib.loads(source.read_text())
    assert set(words) == _codes(f"{area}.")
    for entry in words.values():
        for language in ("ko", "en"):
            assert set(entry[language]) == {"title", "cause", "next"}
            assert all(text.strip() for text in entry[language].values())
