"""`dojang audit verify|list|export|check|key|head`: the whole log, one matter, or a range to take along and check."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dojang.adapters.clock import SystemClock
from dojang.adapters.secrecy.audit_key import Ed25519HeadKey, parse_head_key
from dojang.adapters.store.audit_log import AuditHeads, AuditLogView
from dojang.adapters.store.audit_subjects import related_subjects
from dojang.adapters.store.engine import Database
from dojang.bootstrap import (
    Office,
    open_audit_signer,
    open_database_of,
    open_office,
    open_witness,
    refuse_lost_audit_key,
)
from dojang.cli.option import ConfigFile
from dojang.config import Settings, load_settings
from dojang.controls.access.model import Role, RoleRequired
from dojang.controls.audit_log.checkpoint import verifier_key
from dojang.controls.audit_log.export import CheckedRange, check_range, choose_range, write_range
from dojang.controls.audit_log.usecases import check_log, enter_export, publish_head

app = typer.Typer(name="audit", help="The audit log.", no_args_is_help=True)

PublicKey = Annotated[str, typer.Option("--key", help="The log's public key, as `dojang audit key` prints it")]


@app.command()
def verify(
    public_key: Annotated[
        str, typer.Option("--key", help="The log's public key; without it the key file is read")
    ] = "",
    config: ConfigFile = None,
) -> None:
    """Check every entry, hash and signed head, against the witness file too; exit code 1 when anything is amiss."""
    settings = load_settings(config)
    database = open_database_of(settings)
    key = parse_head_key(public_key) if public_key else _own_key(settings, database)
    with database.reading() as connection:
        verified = check_log(AuditLogView(connection), key, open_witness(settings))
    Console().print(f"[green]✓[/] {verified.size} entries, root {verified.root.hex()}", highlight=False)


@app.command("list")
def list_entries(
    subject: Annotated[str, typer.Argument(help="Id of an application, a case, an account; a serial number")],
    config: ConfigFile = None,
) -> None:
    """Print what happened to one subject, oldest first, one JSON object a line.

    An application's proofing case, reviews, issuance and certificates come with it.
    """
    with open_database_of(load_settings(config)).reading() as connection:
        entries = AuditLogView(connection).list_entries(*related_subjects(connection, subject))
    for position, entry in entries:
        line = {"position": position, "at": entry.at.isoformat(), "tag": entry.tag, "actor": entry.actor}
        typer.echo(json.dumps({**line, "subject": entry.subject, "data": dict(entry.data)}, ensure_ascii=False))


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the range", dir_okay=False)],
    auditor: Annotated[str, typer.Option("--as", help="Login name of the auditor who takes it")],
    first: Annotated[int, typer.Option(help="Position of the first entry", min=0)] = 0,
    up_to: Annotated[int | None, typer.Option(help="End near this size of the log; else at its newest head")] = None,
    config: ConfigFile = None,
) -> None:
    """Write a range of the log that ends at a signed head, to be checked anywhere with `dojang audit check`.

    Prints the size it ends at: begin the next range there.
    """
    office = open_office(load_settings(config))
    actor = _auditor(office, auditor)
    with office.database.reading() as connection:
        view = AuditLogView(connection)
        chosen = choose_range(view, first=first, near=up_to)
        enter_export(chosen, actor=actor, store=office.store, now=office.clock.now())
        with file.open("wb") as written:
            written.writelines(write_range(view, chosen))
    typer.echo(chosen.size)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="An exported range", exists=True, dir_okay=False)],
    public_key: PublicKey,
    after: Annotated[
        Path | None, typer.Option(help="The range before it: this one must go on there", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """Check an exported range by itself: no office, no settings, no secret; exit code 1 when anything is amiss."""
    key = parse_head_key(public_key)
    earlier = None if after is None else _checked(after, key, None)
    found = _checked(file, key, earlier)
    told = f"entries {found.first} to {found.size - 1} of a log of {found.size} on {found.at.isoformat()}"
    Console().print(f"[green]✓[/] {told}, root {found.root.hex()}", highlight=False, soft_wrap=True)


@app.command("key")
def show_key(config: ConfigFile = None) -> None:
    """Print the log's public key, to be handed to auditors by another way than the log."""
    settings = load_settings(config)
    typer.echo(verifier_key(_own_key(settings, open_database_of(settings))))


@app.command()
def head(config: ConfigFile = None) -> None:
    """Sign the log's head now, hand it to the witness, and print the checkpoint."""
    settings = load_settings(config)
    database = open_database_of(settings)
    refuse_lost_audit_key(settings, database)
    heads = AuditHeads(database)
    signed = publish_head(heads, open_audit_signer(settings), open_witness(settings), SystemClock().now())
    typer.echo(signed.note())


def _own_key(settings: Settings, database: Database) -> Ed25519HeadKey:
    refuse_lost_audit_key(settings, database)
    return open_audit_signer(settings).public


def _checked(file: Path, key: Ed25519HeadKey, after: CheckedRange | None) -> CheckedRange:
    with file.open("rb") as lines:
        return check_range(lines, key, after=after)


def _auditor(office: Office, login_name: str) -> str:
    account = office.store.read(lambda tx: tx.accounts.find_by_login_name(login_name))
    if account is None or account.role is not Role.AUDITOR:
        raise RoleRequired()
    return f"operator:{account.id}"


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app)
