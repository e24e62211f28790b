"""The ticket's states, what a repeated request changes, and the masked timeline. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from dojang.controls.support import rules
from dojang.controls.support.model import (
    Author,
    ClosingAsked,
    Failure,
    MessageEmpty,
    OfficeAnswered,
    PersonWrote,
    Situation,
    Ticket,
    TicketClosed,
    TicketState,
    TimeRanOut,
    TooManyTickets,
)
from dojang.controls.support.policy import SupportPolicy
from dojang.controls.support.screening import screen
from dojang.controls.support.timeline import LONGEST, timeline_of
from dojang.kernel.audit import AuditEntry

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = SupportPolicy(messages_per_ticket=3)
TICKET = Ticket(
    id="t",
    case_id="AAAAAA",
    subscriber_id="s",
    bearer_digest=None,
    failure_key="k",
    application_id=None,
    failure=Failure(code="internal"),
    situation=Situation(),
    timeline=(),
    state=TicketState.OPEN,
    opened_at=NOW,
    changed_at=NOW,
)
LATER = NOW + timedelta(hours=1)


def write(ticket: Ticket, author: Author, text: str) -> Ticket:
    return rules.with_message(ticket, author, screen(text), message_id=text, policy=POLICY, now=LATER)


def test_an_answer_and_a_question_pass_the_turn_on() -> None:
    answered = write(TICKET, Author.OFFICE, "이렇게 해 보세요")
    assert (answered.state, answered.changed_at, answered.version) == (TicketState.ANSWERED, LATER, 1)
    assert write(answered, Author.PERSON, "그래도 안 돼요").state is TicketState.OPEN
    assert write(answered, Author.OFFICE, "하나 더요").state is TicketState.ANSWERED


def test_a_closed_ticket_takes_nothing_and_frees_its_failure() -> None:
    closed = rules.advance(TICKET, ClosingAsked(), LATER)
    assert (closed.state, closed.failure_key) == (TicketState.CLOSED, None)
    assert rules.advance(closed, ClosingAsked(), NOW) is closed
    assert rules.advance(closed, TimeRanOut(), NOW) is closed
    for author in Author:
        with pytest.raises(TicketClosed):
            write(closed, author, "아직이에요")


def test_every_state_and_event_is_decided() -> None:
    events = (PersonWrote(), OfficeAnswered(), ClosingAsked(), TimeRanOut())
    for state, event in product(TicketState, events):
        ticket = replace(TICKET, state=state)
        if state is TicketState.CLOSED and isinstance(event, PersonWrote | OfficeAnswered):
            with pytest.raises(TicketClosed):
                rules.advance(ticket, event, NOW)
        else:
            assert rules.advance(ticket, event, NOW).state in TicketState


def test_the_same_message_again_is_one_message() -> None:
    once = write(TICKET, Author.PERSON, "도와주세요")
    assert write(once, Author.PERSON, " 도와주세요 ") is once
    assert len(write(write(once, Author.OFFICE, "네"), Author.PERSON, "도와주세요").messages) == 3


def test_messages_are_bounded_for_the_person_and_never_empty() -> None:
    ticket = TICKET
    for number in range(3):
        ticket = write(ticket, Author.PERSON, f"글 {number}")
    with pytest.raises(TooManyTickets):
        write(ticket, Author.PERSON, "하나 더")
    assert len(write(ticket, Author.OFFICE, "답").messages) == 4
    with pytest.raises(MessageEmpty):
        write(TICKET, Author.PERSON, " \n ")


def entry(tag: str = "identity_proofing:ars_call:attempt_failed", second: int = 0, **data: str) -> AuditEntry:
    return AuditEntry(
        tag=tag, at=NOW + timedelta(seconds=second), actor="subscriber:0190-id", subject="0190-case", data=data
    )


def test_a_timeline_keeps_codes_and_counts_and_nothing_else() -> None:
    findings = "ars_call.no_answer,ars_call.busy"
    (step,) = timeline_of([entry(state="retry", tries="2", findings=findings, call="0190-call", evidence="0190-e")])
    assert step.facts == {"state": "retry", "tries": "2", "findings": findings}
    assert (step.tag, step.at) == ("identity_proofing:ars_call:attempt_failed", NOW)


@pytest.mark.parametrize(
    "planted", ["900101-2978124", "9001012978124", "홍길동", "010-9999-8888", "01099998888", "Hong"]
)
def test_what_is_no_code_is_left_out_even_where_a_code_belongs(planted: str) -> None:
    (step,) = timeline_of([entry(state=planted, findings=planted, code=planted, answer=planted)])
    assert step.facts == {}


def test_a_timeline_is_in_order_and_ends_with_the_newest() -> None:
    steps = timeline_of([entry(second=second) for second in reversed(range(LONGEST + 40))])
    assert len(steps) == LONGEST
    assert [one.at for one in steps] == sorted(one.at for one in steps)
    assert steps[-1].at == NOW + timedelta(seconds=LONGEST + 39)
