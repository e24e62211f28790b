"""`dojang relying-party …`: sites that rely on certificates, and where they are told of events."""

from typing import Annotated

import typer

from dojang.bootstrap import Office, open_office
from dojang.cli.officer import OfficerName, officer_of
from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.controls.party_events import webhooks
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
    """Register a party; its secret, and that of its webhook, are shown this once."""
    office = open_office(load_settings(config))
    actor = officer_of(office, operator)
    registration = parties.register_party(
        name,
        redirect_uris=redirect or (),
        webhook_uri=webhook,
        actor=actor,
        store=office.store,
        chance=office.chance,
        now=office.clock.now(),
    )
    _show(registration)
    if webhook is not None:
        _show_webhook_secret(registration.party.client_id, actor, office)


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


@app.command("set-webhook")
def set_webhook(
    client_id: ClientId,
    operator: OfficerName,
    to: Annotated[str | None, typer.Option(help="The address; left out, the party has no webhook any more")] = None,
    config: ConfigFile = None,
) -> None:
    """Tell a party of events at this address from now on, or by polls alone."""
    office = open_office(load_settings(config))
    actor = officer_of(office, operator)
    webhooks.set_webhook(client_id, to, actor=actor, store=office.store, now=office.clock.now())
    if to is not None and not webhooks.get_webhook(client_id, store=office.store).has_secret:
        _show_webhook_secret(client_id, actor, office)


@app.command("renew-webhook-secret")
def renew_webhook_secret(client_id: ClientId, operator: OfficerName, config: ConfigFile = None) -> None:
    """Give a party's webhook a new secret; the old one signs beside it for a while."""
    office = open_office(load_settings(config))
    _show_webhook_secret(client_id, officer_of(office, operator), office)


@app.command("resume-webhook")
def resume_webhook(client_id: ClientId, operator: OfficerName, config: ConfigFile = None) -> None:
    """Send to a webhook again that was given up."""
    office = open_office(load_settings(config))
    actor = officer_of(office, operator)
    webhooks.resume_webhook(client_id, actor=actor, store=office.store, now=office.clock.now())
    typer.echo("resumed")


def _show_webhook_secret(client_id: str, actor: str, office: Office) -> None:
    shown = webhooks.renew_webhook_secret(
        client_id,
        actor=actor,
        store=office.store,
        chance=office.chance,
        policy=office.settings.policy.party_events,
        now=office.clock.now(),
    )
    typer.echo(f"webhook_secret  {shown.secret}")


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
