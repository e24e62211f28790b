"""The slot's transition table, whose turn it is, and what may be left. Pure. Source: docs/transfer.md."""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.lifecycle.transfer.model import (
    LIVE,
    AnswerLeft,
    KeysLeft,
    ReceiptLeft,
    ReceiverJoined,
    SenderFinished,
    ShareLeft,
    SideGaveUp,
    SlotTimeRanOut,
    TooManyTransfers,
    TransferEvent,
    TransferMessageTooLarge,
    TransferNotFound,
    TransferOutOfTurn,
    TransferOver,
    TransferSide,
    TransferSlot,
    TransferState,
    TransferStep,
    TransferToItself,
)
from dojang.lifecycle.transfer.policy import TransferPolicy

S = TransferState
COUNTED = timedelta(days=1)

TRANSITIONS: Mapping[tuple[TransferState, type[TransferEvent]], TransferState] = {
    (S.OPEN, ReceiverJoined): S.JOINED,
    (S.JOINED, ShareLeft): S.OFFERED,
    (S.OFFERED, AnswerLeft): S.ANSWERED,
    (S.ANSWERED, KeysLeft): S.SENT,
    (S.SENT, ReceiptLeft): S.RECEIVED,
    (S.RECEIVED, SenderFinished): S.CLOSED,
    **{(state, SideGaveUp): S.BURNED for state in S if state in LIVE},
    **{(state, SlotTimeRanOut): S.EXPIRED for state in S if state in LIVE},
}

LEAVES: Mapping[TransferStep, tuple[TransferSide, TransferEvent]] = {
    TransferStep.SHARE: (TransferSide.SENDER, ShareLeft()),
    TransferStep.ANSWER: (TransferSide.RECEIVER, AnswerLeft()),
    TransferStep.KEYS: (TransferSide.SENDER, KeysLeft()),
    TransferStep.RECEIPT: (TransferSide.RECEIVER, ReceiptLeft()),
}


def advance(slot: TransferSlot, event: TransferEvent) -> TransferSlot:
    """Return the slot after `event`; a slot that ends keeps no message.

    Raises `TransferOver` for a slot that has ended, `TransferOutOfTurn` for an event that is not due.
    """
    target = TRANSITIONS.get((slot.state, type(event)))
    if target is None:
        raise TransferOutOfTurn() if slot.state in LIVE else TransferOver()
    receiver = event.device if isinstance(event, ReceiverJoined) else slot.receiver_device
    return replace(
        slot,
        state=target,
        receiver_device=receiver,
        messages=slot.messages if target in LIVE else {},
        version=slot.version + 1,
    )


def join(slot: TransferSlot, device: str) -> TransferSlot:
    """Return the slot joined by `device`, once. Raises `TransferOver`, `TransferToItself`.

    The same device again (after a lost answer) changes nothing as long as the sender waits.
    """
    if slot.sender_device == device:
        raise TransferToItself()
    if slot.state in LIVE and slot.receiver_device == device:
        return slot
    if slot.state is not S.OPEN:
        raise TransferOver()
    return advance(slot, ReceiverJoined(device=device))


def leave(slot: TransferSlot, side: TransferSide, step: TransferStep, content: bytes) -> TransferSlot:
    """Return the slot with the message of `step`; the very same message again changes nothing.

    Raises `TransferOver`, `TransferOutOfTurn`.
    """
    if slot.state not in LIVE:
        raise TransferOver()
    left = slot.messages.get(step)
    author, event = LEAVES[step]
    if author is not side or (left is not None and not hmac.compare_digest(left, content)):
        raise TransferOutOfTurn()
    if left is not None:
        return slot
    after = advance(slot, event)
    return replace(after, messages={**slot.messages, step: content})


def side_of(slot: TransferSlot, subscriber_id: str, device: str) -> TransferSide:
    """Return which side the device is. Raises `TransferNotFound` for anybody else, other people first of all."""
    if slot.subscriber_id == subscriber_id:
        if device == slot.sender_device:
            return TransferSide.SENDER
        if device == slot.receiver_device:
            return TransferSide.RECEIVER
    raise TransferNotFound()


def has_run_out(slot: TransferSlot, now: datetime) -> bool:
    """Return whether a live slot's time is over."""
    return slot.state in LIVE and now >= slot.expires_at


def run_out(slot: TransferSlot) -> TransferSlot:
    """Return the slot expired."""
    return advance(slot, SlotTimeRanOut())


def give_up(slot: TransferSlot) -> TransferSlot:
    """Return the slot burned. Raises `TransferOver`."""
    return advance(slot, SideGaveUp())


def finish(slot: TransferSlot) -> TransferSlot:
    """Return the slot closed. Raises `TransferOutOfTurn` before the acknowledgement, `TransferOver`."""
    return advance(slot, SenderFinished())


def require_room(opened: tuple[datetime, ...], policy: TransferPolicy, now: datetime) -> None:
    """Raise `TooManyTransfers` when as many slots as allowed were opened in the last day; `opened` is oldest first."""
    if len(opened) >= policy.per_person_a_day:
        free_at = opened[-policy.per_person_a_day] + COUNTED
        raise TooManyTransfers(retry_after_s=max(1, int((free_at - now).total_seconds())))


def require_size(step: TransferStep, content: bytes, policy: TransferPolicy) -> None:
    """Raise `TransferMessageTooLarge` for an empty message or one above its bound (inclusive)."""
    limit = policy.max_keys_bytes if step is TransferStep.KEYS else policy.max_handshake_bytes
    if not 0 < len(content) <= limit:
        raise TransferMessageTooLarge(limit_bytes=limit)
