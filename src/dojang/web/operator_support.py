"""The operators' interface to support: what was handed over, answers, closing. For the role `support` alone."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from dojang.bootstrap import Office
from dojang.controls.access.model import Role
from dojang.controls.support import usecases
from dojang.controls.support.model import Ticket, TicketState
from dojang.web.desk import Language, Now, OfficeDep, operator_with
from dojang.web.subscriber.support import CaseId, MessageView, Text, message_view, title_of

router = APIRouter(prefix="/v1/operator/tickets", tags=["operators"])

SUPPORT = operator_with((Role.SUPPORT,))
SupportId = Annotated[str, Depends(SUPPORT)]


class AnswerBody(BaseModel):
    """What the office says."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[Text, Field(min_length=1)]


class TicketLineView(BaseModel):
    """A ticket in a list."""

    case_id: str
    state: TicketState
    code: str
    title: str
    opened_at: datetime
    changed_at: datetime


class StepView(BaseModel):
    """One thing that happened: an audit tag and the codes and counts that belong to it."""

    at: datetime
    tag: str
    facts: dict[str, str]


class TicketDetailView(BaseModel):
    """Everything support may know. `request_id` and `support_code` find log lines; there is no personal data in it."""

    ticket: TicketLineView
    signed_in: bool
    application_id: str | None
    application_kind: str
    application_state: str
    checks: dict[str, str]
    step: str
    app_version: str
    device: str
    request_id: str
    support_code: str
    timeline: list[StepView]
    messages: list[MessageView]


@router.get("", dependencies=[Depends(SUPPORT)])
def list_tickets(office: OfficeDep, language: Language, state: TicketState = TicketState.OPEN) -> list[TicketLineView]:
    """List tickets in a state, the longest waiting first."""
    return [_line(one, office, language) for one in usecases.list_tickets(state, store=office.store)]


@router.get("/{case_id}")
def show_ticket(
    case_id: CaseId, operator_id: SupportId, office: OfficeDep, language: Language, now: Now
) -> TicketDetailView:
    """Show one ticket; looking is audited."""
    ticket = usecases.show_ticket(case_id, operator_id=operator_id, store=office.store, now=now)
    return _detail(ticket, office, language)


@router.post("/{case_id}/answers")
def answer_ticket(
    case_id: CaseId, body: AnswerBody, operator_id: SupportId, office: OfficeDep, language: Language, now: Now
) -> TicketDetailView:
    """Answer; the person sees it in the app and is told by notice."""
    ticket = usecases.answer(
        case_id,
        body.text,
        operator_id=operator_id,
        store=office.store,
        policy=office.settings.policy.support,
        chance=office.chance,
        now=now,
    )
    return _detail(ticket, office, language)


@router.post("/{case_id}/closing")
def close_ticket(
    case_id: CaseId, operator_id: SupportId, office: OfficeDep, language: Language, now: Now
) -> TicketLineView:
    """Close a ticket."""
    ticket = usecases.close_ticket(case_id, operator_id=operator_id, store=office.store, now=now)
    return _line(ticket, office, language)


def _line(ticket: Ticket, office: Office, language: str) -> TicketLineView:
    return TicketLineView(
        case_id=ticket.case_id,
        state=ticket.state,
        code=ticket.failure.code,
        title=title_of(ticket.failure.code, office, language),
        opened_at=ticket.opened_at,
        changed_at=ticket.changed_at,
    )


def _detail(ticket: Ticket, office: Office, language: str) -> TicketDetailView:
    return TicketDetailView(
        ticket=_line(ticket, office, language),
        signed_in=ticket.subscriber_id is not None,
        application_id=ticket.application_id,
        application_kind=ticket.situation.kind,
        application_state=ticket.situation.state,
        checks=dict(ticket.situation.checks),
        step=ticket.failure.step,
        app_version=ticket.failure.app_version,
        device=ticket.failure.device.value,
        request_id=ticket.failure.request_id,
        support_code=ticket.failure.support_code,
        timeline=[StepView(at=one.at, tag=one.tag, facts=dict(one.facts)) for one in ticket.timeline],
        messages=[message_view(one) for one in ticket.messages],
    )
