"""Hand a failure to support, follow it, answer it, close it, forget it."""

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.support import rules
from dojang.controls.support.case_id import draw_case_id, find_case_id
from dojang.controls.support.model import (
    LIVE_TICKET_STATES,
    Author,
    ClosingAsked,
    Failure,
    Situation,
    Ticket,
    TicketNotFound,
    TicketState,
    TimeRanOut,
    TooManyTickets,
)
from dojang.controls.support.policy import SupportPolicy
from dojang.controls.support.ports import SupportTransaction
from dojang.controls.support.screening import Screened, screen
from dojang.controls.support.timeline import LONGEST, timeline_of
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store

ANSWERED_TEMPLATE = "ticket_answered"
LISTED = 50
BATCH = 100
DRAWS = 8  # case ids drawn before giving up: of 28 million, even a full year's tickets leave most free


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is handed over. `subscriber_id` None means before sign-in; then `failure.request_id` must be there."""

    subscriber_id: str | None
    failure: Failure
    application_id: str | None = None
    text: str = field(default="", repr=False)

    @property
    def opener(self) -> str:
        """Who opens it, as far as that is known."""
        return f"subscriber:{self.subscriber_id}" if self.subscriber_id else f"request:{self.failure.request_id}"


def open_ticket(
    report: Report, *, store: Store[SupportTransaction], policy: SupportPolicy, chance: Chance, now: datetime
) -> Ticket:
    """Hand a failure over and return its ticket; the same failure again returns the ticket there is.

    Another person's application counts as none. A message is screened first. Raises `TooManyTickets`.
    """
    screened = screen(report.text)
    case_ids = [draw_case_id(chance) for _ in range(DRAWS)]
    ids = (chance.new_id(), chance.new_id())

    def work(tx: SupportTransaction) -> Ticket:
        situation = _situation_of(tx, report)
        about = report.application_id if situation and report.application_id else ""
        key = rules.failure_key_of(report.opener, report.failure.code, about)
        known = tx.tickets.find_by_failure_key(key)
        if known is not None:
            return _add_text(tx, known, screened, ids[1], policy, now)
        if report.subscriber_id is not None:
            listed = tx.tickets.list_of(report.subscriber_id, LISTED)
            opened_today = tx.tickets.count_opened(report.subscriber_id, now - rules.DAY)
            rules.require_room([one for one in listed if one.state in LIVE_TICKET_STATES], opened_today, policy)
        ticket = _compose(tx, report, situation, key, ids[0], now)
        if screened.text:
            ticket = rules.with_message(ticket, Author.PERSON, screened, message_id=ids[1], policy=policy, now=now)
            ticket = replace(ticket, version=0)
        for case_id in case_ids:
            named = replace(ticket, case_id=case_id)
            if tx.tickets.add(named):
                tx.record(_entry("opened", named, report.opener, now, code=report.failure.code))
                return named
            raced = tx.tickets.find_by_failure_key(key)
            if raced is not None:
                return _add_text(tx, raced, screened, ids[1], policy, now)
        raise TooManyTickets(scope="office")

    return store.transact(work)


def list_own(subscriber_id: str, *, store: Store[SupportTransaction]) -> tuple[Ticket, ...]:
    """Return the person's tickets, newest first."""
    return store.read(lambda tx: tuple(tx.tickets.list_of(subscriber_id, LISTED)))


def show_own(case_id: str, subscriber_id: str, *, store: Store[SupportTransaction]) -> Ticket:
    """Return the person's ticket. Raises `TicketNotFound`, also for somebody else's."""
    return store.read(lambda tx: _own(tx, case_id, subscriber_id))


def show_reported(case_id: str, request_id: str, *, store: Store[SupportTransaction]) -> Ticket:
    """Return a ticket opened before sign-in to whoever knows its request's id. Raises `TicketNotFound`."""

    def work(tx: SupportTransaction) -> Ticket:
        ticket = _get(tx, case_id)
        if not hmac.compare_digest(ticket.bearer_digest or "", rules.bearer_digest_of(request_id)):
            raise TicketNotFound()
        return ticket

    return store.read(work)


def write(
    case_id: str,
    subscriber_id: str,
    text: str,
    *,
    store: Store[SupportTransaction],
    policy: SupportPolicy,
    chance: Chance,
    now: datetime,
) -> Ticket:
    """Add the person's message. Raises `TicketNotFound`, `TicketClosed`, `MessageEmpty`, `TooManyTickets`."""
    screened, message_id = screen(text), chance.new_id()

    def work(tx: SupportTransaction) -> Ticket:
        ticket = _own(tx, case_id, subscriber_id)
        changed = rules.with_message(ticket, Author.PERSON, screened, message_id=message_id, policy=policy, now=now)
        return _save(tx, ticket, changed, "written", f"subscriber:{subscriber_id}", now)

    return store.transact(work)


def close_own(case_id: str, subscriber_id: str, *, store: Store[SupportTransaction], now: datetime) -> Ticket:
    """Close the person's ticket; a closed one stays as it is. Raises `TicketNotFound`."""

    def work(tx: SupportTransaction) -> Ticket:
        ticket = _own(tx, case_id, subscriber_id)
        closed = rules.advance(ticket, ClosingAsked(), now)
        return _save(tx, ticket, closed, "closed", f"subscriber:{subscriber_id}", now)

    return store.transact(work)


# --- the office's side ----------------------------------------------------------------------------------------------


def list_tickets(state: TicketState, *, store: Store[SupportTransaction]) -> tuple[Ticket, ...]:
    """Return tickets in `state`, the longest waiting first."""
    return store.read(lambda tx: tuple(tx.tickets.list_in(state, BATCH)))


def show_ticket(case_id: str, *, operator_id: str, store: Store[SupportTransaction], now: datetime) -> Ticket:
    """Return a ticket to an operator; looking is audited. Raises `TicketNotFound`."""

    def work(tx: SupportTransaction) -> Ticket:
        ticket = _get(tx, case_id)
        tx.record(_entry("shown", ticket, f"operator:{operator_id}", now))
        return ticket

    return store.transact(work)


def answer(
    case_id: str,
    text: str,
    *,
    operator_id: str,
    store: Store[SupportTransaction],
    policy: SupportPolicy,
    chance: Chance,
    now: datetime,
) -> Ticket:
    """Answer; the person is told by notice. Raises `TicketNotFound`, `TicketClosed`, `MessageEmpty`."""
    screened, message_id = screen(text), chance.new_id()

    def work(tx: SupportTransaction) -> Ticket:
        ticket = _get(tx, case_id)
        changed = rules.with_message(ticket, Author.OFFICE, screened, message_id=message_id, policy=policy, now=now)
        saved = _save(tx, ticket, changed, "answered", f"operator:{operator_id}", now)
        if saved is not ticket and saved.subscriber_id is not None:
            notice = NotifySubscriber(
                subscriber_id=saved.subscriber_id, template=ANSWERED_TEMPLATE, reference=saved.case_id
            )
            tx.emit(notice, key=message_id)
        return saved

    return store.transact(work)


def close_ticket(case_id: str, *, operator_id: str, store: Store[SupportTransaction], now: datetime) -> Ticket:
    """Close a ticket; a closed one stays as it is. Raises `TicketNotFound`."""

    def work(tx: SupportTransaction) -> Ticket:
        ticket = _get(tx, case_id)
        closed = rules.advance(ticket, ClosingAsked(), now)
        return _save(tx, ticket, closed, "closed", f"operator:{operator_id}", now)

    return store.transact(work)


def tidy_tickets(*, store: Store[SupportTransaction], policy: SupportPolicy, now: datetime) -> int:
    """Close tickets that went quiet and delete those closed long ago; return how many. Safe to repeat."""
    limits = ((TicketState.ANSWERED, policy.quiet_days), (TicketState.OPEN, policy.open_days))

    def close_quiet(tx: SupportTransaction) -> int:
        quiet = [
            one for state, days in limits for one in tx.tickets.list_unchanged(state, now - timedelta(days=days), BATCH)
        ]
        for ticket in quiet:
            _save(tx, ticket, rules.advance(ticket, TimeRanOut(), now), "closed", "system", now)
        return len(quiet)

    total = 0
    while closed := store.transact(close_quiet):
        total += closed
    before = now - timedelta(days=policy.keep_days)
    while dropped := store.transact(lambda tx: tx.tickets.drop_closed(before, BATCH)):
        total += dropped
    return total


def _situation_of(tx: SupportTransaction, report: Report) -> Situation | None:
    if report.subscriber_id is None or report.application_id is None:
        return None
    return tx.courses.find_situation(report.application_id, report.subscriber_id)


def _compose(
    tx: SupportTransaction, report: Report, situation: Situation | None, key: str, ticket_id: str, now: datetime
) -> Ticket:
    application_id = report.application_id if situation is not None else None
    subject = application_id or report.subscriber_id
    entries = () if subject is None else tx.courses.list_entries(subject, LONGEST)
    anonymous = report.subscriber_id is None
    return Ticket(
        id=ticket_id,
        case_id="",
        subscriber_id=report.subscriber_id,
        bearer_digest=rules.bearer_digest_of(report.failure.request_id) if anonymous else None,
        failure_key=key,
        application_id=application_id,
        # A request's id that opens the ticket to its bearer is not shown to anybody else.
        failure=replace(report.failure, request_id="") if anonymous else report.failure,
        situation=situation or Situation(),
        timeline=timeline_of(entries),
        state=TicketState.OPEN,
        opened_at=now,
        changed_at=now,
    )


def _add_text(
    tx: SupportTransaction, ticket: Ticket, screened: Screened, message_id: str, policy: SupportPolicy, now: datetime
) -> Ticket:
    if not screened.text:
        return ticket
    changed = rules.with_message(ticket, Author.PERSON, screened, message_id=message_id, policy=policy, now=now)
    actor = f"subscriber:{ticket.subscriber_id}" if ticket.subscriber_id else "anonymous"
    return _save(tx, ticket, changed, "written", actor, now)


def _get(tx: SupportTransaction, case_id: str) -> Ticket:
    meant = find_case_id(case_id)
    ticket = None if meant is None else tx.tickets.find_by_case_id(meant)
    if ticket is None:
        raise TicketNotFound()
    return ticket


def _own(tx: SupportTransaction, case_id: str, subscriber_id: str) -> Ticket:
    ticket = _get(tx, case_id)
    if ticket.subscriber_id != subscriber_id:
        raise TicketNotFound()
    return ticket


def _save(tx: SupportTransaction, before: Ticket, after: Ticket, what: str, actor: str, now: datetime) -> Ticket:
    if after is before:
        return before
    tx.tickets.update(after)
    tx.record(_entry(what, after, actor, now))
    return after


def _entry(what: str, ticket: Ticket, actor: str, now: datetime, **data: str) -> AuditEntry:
    # The actor of a report before sign-in is its request's id, which is that ticket's key: it is not written down.
    known = "anonymous" if actor.startswith("request:") else actor
    return AuditEntry(
        tag=f"support:ticket:{what}",
        at=now,
        actor=known,
        subject=ticket.id,
        data={"case": ticket.case_id, "state": ticket.state.value, **data},
    )
