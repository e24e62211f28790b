"""The root's next revocation list, made where the root's key is: before witnesses, as its ceremony was.

Lists are `root.crl` from the ceremony, then `root-2.crl`, `root-3.crl`, …: what was witnessed is never altered. Source:
RFC 5280 section 5.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from dojang.controls.ceremony.artefacts import Artefacts
from dojang.controls.ceremony.certifier import CeremonyContradiction
from dojang.controls.ceremony.spec import AuthoritySpec, CeremonySpec
from dojang.controls.ceremony.transcript import render_transcript
from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.pki.certificate import Issuer, Serial, issuer_from_certificate, parse_certificate, parse_certificates_pem
from dojang.pki.crl import ReasonCode, RevokedEntry, assemble_crl, build_tbs_crl, parse_crl
from dojang.pki.keystore import KeyStore
from dojang.pki.signer import KeyStoreSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class RootList:
    """A list that was made, and the transcript that witnesses sign for it."""

    name: str
    number: int
    next_update: datetime
    entries: int
    transcript: Path


def list_name(label: str, number: int) -> str:
    """Return the file name of an authority's list of that number."""
    return f"{label}.crl" if number == 1 else f"{label}-{number}.crl"


def issue_root_list(
    spec: CeremonySpec,
    *,
    keystore: KeyStore,
    out_dir: Path,
    now: datetime,
    chance: Chance,
    revoke_issuing: ReasonCode | None = None,
) -> RootList:
    """Issue the root's next list, for as many hours as the ceremony file says, and a transcript over it.

    It carries on what the last one listed; with `revoke_issuing` the issuing authority is on it too, from `now` on.
    Raises `ArtefactAltered`, `RecordUnreadable`, `CeremonyContradiction`, and `KeyNotFound` without the root's key.
    """
    artefacts = Artefacts(out_dir, chance)
    artefacts.check(artefacts.sessions())
    root_der, issuing_der = (_certificate(artefacts, one) for one in (spec.root, spec.issuing))
    root = issuer_from_certificate(root_der, crl_uri=spec.root.crl_uri, ocsp_uri=None)
    label = spec.root.certificate.label
    number, entries = _latest(artefacts, label, root)
    issuing_serial = Serial(parse_certificate(issuing_der).serial_number)
    if revoke_issuing is not None and issuing_serial not in {one.serial for one in entries}:
        entries = [*entries, RevokedEntry(serial=issuing_serial, revoked_at=now, reason=revoke_issuing)]
    next_update = now + timedelta(hours=spec.root.crl_hours)
    tbs_der = build_tbs_crl(issuer=root, number=number + 1, this_update=now, next_update=next_update, entries=entries)
    signer = KeyStoreSigner(keystore=keystore, label=label, issuer=root, certificate_der=root_der)
    name = list_name(label, number + 1)
    artefacts.make(name, assemble_crl(tbs_der, signer.algorithm, signer.sign_crl(tbs_der)))
    sessions = artefacts.witness(
        lambda session, fresh: render_transcript(spec, number=session, at=now, fresh=fresh, certificates={})
    )
    return RootList(
        name=name,
        number=number + 1,
        next_update=next_update,
        entries=len(entries),
        transcript=artefacts.path(sessions[-1].transcript),
    )


def _certificate(artefacts: Artefacts, spec: AuthoritySpec) -> bytes:
    name = f"{spec.certificate.label}.pem"
    try:
        (certificate_der,) = parse_certificates_pem(artefacts.find(name) or b"")
        parse_certificate(certificate_der)
    except (DojangError, ValueError):
        raise CeremonyContradiction(artefact=name, reason="unreadable") from None
    return certificate_der


def _latest(artefacts: Artefacts, label: str, root: Issuer) -> tuple[int, list[RevokedEntry]]:
    """Return number and entries of the root's newest list."""
    number = 0
    while artefacts.find(list_name(label, number + 1)) is not None:
        number += 1
    name = list_name(label, max(number, 1))
    try:
        crl = parse_crl(artefacts.find(name) or b"", issuer=root)
        counted = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        entries = [_entry(one) for one in crl]
    except (DojangError, ValueError, x509.ExtensionNotFound):
        raise CeremonyContradiction(artefact=name, reason="unreadable") from None
    if counted != number:
        raise CeremonyContradiction(artefact=name, reason="number")
    return number, entries


def _entry(listed: x509.RevokedCertificate) -> RevokedEntry:
    try:
        reason = ReasonCode(listed.extensions.get_extension_for_class(x509.CRLReason).value.reason.value)
    except x509.ExtensionNotFound:
        reason = ReasonCode.UNSPECIFIED
    return RevokedEntry(serial=Serial(listed.serial_number), revoked_at=listed.revocation_date_utc, reason=reason)
