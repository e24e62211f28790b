"""Asking a customer for a signature, as the relying party meets it: hand in, poll, fetch."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from dojang.bootstrap import Office
from dojang.controls.relying_parties import usecases as parties
from dojang.lifecycle.reliance.signature_request import usecases
from dojang.lifecycle.reliance.signature_request.model import (
    Asked,
    SignableKind,
    SignatureRequest,
    SignatureRequestState,
    Terms,
)
from dojang.lifecycle.reliance.subject import subject_for
from dojang.web.desk import Line, Now, OfficeDep
from dojang.web.party_desk import Party, bytes_of

router = APIRouter(prefix="/v1/signature-requests", tags=["relying parties"])

RequestId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
IdempotencyKey = Annotated[
    str, Header(alias="Idempotency-Key", min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
]
MOST_KRW = 10**15
MEDIA_TYPES = {SignableKind.PDF: "application/pdf"}
CMS = "application/cms"


class SignatureRequestBody(BaseModel):
    """What is to be signed, and what the customer is told.

    `kind` "pdf" and "text": `content` is the PDF, or the text in UTF-8; base64. "digest": `sha256` (hex) of a document
    you keep. `subject` is the `sub` of the customer who may sign, if it is a certain one. `redirect_uri` is one of your
    registered addresses, to which the customer returns with `signature_request` and your `state`.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    kind: Literal["pdf", "text", "digest"]
    content: str | None = Field(default=None, repr=False)
    sha256: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None
    file_name: Annotated[Line | None, Field(min_length=1, max_length=120)] = None
    purpose: Annotated[Line, Field(min_length=1, max_length=120)]
    amount_krw: Annotated[int | None, Field(ge=0, le=MOST_KRW)] = None
    expires_in_minutes: Annotated[int | None, Field(ge=1, le=100_000)] = None
    redirect_uri: Annotated[Line | None, Field(max_length=2000)] = None
    state: Annotated[Line | None, Field(max_length=500)] = None
    subject: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None

    @model_validator(mode="after")
    def _one_document(self) -> "SignatureRequestBody":
        given = self.sha256 if self.kind == "digest" else self.content
        beside = self.content if self.kind == "digest" else self.sha256
        if given is None or beside is not None:
            raise ValueError("content for a pdf or text, sha256 for a digest")
        return self


class SignedByView(BaseModel):
    """Who signed: your own name for the customer (`sub`), and the certificate's serial number, decimal."""

    subject: str
    serial: str


class SignatureRequestView(BaseModel):
    """Where a request stands. `address` is the page to send the customer to; on a PC it shows a QR code for the phone.

    `state`: "open", "bound" (somebody opened it), "signed" (being put together), "completed" (fetch the result),
    "declined", "expired", "failed" (`reason`: a sub-indication or a code). `sha256` and `pages` are the document's.
    """

    id: str
    address: str
    kind: str
    sha256: str
    pages: int | None
    state: SignatureRequestState
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    signed_by: SignedByView | None
    reason: str | None


@router.post("", status_code=201)
def ask_for_signature(
    body: SignatureRequestBody, party: Party, office: OfficeDep, now: Now, idempotency_key: IdempotencyKey
) -> SignatureRequestView:
    """Ask a customer to sign a PDF, a text or a digest; the same request under the same key is answered again."""
    policy = office.settings.policy
    parties.count_signature_request(party, store=office.store, policy=policy.relying_parties, now=now)
    content = None if body.content is None else bytes_of(body.content, "content")
    request = usecases.ask(
        Asked(
            client_id=party.client_id,
            kind=SignableKind(body.kind),
            terms=Terms(purpose=body.purpose.strip(), amount_krw=body.amount_krw, file_name=body.file_name),
            content=content,
            sha256=(body.sha256 or "") if content is None else hashlib.sha256(content).hexdigest(),
            expires_in_minutes=body.expires_in_minutes,
            redirect_uri=body.redirect_uri,
            state=body.state,
            subject=body.subject,
            idempotency_key=idempotency_key,
        ),
        party_name=party.name,
        return_addresses=party.redirect_uris,
        store=office.store,
        workshop=office.workshop,
        policy=policy.signature_request,
        chance=office.chance,
        now=now,
    )
    return _view(request, office)


@router.get("/{request_id}")
def show_signature_request(request_id: RequestId, party: Party, office: OfficeDep, now: Now) -> SignatureRequestView:
    """Show where one of your requests stands."""
    return _view(usecases.get_request(request_id, party.client_id, store=office.store, now=now), office)


@router.get("/{request_id}/result", response_class=Response)
def fetch_result(request_id: RequestId, party: Party, office: OfficeDep, now: Now) -> Response:
    """Return the signed PDF (PAdES B-LT), or the CMS message (CAdES B-LT, DER; without content for a digest)."""
    request, result = usecases.get_result(request_id, party.client_id, store=office.store, now=now)
    return Response(result, media_type=MEDIA_TYPES.get(request.kind, CMS), headers={"Cache-Control": "no-store"})


def address_of(request: SignatureRequest, office: Office) -> str:
    """Return the page the customer is sent to."""
    return f"{office.settings.public_url}/s/{request.id}"


def _view(request: SignatureRequest, office: Office) -> SignatureRequestView:
    signed = request.subscriber_id is not None and request.serial is not None
    return SignatureRequestView(
        id=request.id,
        address=address_of(request, office),
        kind=request.kind,
        sha256=request.sha256,
        pages=request.pages,
        state=request.state,
        made_at=request.made_at,
        expires_at=request.expires_at,
        ended_at=request.ended_at,
        signed_by=SignedByView(
            subject=subject_for(request.client_id, request.subscriber_id, cipher=office.cipher),
            serial=str(request.serial),
        )
        if signed and request.subscriber_id is not None
        else None,
        reason=request.reason,
    )
