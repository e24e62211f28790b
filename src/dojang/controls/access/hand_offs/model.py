"""A hand-off: the right to do one task of one application, for minutes, on one other device.

The secret stands in the fragment of the address the QR code shows, which browsers do not send: no log can hold it. It
is exchanged once for a token that opens no session and is known to the task's own routes alone.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class HandOffState(StrEnum):
    """Where a hand-off stands. Whether its time has passed is not a state: see `rules.standing`."""

    WAITING = "waiting"  # the other device scans the code
    CLAIMED = "claimed"  # the other device does the task
    FINISHED = "finished"  # done
    REVOKED = "revoked"  # taken back by its owner, or by a newer one
    EXPIRED = "expired"  # too late; never stored


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """One hand-off. Secret and token are known by their SHA-256 only; `expires_at` is exclusive and never moves.

    `task` says which one: today the kind of document to photograph.
    """

    id: str
    account_id: str
    application_id: str
    task: str
    secret_digest: str = field(repr=False)
    token_digest: str | None = field(default=None, repr=False)
    state: HandOffState
    opened_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedHandOff:
    """A hand-off just opened; the secret goes to the caller once and is stored nowhere."""

    secret: str = field(repr=False)
    hand_off: HandOff


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedHandOff:
    """A hand-off just claimed; the token goes to the caller once and is stored nowhere."""

    token: str = field(repr=False)
    hand_off: HandOff


class HandOffRefused(DojangError):
    """The code is unknown, was used before, was taken back, or its time has passed."""

    code = "access.hand_off_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class HandOffEnded(DojangError):
    """No hand-off under way: it is finished, was taken back, or its time has passed."""

    code = "access.hand_off_ended"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class HandOffNotFound(DojangError):
    """Nothing was handed over for this application."""

    code = "access.hand_off_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
