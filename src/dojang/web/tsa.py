"""Time-stamps over HTTP: POST /tsa. Source: RFC 3161 section 3.4."""

from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Body, Header, Request, Response

from dojang.bootstrap import Office, StoreUnreachable
from dojang.controls.access.attempts import count_attempt
from dojang.controls.access.model import AttemptKind
from dojang.controls.delegates.holder import DelegateHolder
from dojang.controls.relying_parties import usecases as parties
from dojang.controls.relying_parties.model import RelyingParty
from dojang.kernel.errors import DojangError, Fault
from dojang.lifecycle.timestamping.usecases import TimestampAuthority, stamp
from dojang.pki.timestamp import granted_response, parse_request, rejected_response
from dojang.web.desk import Now, OfficeDep, address_key
from dojang.web.party_desk import PartyIfShown
from dojang.web.problem import UnsupportedMediaType
from dojang.web.protocol_failures import timestamp_failure_of
from dojang.web.refusals import audit_refusal

router = APIRouter(tags=["protocols"])

QUERY = "application/timestamp-query"
REPLY = "application/timestamp-reply"


@router.post("/tsa", response_class=Response, openapi_extra={"requestBody": {"content": {QUERY: {}}}})
def answer_query(
    request: Request,
    office: OfficeDep,
    now: Now,
    party: PartyIfShown,
    body: Annotated[bytes, Body(media_type=QUERY)] = b"",
    content_type: Annotated[str, Header()] = "",
) -> Response:
    """Answer a time-stamp request (DER) with a token. Refusals are replies of the protocol too, with status 200.

    Anybody may ask, so often from one address; a relying party that shows its id and secret has a quota of its own.
    """
    if content_type.partition(";")[0].strip().lower() != QUERY:
        raise UnsupportedMediaType(accepted=[QUERY])
    try:
        _count(request, office, party, now)
        return Response(granted_response(_stamp(request, office, body, now)), media_type=REPLY)
    except DojangError as refusal:
        return _refuse(request, office, refusal)
    except sa.exc.DBAPIError:
        return _refuse(request, office, StoreUnreachable())


def _count(request: Request, office: Office, party: RelyingParty | None, now: datetime) -> None:
    """Every token is a signature, a row and an audit entry. Raises `TooManyRequests`, `QuotaSpent`."""
    policy = office.settings.policy
    if party is not None:
        parties.count_timestamp(party, store=office.store, policy=policy.relying_parties, now=now)
        return
    key = address_key(request, office)
    count_attempt(AttemptKind.TIMESTAMP, key, store=office.store, policy=policy.access.attempts, now=now)


def _stamp(request: Request, office: Office, body: bytes, now: datetime) -> bytes:
    holder: DelegateHolder = request.app.state.tsa_delegate
    authority: TimestampAuthority = request.app.state.timestamp_authority
    asked = parse_request(body)
    delegate, hand = holder.get(now, office.store.read(lambda tx: tx.statuses.last_change()))
    return stamp(
        asked,
        authority=authority,
        hand=hand,
        delegate=delegate.label,
        actor=getattr(request.state, "actor", None) or "anonymous",
        store=office.store,
        chance=office.chance,
        now=now,
    )


def _refuse(request: Request, office: Office, refusal: DojangError) -> Response:
    if refusal.fault is Fault.SUBSCRIBER:
        refusal = audit_refusal(office, request, refusal)
    return Response(rejected_response(timestamp_failure_of(refusal)), media_type=REPLY)
