"""Hand the photographs over to a phone: opened on the computer, claimed by the phone with what the QR code shows.

The phone's token is no session's. It is shown to the two routes below `/v1/hand-offs/current` and to nothing else, and
only as a bearer token: no cookie is given.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from dojang.controls.access.hand_offs import rules, usecases
from dojang.controls.access.hand_offs.model import HandOff, HandOffEnded, HandOffState
from dojang.controls.access.model import AttemptKind
from dojang.lifecycle.application.usecases import get_application
from dojang.lifecycle.identity_proofing import photograph
from dojang.lifecycle.identity_proofing.document import DocumentState
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, Side
from dojang.web.desk import DeviceId, Now, OfficeDep, RecordId, SubscriberId, counted_as
from dojang.web.problem import UnsupportedMediaType
from dojang.web.subscriber.proofing import PHOTOGRAPH_TYPES, PhotographView

router = APIRouter(prefix="/v1", tags=["hand-offs"])

_bearer = HTTPBearer(auto_error=False, description="The token of POST /v1/hand-offs/claims", scheme_name="HandOff")


class HandOffBody(BaseModel):
    """Which document is to be photographed."""

    model_config = ConfigDict(extra="forbid")
    kind: DocumentKind


class OpenedHandOffView(BaseModel):
    """A hand-off just opened. `secret` is shown this once: behind a `#`, in a QR code."""

    secret: str
    expires_at: datetime


class HandOffView(BaseModel):
    """Where the newest hand-off stands."""

    kind: str
    state: HandOffState
    expires_at: datetime


class ClaimBody(BaseModel):
    """What stood behind the `#`."""

    model_config = ConfigDict(extra="forbid")
    secret: Annotated[SecretStr, Field(max_length=128)]


class ClaimedHandOffView(BaseModel):
    """What the phone may do, and until when. The token is shown this once."""

    token: str
    kind: str
    expires_at: datetime


def hand_off_of(
    request: Request,
    office: OfficeDep,
    now: Now,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> HandOff:
    """Return the caller's hand-off. Raises `HandOffEnded`."""
    if credentials is None:
        raise HandOffEnded()
    hand_off = usecases.authenticate(credentials.credentials, store=office.store, now=now)
    request.state.actor = f"subscriber:{hand_off.account_id}"
    return hand_off


OwnHandOff = Annotated[HandOff, Depends(hand_off_of)]


@router.post("/applications/{application_id}/hand-off", status_code=201)
def open_hand_off(
    application_id: RecordId, body: HandOffBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> OpenedHandOffView:
    """Hand the photographs of one document over to another device; an earlier hand-off ends."""
    application = get_application(application_id, subscriber_id, store=office.store)
    opened = usecases.open_hand_off(
        subscriber_id,
        application.id,
        body.kind.value,
        store=office.store,
        policy=office.settings.policy.access.hand_offs,
        chance=office.chance,
        now=now,
    )
    return OpenedHandOffView(secret=opened.secret, expires_at=opened.hand_off.expires_at)


@router.get("/applications/{application_id}/hand-off")
def show_hand_off(application_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> HandOffView:
    """Show where the newest hand-off stands."""
    found = usecases.get_latest(subscriber_id, application_id, store=office.store)
    return HandOffView(kind=found.task, state=rules.standing(found, now), expires_at=found.expires_at)


@router.delete("/applications/{application_id}/hand-off", status_code=204)
def revoke_hand_off(application_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> None:
    """Take the hand-off back: the phone can do nothing more."""
    usecases.revoke(subscriber_id, application_id, store=office.store, now=now)


@router.post("/hand-offs/claims", status_code=201, dependencies=[Depends(counted_as(AttemptKind.HAND_OFF))])
def claim_hand_off(body: ClaimBody, office: OfficeDep, now: Now) -> ClaimedHandOffView:
    """Claim a hand-off, once, with what the QR code shows."""
    claimed = usecases.claim(body.secret.get_secret_value(), store=office.store, chance=office.chance, now=now)
    hand_off = claimed.hand_off
    return ClaimedHandOffView(token=claimed.token, kind=hand_off.task, expires_at=hand_off.expires_at)


@router.get("/hand-offs/current")
def show_own_hand_off(hand_off: OwnHandOff, now: Now) -> HandOffView:
    """Show the phone what it may still do."""
    return HandOffView(kind=hand_off.task, state=rules.standing(hand_off, now), expires_at=hand_off.expires_at)


@router.put("/hand-offs/current/photographs/{side}", status_code=202)
def submit_handed_photograph(
    side: Side,
    image: Annotated[bytes, Body(media_type="image/jpeg", description="A JPEG or PNG file")],
    request: Request,
    hand_off: OwnHandOff,
    device_id: DeviceId,
    office: OfficeDep,
    now: Now,
) -> PhotographView:
    """Hand in one photograph of the document that was handed over. The last side ends the hand-off."""
    if request.headers.get("content-type", "").partition(";")[0] not in PHOTOGRAPH_TYPES:
        raise UnsupportedMediaType(accepted=list(PHOTOGRAPH_TYPES))
    document = photograph.submit_photograph(
        hand_off.application_id,
        hand_off.account_id,
        kind=DocumentKind(hand_off.task),
        side=side,
        image=image,
        device_id=device_id,
        store=office.store,
        secrecy=office.cipher,
        policy=office.settings.policy.proofing,
        chance=office.chance,
        now=now,
    )
    if document.state is DocumentState.READING:
        usecases.finish(hand_off, store=office.store, now=now)
    sides = sorted(one.value for one in document.sides)
    return PhotographView(kind=document.kind.value, state=document.state.value, sides=sides)
