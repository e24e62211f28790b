"""Be called, and press the number on one's screen, to prove one act: works in any browser, without the certificate."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from dojang.controls.step_up import requesting
from dojang.controls.step_up.model import Act, ConfirmationState
from dojang.web.desk import Line, Now, OfficeDep, RecordId, SubscriberId

router = APIRouter(prefix="/v1/confirmations", tags=["confirmations"])


class ConfirmationRequestBody(BaseModel):
    """What is to be confirmed. `target`: a certificate's serial number, or the issue lock's id."""

    model_config = ConfigDict(extra="forbid")
    act: Act
    target: Annotated[Line, Field(min_length=1, max_length=64)]


class ConfirmationView(BaseModel):
    """A confirmation call. `phone` is masked; `number` is to be pressed, and null when the call is over."""

    id: str
    act: Act
    target: str
    state: ConfirmationState
    phone: str
    number: str | None
    expires_at: datetime


@router.post("", status_code=202)
def request_confirmation(
    body: ConfirmationRequestBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> ConfirmationView:
    """Ask to be called at the telephone on record; the number to press is in the answer."""
    asked = requesting.request_confirmation(
        subscriber_id,
        body.act,
        body.target,
        store=office.store,
        secrecy=office.cipher,
        policy=office.settings.policy.step_up,
        chance=office.chance,
        now=now,
    )
    return _view(asked)


@router.get("/{confirmation_id}")
def show_confirmation(
    confirmation_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> ConfirmationView:
    """Show how the call goes."""
    return _view(requesting.get_confirmation(confirmation_id, subscriber_id, store=office.store, now=now))


def _view(one: requesting.ConfirmationView) -> ConfirmationView:
    return ConfirmationView(
        id=one.id,
        act=one.act,
        target=one.target,
        state=one.state,
        phone=one.phone,
        number=one.number,
        expires_at=one.expires_at,
    )
