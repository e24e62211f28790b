"""Stored tickets with their messages, and the view of what happened that their timelines are made of."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.application import application
from dojang.adapters.store.tables.identity_proofing import proofing_case, proofing_check
from dojang.adapters.store.tables.support import support_message, support_ticket
from dojang.controls.support.model import (
    Author,
    DeviceKind,
    Failure,
    Message,
    Situation,
    Ticket,
    TicketState,
    TimelineStep,
)
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import FieldCipher

_INSERT = InsertUnlessThere.into(support_ticket)


class SqlTickets:
    """Implements `controls.support.ports.TicketRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def find_by_case_id(self, case_id: str) -> Ticket | None:
        """See the port."""
        return self._find(support_ticket.c.case_id == case_id)

    def find_by_failure_key(self, failure_key: str) -> Ticket | None:
        """See the port."""
        return self._find(support_ticket.c.failure_key == failure_key)

    def list_of(self, subscriber_id: str, limit: int) -> Sequence[Ticket]:
        """See the port."""
        newest = support_ticket.c.opened_at.desc(), support_ticket.c.id.desc()
        query = sa.select(support_ticket).where(support_ticket.c.subscriber_id == subscriber_id).order_by(*newest)
        return self._list(query.limit(limit))

    def count_opened(self, subscriber_id: str, since: datetime) -> int:
        """See the port."""
        query = sa.select(sa.func.count()).where(
            support_ticket.c.subscriber_id == subscriber_id, support_ticket.c.opened_at >= since
        )
        return int(self._connection.execute(query).scalar_one())

    def list_in(self, state: TicketState, limit: int) -> Sequence[Ticket]:
        """See the port."""
        query = sa.select(support_ticket).where(support_ticket.c.state == state.value)
        return self._list(query.order_by(support_ticket.c.changed_at, support_ticket.c.id).limit(limit))

    def list_unchanged(self, state: TicketState, before: datetime, limit: int) -> Sequence[Ticket]:
        """See the port."""
        query = sa.select(support_ticket).where(
            support_ticket.c.state == state.value, support_ticket.c.changed_at < before
        )
        return self._list(for_update(query.order_by(support_ticket.c.id).limit(limit), self._connection))

    def add(self, ticket: Ticket) -> bool:
        """See the port."""
        if _INSERT.run(self._connection, _row(ticket)) != 1:
            return False
        self._add_messages(ticket, 0)
        return True

    def update(self, ticket: Ticket) -> None:
        """See the port."""
        changed = {name: value for name, value in _row(ticket).items() if name != "id"}
        self._connection.execute(support_ticket.update().where(support_ticket.c.id == ticket.id).values(**changed))
        query = sa.select(sa.func.count()).where(support_message.c.ticket_id == ticket.id)
        self._add_messages(ticket, int(self._connection.execute(query).scalar_one()))

    def drop_closed(self, before: datetime, limit: int) -> int:
        """See the port."""
        query = (
            sa.select(support_ticket.c.id)
            .where(support_ticket.c.state == TicketState.CLOSED.value, support_ticket.c.changed_at < before)
            .order_by(support_ticket.c.id)
            .limit(limit)
        )
        old = list(self._connection.execute(query).scalars())
        self._connection.execute(support_message.delete().where(support_message.c.ticket_id.in_(old)))
        self._connection.execute(support_ticket.delete().where(support_ticket.c.id.in_(old)))
        return len(old)

    def _find(self, condition: sa.ColumnElement[bool]) -> Ticket | None:
        found = self._list(for_update(sa.select(support_ticket).where(condition), self._connection))
        return found[0] if found else None

    def _list(self, query: sa.Select[Any]) -> Sequence[Ticket]:
        rows = self._connection.execute(query).all()
        said = self._messages_of([row.id for row in rows])
        return [_ticket(row, tuple(said.get(row.id, ()))) for row in rows]

    def _messages_of(self, ticket_ids: Sequence[str]) -> dict[str, list[Message]]:
        query = (
            sa.select(support_message)
            .where(support_message.c.ticket_id.in_(ticket_ids))
            .order_by(support_message.c.ticket_id, support_message.c.position)
        )
        found: dict[str, list[Message]] = {}
        for row in self._connection.execute(query) if ticket_ids else ():
            text = self._cipher.open(row.sealed_text, context=_context(row.id)).decode()
            message = Message(id=row.id, author=Author(row.author), at=row.at, text=text, masked=row.masked)
            found.setdefault(row.ticket_id, []).append(message)
        return found

    def _add_messages(self, ticket: Ticket, stored: int) -> None:
        for position, one in enumerate(ticket.messages[stored:], start=stored):
            self._connection.execute(
                support_message.insert().values(
                    id=one.id,
                    ticket_id=ticket.id,
                    position=position,
                    author=one.author.value,
                    at=one.at,
                    sealed_text=self._cipher.seal(one.text.encode(), context=_context(one.id)),
                    masked=one.masked,
                )
            )


class SqlCourses:
    """Implements `controls.support.ports.CourseView` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_situation(self, application_id: str, subscriber_id: str) -> Situation | None:
        """See the port."""
        own = application.c.id == application_id, application.c.subscriber_id == subscriber_id
        row = self._connection.execute(sa.select(application.c.kind, application.c.state).where(*own)).one_or_none()
        if row is None:
            return None
        checks = (
            sa.select(proofing_check.c.check, proofing_check.c.state)
            .join(proofing_case, proofing_case.c.id == proofing_check.c.case_id)
            .where(proofing_case.c.application_id == application_id)
            .order_by(proofing_check.c.position)
        )
        states = {one.check: one.state for one in self._connection.execute(checks)}
        return Situation(kind=row.kind, state=row.state, checks=states)

    def list_entries(self, subject: str, limit: int) -> Sequence[AuditEntry]:
        """See the port."""
        query = sa.select(proofing_case.c.id).where(proofing_case.c.application_id == subject)
        subjects = [subject, *self._connection.execute(query).scalars()]
        return [entry for _, entry in AuditLogView(self._connection).list_entries(*subjects, newest=limit)]


def _context(message_id: str) -> str:
    return f"support_message.sealed_text:{message_id}"


def _row(ticket: Ticket) -> dict[str, Any]:
    failure = ticket.failure
    return {
        "id": ticket.id,
        "case_id": ticket.case_id,
        "subscriber_id": ticket.subscriber_id,
        "bearer_digest": ticket.bearer_digest,
        "failure_key": ticket.failure_key,
        "application_id": ticket.application_id,
        "failure": _json(
            {
                "code": failure.code,
                "request_id": failure.request_id,
                "support_code": failure.support_code,
                "step": failure.step,
                "app_version": failure.app_version,
                "device": failure.device.value,
            }
        ),
        "situation": _json(
            {"kind": ticket.situation.kind, "state": ticket.situation.state, "checks": dict(ticket.situation.checks)}
        ),
        "timeline": _json([[int(one.at.timestamp()), one.tag, dict(one.facts)] for one in ticket.timeline]),
        "state": ticket.state.value,
        "opened_at": ticket.opened_at,
        "changed_at": ticket.changed_at,
        "version": ticket.version,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _ticket(row: sa.Row[Any], messages: tuple[Message, ...]) -> Ticket:
    failure = json.loads(row.failure)
    return Ticket(
        id=row.id,
        case_id=row.case_id,
        subscriber_id=row.subscriber_id,
        bearer_digest=row.bearer_digest,
        failure_key=row.failure_key,
        application_id=row.application_id,
        failure=Failure(**failure | {"device": DeviceKind(failure["device"])}),
        situation=Situation(**json.loads(row.situation)),
        timeline=tuple(
            TimelineStep(at=datetime.fromtimestamp(at, UTC), tag=tag, facts=facts)
            for at, tag, facts in json.loads(row.timeline)
        ),
        state=TicketState(row.state),
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        messages=messages,
        version=row.version,
    )
