"""A relying party's signature request, as the customer meets it: open, read, have it prepared, sign, or decline.

Wants a session: a request belongs to the first person who opens it. What is signed is signed on the device.
"""

import base64
import binascii
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from dojang.bootstrap import Office
from dojang.lifecycle.reliance.signature_request import answering, rules
from dojang.lifecycle.reliance.signature_request.model import (
    SignableKind,
    SignatureRequest,
    SignatureRequestState,
)
from dojang.lifecycle.reliance.subject import subject_for
from dojang.web.desk import Now, OfficeDep, SubscriberId
from dojang.web.oidc import answer_address
from dojang.web.problem import RequestMalformed

router = APIRouter(prefix="/v1/signings", tags=["relying parties"])

RequestId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class SigningView(BaseModel):
    """Who asks for a signature on what, and where it stands.

    `sha256` (hex) is the document's as it was handed in. `description` is signed along with it: purpose and amount.
    `location`, once it is over, leads back to the party; None when it named no address.
    """

    party: str
    kind: SignableKind
    state: SignatureRequestState
    purpose: str | None
    amount_krw: int | None
    description: str | None
    file_name: str | None
    size_bytes: int
    pages: int | None
    sha256: str
    expires_at: datetime
    tries_left: int
    return_host: str | None
    location: str | None
    reason: str | None


class ProgressView(BaseModel):
    """Where a request stands, for the screen that shows its QR code."""

    party: str
    state: SignatureRequestState
    expires_at: datetime
    location: str | None


class PreparationBody(BaseModel):
    """The certificate to sign with, DER in base64."""

    model_config = ConfigDict(extra="forbid")
    certificate: Annotated[str, Field(max_length=16_384)]


class PreparationView(BaseModel):
    """What the device signs: `attributes` (DER, SET OF; base64), after holding its digest against the document.

    The digest is SHA-256 over the document as it was shown, and for a PDF over `before` and `after` behind it: the
    signature field, with a gap for the signature between the two.
    """

    attributes: str
    before: str
    after: str
    prepared_at: datetime


class SignatureBody(BaseModel):
    """The signature over the prepared attributes (RSASSA-PKCS1-v1_5 or ECDSA, SHA-256); base64."""

    model_config = ConfigDict(extra="forbid")
    signature: Annotated[str, Field(max_length=2_048)]


@router.get("/{request_id}/progress")
def show_progress(request_id: RequestId, office: OfficeDep, now: Now) -> ProgressView:
    """Show how far a request is, to whoever was given its address."""
    request = answering.get_progress(request_id, store=office.store, now=now)
    return ProgressView(
        party=request.party_name,
        state=request.state,
        expires_at=request.expires_at,
        location=_location(request, office, now),
    )


@router.post("/{request_id}/opening")
def open_request(request_id: RequestId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> SigningView:
    """Open a request: nobody else can from now on."""

    def subject_of(client_id: str, person: str) -> str:
        return subject_for(client_id, person, cipher=office.cipher)

    opened = answering.open_request(request_id, subscriber_id, subject_of=subject_of, store=office.store, now=now)
    return _view(opened, office, now)


@router.get("/{request_id}")
def show_request(request_id: RequestId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> SigningView:
    """Show a request the caller opened."""
    return _view(answering.get_own(request_id, subscriber_id, store=office.store, now=now), office, now)


@router.get("/{request_id}/document", response_class=Response)
def get_document(request_id: RequestId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> Response:
    """Return the document as the party handed it in: a PDF, or text in UTF-8."""
    request, document = answering.get_document(request_id, subscriber_id, store=office.store, now=now)
    media_type = "application/pdf" if request.kind is SignableKind.PDF else "text/plain; charset=utf-8"
    headers = {"Cache-Control": "no-store", "Content-Disposition": "attachment"}
    return Response(document, media_type=media_type, headers=headers)


@router.post("/{request_id}/preparation")
def prepare_signature(
    request_id: RequestId, body: PreparationBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> PreparationView:
    """Prepare what one's device signs; it counts for some minutes, and only the last one does."""
    prepared = answering.prepare(
        request_id,
        subscriber_id,
        certificate_der=_bytes(body.certificate, "certificate"),
        store=office.store,
        workshop=office.workshop,
        now=now,
    )
    return PreparationView(
        attributes=_text(prepared.attributes_der),
        before=_text(prepared.before),
        after=_text(prepared.after),
        prepared_at=prepared.prepared_at,
    )


@router.post("/{request_id}/signature", status_code=202)
def sign_document(
    request_id: RequestId, body: SignatureBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> SigningView:
    """Hand in the device's signature; timestamp and status follow behind the scenes."""
    signed = answering.sign(
        request_id,
        subscriber_id,
        signature=_bytes(body.signature, "signature"),
        store=office.store,
        verifier=office.verifier,
        policy=office.settings.policy.signature_request,
        now=now,
    )
    return _view(signed, office, now)


@router.post("/{request_id}/refusal")
def decline_signature(request_id: RequestId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> SigningView:
    """Do not sign."""
    return _view(answering.decline(request_id, subscriber_id, store=office.store, now=now), office, now)


def _view(request: SignatureRequest, office: Office, now: datetime) -> SigningView:
    terms = request.terms
    return SigningView(
        party=request.party_name,
        kind=request.kind,
        state=request.state,
        purpose=terms.purpose if terms else None,
        amount_krw=terms.amount_krw if terms else None,
        description=terms.description if terms else None,
        file_name=terms.file_name if terms else None,
        size_bytes=request.size_bytes,
        pages=request.pages,
        sha256=request.sha256,
        expires_at=request.expires_at,
        tries_left=request.tries_left,
        return_host=urlsplit(request.redirect_uri).netloc if request.redirect_uri else None,
        location=_location(request, office, now),
        reason=request.reason,
    )


def _location(request: SignatureRequest, office: Office, now: datetime) -> str | None:
    """Where the browser goes when it is over: the party learns its request's id, and asks us what came of it."""
    if request.redirect_uri is None or not rules.is_over(request, now):
        return None
    told = {"signature_request": request.id}
    if request.party_state is not None:
        told["state"] = request.party_state
    return answer_address(request.redirect_uri, office, told)


def _bytes(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RequestMalformed(where=[f"body.{where}"]) from None


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
