"""OCSP over HTTP: POST, and GET with the request in the address, with the headers that let caches multiply answers.

Sources: RFC 6960 appendix A, RFC 5019 sections 5 and 6.
"""

import base64
import binascii
import hashlib
import time
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Body, Header, Path, Request, Response

from dojang.bootstrap import Office, StoreUnreachable
from dojang.controls.delegates.holder import DelegateHolder
from dojang.controls.delegates.model import Delegate
from dojang.kernel.errors import DojangError, Fault
from dojang.kernel.transaction import Store
from dojang.lifecycle.status import responder
from dojang.lifecycle.status.policy import OcspPolicy
from dojang.lifecycle.status.ports import ChangeWatch, StatusTransaction
from dojang.lifecycle.status.responder import KnownStandings, OcspAnswer, Responder
from dojang.pki.ocsp import MAX_REQUEST_BYTES, OcspRequest, OcspRequestMalformed, failure_response, parse_request
from dojang.pki.signer import DelegateSigner
from dojang.web.desk import Now, OfficeDep
from dojang.web.problem import UnsupportedMediaType
from dojang.web.protocol_failures import ocsp_failure_of
from dojang.web.refusals import audit_refusal

router = APIRouter(tags=["protocols"])

REQUEST = "application/ocsp-request"
RESPONSE = "application/ocsp-response"
LONGEST_ADDRESS = MAX_REQUEST_BYTES * 4 // 3 + 4  # base64


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What answers are made with: the delegate in office and what it speaks for. `watch` tells what still holds."""

    delegate: DelegateHolder
    responder: Responder
    store: Store[StatusTransaction]
    watch: ChangeWatch
    policy: OcspPolicy

    def answer(self, asked: bytes, now: datetime) -> OcspAnswer:
        """Return the answer to a request (DER). Raises what `parse_request`, the delegate and the responder raise."""
        request = parse_request(asked)
        asked_at_s = time.monotonic()
        latest = self.watch.latest()
        known = responder.look_up(request, responder=self.responder, store=self.store, latest=latest)
        self.watch.learned(known.change, asked_at_s)
        return self._say(request, known, self.delegate.get(now, known.change), now)

    def answer_at_hand(self, asked: bytes, now: datetime) -> OcspAnswer | None:
        """Return the same answer when nothing has to be read for it: it costs no more than its signature. Else None."""
        request = parse_request(asked)
        known = responder.find_known(request, responder=self.responder, latest=self.watch.latest())
        held = None if known is None else self.delegate.find_held(now, known.change)
        return None if known is None or held is None else self._say(request, known, held, now)

    def _say(
        self, request: OcspRequest, known: KnownStandings, held: tuple[Delegate, DelegateSigner], now: datetime
    ) -> OcspAnswer:
        delegate, hand = held
        return responder.answer(
            request,
            known,
            hand=hand,
            hand_not_after=delegate.not_after,
            responder=self.responder,
            policy=self.policy,
            now=now,
        )


@router.post("/ocsp", response_class=Response, openapi_extra={"requestBody": {"content": {REQUEST: {}}}})
def answer_post(
    request: Request,
    office: OfficeDep,
    now: Now,
    body: Annotated[bytes, Body(media_type=REQUEST)] = b"",
    content_type: Annotated[str, Header()] = "",
) -> Response:
    """Answer an OCSP request (DER). Refusals are OCSP answers too, with status 200."""
    if content_type.partition(";")[0].strip().lower() != REQUEST:
        raise UnsupportedMediaType(accepted=[REQUEST])
    return _respond(request, office, body, now)


@router.get("/ocsp/{encoded:path}", response_class=Response)
def answer_get(
    request: Request, office: OfficeDep, now: Now, encoded: Annotated[str, Path(description="base64 of the request")]
) -> Response:
    """Answer an OCSP request that stands in the address, base64 and then percent-encoded; `/` may stand as it is."""
    try:
        if len(encoded) > LONGEST_ADDRESS:
            raise OcspRequestMalformed(reason="too_large")
        asked = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return _refuse(request, office, OcspRequestMalformed(reason="base64"))
    except OcspRequestMalformed as malformed:
        return _refuse(request, office, malformed)
    return _respond(request, office, asked, now)


def _respond(request: Request, office: Office, asked: bytes, now: datetime) -> Response:
    try:
        desk: Desk = request.app.state.ocsp_desk
        answer = desk.answer(asked, now)
    except DojangError as refusal:
        return _refuse(request, office, refusal)
    except sa.exc.DBAPIError:
        return _refuse(request, office, StoreUnreachable())
    headers = headers_of(answer, method=request.method, cached_s=office.settings.policy.ocsp.cached_s, now=now)
    return Response(answer.response_der, media_type=RESPONSE, headers=headers)


def _refuse(request: Request, office: Office, refusal: DojangError) -> Response:
    """Answer with a bare status. What the caller did wrong is audited and counted; what we lack is not."""
    if refusal.fault is Fault.SUBSCRIBER:
        refusal = audit_refusal(office, request, refusal)
    return Response(failure_response(ocsp_failure_of(refusal)), media_type=RESPONSE)


def headers_of(answer: OcspAnswer, *, method: str, cached_s: int, now: datetime) -> dict[str, str]:
    """Return what HTTP caches have to know of an answer (RFC 5019 section 6.2); POST is never cached."""
    if method != "GET" or not answer.may_be_cached:
        return {"cache-control": "no-store"}
    fresh_s = max(0, min(cached_s, int((answer.next_update - now).total_seconds())))
    return {
        "etag": f'"{hashlib.sha256(answer.response_der).hexdigest()}"',
        "last-modified": format_datetime(answer.this_update, usegmt=True),
        "expires": format_datetime(answer.next_update, usegmt=True),
        "cache-control": f"max-age={fresh_s}, public, no-transform, must-revalidate",
    }
