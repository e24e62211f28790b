"""The command itself: version, help, refusals in plain words, exit codes; once as a real process."""

import subprocess
import sys
from pathlib import Path

import pytest

import dojang
from builders.command import Run
from dojang.cli.main import explain
from dojang.config import ProductionRefused
from dojang.controls.access.model import RoleRequired


def test_the_version_is_the_packages(run: Run) -> None:
    assert run("--version").out == f"dojang {dojang.__version__}\n"


def test_every_command_is_listed(run: Run) -> None:
    listed = run("--help").out
    for name in ("demo", "serve", "worker", "ceremony", "issue", "revoke", "show", "verify", "review", "audit"):
        assert f" {name} " in listed, name
    for name in ("operator", "read-id"):
        assert f" {name} " in listed, name


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["show"],
        ["show", "abc"],
        ["show", "0"],
        ["show", "9" * 30],
        ["serve", "nobody"],
        ["audit", "list"],
    ],
)
def test_wrong_use_is_exit_code_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).code == 2


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", ["운영 모드로 시작할 수 없어요", "→ "]),
        ("en", ["Production start refused", "→ Replace the settings named"]),
    ],
)
def test_a_refusal_is_explained_with_code_and_fields(
    capsys: pytest.CaptureFixture[str], language: str, words: list[str]
) -> None:
    explain(ProductionRefused(settings=["neighbours.bank", "web.public_url"]), language)
    told = capsys.readouterr()
    assert told.out == ""
    for text in (*words, "config.production_refused", "neighbours.bank", "web.public_url"):
        assert text in told.err


def test_a_refusal_without_fields_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    explain(RoleRequired(), "en")
    assert "You are not allowed to do this" in capsys.readouterr().err


def test_brackets_in_a_field_are_shown_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    explain(ProductionRefused(settings=["[red]web[/red]", "[/]"]), "en")
    assert "[red]web[/red]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("role", "code", "named"),
    [
        ("all", "config.production_refused", "neighbours.bank"),
        ("subscriber", "config.production_refused", "web.public_url"),
        ("operator", "config.production_refused", "neighbours.registry"),
        ("signer", "config.unreadable", "signer.secret_file"),
    ],
)
def test_no_role_starts_in_production_as_in_a_sandbox(
    run: Run, tmp_path: Path, role: str, code: str, named: str
) -> None:
    config = tmp_path / "production.toml"
    config.write_text(f'environment = "production"\ndata_dir = "{tmp_path}/data"\n', "utf-8")
    done = run("serve", role, "--config", config)
    assert done.code == 1
    assert done.refusal is not None
    assert done.refusal.code == code
    assert named in str(done.refusal.fields)
    assert not (tmp_path / "data").exists()


def test_as_a_process_a_refused_start_is_told_in_words(tmp_path: Path) -> None:
    config = tmp_path / "production.toml"
    config.write_text(f'environment = "production"\ndata_dir = "{tmp_path}/data"\n', "utf-8")
    command = [sys.executable, "-m", "dojang.cli", "serve", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "운영 모드로 시작할 수 없어요 (config.production_refused)" in done.stderr
    assert "neighbours.bank, neighbours.telephony" in done.stderr
    assert "Traceback" not in done.stderr
