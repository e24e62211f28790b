"""The command `dojang`: one module per group of commands, registered here.

Exit codes: 0 done, 1 refused (the reason is printed with its code), 2 wrong use.
"""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

import dojang
from dojang.cli import (
    audit,
    ceremony,
    certificates,
    delegates,
    field_keys,
    operators,
    read_id,
    relying_parties,
    review,
    sandbox_customers,
    serve,
    support,
    transfer,
    verify,
)
from dojang.cli.demo import command as demo
from dojang.kernel.catalogue import load_catalogue
from dojang.kernel.errors import DojangError

app = typer.Typer(
    name="dojang",
    help="도장: a bank's certificate office. Start with `dojang demo` or `dojang serve`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for module in (
    demo,
    serve,
    ceremony,
    certificates,
    delegates,
    field_keys,
    verify,
    review,
    support,
    audit,
    operators,
    relying_parties,
    sandbox_customers,
    read_id,
    transfer,
):
    module.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"dojang {dojang.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version")
    ] = False,
) -> None:
    """Options before any command."""


def run() -> None:
    """Run the command line; an anticipated refusal is told in plain words instead of a traceback."""
    try:
        app()
    except DojangError as refusal:
        explain(refusal)
        sys.exit(1)


def explain(refusal: DojangError, language: str = "ko") -> None:
    """Print what happened, why and what next, with the code."""
    words = load_catalogue().get(refusal.code, language)
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(f"[bold red]{escape(words.title)}[/] [dim]({refusal.code})[/]")
    console.print(escape(words.cause))
    console.print(f"→ {escape(words.next)}")
    for name, value in refusal.fields.items():
        shown = ", ".join(value) if isinstance(value, list) else str(value)
        console.print(f"  [dim]{name}: {escape(shown)}[/]")
