"""The command line in this process, on an office of one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from builders.command import Done, Run
from builders.edge import EdgeOffice, founded, open_edge
from dojang.cli.main import app, explain
from dojang.config import SETTINGS_VARIABLE
from dojang.kernel.errors import DojangError


@pytest.fixture
def office(tmp_path: Path) -> Iterator[EdgeOffice]:
    """An office in its founded directory, for looking at what commands did."""
    opened = open_edge(founded(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def config(office: EdgeOffice, tmp_path: Path) -> Path:
    """Its settings file."""
    path = tmp_path / "dojang.toml"
    path.write_text(f'data_dir = "{office.office.settings.data_dir}"\n', "utf-8")
    return path


@pytest.fixture
def run(config: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `dojang ARGUMENTS` with the office's settings."""
    for name in ("DOJANG_DATABASE_URL", "DOJANG_DATA_DIR", SETTINGS_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOJANG_CONFIG", str(config))

    def command(*arguments: object, answers: str = "") -> Done:
        result = CliRunner().invoke(app, [str(one) for one in arguments], input=answers)
        refusal = result.exception if isinstance(result.exception, DojangError) else None
        if refusal is not None:
            explain(refusal)
        elif result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(code=1 if refusal else result.exit_code, out=result.stdout, err=result.stderr, refusal=refusal)

    return command
