"""A relying party's sign-in request, as the customer meets it: look, sign, or decline.

No session is asked for: whoever signs proves who they are by it. Requests are found by an id nobody can guess.
"""

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from dojang.bootstrap import Office
from dojang.lifecycle.reliance.sign_in import usecases
from dojang.lifecycle.reliance.sign_in.model import Asked, SignInSignatureRefused
from dojang.web.desk import Now, OfficeDep
from dojang.web.oidc import answer_address
from dojang.web.problem import RequestMalformed

router = APIRouter(prefix="/v1/sign-in-requests", tags=["relying parties"])

RequestId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class SignInRequestView(BaseModel):
    """Who asks, for what, until when. `statement` is what is to be signed: base64 of canonical JSON."""

    party: str
    redirect_host: str
    scopes: list[str]
    expires_at: datetime
    tries_left: int
    statement: str


class SignInSignatureBody(BaseModel):
    """The signature over the statement (RSASSA-PKCS1-v1_5 or ECDSA, SHA-256) and the signing certificate; base64."""

    model_config = ConfigDict(extra="forbid")
    signature: Annotated[str, Field(max_length=2_048)]
    certificate: Annotated[str, Field(max_length=16_384)]


class WayBackView(BaseModel):
    """Where the browser goes now: back to the party."""

    location: str


@router.get("/{request_id}")
def show_request(request_id: RequestId, office: OfficeDep, now: Now) -> SignInRequestView:
    """Return a request that still waits for its answer."""
    request = usecases.get_request(request_id, store=office.store, now=now)
    return SignInRequestView(
        party=request.party_name,
        redirect_host=json.loads(request.statement)["redirect_host"],
        scopes=list(request.asked.scopes),
        expires_at=request.expires_at,
        tries_left=request.tries_left,
        statement=base64.b64encode(request.statement).decode(),
    )


@router.post("/{request_id}/signature")
def sign_request(request_id: RequestId, body: SignInSignatureBody, office: OfficeDep, now: Now) -> WayBackView:
    """Sign in: the answer leads back to the party with a code.

    When the last try fails, the refusal's field `location` leads back with `access_denied`.
    """
    asked = usecases.get_request(request_id, store=office.store, now=now).asked
    try:
        answered = usecases.prove(
            request_id,
            certificate_der=_bytes(body.certificate, "certificate"),
            signature=_bytes(body.signature, "signature"),
            store=office.store,
            verifier=office.verifier,
            policy=office.settings.policy.sign_in,
            chance=office.chance,
            now=now,
        )
    except SignInSignatureRefused as refusal:
        if refusal.fields["tries_left"]:
            raise
        told = {
            "error": "access_denied",
            "error_description": f"certificate refused: {refusal.fields['sub_indication']}",
        }
        raise SignInSignatureRefused(**refusal.fields, location=_way_back(asked, office, told)) from None
    return WayBackView(location=_way_back(asked, office, {"code": answered.code or ""}))


@router.post("/{request_id}/refusal")
def decline_request(request_id: RequestId, office: OfficeDep, now: Now) -> WayBackView:
    """Do not sign in: the answer leads back to the party with a refusal."""
    asked = usecases.decline(request_id, store=office.store, now=now).request.asked
    return WayBackView(location=_way_back(asked, office, {"error": "access_denied"}))


def _way_back(asked: Asked, office: Office, told: dict[str, str]) -> str:
    state = {} if asked.state is None else {"state": asked.state}
    return answer_address(asked.redirect_uri, office, told | state)


def _bytes(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RequestMalformed(where=[f"body.{where}"]) from None
