"""`dojang read-id --stages`: a picture and notes of each stage, on a drawn specimen."""

import json
from pathlib import Path

import typer
from PIL import Image
from typer.testing import CliRunner

from dojang.cli.read_id import register
from dojang.sandbox.specimen.suite import DEVELOPMENT, plan_suite, take


def test_every_stage_leaves_a_picture_and_notes(tmp_path: Path) -> None:
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)
    photograph = take(plan_suite(24, suite=DEVELOPMENT)[0])
    front, folder = tmp_path / "front.jpg", tmp_path / "stages"
    front.write_bytes(photograph.jpeg)
    result = CliRunner().invoke(app, ["read-id", str(front), "--day", "2026-11-01", "--stages", str(folder)])
    assert result.exit_code == 0, result.output
    names = ["1-text", "2-located", "3-straightened", "4-lines", "5-fields"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"{name}.{kind}" for name in names for kind in ("jpg", "json")
    )
    with Image.open(folder / "3-straightened.jpg") as card:
        assert abs(card.width / card.height - 85.6 / 53.98) < 0.02
    lines = json.loads((folder / "4-lines.json").read_text())
    assert lines["kind"] == "resident_card"
    fields = json.loads((folder / "5-fields.json").read_text())["fields"]
    assert fields["rrn"] == photograph.values["rrn"]
