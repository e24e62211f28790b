"""Write `docs/dojang.example.toml`: every setting with its meaning and its default; with `--check`, say if it is old.

Meanings come from `settings.toml` beside this file, defaults from the code. What has no default (TOML knows no null)
stands as a comment.
"""

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Any

from dojang.config import Settings

MEANINGS = Path(__file__).with_name("settings.toml")
EXAMPLE = Path(__file__).resolve().parents[1] / "docs" / "dojang.example.toml"
WIDTH = 116
HEAD = """\
# Dojang's settings, each with its default: this file changes nothing. Copy it, keep what differs, and name your copy in
# DOJANG_CONFIG or with `dojang … --config FILE`. A setting that is not known is refused by its name.
# Secrets are never written here: settings named …_file say where they lie.
# Written by tools/example_settings.py from tools/settings.toml and src/dojang/config/.
"""


def main(arguments: list[str]) -> int:
    """Write, or check; return the exit code."""
    text = render()
    if "--check" not in arguments:
        EXAMPLE.write_text(text, "utf-8")
        return 0
    if EXAMPLE.read_text("utf-8") == text:
        return 0
    print(f"{EXAMPLE.name} is out of date: run tools/example_settings.py", file=sys.stderr)  # noqa: T201
    return 1


def render() -> str:
    """Return the whole file."""
    meanings: dict[str, str] = tomllib.loads(MEANINGS.read_text("utf-8"))
    lines = [*HEAD.splitlines(), *_section("", _defaults(Settings()), meanings)]
    return "\n".join(lines) + "\n"


def _defaults(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = settings.model_dump()  # not as JSON: sets must be told from lists, to be put in order
    return found


def _section(name: str, values: Mapping[str, Any], meanings: Mapping[str, str]) -> Iterator[str]:
    prefix = f"{name}." if name else ""
    inner = {key: one for key, one in values.items() if isinstance(one, dict) and prefix + key not in meanings}
    own = {key: one for key, one in values.items() if key not in inner}
    if own and name:
        yield from ("", f"[{name}]")
    for key, value in own.items():
        yield ""
        yield from (f"# {line}" for line in wrap(meanings[prefix + key], WIDTH))
        yield f"# {key} =" if value is None else f"{key} = {_toml(value)}"
    for key, one in inner.items():
        yield from _section(prefix + key, one, meanings)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, frozenset):
        return _toml(sorted(map(str, value)))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, Path):
        return _toml(str(value))
    if isinstance(value, float) and value.is_integer():
        return f"{value:.1f}"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
