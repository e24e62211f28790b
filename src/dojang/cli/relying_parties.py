"""`dojang relying-party add|list|renew-secret|bar|admit`: sites that rely on certificates."""

from typing import Annotated

import typer

from dojang.bootstrap import Office, open_office
from dojang.cli.officer import OfficerName, officer_of
from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.controls.relying_parties import usecases as parties
from dojang.controls.relying_parties.model import PartyState, Registration

app = typer.Typer(name="relying-party", help="Sites that rely on certificates.", no_args_is_help=True)
ClientId = Annotated[str, typer.Argument(help="Client id of the party")]


@app.callback()
def group() -> None:
    """Sites that rely on certificates."""


@app.command()
def add(
    name: str,
    operator: OfficerName,
    redirect: Annotated[list[str] | None, typer.Option(help="Address people come back to; may be repeated")] = None,
    webhook: Annotated[str | None, typer.Option(help="Address that is told of events")] = None,
    config: ConfigFile = None,
) -> None:
    """Register a party; its secret is shown this once."""
    office = open_office(load_settings(config))
    _show(
        parties.register_party(
            name,
            redirect_uris=redirect or (),
            webhook_uri=webhook,
            actor=officer_of(office, operator),
            store=office.store,
            chance=office.chance,
            now=office.clock.now(),
        )
    )


@app.command("list")
def show_all(config: ConfigFile = None) -> None:
    """List the parties: client id, state, name."""
    for one in parties.list_parties(store=open_office(load_settings(config)).store):
        typer.echo(f"{one.client_id}  {one.state.value:<6}  {one.name}")


@app.command("renew-secret")
def renew_secret(client_id: ClientId, operator: OfficerName, config: ConfigFile = None) -> None:
    """Give a party a new secret; the old one is refused from now on."""
    office = open_office(load_settings(config))
    actor = officer_of(office, operator)
    _show(
        parties.renew_secret(client_id, actor=actor, store=office.store, chance=office.chance, now=office.clock.now())
    )


@app.command()
def bar(client_id: ClientId, operator: OfficerName, config: ConfigFile = None) -> None:
    """Serve a party no more."""
    _set_state(client_id, PartyState.BARRED, operator, open_office(load_settings(config)))


@app.command()
def admit(client_id: ClientId, operator: OfficerName, config: ConfigFile = None) -> None:
    """Serve a barred party again."""
    _set_state(client_id, PartyState.ACTIVE, operator, open_office(load_settings(config)))


def _set_state(client_id: str, state: PartyState, operator: str, office: Office) -> None:
    actor = officer_of(office, operator)
    party = parties.set_party_state(client_id, state, actor=actor, store=office.store, now=office.clock.now())
    typer.echo(party.state.value)


def _show(registration: Registration) -> None:
    typer.echo(f"client_id  {registration.party.client_id}")
    typer.echo(f"secret     {registration.secret}")


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app)
