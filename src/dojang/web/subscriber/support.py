"""Hand a failure to support, see how it goes, write, close.

Before sign-in, the failed request's id stands for the person: a ticket is shown to whoever knows it.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dojang.bootstrap import Office
from dojang.controls.access.model import AttemptKind
from dojang.controls.support import usecases
from dojang.controls.support.model import Author, DeviceKind, Failure, Message, Ticket, TicketState
from dojang.kernel.catalogue import WordsMissing
from dojang.web.desk import Language, Now, OfficeDep, SubscriberId, counted_as

router = APIRouter(prefix="/v1/support/tickets", tags=["support"])
reports = APIRouter(prefix="/v1/support/reports", tags=["support"])

# What is typed from a screen or heard on the telephone: `controls.support.case_id` reads it.
CaseId = Annotated[str, Path(pattern=r"^[0-9A-Za-z -]{1,16}$", description="Six characters, as shown")]
Code = Annotated[str, Field(pattern=r"^[a-z_]{1,40}(\.[a-z_]{1,40}){0,3}$", examples=["account_deposit.too_many"])]
RequestId = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{20,64}$", description="The problem's `request_id`")]
# Lines may end; other control characters mean nothing.
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]


class FailureBody(BaseModel):
    """A failure as the app met it: codes and names. `text` is what the person wants to say."""

    model_config = ConfigDict(extra="forbid")
    code: Code
    support_code: Annotated[str, Field(pattern=r"^[0-9a-f]{0,16}$")] = ""
    step: Annotated[str, Field(pattern=r"^[a-z_]{0,40}$")] = ""
    app_version: Annotated[str, Field(pattern=r"^[0-9a-z.+-]{0,20}$")] = ""
    device: DeviceKind = DeviceKind.OTHER
    text: Text = ""


class TicketBody(FailureBody):
    """A failure of somebody signed in. `application_id` is of the application it happened in."""

    application_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")] | None = None
    request_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{0,64}$")] = ""


class ReportBody(FailureBody):
    """A failure before sign-in. Keep `request_id`: the ticket is shown to whoever knows it."""

    request_id: RequestId


class MessageBody(BaseModel):
    """What the person adds."""

    model_config = ConfigDict(extra="forbid")
    text: Text


class MessageView(BaseModel):
    """One message. `masked`: numbers that must not be in it were replaced by stars."""

    author: Author
    at: datetime
    text: str
    masked: bool


class TicketView(BaseModel):
    """A ticket, as the person sees it. `case_id` is what to tell support."""

    case_id: str
    state: TicketState
    code: str
    title: str
    opened_at: datetime
    changed_at: datetime
    messages: list[MessageView]


@router.post("", status_code=201)
def open_ticket(
    body: TicketBody, subscriber_id: SubscriberId, office: OfficeDep, language: Language, now: Now
) -> TicketView:
    """Hand a failure over; the same one again is the same ticket."""
    report = usecases.Report(
        subscriber_id=subscriber_id,
        failure=_failure(body, body.request_id),
        application_id=body.application_id,
        text=body.text,
    )
    ticket = usecases.open_ticket(
        report, store=office.store, policy=office.settings.policy.support, chance=office.chance, now=now
    )
    return _view(ticket, office, language)


@router.get("")
def list_tickets(subscriber_id: SubscriberId, office: OfficeDep, language: Language) -> list[TicketView]:
    """List the caller's tickets, newest first."""
    return [_view(one, office, language) for one in usecases.list_own(subscriber_id, store=office.store)]


@router.get("/{case_id}")
def get_ticket(case_id: CaseId, subscriber_id: SubscriberId, office: OfficeDep, language: Language) -> TicketView:
    """Show one ticket with the office's answers."""
    return _view(usecases.show_own(case_id, subscriber_id, store=office.store), office, language)


@router.post("/{case_id}/messages")
def write_message(
    case_id: CaseId, body: MessageBody, subscriber_id: SubscriberId, office: OfficeDep, language: Language, now: Now
) -> TicketView:
    """Add a message; numbers that must not be in it are masked, and the answer says so."""
    ticket = usecases.write(
        case_id,
        subscriber_id,
        body.text,
        store=office.store,
        policy=office.settings.policy.support,
        chance=office.chance,
        now=now,
    )
    return _view(ticket, office, language)


@router.post("/{case_id}/closing")
def close_ticket(
    case_id: CaseId, subscriber_id: SubscriberId, office: OfficeDep, language: Language, now: Now
) -> TicketView:
    """Say that it is settled."""
    return _view(usecases.close_own(case_id, subscriber_id, store=office.store, now=now), office, language)


@reports.post("", status_code=201, dependencies=[Depends(counted_as(AttemptKind.SUPPORT))])
def report_failure(body: ReportBody, office: OfficeDep, language: Language, now: Now) -> TicketView:
    """Hand over a failure met before sign-in."""
    report = usecases.Report(subscriber_id=None, failure=_failure(body, body.request_id), text=body.text)
    ticket = usecases.open_ticket(
        report, store=office.store, policy=office.settings.policy.support, chance=office.chance, now=now
    )
    return _view(ticket, office, language)


@reports.get("/{case_id}", dependencies=[Depends(counted_as(AttemptKind.SUPPORT))])
def get_report(
    case_id: CaseId,
    office: OfficeDep,
    language: Language,
    request_id: Annotated[str, Header(alias="Dojang-Request", pattern=r"^[0-9A-Za-z-]{20,64}$")],
) -> TicketView:
    """Show a ticket opened before sign-in to whoever shows its request's id."""
    return _view(usecases.show_reported(case_id, request_id, store=office.store), office, language)


def _failure(body: FailureBody, request_id: str) -> Failure:
    return Failure(
        code=body.code,
        request_id=request_id,
        support_code=body.support_code,
        step=body.step,
        app_version=body.app_version,
        device=body.device,
    )


def message_view(message: Message) -> MessageView:
    """Return a message as both sides see it."""
    return MessageView(author=message.author, at=message.at, text=message.text, masked=message.masked)


def title_of(code: str, office: Office, language: str) -> str:
    """Return the words of an error's code, or nothing for one that only the app knows."""
    try:
        return office.catalogue.get(code, language).title
    except WordsMissing:
        return ""


def _view(ticket: Ticket, office: Office, language: str) -> TicketView:
    return TicketView(
        case_id=ticket.case_id,
        state=ticket.state,
        code=ticket.failure.code,
        title=title_of(ticket.failure.code, office, language),
        opened_at=ticket.opened_at,
        changed_at=ticket.changed_at,
        messages=[message_view(one) for one in ticket.messages],
    )
