"""`dojang read-id FRONT [BACK]`: the document reader alone, on any photographs. An operator's local tool.

Prints what was read, measured and found, with the decision; stores nothing. The full RRN is shown unless `--mask`.
Exit codes: 0 accept, 1 retake or refuse, 2 review, 3 a file that cannot be used.
"""

import json as json_text
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any

import typer

from dojang.adapters.clock import SystemClock
from dojang.adapters.id_document.picture import encode_jpeg
from dojang.adapters.id_document.reader import ExaminingReader
from dojang.kernel.errors import DojangError
from dojang.lifecycle.identity_proofing.id_document.finding import Severity
from dojang.lifecycle.identity_proofing.id_document.model import (
    Decision,
    DocumentExamination,
    DocumentKind,
    DocumentReading,
    FieldName,
)

KST = timezone(timedelta(hours=9))
EXIT_CODES = {Decision.ACCEPT: 0, Decision.RETAKE: 1, Decision.REFUSE: 1, Decision.REVIEW: 2}
EXIT_UNUSABLE = 3


def read_id(
    front: Annotated[Path, typer.Argument(help="Photograph or scan of the front (JPEG, PNG or WebP).")],
    back: Annotated[Path | None, typer.Argument(help="Photograph or scan of the back.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    mask: Annotated[bool, typer.Option("--mask", help="Hide the last seven digits of the RRN.")] = False,
    kind: Annotated[DocumentKind | None, typer.Option(help="The kind the document ought to be.")] = None,
    stages: Annotated[
        Path | None, typer.Option(help="Write a picture and notes of every stage into this folder.")
    ] = None,
    day: Annotated[datetime | None, typer.Option("--day", formats=["%Y-%m-%d"], help="Judge as of this day.")] = None,
) -> None:
    """Read an identity document off photographs and print its fields, quality, findings and decision."""
    today = day.date() if day is not None else SystemClock().now().astimezone(KST).date()
    try:
        files = [path.read_bytes() for path in (front, back) if path is not None]
    except OSError as error:
        typer.echo(f"cannot read {error.filename}", err=True)
        raise typer.Exit(EXIT_UNUSABLE) from None
    try:
        reader = ExaminingReader()
        if stages is not None:
            _write_stages(reader, files[0], stages, today=today)
        examination = reader.read_document(files[0], files[1] if len(files) > 1 else None, today=today, expected=kind)
    except DojangError as error:
        typer.echo(_dump({"error": error.code, **error.fields}) if json else str(error), err=not json)
        raise typer.Exit(EXIT_UNUSABLE) from None
    result = describe(examination, hide_rrn=mask)
    typer.echo(_dump(result) if json else _table(result))
    raise typer.Exit(EXIT_CODES[examination.decision])


def register(app: typer.Typer) -> None:
    """Add the command `read-id` to `app`."""
    app.command("read-id")(read_id)


def _write_stages(reader: ExaminingReader, file: bytes, folder: Path, *, today: date) -> None:
    """Write each stage of reading the front as `NAME.jpg` and `NAME.json`. They show everything, the RRN included."""
    folder.mkdir(parents=True, exist_ok=True)
    for stage in reader.show_stages(file, today=today):
        (folder / f"{stage.name}.jpg").write_bytes(encode_jpeg(stage.picture))
        notes = {**stage.notes, "seconds": stage.seconds}
        (folder / f"{stage.name}.json").write_text(_dump(notes), encoding="utf-8")


def describe(examination: DocumentExamination, *, hide_rrn: bool) -> dict[str, Any]:
    """Return the examination as plain values, the front's at the top and the back's under `back`."""
    front, *others = examination.readings
    result = _describe_side(front, hide_rrn=hide_rrn)
    if others:
        result["back"] = _describe_side(others[0], hide_rrn=hide_rrn)
        result["sides"] = examination.agreement.value
    result["findings"] = [
        {
            "code": finding.code.value,
            "field": finding.field,
            "severity": finding.severity.value,
            "side": finding.side,
            "detail": finding.detail,
        }
        for finding in examination.findings
    ]
    result["decision"] = examination.decision.value
    result["reasons"] = list(examination.reasons)
    seconds = dict(examination.seconds)
    result["seconds"] = {**seconds, "total": round(sum(seconds.values()), 4)}
    return result


def _describe_side(reading: DocumentReading, *, hide_rrn: bool) -> dict[str, Any]:
    doubted = {finding.field for finding in reading.findings if finding.severity is not Severity.NOTE}
    fields = {
        name.value: {
            "value": _shown(name, read.value, hide_rrn=hide_rrn),
            "confidence": read.confidence,
            "source": read.source.value,
            "valid": name.value not in doubted,
        }
        for name, read in reading.fields.items()
    }
    return {
        "kind": None if reading.kind is None else reading.kind.value,
        "side": None if reading.side is None else reading.side.value,
        "fields": fields,
        "quality": dict(reading.quality),
    }


def _shown(name: FieldName, value: str, *, hide_rrn: bool) -> str:
    if not hide_rrn:
        return value
    if name is FieldName.RRN:
        return value[:7] + "*" * 7
    if name is FieldName.MRZ_LINE_2 and value[28:35].isdecimal():
        return value[:28] + "*" * 7 + value[35:]
    return value


def _dump(result: Mapping[str, Any]) -> str:
    return json_text.dumps(result, ensure_ascii=False, indent=2)


def _table(result: Mapping[str, Any]) -> str:
    lines = [f"{result['kind'] or 'not recognised'} {result['side'] or ''}".strip()]
    for side in (result, result.get("back", {"fields": {}})):
        for name, read in side["fields"].items():
            mark = " " if read["valid"] else "!"
            lines.append(f"{mark} {name:<16} {read['value']}  ({read['confidence']:.2f}, {read['source']})")
    for finding in result["findings"]:
        about = " ".join(str(part) for part in (finding["field"], finding["detail"]) if part)
        lines.append(f"- {finding['severity']}: {finding['code']} {about}".rstrip())
    lines.append(f"decision: {result['decision']}")
    return "\n".join(lines)
