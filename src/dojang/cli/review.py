"""`dojang review list|show|approve|reject|frozen|unfreeze`: decide doubtful identity proofing from the command line.

Whoever may open the store decides; the decision is recorded under the operator account named, which must be a
reviewer's.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from dojang.bootstrap import Office, open_office
from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.controls.access.model import Role, RoleRequired
from dojang.lifecycle.identity_proofing.review import freezes, usecases
from dojang.lifecycle.identity_proofing.review.model import RejectionReason, ReviewItem

app = typer.Typer(name="review", help="Doubtful identity proofing.", no_args_is_help=True)

Reviewer = Annotated[str, typer.Option("--as", help="Login name of the reviewer who decides")]


@app.command("list")
def list_reviews(config: ConfigFile = None) -> None:
    """Print open reviews, oldest first, one JSON object a line."""
    for item in usecases.list_reviews(store=open_office(load_settings(config)).store):
        typer.echo(json.dumps(_line(item), ensure_ascii=False))


@app.command()
def show(
    review_id: str,
    reviewer: Reviewer,
    pictures: Annotated[Path | None, typer.Option(help="Write the masked pictures into this directory")] = None,
    config: ConfigFile = None,
) -> None:
    """Print one review with the document's values, RRN masked; looking is audited."""
    office = open_office(load_settings(config))
    operator_id = _reviewer(office, reviewer)
    detail = usecases.show_review(review_id, operator_id=operator_id, store=office.store, now=office.clock.now())
    fields = {one.name.value: {"value": one.value, "source": one.source.value} for one in detail.fields}
    found = {**_line(detail.item), "document": fields, "entered": dict(detail.entered)}
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    if pictures is not None:
        pictures.mkdir(mode=0o700, parents=True, exist_ok=True)
        for side, jpeg in detail.pictures.items():
            (pictures / f"{review_id}-{side.value}.jpg").write_bytes(jpeg)


@app.command()
def approve(review_id: str, reviewer: Reviewer, config: ConfigFile = None) -> None:
    """Decide that the evidence convinces."""
    office = open_office(load_settings(config))
    item = usecases.approve_review(
        review_id,
        operator_id=_reviewer(office, reviewer),
        store=office.store,
        policy=office.settings.policy.proofing,
        now=office.clock.now(),
    )
    typer.echo(json.dumps(_line(item), ensure_ascii=False))


@app.command()
def reject(
    review_id: str,
    reviewer: Reviewer,
    reason: Annotated[RejectionReason, typer.Option(help="Why")],
    final: Annotated[bool, typer.Option(help="No other evidence will do: the application ends")] = False,
    config: ConfigFile = None,
) -> None:
    """Decide that the evidence does not convince."""
    office = open_office(load_settings(config))
    item = usecases.reject_review(
        review_id,
        operator_id=_reviewer(office, reviewer),
        reason=reason,
        final=final,
        store=office.store,
        policy=office.settings.policy.proofing,
        now=office.clock.now(),
    )
    typer.echo(json.dumps(_line(item), ensure_ascii=False))


@app.command()
def frozen(config: ConfigFile = None) -> None:
    """Print cases in which somebody said on the telephone that they did not apply, oldest first, one object a line."""
    for one in freezes.list_frozen(store=open_office(load_settings(config)).store):
        line = {"case": one.id, "application": one.application_id, "opened_at": one.opened_at.isoformat()}
        typer.echo(json.dumps(line))


@app.command()
def unfreeze(case_id: str, reviewer: Reviewer, config: ConfigFile = None) -> None:
    """Let the person apply again, after you have spoken to them. The frozen application stays ended."""
    office = open_office(load_settings(config))
    operator_id = _reviewer(office, reviewer)
    freezes.lift_freeze(case_id, operator_id=operator_id, store=office.store, now=office.clock.now())
    typer.echo("freeze lifted")


def _reviewer(office: Office, login_name: str) -> str:
    account = office.store.read(lambda tx: tx.accounts.find_by_login_name(login_name))
    if account is None or account.role is not Role.REVIEWER:
        raise RoleRequired()
    return account.id


def _line(item: ReviewItem) -> dict[str, object]:
    return {
        "id": item.id,
        "check": item.check.value,
        "subject": item.subject.value,
        "state": item.state.value,
        "findings": [one.code for one in item.findings],
        "opened_at": item.opened_at.isoformat(),
    }


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app)
