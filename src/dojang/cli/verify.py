"""`dojang verify FILE`: judge certificates and signatures away from any office, with status data given or fetched.

Exit codes: 0 everything passed, 1 something failed or was refused, 3 nothing failed but something stays open.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, ClassVar

import typer
from rich.console import Console
from rich.markup import escape

from dojang.adapters.authority_folder import read_authority_folder
from dojang.adapters.clock import SystemClock
from dojang.adapters.signatures.reader import PooledSignatureReader
from dojang.adapters.status_fetch import FetchedStatus, hosts_of
from dojang.adapters.trust_folder import TrustFolder
from dojang.cli.option import ConfigFile
from dojang.config import Settings, load_settings
from dojang.kernel.errors import DojangError, Fault
from dojang.lifecycle.reliance import verification
from dojang.lifecycle.reliance.model import (
    Indication,
    SignatureFormat,
    StatusState,
    SubIndication,
    Verification,
    VerificationRequest,
)
from dojang.lifecycle.reliance.ports import StatusSource
from dojang.lifecycle.reliance.verification import Verifier
from dojang.pki.certificate import parse_certificate, parse_certificates_pem
from dojang.pki.name import display_name
from dojang.pki.path.verification import verify_path

_SYMBOLS = {Indication.PASSED: "[green]✓[/]", Indication.FAILED: "[red]✗[/]", Indication.INDETERMINATE: "[yellow]?[/]"}
_EXIT_OPEN = 3


class CertificateIsRevoked(DojangError):
    """The certificate was revoked or suspended, by the status data it was held against."""

    code: ClassVar[str] = "verify.revoked"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


def verify(
    file: Annotated[
        Path, typer.Argument(help="A certificate (PEM), a CMS message (DER), a PDF or a bare signature", exists=True)
    ],
    content: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="What a detached or bare signature signs")
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The signer's, issuers after it (PEM), for a bare signature"),
    ] = None,
    crl: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="Revocation list (DER); may be repeated")
    ] = None,
    ocsp: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="OCSP response (DER); may be repeated")
    ] = None,
    root: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Root to trust too (PEM); may be repeated"),
    ] = None,
    policy: Annotated[list[str] | None, typer.Option(help="Certificate policy to accept; may be repeated")] = None,
    signed_after: Annotated[
        datetime | None, typer.Option(help="A moment (UTC) you can vouch for that the signature is not older than")
    ] = None,
    fetch: Annotated[bool, typer.Option("--fetch", help="Ask the addresses in the signer's certificate")] = False,
    without_status: Annotated[bool, typer.Option("--without-status", help="Do not ask about revocation")] = False,
    at: Annotated[datetime | None, typer.Option(help="Judge as of this moment (UTC)")] = None,
    config: ConfigFile = None,
) -> None:
    """Verify a certificate or the signatures of a file against this office's root and those it trusts."""
    settings = load_settings(config)
    moment = at.replace(tzinfo=UTC) if at else SystemClock().now()
    trust = _trust(settings, root)
    signed = file.read_bytes()
    evidence = verification.Evidence(crls_der=_contents(crl), ocsp_responses_der=_contents(ocsp))
    if signed.lstrip().startswith(b"-----BEGIN CERTIFICATE"):
        certificate_der = parse_certificates_pem(signed)[0]
        sources = _sources(settings, fetch, hosts_of(certificate_der))
        _verify_certificate(trust, certificate_der, evidence, sources, moment, ask=not without_status)
        return
    chain_der = () if certificate is None else parse_certificates_pem(certificate.read_bytes())
    signer_der = chain_der[0] if chain_der else None
    request = VerificationRequest(
        format=_format_of(signed, signer_der),
        signature=signed,
        content=None if content is None else content.read_bytes(),
        certificate_der=signer_der,
        certificates_der=chain_der[1:],
        crls_der=evidence.crls_der,
        ocsp_responses_der=evidence.ocsp_responses_der,
        signed_after=None if signed_after is None else signed_after.replace(tzinfo=UTC),
        accepted_policies=frozenset(policy) if policy else None,
    )
    reports = _reports(settings, request, trust, fetch, moment)
    for report in reports:
        _show(report, without_status=without_status)
    raise typer.Exit(_exit_code([_judged(one, without_status) for one in reports]))


def _format_of(signed: bytes, signer_der: bytes | None) -> SignatureFormat:
    if signed.startswith(b"%PDF-"):
        return SignatureFormat.PDF
    return SignatureFormat.CMS if signer_der is None else SignatureFormat.PKCS1


def _contents(files: Sequence[Path] | None) -> tuple[bytes, ...]:
    return tuple(one.read_bytes() for one in files or ())


def _sources(settings: Settings, fetch: bool, hosts: frozenset[str]) -> tuple[StatusSource, ...]:
    """Whoever asks to fetch for one certificate allows the hosts that it names."""
    return (FetchedStatus({*settings.reliance.status_hosts, *hosts}),) if fetch else ()


def _trust(settings: Settings, roots: Sequence[Path] | None) -> TrustFolder:
    published = read_authority_folder(settings.authority_dir, ca_folder=settings.authority.organisation)
    folder, production = settings.reliance.trusted_roots_dir, settings.is_production
    return TrustFolder(published, folder, more=tuple(roots or ()), production=production)


def _reports(
    settings: Settings, request: VerificationRequest, trust: TrustFolder, fetch: bool, moment: datetime
) -> tuple[Verification, ...]:
    policy = settings.policy.reliance
    reader = PooledSignatureReader(workers=1, timeout_s=policy.reading_timeout_s)
    try:
        readings = reader.read(request)
        signers = [one.certificate_der for one in readings if one.certificate_der is not None]
        hosts = frozenset(host for one in (*signers, *trust.intermediates()) for host in hosts_of(one))
        sources = _sources(settings, fetch, hosts)
        verifier = Verifier(reader=reader, trust=trust, sources=sources)
        return verification.judge(readings, request, verifier=verifier, now=moment)
    finally:
        reader.close()


def _verify_certificate(
    trust: TrustFolder,
    certificate_der: bytes,
    evidence: verification.Evidence,
    sources: Sequence[StatusSource],
    moment: datetime,
    *,
    ask: bool,
) -> None:
    path = verify_path(certificate_der, intermediates_der=trust.intermediates(), anchors_der=trust.anchors(), at=moment)
    if ask:
        (first, *_) = verification.statuses_of(path, evidence, sources, at=moment, now=moment)
        if first.state in (StatusState.REVOKED, StatusState.HELD):
            raise CertificateIsRevoked(serial=str(first.serial))
        if first.state is StatusState.UNKNOWN:
            _say("?", display_name(path.leaf.subject.public_bytes()), "status unknown: give --crl, --ocsp or --fetch")
            raise typer.Exit(_EXIT_OPEN)
    subject = display_name(parse_certificate(certificate_der).subject.public_bytes())
    _say("[green]✓[/]", subject, "" if ask else "revocation not asked about")


def _judged(report: Verification, without_status: bool) -> Indication:
    """Without status, a signature that lacks nothing else counts as passed."""
    unknown = all(one.state is StatusState.UNKNOWN for one in report.statuses)
    if without_status and unknown and report.sub_indication is SubIndication.TRY_LATER:
        return Indication.PASSED
    return report.indication


def _exit_code(indications: Sequence[Indication]) -> int:
    if Indication.FAILED in indications:
        return 1
    return _EXIT_OPEN if Indication.INDETERMINATE in indications else 0


def _show(report: Verification, *, without_status: bool) -> None:
    indication = _judged(report, without_status)
    who = "" if report.signer is None else report.signer.subject
    why = "" if indication is Indication.PASSED else (report.sub_indication or "")
    times = [f"{name} {moment:%Y-%m-%d %H:%M:%SZ}" for name, moment in
             (("claimed", report.claimed_at), ("proven", report.proven_at)) if moment]  # fmt: skip
    notes = [indication.value, why, report.detail or "", *times]
    _say(_SYMBOLS[indication], f"{report.name} {who}".strip(), " · ".join(one for one in notes if one))


def _say(symbol: str, what: str, note: str) -> None:
    Console(soft_wrap=True).print(f"{symbol} {escape(what)}  [dim]{escape(note)}[/]".rstrip(), highlight=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(verify)
