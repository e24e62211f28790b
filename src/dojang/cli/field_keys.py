"""`dojang keys list|add|use|reseal|retire`: the keys that seal fields in the store. docs/operating.md has the order."""

from pathlib import Path
from typing import Annotated

import typer

from dojang.adapters.secrecy.key_ring import KeyRingFile
from dojang.bootstrap import Office, fields_ring_of, open_office
from dojang.cli.officer import OfficerName, officer_of
from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.controls.field_keys import usecases
from dojang.controls.field_keys.model import ResealedBatch

app = typer.Typer(name="keys", help="Keys that seal fields in the store.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="As `dojang keys list` shows it", min=1)]


@app.command("list")
def show_all(config: ConfigFile = None) -> None:
    """List the keys: number, whether it seals or only opens, and how many stored values it sealed."""
    settings = load_settings(config)
    store = open_office(settings).store
    for one in usecases.list_keys(ring=KeyRingFile(fields_ring_of(settings)), store=store):
        typer.echo(f"{one.number:>4}  {'seals' if one.seals else 'opens':<5}  {one.values}")


@app.command()
def add(operator: OfficerName, config: ConfigFile = None) -> None:
    """Add a key and print its number. It opens and does not seal yet: carry the ring to every machine, then `use`."""
    office, ring, actor = _at_the_ring(operator, config)
    typer.echo(usecases.add_key(ring=ring, actor=actor, store=office.store, now=office.clock.now()))


@app.command()
def use(number: Number, operator: OfficerName, config: ConfigFile = None) -> None:
    """Have a key seal whatever is stored from now on; the others go on opening."""
    office, ring, actor = _at_the_ring(operator, config)
    usecases.choose_key(number, ring=ring, actor=actor, store=office.store, now=office.clock.now())
    typer.echo(f"{number} seals")


@app.command()
def reseal(
    operator: OfficerName,
    batch: Annotated[int, typer.Option(help="Records in one transaction", min=1, max=1000)] = 20,
    config: ConfigFile = None,
) -> None:
    """Seal anew what other keys sealed, beside the running office. Interrupt it as you like; again goes on.

    Exit code 1 when values are left that no key of the ring opens.
    """
    office, ring, actor = _at_the_ring(operator, config)

    def told(done: ResealedBatch) -> None:
        if done.values:
            typer.echo(f"{done.table}: {done.values}")

    done = usecases.reseal_all(
        ring=ring, actor=actor, store=office.store, now=office.clock.now(), batch=batch, told=told
    )
    for one in done.unreadable:
        typer.echo(f"does not open: {one}", err=True)
    typer.echo(f"{sum(done.values.values())} values sealed anew")
    if done.unreadable:
        raise typer.Exit(1)


@app.command()
def retire(number: Number, operator: OfficerName, config: ConfigFile = None) -> None:
    """Take a key off the ring. Refused while anything stored is sealed with it; backups may still need it."""
    office, ring, actor = _at_the_ring(operator, config)
    usecases.retire_key(number, ring=ring, actor=actor, store=office.store, now=office.clock.now())
    typer.echo(f"{number} retired")


def _at_the_ring(operator: str, config: Path | None) -> tuple[Office, KeyRingFile, str]:
    """Return the office, its key ring, and the officer as the audit log names them."""
    settings = load_settings(config)
    office = open_office(settings)
    return office, KeyRingFile(fields_ring_of(settings)), officer_of(office, operator)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app)
