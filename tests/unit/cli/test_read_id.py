"""`dojang read-id`: exit codes, the JSON's shape, and that `--mask` hides what it says."""

import json
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from dojang.cli.read_id import describe, register
from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import (
    Agreement,
    Decision,
    DocumentExamination,
    DocumentKind,
    DocumentReading,
    FieldName,
    FieldSource,
    ReadField,
    Side,
)


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    register(made)
    made.command("other")(lambda: None)  # with one command typer would drop its name
    return made


def read(value: str) -> ReadField:
    return ReadField(value=value, confidence=0.9, source=FieldSource.VISUAL)


def examination() -> DocumentExamination:
    doubt = Finding(code=FindingCode.LOW_CONFIDENCE, severity=Severity.REVIEW, field="name")
    front = DocumentReading(
        kind=DocumentKind.RESIDENT_CARD,
        side=Side.FRONT,
        fields={FieldName.NAME: read("나다운"), FieldName.RRN: read("900101-1970127")},
        quality={"sharpness": 0.8},
        findings=(doubt,),
    )
    return DocumentExamination(
        readings=(front,),
        findings=(doubt,),
        agreement=Agreement.NOT_COMPARABLE,
        decision=Decision.REVIEW,
        reasons=(doubt.code.value,),
        masked=(None,),
        crops={},
        seconds={"detect": 0.1},
    )


def test_the_description_has_the_agreed_shape() -> None:
    shown = describe(examination(), hide_rrn=False)
    assert shown["kind"] == "resident_card"
    assert shown["fields"]["rrn"] == {
        "value": "900101-1970127",
        "confidence": 0.9,
        "source": "visual",
        "valid": True,
    }
    assert shown["fields"]["name"]["valid"] is False
    assert shown["findings"][0]["code"] == "id_document.low_confidence"
    assert (shown["decision"], shown["reasons"]) == ("review", ["id_document.low_confidence"])
    assert shown["seconds"]["total"] == 0.1


def test_mask_hides_the_last_seven_digits() -> None:
    shown = json.dumps(describe(examination(), hide_rrn=True))
    assert "900101-*******" in shown
    assert "1970127" not in shown


def test_a_picture_without_a_document_exits_1(app: typer.Typer, tmp_path: Path) -> None:
    picture = tmp_path / "blank.png"
    Image.new("RGB", (900, 700), (120, 130, 140)).save(picture)
    result = CliRunner().invoke(app, ["read-id", str(picture), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["reasons"] == ["id_document.no_document"]


def test_an_unusable_file_exits_3_with_its_code(app: typer.Typer, tmp_path: Path) -> None:
    junk = tmp_path / "junk.jpg"
    junk.write_bytes(b"not a picture")
    result = CliRunner().invoke(app, ["read-id", str(junk), "--json"])
    assert result.exit_code == 3
    assert json.loads(result.stdout) == {"error": "id_document.unsupported_file", "reason": "format"}


def test_an_absent_file_exits_3(app: typer.Typer, tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["read-id", str(tmp_path / "none.jpg")]).exit_code == 3
