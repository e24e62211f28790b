"""The vault's own page as built: small enough to be read, and alone."""

import gzip
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

FIRST_LOAD_BYTES = 45 * 1024  # gzip, script and style; Argon2 and what moving needs are fetched when they are needed
ALL_BYTES = 85 * 1024  # gzip, everything the page can ever load, Argon2 by WebAssembly among it


@pytest.fixture(scope="session")
def built(frontend: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's folder."""
    static = tmp_path_factory.mktemp("built") / "static"
    frontend.build(static=static)
    folder: Path = static / frontend.KEY_PAGE
    return folder


def packed(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in paths)


def test_the_page_is_small(built: Path) -> None:
    page = (built / "key.html").read_text("utf-8")
    named = re.findall(r'(?:src|href)="/(assets/[^"]+)"', page)
    assert any(one.endswith(".js") for one in named)
    assert packed([built / one for one in named]) <= FIRST_LOAD_BYTES
    assert packed(list((built / "assets").glob("*"))) <= ALL_BYTES


@pytest.mark.parametrize("page", ["key.html", "paper/paper.html"])
def test_every_script_of_the_page_has_its_hash(built: Path, page: str) -> None:
    tags = re.findall(r"<(?:script|link)\b[^>]*>", (built / page).read_text("utf-8"))
    assert tags
    assert all('integrity="sha384-' in one for one in tags)


def test_the_page_has_nothing_of_what_draws(built: Path) -> None:
    assert not [one.name for one in (built / "assets").iterdir() if b"pdfjs" in one.read_bytes().lower()]
    assert [one.name for one in (built / "paper" / "assets").glob("paper-*.js")]


def test_the_apps_shell_keeps_nothing_of_it(built: Path) -> None:
    files = json.loads((built.parent / "shell.json").read_text("utf-8"))["files"]
    assert len(files) > 10
    assert all((built.parent / one.lstrip("/")).exists() for one in files)
    assert not [one for one in files if one.startswith("/key")]
