"""Transfer slots: where two devices of one person leave each other four messages the office cannot read.

Must not know what is in a message: the devices agree on a key with CPace (draft-irtf-cfrg-cpace) from a code that never
comes here but for its four slot digits. Source: the protocol `dojang-move-v1` in docs/transfer.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class TransferState(StrEnum):
    """Where a transfer stands, and who acts next."""

    OPEN = "open"  # the receiver: enter the code and join
    JOINED = "joined"  # the sender: leave its share
    OFFERED = "offered"  # the receiver: answer with its share and the proof that it knows the code
    ANSWERED = "answered"  # the sender: check the proof, look at the receiver's name, leave the sealed keys
    SENT = "sent"  # the receiver: open, keep, acknowledge
    RECEIVED = "received"  # the sender: read the acknowledgement and close
    CLOSED = "closed"  # nobody; done
    BURNED = "burned"  # nobody; a wrong code, or one side gave up
    EXPIRED = "expired"  # nobody; its three minutes are over


LIVE = frozenset(TransferState) - {TransferState.CLOSED, TransferState.BURNED, TransferState.EXPIRED}


class TransferSide(StrEnum):
    """Which of the two devices."""

    SENDER = "sender"
    RECEIVER = "receiver"


class TransferStep(StrEnum):
    """The four messages, in their order."""

    SHARE = "share"  # the sender's CPace share and its name
    ANSWER = "answer"  # the receiver's share and name, and its confirmation
    KEYS = "keys"  # the sender's confirmation, and the keys under the agreed key
    RECEIPT = "receipt"  # the receiver's acknowledgement under the agreed key


class TransferOutcome(StrEnum):
    """How a device says the transfer ended for it."""

    DONE = "done"
    MISMATCH = "mismatch"  # the other side's confirmation is wrong: it does not know the code
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSlot:
    """One slot. `expires_at` is exclusive; devices are digests of their ids. `sid` (32 hex digits): of CPace.

    `messages` is dropped when the slot ends; what remains for a day is only that there was one.
    """

    id: str
    number: str
    sid: str
    subscriber_id: str
    state: TransferState
    sender_device: str
    receiver_device: str | None = None
    opened_at: datetime
    expires_at: datetime
    messages: Mapping[TransferStep, bytes] = field(default_factory=dict, repr=False)
    version: int = 1


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverJoined:
    """The other device named the slot."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLeft:
    """The sender left its share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLeft:
    """The receiver left its share and confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysLeft:
    """The sender left the sealed keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLeft:
    """The receiver acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderFinished:
    """The sender read the acknowledgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideGaveUp:
    """Either device found the code wrong, or its person gave up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTimeRanOut:
    """The slot's time is over."""


TransferEvent = (
    ReceiverJoined | ShareLeft | AnswerLeft | KeysLeft | ReceiptLeft | SenderFinished | SideGaveUp | SlotTimeRanOut
)


# --- errors ---------------------------------------------------------------------------------------------------------


class TransferNotFound(DojangError):
    """No such transfer of this person, or this device is neither of its two."""

    code: ClassVar[str] = "transfer.not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TransferOver(DojangError):
    """The slot was burned, closed, has expired or was joined already; a new code is needed."""

    code: ClassVar[str] = "transfer.over"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TransferOutOfTurn(DojangError):
    """It is the other device's turn, or the message was left already and is another."""

    code: ClassVar[str] = "transfer.out_of_turn"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TransferToItself(DojangError):
    """A device cannot receive what it sends."""

    code: ClassVar[str] = "transfer.to_itself"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TransferMessageTooLarge(DojangError):
    """The message is empty or larger than `limit_bytes`."""

    code: ClassVar[str] = "transfer.message_too_large"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TooManyTransfers(DojangError):
    """The person opened as many slots as a day allows; `retry_after_s` says when there is room again."""

    code: ClassVar[str] = "transfer.too_many"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
