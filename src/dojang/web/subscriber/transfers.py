"""The blind relay between two devices of one person. What they leave each other is opaque here (docs/transfer.md)."""

import base64
import binascii
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from dojang.lifecycle.transfer import usecases as transfer
from dojang.lifecycle.transfer.model import TransferOutcome, TransferSide, TransferSlot, TransferState, TransferStep
from dojang.web.desk import DeviceDigest, Now, OfficeDep, RecordId, SubscriberId
from dojang.web.problem import RequestMalformed

router = APIRouter(prefix="/v1/transfers", tags=["transfers"])


class JoinBody(BaseModel):
    """The first four digits of the code. The others never leave the two devices."""

    model_config = ConfigDict(extra="forbid")
    number: Annotated[str, Field(pattern=r"^[0-9]{4}$")]


class TransferMessageBody(BaseModel):
    """One message for the other device, base64."""

    model_config = ConfigDict(extra="forbid")
    content: Annotated[str, Field(max_length=131_072)]


class TransferMessageView(BaseModel):
    """One message, as it was left: base64."""

    step: TransferStep
    content: str


class TransferEndBody(BaseModel):
    """How it ended for this device."""

    model_config = ConfigDict(extra="forbid")
    outcome: TransferOutcome


class TransferView(BaseModel):
    """A transfer as this device sees it: `sid` 32 hex digits, `expires_at` exclusive, `messages` the other side's."""

    id: str
    number: str
    sid: str
    side: TransferSide
    state: TransferState
    expires_at: datetime
    messages: list[TransferMessageView]


@router.post("", status_code=201)
def open_transfer(subscriber_id: SubscriberId, device: DeviceDigest, office: OfficeDep, now: Now) -> TransferView:
    """Open a slot, on the device that has the certificate. An older slot of the caller's is burned."""
    slot = transfer.open_slot(
        subscriber_id,
        device,
        store=office.store,
        policy=office.settings.policy.transfer,
        chance=office.chance,
        now=now,
    )
    return _view(slot, TransferSide.SENDER)


@router.post("/join")
def join_transfer(
    body: JoinBody, subscriber_id: SubscriberId, device: DeviceDigest, office: OfficeDep, now: Now
) -> TransferView:
    """Join the caller's own slot from another device, once."""
    slot = transfer.join_slot(body.number, subscriber_id, device, store=office.store, now=now)
    return _view(slot, TransferSide.RECEIVER)


@router.get("/{transfer_id}")
def show_transfer(
    transfer_id: RecordId, subscriber_id: SubscriberId, device: DeviceDigest, office: OfficeDep, now: Now
) -> TransferView:
    """Show where the transfer stands, and what the other device left."""
    slot, side = transfer.get_slot(transfer_id, subscriber_id, device, store=office.store, now=now)
    return _view(slot, side)


@router.put("/{transfer_id}/messages/{step}")
def leave_message(
    transfer_id: RecordId,
    step: TransferStep,
    body: TransferMessageBody,
    subscriber_id: SubscriberId,
    device: DeviceDigest,
    office: OfficeDep,
    now: Now,
) -> TransferView:
    """Leave the message of one step; the same message again changes nothing."""
    try:
        content = base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError):
        raise RequestMalformed(where=["body.content"]) from None
    slot = transfer.leave_message(
        transfer_id,
        step,
        content,
        subscriber_id=subscriber_id,
        device=device,
        store=office.store,
        policy=office.settings.policy.transfer,
        now=now,
    )
    side = TransferSide.SENDER if step in (TransferStep.SHARE, TransferStep.KEYS) else TransferSide.RECEIVER
    return _view(slot, side)


@router.post("/{transfer_id}/end")
def end_transfer(
    transfer_id: RecordId,
    body: TransferEndBody,
    subscriber_id: SubscriberId,
    device: DeviceDigest,
    office: OfficeDep,
    now: Now,
) -> TransferView:
    """End the transfer for both devices: done, a wrong code, or given up."""
    slot = transfer.end_transfer(
        transfer_id, body.outcome, subscriber_id=subscriber_id, device=device, store=office.store, now=now
    )
    side = TransferSide.SENDER if device == slot.sender_device else TransferSide.RECEIVER
    return _view(slot, side)


def _view(slot: TransferSlot, side: TransferSide) -> TransferView:
    theirs = (
        (TransferStep.ANSWER, TransferStep.RECEIPT)
        if side is TransferSide.SENDER
        else (TransferStep.SHARE, TransferStep.KEYS)
    )
    return TransferView(
        id=slot.id,
        number=slot.number,
        sid=slot.sid,
        side=side,
        state=slot.state,
        expires_at=slot.expires_at,
        messages=[
            TransferMessageView(step=step, content=base64.b64encode(slot.messages[step]).decode("ascii"))
            for step in theirs
            if step in slot.messages
        ],
    )
