"""The officer in whose name a command acts."""

from typing import Annotated

import typer

from dojang.bootstrap import Office
from dojang.controls.access.model import Role, RoleRequired

OfficerName = Annotated[str, typer.Option("--as", help="Login name of the officer who acts")]


def officer_of(office: Office, login_name: str) -> str:
    """Return the officer as the audit log names them. Raises `RoleRequired`."""
    account = office.store.read(lambda tx: tx.accounts.find_by_login_name(login_name))
    if account is None or account.role is not Role.OFFICER:
        raise RoleRequired()
    return f"operator:{account.id}"
