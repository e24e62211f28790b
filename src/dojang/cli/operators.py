"""`dojang operator add`: give one of the bank's people an account and one role."""

from typing import Annotated

import typer

from dojang.bootstrap import open_office
from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.controls.access.model import Role
from dojang.controls.access.usecases import sign_up

app = typer.Typer(name="operator", help="The bank's own people.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """The bank's own people."""


@app.command()
def add(
    login_name: str,
    role: Role,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    config: ConfigFile = None,
) -> None:
    """Open an operator's account. Subscribers open their own."""
    if role is Role.SUBSCRIBER:
        raise typer.BadParameter("subscribers sign up themselves")
    office = open_office(load_settings(config))
    account = sign_up(
        login_name,
        password,
        role=role,
        store=office.store,
        hasher=office.hasher,
        chance=office.chance,
        now=office.clock.now(),
    )
    typer.echo(account.id)


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app)
