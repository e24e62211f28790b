"""Support tickets on both databases, through their use cases."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from dojang.adapters.chance import SystemChance
from dojang.adapters.secrecy.field_cipher import RingFieldCipher
from dojang.adapters.secrecy.key_ring import open_key_ring
from dojang.adapters.store import audit_log
from dojang.adapters.store.audit_log import AuditLogView
from dojang.adapters.store.engine import Database
from dojang.adapters.store.store import Emission, SqlStore
from dojang.adapters.store.tables.support import support_message, support_ticket
from dojang.adapters.store.transaction import SqlTransaction
from dojang.controls.access import usecases as access
from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.support import usecases
from dojang.controls.support.model import (
    Author,
    DeviceKind,
    Failure,
    Ticket,
    TicketNotFound,
    TicketState,
    TooManyTickets,
)
from dojang.controls.support.policy import SupportPolicy
from dojang.kernel.audit import AuditEntry
from dojang.lifecycle.application import usecases as application
from dojang.lifecycle.application.model import ApplicationKind
from dojang.lifecycle.application.policy import CURRENT_CONSENTS, ApplicationPolicy
from fakes.hasher import PlainHasher

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CHANCE = SystemChance()
POLICY = SupportPolicy(live_per_person=3, opened_per_day=4)
REQUEST_ID = "5e0c7d2a9f5b4e0bb1c2d3e4f5a60718"


class World:
    """A store, what it enqueued, and two subscribers, one of them with an application."""

    def __init__(self, database: Database, directory: Path) -> None:
        self.database = database
        self.emissions: list[Emission] = []
        cipher = RingFieldCipher(ring=open_key_ring(directory / "ring.json"), chance=CHANCE)
        self.store = SqlStore(
            database,
            begin=lambda connection: SqlTransaction(connection, cipher),
            append=audit_log.append,
            enqueue=self._enqueue,
        )
        self.gildong, self.other = (
            access.sign_up(name, "long enough 1", store=self.store, hasher=PlainHasher(), chance=CHANCE, now=NOW).id
            for name in ("gildong", "another")
        )
        request = application.ApplicationRequest(
            subscriber_id=self.gildong, kind=ApplicationKind.NEW, years=1, consents=CURRENT_CONSENTS
        )
        self.application_id = application.open_application(
            request, store=self.store, policy=ApplicationPolicy(), chance=CHANCE, now=NOW
        ).id

    def _enqueue(self, _: sa.Connection, emissions: Sequence[Emission]) -> None:
        self.emissions += emissions

    def hand_over(
        self,
        code: str = "account_deposit.too_many",
        *,
        who: str | None = "gildong",
        text: str = "",
        now: datetime = NOW,
        with_application: bool = True,
        policy: SupportPolicy = POLICY,
    ) -> Ticket:
        failure = Failure(
            code=code, request_id=REQUEST_ID, step="account", app_version="0.1.0", device=DeviceKind.PHONE
        )
        report = usecases.Report(
            subscriber_id=getattr(self, who) if who else None,
            failure=failure,
            application_id=self.application_id if with_application else None,
            text=text,
        )
        return usecases.open_ticket(report, store=self.store, policy=policy, chance=CHANCE, now=now)

    def answer(self, ticket: Ticket, text: str = "이렇게 해 보세요", now: datetime = NOW) -> Ticket:
        return usecases.answer(
            ticket.case_id, text, operator_id="op", store=self.store, policy=POLICY, chance=CHANCE, now=now
        )

    def shown(self, ticket: Ticket) -> Ticket:
        return usecases.show_own(ticket.case_id, self.gildong, store=self.store)

    def tags(self, prefix: str = "support:") -> list[str]:
        with self.database.reading() as connection:
            tags = [one.leaf.tag for one in AuditLogView(connection).leaves()]
        return [one for one in tags if one.startswith(prefix)]


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


def test_a_ticket_comes_back_as_it_was_stored(world: World) -> None:
    ticket = world.hand_over(text="두 번 눌렀어요")
    assert world.shown(ticket) == ticket
    assert ticket.situation.state == "proofing"
    assert [one.tag for one in ticket.timeline] == ["application:application:opened"]
    assert ticket.failure.device is DeviceKind.PHONE
    assert world.tags() == ["support:ticket:opened"]


def test_the_same_failure_twice_is_one_ticket_until_it_is_closed(world: World) -> None:
    first = world.hand_over()
    assert world.hand_over().case_id == first.case_id
    assert world.hand_over("internal").case_id != first.case_id
    usecases.close_own(first.case_id, world.gildong, store=world.store, now=NOW)
    assert world.hand_over().case_id != first.case_id


def test_a_failure_handed_over_by_many_at_once_is_one_ticket(world: World) -> None:
    with ThreadPoolExecutor(6) as pool:
        tickets = list(pool.map(lambda _: world.hand_over(text="같은 글"), range(12)))
    assert len({one.case_id for one in tickets}) == 1
    assert len(world.shown(tickets[0]).messages) == 1
    assert world.tags().count("support:ticket:opened") == 1


def test_nobody_else_finds_a_ticket_and_nobody_elses_application_enters_one(world: World) -> None:
    ticket = world.hand_over()
    with pytest.raises(TicketNotFound):
        usecases.show_own(ticket.case_id, world.other, store=world.store)
    foreign = world.hand_over(who="other")
    assert (foreign.application_id, foreign.situation.state) == (None, "")
    assert [one.tag for one in foreign.timeline] == ["access:account:opened"]


def test_a_report_before_sign_in_is_shown_to_its_bearer_alone(world: World) -> None:
    ticket = world.hand_over(who=None, text="로그인이 안 돼요")
    assert ticket.failure.request_id == ""
    assert usecases.show_reported(ticket.case_id, REQUEST_ID, store=world.store).messages == ticket.messages
    for case_id, request_id in ((ticket.case_id, "0" * 32), (ticket.case_id, ""), ("AAAAAA", REQUEST_ID)):
        with pytest.raises(TicketNotFound):
            usecases.show_reported(case_id, request_id, store=world.store)
    signed_in = world.hand_over()
    with pytest.raises(TicketNotFound):  # a person's own ticket is never shown to a bearer
        usecases.show_reported(signed_in.case_id, REQUEST_ID, store=world.store)
    with world.database.reading() as connection:
        stored = repr(connection.execute(sa.select(support_ticket)).all())
        logged = [one.leaf.encode() for one in AuditLogView(connection).leaves()]
    assert stored.count(REQUEST_ID) == 1  # the signed-in one's, for finding the log line
    assert not any(REQUEST_ID.encode() in one for one in logged)


def test_an_answer_is_told_once_and_the_turn_passes(world: World) -> None:
    ticket = world.hand_over()
    answered = world.answer(ticket)
    world.answer(ticket)  # the same again: a repeated request
    notices = [one.effect for one in world.emissions if isinstance(one.effect, NotifySubscriber)]
    assert notices == [
        NotifySubscriber(subscriber_id=world.gildong, template="ticket_answered", reference=ticket.case_id)
    ]
    assert answered.state is TicketState.ANSWERED
    written = usecases.write(
        ticket.case_id, world.gildong, "고마워요", store=world.store, policy=POLICY, chance=CHANCE, now=NOW
    )
    assert written.state is TicketState.OPEN
    assert [one.author for one in world.shown(ticket).messages] == [Author.OFFICE, Author.PERSON]
    assert world.tags() == ["support:ticket:opened", "support:ticket:answered", "support:ticket:written"]


def test_a_report_before_sign_in_is_answered_without_a_notice(world: World) -> None:
    world.answer(world.hand_over(who=None))
    assert not [one for one in world.emissions if isinstance(one.effect, NotifySubscriber)]


def test_no_personal_data_is_stored_in_clear_and_planted_numbers_not_at_all(world: World) -> None:
    planted = AuditEntry(
        tag="web:request:refused",
        at=NOW,
        actor="subscriber:x",
        subject=world.application_id,
        data={"code": "900101-2978124", "answer": "홍가람", "state": "01099990001", "route": "PUT 홍가람"},
    )
    world.store.transact(lambda tx: tx.record(planted))
    ticket = world.hand_over(text="홍가람 900101-2978124 카드 4111 1111 1111 1111 전화 010-9999-0001")
    world.answer(ticket, "주민번호 900101-2978124 는 쓰지 마세요")
    with world.database.reading() as connection:
        rows = repr(connection.execute(sa.select(support_ticket)).all())
        rows += repr(connection.execute(sa.select(support_message)).all())
    for secret in ("홍가람", "2978124", "900101", "4111", "99990001", "9999-0001"):
        assert secret not in rows, secret
    messages = world.shown(ticket).messages
    assert [one.masked for one in messages] == [True, True]
    assert "2978124" not in "".join(one.text for one in messages)


def test_there_is_room_for_so_many_only(world: World) -> None:
    codes = ["internal", "application.closed", "ars_call.too_many"]
    tickets = [world.hand_over(code) for code in codes]
    with pytest.raises(TooManyTickets) as refused:
        world.hand_over("account_deposit.locked")
    assert refused.value.fields == {"scope": "live"}
    usecases.close_own(tickets[0].case_id, world.gildong, store=world.store, now=NOW)
    world.hand_over("account_deposit.locked")
    usecases.close_own(tickets[1].case_id, world.gildong, store=world.store, now=NOW)
    with pytest.raises(TooManyTickets) as refused:
        world.hand_over("id_document.file_too_large")
    assert refused.value.fields["scope"] == "day"
    world.hand_over("id_document.file_too_large", now=NOW + timedelta(days=1, seconds=1))


def test_the_office_sees_the_longest_waiting_first_and_looking_is_audited(world: World) -> None:
    first = world.hand_over("internal")
    second = world.hand_over("application.closed", now=NOW + timedelta(minutes=1))
    assert [one.case_id for one in usecases.list_tickets(TicketState.OPEN, store=world.store)] == [
        first.case_id,
        second.case_id,
    ]
    usecases.show_ticket(first.case_id.lower(), operator_id="op", store=world.store, now=NOW)
    usecases.close_ticket(first.case_id, operator_id="op", store=world.store, now=NOW)
    usecases.close_ticket(first.case_id, operator_id="op", store=world.store, now=NOW)
    assert world.tags()[2:] == ["support:ticket:shown", "support:ticket:closed"]
    assert [one.case_id for one in usecases.list_tickets(TicketState.CLOSED, store=world.store)] == [first.case_id]


def test_quiet_tickets_close_and_old_ones_go_with_what_was_written(world: World) -> None:
    ticket = world.hand_over(text="도와주세요")
    world.answer(ticket)
    forgotten = world.hand_over("internal")

    def tidy(days: float) -> int:
        return usecases.tidy_tickets(store=world.store, policy=POLICY, now=NOW + timedelta(days=days))

    assert tidy(14) == 0
    assert tidy(14.01) == 1
    assert world.shown(ticket).state is TicketState.CLOSED
    assert world.shown(forgotten).state is TicketState.OPEN
    assert tidy(90.01) == 1
    assert tidy(14.01 + 365) == 0
    assert tidy(14.02 + 365) == 1
    with world.database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(support_message)).scalar_one() == 0
        assert connection.execute(sa.select(support_ticket.c.id)).scalars().all() == [forgotten.id]
