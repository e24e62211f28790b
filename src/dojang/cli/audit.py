"""`dojang audit verify|list`: check the whole audit log; show what happened to one subject."""

import json
from typing import Annotated

import typer
from rich.console import Console

from dojang.adapters.clock import SystemClock
from dojang.adapters.store.audit_log import AuditHeads, AuditLogView
from dojang.adapters.store.identity_proofing.cases import SqlProofingCases
from dojang.bootstrap import open_audit_signer, open_database_of, open_witness, refuse_lost_audit_key
from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.controls.audit_log.usecases import check_log, publish_head

app = typer.Typer(name="audit", help="The audit log.", no_args_is_help=True)


@app.command()
def verify(config: ConfigFile = None) -> None:
    """Check every entry, hash and signed head, against the witness file too; exit code 1 when anything is amiss."""
    settings = load_settings(config)
    database = open_database_of(settings)
    refuse_lost_audit_key(settings, database)
    key = open_audit_signer(settings).public
    with database.reading() as connection:
        verified = check_log(AuditLogView(connection), key, open_witness(settings))
    console = Console()
    console.print(f"[green]✓[/] {verified.size} entries, root {verified.root.hex()}", highlight=False)


@app.command("list")
def list_entries(
    subject: Annotated[str, typer.Argument(help="Id of an application, a case, an account; a serial number")],
    config: ConfigFile = None,
) -> None:
    """Print what happened to one subject, oldest first, one JSON object a line; an application's proofing with it."""
    with open_database_of(load_settings(config)).reading() as connection:
        case = SqlProofingCases(connection).find_case_of(subject)
        subjects = (subject,) if case is None else (subject, case.id)
        entries = AuditLogView(connection).list_entries(*subjects)
    for position, entry in entries:
        line = {"position": position, "at": entry.at.isoformat(), "tag": entry.tag, "actor": entry.actor}
        typer.echo(json.dumps({**line, "subject": entry.subject, "data": dict(entry.data)}, ensure_ascii=False))


@app.command()
def head(config: ConfigFile = None) -> None:
    """Sign the log's head now, hand it to the witness, and print the checkpoint."""
    settings = load_settings(config)
    database = open_database_of(settings)
    refuse_lost_audit_key(settings, database)
    heads = AuditHeads(database)
    signed = publish_head(heads, open_audit_signer(settings), open_witness(settings), SystemClock().now())
    typer.echo(signed.note())


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app)
