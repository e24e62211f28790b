"""`dojang support list|show|answer|close`: what subscribers handed over, from the command line.

Whoever may open the store may look; what is done is recorded under the operator account named, which must be support's.
"""

import json
from typing import Annotated

import typer

from dojang.bootstrap import Office, open_office
from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.controls.access.model import Role, RoleRequired
from dojang.controls.support import usecases
from dojang.controls.support.model import Ticket, TicketState

app = typer.Typer(name="support", help="What subscribers handed over.", no_args_is_help=True)

Operator = Annotated[str, typer.Option("--as", help="Login name of the operator (role support)")]
CaseId = Annotated[str, typer.Argument(help="The six characters the person reads out")]


@app.command("list")
def list_tickets(
    state: Annotated[TicketState, typer.Option(help="Which tickets")] = TicketState.OPEN, config: ConfigFile = None
) -> None:
    """Print tickets, the longest waiting first, one JSON object a line."""
    for ticket in usecases.list_tickets(state, store=open_office(load_settings(config)).store):
        typer.echo(json.dumps(_line(ticket), ensure_ascii=False))


@app.command()
def show(case_id: CaseId, operator: Operator, config: ConfigFile = None) -> None:
    """Print one ticket with its masked timeline and messages; looking is audited."""
    office = open_office(load_settings(config))
    ticket = usecases.show_ticket(
        case_id, operator_id=_operator(office, operator), store=office.store, now=office.clock.now()
    )
    failure, situation = ticket.failure, ticket.situation
    shown = {
        **_line(ticket),
        "application_id": ticket.application_id,
        "application": {"kind": situation.kind, "state": situation.state, "checks": dict(situation.checks)},
        "step": failure.step,
        "app_version": failure.app_version,
        "device": failure.device.value,
        "request_id": failure.request_id,
        "support_code": failure.support_code,
        "timeline": [{"at": one.at.isoformat(), "tag": one.tag, **one.facts} for one in ticket.timeline],
        "messages": [
            {"author": one.author.value, "at": one.at.isoformat(), "text": one.text, "masked": one.masked}
            for one in ticket.messages
        ],
    }
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))


@app.command()
def answer(case_id: CaseId, text: str, operator: Operator, config: ConfigFile = None) -> None:
    """Answer; the person sees it in the app and is told by notice."""
    office = open_office(load_settings(config))
    ticket = usecases.answer(
        case_id,
        text,
        operator_id=_operator(office, operator),
        store=office.store,
        policy=office.settings.policy.support,
        chance=office.chance,
        now=office.clock.now(),
    )
    typer.echo(json.dumps(_line(ticket), ensure_ascii=False))


@app.command()
def close(case_id: CaseId, operator: Operator, config: ConfigFile = None) -> None:
    """Close a ticket."""
    office = open_office(load_settings(config))
    ticket = usecases.close_ticket(
        case_id, operator_id=_operator(office, operator), store=office.store, now=office.clock.now()
    )
    typer.echo(json.dumps(_line(ticket), ensure_ascii=False))


def _operator(office: Office, login_name: str) -> str:
    account = office.store.read(lambda tx: tx.accounts.find_by_login_name(login_name))
    if account is None or account.role is not Role.SUPPORT:
        raise RoleRequired()
    return account.id


def _line(ticket: Ticket) -> dict[str, object]:
    return {
        "case_id": ticket.case_id,
        "state": ticket.state.value,
        "code": ticket.failure.code,
        "opened_at": ticket.opened_at.isoformat(),
        "changed_at": ticket.changed_at.isoformat(),
        "messages": len(ticket.messages),
    }


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app)
