"""Enrol with public keys, receive the certificates, accept them, list one's own."""

import base64
import binascii
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from dojang.lifecycle.application.model import HeldCertificate
from dojang.lifecycle.delivery import rules as delivery_rules
from dojang.lifecycle.delivery import usecases as delivery
from dojang.lifecycle.issuance.model import CertificateSet, IssuanceRequest, IssuedCertificate
from dojang.lifecycle.renewal import rules as renewal_rules
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.web.desk import Now, OfficeDep, RecordId, SerialNumber, SubscriberId
from dojang.web.problem import RequestMalformed

router = APIRouter(prefix="/v1", tags=["certificates"])


class EnrolmentBody(BaseModel):
    """Two PKCS#10 requests (base64 of DER) and R sealed to the transport key of `GET /v1/authority` (base64).

    R is sealed with RSA-OAEP, SHA-256 for both hashes, the application id (ASCII) as label.
    """

    model_config = ConfigDict(extra="forbid")
    signing_request: Annotated[str, Field(max_length=16_384)]
    key_management_request: Annotated[str, Field(max_length=16_384)]
    sealed_r: Annotated[str, Field(max_length=2_048)]


class CertificateView(BaseModel):
    """One certificate: decimal serial number, base64 of DER, validity with both ends inclusive."""

    serial: str
    certificate: str
    not_before: datetime
    not_after: datetime


class CertificateSetView(BaseModel):
    """A certificate set. `chain` goes from the issuing CA to the root, base64 of DER each."""

    issued_at: datetime
    signing: CertificateView
    key_management: CertificateView
    chain: list[str]


class AcceptanceStatementView(BaseModel):
    """What to sign in order to accept: base64 of canonical JSON. Look at it before you sign it."""

    statement: str


class AcceptanceBody(BaseModel):
    """The signature over the statement with the new signing key: RSASSA-PKCS1-v1_5 or ECDSA (DER), SHA-256; base64."""

    model_config = ConfigDict(extra="forbid")
    signature: Annotated[str, Field(max_length=2_048)]


class AcceptanceView(BaseModel):
    """The delivery's state after acceptance."""

    state: str


class HeldView(BaseModel):
    """One certificate ever issued to the caller. `state` is "good", "held" or "revoked"; `not_after` inclusive.

    Of one on hold: `held_by` is "owner" or "office", and at `hold_ends_at` it is revoked unless it was resumed.
    While it is good, it may be renewed at and after `renewable_from`.
    """

    serial: str
    not_after: datetime
    state: str
    succeeded: bool
    held_by: str | None
    hold_ends_at: datetime | None
    renewable_from: datetime


IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=64)]


@router.post("/applications/{application_id}/certificates", status_code=201)
def enrol(
    application_id: RecordId,
    body: EnrolmentBody,
    idempotency_key: IdempotencyKey,
    subscriber_id: SubscriberId,
    office: OfficeDep,
    now: Now,
) -> CertificateSetView:
    """Have both certificates issued, once; the same request again is answered with the same certificates."""
    request = IssuanceRequest(
        application_id=application_id,
        subscriber_id=subscriber_id,
        idempotency_key=idempotency_key,
        signing_request_der=octets(body.signing_request, "signing_request"),
        key_management_request_der=octets(body.key_management_request, "key_management_request"),
        sealed_r=octets(body.sealed_r, "sealed_r"),
    )
    return set_view(office.issuing.issue(request, now))


@router.get("/applications/{application_id}/certificates")
def download(application_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> CertificateSetView:
    """Download the certificates again."""
    issued = delivery.get_certificate_set(
        application_id, subscriber_id, store=office.store, chain_der=office.published.chain_der, now=now
    )
    return set_view(issued)


@router.get("/applications/{application_id}/acceptance")
def show_acceptance_statement(
    application_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> AcceptanceStatementView:
    """Show the statement whose signature accepts the certificates."""
    issued = delivery.get_certificate_set(
        application_id, subscriber_id, store=office.store, chain_der=office.published.chain_der, now=now
    )
    return AcceptanceStatementView(statement=_base64(delivery_rules.acceptance_statement(issued)))


@router.post("/applications/{application_id}/acceptance")
def accept(
    application_id: RecordId, body: AcceptanceBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> AcceptanceView:
    """Accept the certificates; a re-issue's predecessor ends with it."""
    signature = octets(body.signature, "signature")
    done = delivery.accept(application_id, subscriber_id, signature, store=office.store, now=now)
    return AcceptanceView(state=done.state.value)


@router.get("/certificates")
def list_certificates(subscriber_id: SubscriberId, office: OfficeDep) -> list[HeldView]:
    """List every certificate ever issued to the caller, oldest first."""
    held = office.store.read(lambda tx: tx.holdings.list_held(subscriber_id))
    return [_held_view(one, office.settings.policy.renewal) for one in held]


@router.get("/successions/{serial}", response_class=Response)
def get_succession(serial: SerialNumber, office: OfficeDep) -> Response:
    """Return the signed succession statement of a serial number: CMS SignedData, DER."""
    found = delivery.get_succession(int(serial), store=office.store)
    return Response(found.statement_der, media_type="application/pkcs7-mime")


def set_view(issued: CertificateSet) -> CertificateSetView:
    """Return a certificate set as its holder receives it."""
    return CertificateSetView(
        issued_at=issued.issued_at,
        signing=_certificate_view(issued.signing),
        key_management=_certificate_view(issued.key_management),
        chain=[_base64(one) for one in issued.chain_der],
    )


def _certificate_view(one: IssuedCertificate) -> CertificateView:
    return CertificateView(
        serial=str(one.serial),
        certificate=_base64(one.certificate_der),
        not_before=one.not_before,
        not_after=one.not_after,
    )


def _held_view(one: HeldCertificate, policy: RenewalPolicy) -> HeldView:
    return HeldView(
        serial=str(one.serial),
        not_after=one.not_after,
        state=one.state,
        succeeded=one.succeeded,
        held_by=one.held_by,
        hold_ends_at=one.hold_ends_at,
        renewable_from=renewal_rules.opens_at(one.not_after, policy),
    )


def octets(text: str, place: str) -> bytes:
    """Return the octets of a body's base64 text. Raises `RequestMalformed` naming its `place`."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RequestMalformed(where=[f"body.{place}"]) from None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
