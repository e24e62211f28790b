"""Tickets: a failure handed to support, what is known of it, what was said about it, and where it stands.

A ticket holds codes, states and times. What people write is scanned for numbers that must not be in it before it comes
this far (`screening`). Must not know any step of the journey.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class TicketState(StrEnum):
    """Where a ticket stands, and who acts next."""

    OPEN = "open"  # the office answers
    ANSWERED = "answered"  # the person reads, and may write again
    CLOSED = "closed"  # nobody


LIVE_TICKET_STATES = frozenset({TicketState.OPEN, TicketState.ANSWERED})


class Author(StrEnum):
    """Who wrote a message."""

    PERSON = "person"
    OFFICE = "office"


class DeviceKind(StrEnum):
    """What the failure was met on, as far as support must know it."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """One thing that happened. `tag` is the audit entry's; `facts` holds codes, states and counts only, never an id."""

    at: datetime
    tag: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Where the application stood when the failure was handed over: states only, empty without an application."""

    kind: str = ""
    state: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What the app says of the failure. `request_id` finds the log line; the others are codes and names."""

    code: str
    request_id: str = ""
    support_code: str = ""
    step: str = ""
    app_version: str = ""
    device: DeviceKind = DeviceKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What was written, already screened. `masked` says that numbers were taken out of it."""

    id: str
    author: Author
    at: datetime
    text: str = field(repr=False)
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket. `case_id` is what people read out: six characters, the last one checks the others.

    `subscriber_id` is None before sign-in; then `bearer_digest` (SHA-256 in hex of the request's id) finds it.
    `failure_key` makes the same failure the same ticket while it is live, and is None after that.
    """

    id: str
    case_id: str
    subscriber_id: str | None
    bearer_digest: str | None = field(repr=False)
    failure_key: str | None = field(repr=False)
    application_id: str | None
    failure: Failure
    situation: Situation
    timeline: tuple[TimelineStep, ...]
    state: TicketState
    opened_at: datetime
    changed_at: datetime
    messages: tuple[Message, ...] = ()
    version: int = 0


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWrote:
    """The person added something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAnswered:
    """Somebody of the office answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingAsked:
    """The person or the office said that it is settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRanOut:
    """Nobody wrote any more."""


TicketEvent = PersonWrote | OfficeAnswered | ClosingAsked | TimeRanOut


# --- errors ---------------------------------------------------------------------------------------------------------


class TicketNotFound(DojangError):
    """There is no such ticket, or it is somebody else's."""

    code: ClassVar[str] = "support.ticket_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TicketClosed(DojangError):
    """The ticket is closed: nothing can be added; a new one can be opened."""

    code: ClassVar[str] = "support.ticket_closed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TooManyTickets(DojangError):
    """As many tickets or messages as one person may have; `retry_after_s` where waiting helps."""

    code: ClassVar[str] = "support.too_many"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class MessageEmpty(DojangError):
    """A message says something."""

    code: ClassVar[str] = "support.message_empty"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
