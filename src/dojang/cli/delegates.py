"""`dojang delegate list|revoke`: the keys that answer OCSP and stamp time in the CA's place."""

from typing import Annotated

import typer

from dojang.bootstrap import open_office
from dojang.cli.officer import OfficerName, officer_of
from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.controls.delegates.revoking import revoke_delegate

app = typer.Typer(name="delegate", help="Keys that answer in the CA's place.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keys that answer in the CA's place."""


@app.command("list")
def show_all(config: ConfigFile = None) -> None:
    """List the delegates there are and were: label, state, serial number, last moment of validity."""
    store = open_office(load_settings(config)).store
    for one in store.read(lambda tx: tx.delegates.list_all()):
        typer.echo(f"{one.label:<8}  {one.state.value:<8}  {one.serial:<16}  {one.not_after.isoformat()}")


@app.command()
def revoke(
    label: Annotated[str, typer.Argument(help="As `dojang delegate list` shows it, for example ocsp-3")],
    reason: Annotated[str, typer.Option(help="RFC 5280 reason, for example keyCompromise")],
    operator: OfficerName,
    config: ConfigFile = None,
) -> None:
    """Revoke a delegate, finally. Nobody answers with it any more; the worker certifies a successor with a new key."""
    office = open_office(load_settings(config))
    actor = officer_of(office, operator)
    typer.echo(revoke_delegate(label, reason, actor=actor, store=office.store, now=office.clock.now()).state.value)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app)
