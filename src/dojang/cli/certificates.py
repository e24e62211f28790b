"""`dojang issue|suspend|resume|revoke|show|verify`: certificates from the operator's side."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from dojang.adapters.authority_folder import read_authority_folder
from dojang.adapters.clock import SystemClock
from dojang.bootstrap import Office, open_issuer, open_office, open_signer
from dojang.cli.option import ConfigFile
from dojang.config import Settings, load_settings
from dojang.controls.access.model import Role, RoleRequired
from dojang.kernel.errors import DojangError, Fault
from dojang.lifecycle.issuance.model import IssuanceRequest
from dojang.lifecycle.revocation import usecases as revocation
from dojang.lifecycle.revocation.model import HoldReason
from dojang.lifecycle.status import usecases as status
from dojang.pki.certificate import certificate_pem, parse_certificate, parse_certificates_pem
from dojang.pki.cms import verify_signed_content
from dojang.pki.crl import parse_crl
from dojang.pki.name import display_name
from dojang.pki.path.verification import verify_path

SerialNumber = Annotated[int, typer.Argument(min=1, max=2**53 - 1, help="A serial number, decimal")]
OfficerName = Annotated[str, typer.Option("--as", help="Login name of the officer who acts")]
WhyHold = Annotated[HoldReason, typer.Option("--reason", help="Stands in the audit log")]
ExistingFile = Annotated[Path, typer.Option(exists=True, dir_okay=False)]


class CertificateIsRevoked(DojangError):
    """The certificate stands on the revocation list it was held against."""

    code = "verify.revoked"
    fault = Fault.SUBSCRIBER


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
    actor = _officer(office, operator)
    standing = revocation.revoke(serial, reason, actor=actor, store=office.store, now=office.clock.now())
    typer.echo(standing.state.value)


def suspend(serial: SerialNumber, reason: WhyHold, operator: OfficerName, config: ConfigFile = None) -> None:
    """Put a certificate set on hold; its owner cannot lift a hold of the office's."""
    office = open_office(load_settings(config))
    standing = revocation.suspend(
        serial,
        actor=_officer(office, operator),
        store=office.store,
        policy=office.settings.policy.revocation,
        now=office.clock.now(),
        why=reason,
    )
    typer.echo(standing.state.value)


def resume(serial: SerialNumber, reason: WhyHold, operator: OfficerName, config: ConfigFile = None) -> None:
    """Lift a hold, whoever set it."""
    office = open_office(load_settings(config))
    actor = _officer(office, operator)
    standing = revocation.resume(serial, actor=actor, store=office.store, now=office.clock.now(), why=reason)
    typer.echo(standing.state.value)


def _officer(office: Office, login_name: str) -> str:
    """Return the officer as the audit log names them. Raises `RoleRequired`."""
    account = office.store.read(lambda tx: tx.accounts.find_by_login_name(login_name))
    if account is None or account.role is not Role.OFFICER:
        raise RoleRequired()
    return f"operator:{account.id}"


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


def verify(
    file: Annotated[Path, typer.Argument(help="A certificate (PEM) or a signed message (CMS, DER)", exists=True)],
    crl: Annotated[Path | None, typer.Option(help="Revocation list (DER) of the issuing CA", exists=True)] = None,
    at: Annotated[datetime | None, typer.Option(help="Judge as of this moment (UTC)")] = None,
    config: ConfigFile = None,
) -> None:
    """Verify a certificate or a signed message against this office's own root; exit code 1 when it does not hold."""
    settings = load_settings(config)
    content = file.read_bytes()
    if content.lstrip().startswith(b"-----BEGIN CERTIFICATE"):
        certificate_der = parse_certificates_pem(content)[0]
    else:
        certificate_der = verify_signed_content(content).certificate_der
    moment = at.replace(tzinfo=UTC) if at else SystemClock().now()
    _verify_certificate(settings, certificate_der, crl, moment)
    subject = display_name(parse_certificate(certificate_der).subject.public_bytes())
    Console(soft_wrap=True).print(f"[green]✓[/] {escape(subject)}", highlight=False)


def _verify_certificate(settings: Settings, certificate_der: bytes, crl: Path | None, moment: datetime) -> None:
    published = read_authority_folder(settings.authority_dir, ca_folder=settings.authority.organisation)
    verify_path(certificate_der, intermediates_der=[published.issuing_der], anchors_der=[published.root_der], at=moment)
    if crl is None:
        return
    listed = parse_crl(crl.read_bytes(), issuer=open_issuer(settings, published))
    serial = parse_certificate(certificate_der).serial_number
    if listed.get_revoked_certificate_by_serial_number(serial) is not None:
        raise CertificateIsRevoked(serial=str(serial))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (issue, suspend, resume, revoke, show, verify):
        app.command()(command)
