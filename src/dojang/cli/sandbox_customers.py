"""`dojang sandbox-customers OUT`: the misbehaving customers' signatures, keys and expected verdicts, in a folder.

They are those of the simulator beside the office: the same authority, which the office trusts for verification while it
is a sandbox. No production office has them.
"""

from pathlib import Path
from typing import Annotated, ClassVar

import typer

from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.kernel.errors import DojangError, Fault


class NoSandboxBeside(DojangError):
    """Test customers were asked for where no simulator may stand beside the office: in production."""

    code: ClassVar[str] = "sandbox_customers.no_sandbox"
    fault: ClassVar[Fault] = Fault.OPERATOR


def sandbox_customers(
    out: Annotated[Path, typer.Argument(help="Folder to write", file_okay=False)], config: ConfigFile = None
) -> None:
    """Write the test customers: good, expired, revoked, suspended, … with what must come back for each."""
    settings = load_settings(config)
    if not settings.has_sandbox_beside:
        raise NoSandboxBeside()
    from dojang.sandbox import clock
    from dojang.sandbox.authority.branches import PASSWORD
    from dojang.sandbox.authority.kit import write_kit
    from dojang.sandbox.authority.office import AuthorityOffice
    from dojang.sandbox.authority.records import Memory
    from dojang.sandbox.state import State

    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = State(settings.data_dir / "sandbox.db")
    try:
        write_kit(AuthorityOffice(Memory(state), settings.sandbox_url), out, clock.now())
    finally:
        state.close()
    typer.echo(f"{out / 'expected.json'}")
    typer.echo(f"password {PASSWORD}")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sandbox-customers")(sandbox_customers)
