"""The relying parties' interface: verify signatures, and whose certificate it is.

Values in JSON are base64 of DER or of the bytes themselves.
"""

import base64
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from dojang.controls.relying_parties import usecases as parties
from dojang.controls.relying_parties.model import RelyingParty
from dojang.kernel.audit import AuditEntry
from dojang.lifecycle.reliance import identity_check, verification
from dojang.lifecycle.reliance.model import SignatureFormat, Verification, VerificationRequest
from dojang.lifecycle.reliance.recipient.ports import AcquaintanceTransaction
from dojang.lifecycle.reliance.recipient.usecases import remember_signers
from dojang.web import oidc, party_events, recipients, signature_requests
from dojang.web.desk import Now, OfficeDep
from dojang.web.party_desk import Party, bytes_of
from dojang.web.problem import RequestTooLarge

router = APIRouter(prefix="/v1", tags=["relying parties"])
ROUTERS = (router, recipients.router, party_events.router, signature_requests.router, oidc.router)

MAX_CERTIFICATES = 64


class VerificationBody(BaseModel):
    """A signature to verify. `signature` is the bare signature, the CMS message or the PDF; base64.

    `content` is what was signed where the signature does not carry it; `certificate` the signer's, needed for "pkcs1".
    `signed_after` is a moment you can vouch for that the signature is not older than: when you made the challenge.
    `policies` are the certificate policies you accept; any, when left out.
    """

    model_config = ConfigDict(extra="forbid")
    format: SignatureFormat
    signature: str
    content: str | None = None
    certificate: Annotated[str | None, Field(max_length=100_000)] = None
    certificates: Annotated[list[str], Field(max_length=MAX_CERTIFICATES)] = []
    ocsp_responses: Annotated[list[str], Field(max_length=MAX_CERTIFICATES)] = []
    crls: Annotated[list[str], Field(max_length=MAX_CERTIFICATES)] = []
    signed_after: AwareDatetime | None = None
    policies: Annotated[list[Annotated[str, Field(pattern=r"^[0-9.]{3,128}$")]] | None, Field(max_length=64)] = None


class SignerView(BaseModel):
    """Who signed: names as people read them, decimal serial number, the policies that held, the certificate."""

    common_name: str
    subject: str
    issuer: str
    serial: str
    policies: list[str]
    certificate: str


class CertificateStatusView(BaseModel):
    """What is known of one certificate of the chain. `source`: "register", "ocsp", "crl", or "" when nobody knew."""

    serial: str
    state: str
    source: str
    this_update: datetime | None
    since: datetime | None
    reason: str | None
    evidence: str | None


class VerificationView(BaseModel):
    """The report on one signature (ETSI EN 319 102-1). `chain` goes from the signer to the trust anchor."""

    indication: str
    sub_indication: str | None
    detail: str | None
    name: str
    checked_at: datetime
    claimed_at: datetime | None
    proven_at: datetime | None
    alteration: str
    signer: SignerView | None
    chain: list[str]
    statuses: list[CertificateStatusView]


class VerificationsView(BaseModel):
    """One report for each signature, in the order they were made. `passed` is whether there are some and all passed."""

    passed: bool
    verifications: list[VerificationView]


@router.post("/verifications")
def verify_signatures(body: VerificationBody, party: Party, office: OfficeDep, now: Now) -> VerificationsView:
    """Verify a signature of any format; the answer says PASSED, FAILED or INDETERMINATE, and why."""
    policy = office.settings.policy
    parties.count_verification(party, store=office.store, policy=policy.relying_parties, now=now)
    request = VerificationRequest(
        format=body.format,
        signature=bytes_of(body.signature, "signature"),
        content=None if body.content is None else bytes_of(body.content, "content"),
        certificate_der=None if body.certificate is None else bytes_of(body.certificate, "certificate"),
        certificates_der=tuple(bytes_of(one, "certificates") for one in body.certificates),
        ocsp_responses_der=tuple(bytes_of(one, "ocsp_responses") for one in body.ocsp_responses),
        crls_der=tuple(bytes_of(one, "crls") for one in body.crls),
        signed_after=None if body.signed_after is None else body.signed_after.astimezone(UTC),
        accepted_policies=None if body.policies is None else frozenset(body.policies),
    )
    if len(request.signature) + len(request.content or b"") > policy.reliance.max_bytes:
        raise RequestTooLarge(limit_bytes=policy.reliance.max_bytes)
    reports = verification.verify(request, verifier=office.verifier, now=now)

    def work(tx: AcquaintanceTransaction) -> None:
        remember_signers(tx, party.client_id, reports, now=now)
        tx.record(_entry(party, reports, now))

    office.store.transact(work)
    return VerificationsView(
        passed=bool(reports) and all(one.sub_indication is None for one in reports),
        verifications=[_view(one) for one in reports],
    )


class IdentityCheckBody(BaseModel):
    """Whose certificate is it? The resident registration number (13 digits) and R (base64 of 20 bytes)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    certificate: Annotated[str, Field(max_length=100_000)]
    number: Annotated[str, Field(pattern=r"^[0-9 -]{10,16}$", repr=False)]
    r: Annotated[str, Field(max_length=64, repr=False)]


class IdentityCheckView(BaseModel):
    """The number and R belong to the certificate; everything else is a refusal."""

    matches: bool


@router.post("/identity-checks")
def check_identity(body: IdentityCheckBody, party: Party, office: OfficeDep, now: Now) -> IdentityCheckView:
    """Hold a number and R against the certificate's virtual ID. Nothing is stored; every check counts as a guess."""
    parties.count_identity_check(party, store=office.store, policy=office.settings.policy.relying_parties, now=now)
    identity_check.check_identity(
        bytes_of(body.certificate, "certificate"), idn=body.number, random_number=bytes_of(body.r, "r")
    )
    return IdentityCheckView(matches=True)


def _entry(party: RelyingParty, reports: tuple[Verification, ...], now: datetime) -> AuditEntry:
    """Who asked and what came out; neither document nor signer."""
    outcomes = ",".join(one.sub_indication or one.indication for one in reports)
    return AuditEntry(
        tag="reliance:signature:verified",
        at=now,
        actor=f"relying_party:{party.client_id}",
        subject=party.client_id,
        data={"outcomes": outcomes},
    )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _view(report: Verification) -> VerificationView:
    signer = report.signer
    return VerificationView(
        indication=report.indication,
        sub_indication=report.sub_indication,
        detail=report.detail,
        name=report.name,
        checked_at=report.checked_at,
        claimed_at=report.claimed_at,
        proven_at=report.proven_at,
        alteration=report.alteration,
        signer=None
        if signer is None
        else SignerView(
            common_name=signer.common_name,
            subject=signer.subject,
            issuer=signer.issuer,
            serial=str(signer.serial),
            policies=list(signer.policies),
            certificate=_text(signer.certificate_der),
        ),
        chain=[_text(one) for one in report.chain_der],
        statuses=[
            CertificateStatusView(
                serial=str(one.serial),
                state=one.state,
                source=one.source,
                this_update=one.this_update,
                since=one.since,
                reason=one.reason,
                evidence=None if one.evidence_der is None else _text(one.evidence_der),
            )
            for one in report.statuses
        ],
    )
