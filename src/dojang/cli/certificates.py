"""`dojang issue|suspend|resume|revoke|show`: certificates from the operator's side."""

import json
from pathlib import Path
from typing import Annotated

import typer

from dojang.bootstrap import open_office, open_signer
from dojang.cli.officer import OfficerName, officer_of
from dojang.cli.option import ConfigFile
from dojang.config import load_settings
from dojang.lifecycle.issuance.model import IssuanceRequest
from dojang.lifecycle.revocation import usecases as revocation
from dojang.lifecycle.revocation.model import HoldReason
from dojang.lifecycle.status import usecases as status
from dojang.pki.certificate import certificate_pem

SerialNumber = Annotated[int, typer.Argument(min=1, max=2**53 - 1, help="A serial number, decimal")]
WhyHold = Annotated[HoldReason, typer.Option("--reason", help="Stands in the audit log")]
ExistingFile = Annotated[Path, typer.Option(exists=True, dir_okay=False)]


def issue(
    application_id: str,
    signing_request: ExistingFile,
    key_management_request: ExistingFile,
    sealed_r: ExistingFile,
    subscriber: Annotated[str, typer.Option(help="Id of the subscriber's account")],
    out: Annotated[Path, typer.Option(help="Directory for the certificates (PEM)")] = Path(),
    config: ConfigFile = None,
) -> None:
    """Issue for an identified application from files: two PKCS#10 (DER) and R sealed to the transport key.

    For subscribers whose device cannot reach the office. Identity proofing must have concluded; nothing is skipped.
    """
    office = open_signer(load_settings(config))
    request = IssuanceRequest(
        application_id=application_id,
        subscriber_id=subscriber,
        idempotency_key=f"cli-{application_id}",
        signing_request_der=signing_request.read_bytes(),
        key_management_request_der=key_management_request.read_bytes(),
        sealed_r=sealed_r.read_bytes(),
    )
    issued = office.issuing.issue(request, office.clock.now())
    out.mkdir(parents=True, exist_ok=True)
    for name, one in (("signing", issued.signing), ("key-management", issued.key_management)):
        path = out / f"{one.serial}-{name}.pem"
        path.write_bytes(certificate_pem(one.certificate_der))
        typer.echo(str(path))


def revoke(
    serial: SerialNumber,
    reason: Annotated[str, typer.Option(help="RFC 5280 reason, for example keyCompromise")],
    operator: OfficerName,
    config: ConfigFile = None,
) -> None:
    """Revoke a certificate set, finally; the worker puts it on the CRL at once."""
    office = open_office(load_settings(config))
    actor = officer_of(office, operator)
    standing = revocation.revoke(serial, reason, actor=actor, store=office.store, now=office.clock.now())
    typer.echo(standing.state.value)


def suspend(serial: SerialNumber, reason: WhyHold, operator: OfficerName, config: ConfigFile = None) -> None:
    """Put a certificate set on hold; its owner cannot lift a hold of the office's."""
    office = open_office(load_settings(config))
    standing = revocation.suspend(
        serial,
        actor=officer_of(office, operator),
        store=office.store,
        policy=office.settings.policy.revocation,
        now=office.clock.now(),
        why=reason,
    )
    typer.echo(standing.state.value)


def resume(serial: SerialNumber, reason: WhyHold, operator: OfficerName, config: ConfigFile = None) -> None:
    """Lift a hold, whoever set it."""
    office = open_office(load_settings(config))
    actor = officer_of(office, operator)
    standing = revocation.resume(serial, actor=actor, store=office.store, now=office.clock.now(), why=reason)
    typer.echo(standing.state.value)


def show(serial: SerialNumber, config: ConfigFile = None) -> None:
    """Print what is known of a serial number, as JSON."""
    known = status.get_status(serial, store=open_office(load_settings(config)).store)
    typer.echo(
        json.dumps(
            {
                "serial": str(known.serial),
                "kind": known.kind,
                "state": known.state.value,
                "reason": known.reason,
                "since": known.since.isoformat() if known.since else None,
                "not_before": known.not_before.isoformat(),
                "not_after": known.not_after.isoformat(),
            },
            indent=2,
        )
    )


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (issue, suspend, resume, revoke, show):
        app.command()(command)
