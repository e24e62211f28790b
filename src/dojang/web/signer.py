"""The signing role: one route that issues, for the office's own processes, on loopback or behind TLS.

The one web process with the CA's key. It takes whole requests and decides everything again from the store: a process
that serves subscribers can ask, not command. Who asks shows a secret both sides know; who does not is counted by
address and turned away.
"""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from dojang.adapters.signer_http import ISSUANCES, REFUSED, describe_set
from dojang.bootstrap import Office
from dojang.controls.access.model import SessionRequired
from dojang.kernel.errors import DojangError
from dojang.lifecycle.issuance.model import IssuanceRequest
from dojang.web.app import assemble, guard
from dojang.web.desk import Line, Now, OfficeDep, Token
from dojang.web.problem import MEDIA_TYPE

router = APIRouter(tags=["signer"])


class IssuanceBody(BaseModel):
    """A subscriber's request for certificates, as it was made; octets in base64."""

    model_config = ConfigDict(extra="forbid")
    application_id: Annotated[Line, Field(max_length=64)]
    subscriber_id: Annotated[Line, Field(max_length=64)]
    idempotency_key: Annotated[Line, Field(max_length=64)]
    signing_request: Annotated[Base64Bytes, Field(max_length=16_384)]
    key_management_request: Annotated[Base64Bytes, Field(max_length=16_384)]
    sealed_r: Annotated[Base64Bytes, Field(max_length=2_048)]


def create_signer_app(office: Office) -> ASGIApp:
    """Return the signing role's application. Raises `ConfigUnreadable` without a secret."""
    app = assemble(office, [router])
    app.state.signer_secret = office.settings.signer.read_secret()
    return guard(app, office)


def require_secret(request: Request, token: Token) -> None:
    """Let the office's own processes in. Raises `SessionRequired`."""
    if not hmac.compare_digest(token.encode(), str(request.app.state.signer_secret).encode()):
        raise SessionRequired()


@router.post(ISSUANCES, status_code=201, dependencies=[Depends(require_secret)])
def issue(body: IssuanceBody, office: OfficeDep, now: Now) -> Response:
    """Have both certificates issued, once. A refusal has status 422, with the code and fields of its error."""
    request = IssuanceRequest(
        application_id=body.application_id,
        subscriber_id=body.subscriber_id,
        idempotency_key=body.idempotency_key,
        signing_request_der=body.signing_request,
        key_management_request_der=body.key_management_request,
        sealed_r=body.sealed_r,
    )
    try:
        issued = office.issuing.issue(request, now)
    except DojangError as refusal:  # audited by the use case; told to the subscriber by the process that asked
        problem = {"type": f"/problems/{refusal.code}", "status": REFUSED, "code": refusal.code}
        return JSONResponse({**problem, "fields": dict(refusal.fields)}, status_code=REFUSED, media_type=MEDIA_TYPE)
    return JSONResponse(describe_set(issued), status_code=201)
