"""The ticket's transition table and what a person may still do. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.support.model import (
    LIVE_TICKET_STATES,
    Author,
    ClosingAsked,
    Message,
    MessageEmpty,
    OfficeAnswered,
    PersonWrote,
    Ticket,
    TicketClosed,
    TicketEvent,
    TicketState,
    TimeRanOut,
    TooManyTickets,
)
from dojang.controls.support.policy import SupportPolicy
from dojang.controls.support.screening import Screened

S = TicketState
DAY = timedelta(days=1)

TRANSITIONS: Mapping[tuple[TicketState, type[TicketEvent]], TicketState] = {
    (S.OPEN, PersonWrote): S.OPEN,
    (S.OPEN, OfficeAnswered): S.ANSWERED,
    (S.OPEN, ClosingAsked): S.CLOSED,
    (S.OPEN, TimeRanOut): S.CLOSED,
    (S.ANSWERED, PersonWrote): S.OPEN,
    (S.ANSWERED, OfficeAnswered): S.ANSWERED,
    (S.ANSWERED, ClosingAsked): S.CLOSED,
    (S.ANSWERED, TimeRanOut): S.CLOSED,
}


def advance(ticket: Ticket, event: TicketEvent, now: datetime) -> Ticket:
    """Return the ticket after `event`; closing a closed one changes nothing. Raises `TicketClosed`."""
    target = TRANSITIONS.get((ticket.state, type(event)))
    if target is None:
        if isinstance(event, ClosingAsked | TimeRanOut):
            return ticket
        raise TicketClosed(case_id=ticket.case_id)
    failure_key = ticket.failure_key if target in LIVE_TICKET_STATES else None
    return replace(ticket, state=target, failure_key=failure_key, changed_at=now, version=ticket.version + 1)


def with_message(
    ticket: Ticket, author: Author, screened: Screened, *, message_id: str, policy: SupportPolicy, now: datetime
) -> Ticket:
    """Return the ticket with one more message and the state that follows.

    The same text from the same author again, as the last one, changes nothing: a repeated request. Raises
    `MessageEmpty`, `TicketClosed`, `TooManyTickets`.
    """
    if not screened.text:
        raise MessageEmpty()
    if ticket.messages and (ticket.messages[-1].author, ticket.messages[-1].text) == (author, screened.text):
        return ticket
    changed = advance(ticket, PersonWrote() if author is Author.PERSON else OfficeAnswered(), now)
    if author is Author.PERSON and sum(one.author is author for one in ticket.messages) >= policy.messages_per_ticket:
        raise TooManyTickets(scope="messages")
    message = Message(id=message_id, author=author, at=now, text=screened.text, masked=screened.masked)
    return replace(changed, messages=(*ticket.messages, message))


def require_room(live: Sequence[Ticket], opened_today: int, policy: SupportPolicy) -> None:
    """Raise `TooManyTickets` when the person has as many live tickets, or opened as many in a day, as there may be."""
    if len(live) >= policy.live_per_person:
        raise TooManyTickets(scope="live")
    if opened_today >= policy.opened_per_day:
        raise TooManyTickets(scope="day", retry_after_s=int(DAY.total_seconds()))


def failure_key_of(opener: str, code: str, about: str) -> str:
    """Return what makes two reports one failure: who reports, the error's code, and what it is about. SHA-256, hex."""
    return hashlib.sha256("\n".join((opener, code, about)).encode()).hexdigest()


def bearer_digest_of(request_id: str) -> str:
    """Return the SHA-256 in hex of a request's id: what the store knows of it where it opens a ticket."""
    return hashlib.sha256(f"support\n{request_id}".encode()).hexdigest()
