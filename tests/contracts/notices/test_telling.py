"""Telling people, on both databases: everywhere or one way, once, and never past whoever was there before."""

from datetime import UTC, datetime, timedelta

import pytest

from builders.notices import NOW, NoticeOffice
from dojang.adapters.store.engine import Database
from dojang.controls.notices.model import Preferences, Reach, TemplateUnknown, Topic
from dojang.kernel.notice import Channel
from fakes.mishap import Mishap

PHONE, OLD_PHONE, MAIL, OLD_MAIL = "01099990001", "01099990002", "new@dojang.example", "old@dojang.example"
LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
def office(database: Database) -> NoticeOffice:
    opened = NoticeOffice(database=database)
    opened.person()
    return opened


def test_a_security_notice_goes_to_every_contact(office: NoticeOffice) -> None:
    office.proves("who", PHONE, LONG_AGO)
    office.has_contact("who", MAIL, since=LONG_AGO)
    office.has_contact("who", "{push}", Channel.PUSH, since=LONG_AGO)
    office.tell("who", "certificate_revoked", "1234567890")
    assert office.boxes(PHONE, MAIL, "{push}") == [[Channel.ALIMTALK], [Channel.EMAIL], [Channel.PUSH]]
    assert set(office.ways().values()) == {"accepted", "spared"}


def test_who_has_no_alimtalk_gets_a_text_message(office: NoticeOffice) -> None:
    office.proves("who", PHONE, LONG_AGO)
    office.mailbox.set_unreachable(Channel.ALIMTALK, PHONE)
    office.tell("who", "certificate_revoked")
    assert office.boxes(PHONE) == [[Channel.SMS]]
    assert office.ways() == {"alimtalk:0001": "undeliverable", "sms:0001": "accepted"}


def test_a_reminder_goes_one_way_the_persons_own_choice_first(office: NoticeOffice) -> None:
    office.proves("who", PHONE, LONG_AGO)
    office.has_contact("who", MAIL, since=LONG_AGO)
    office.tell("who", "certificate_expires_soon", effect_id="first")
    assert office.boxes(PHONE, MAIL) == [[Channel.ALIMTALK], []]
    office.store.transact(lambda tx: tx.contacts.put_preferences("who", Preferences(reach=Reach.EMAIL)))
    office.tell("who", "certificate_expires_soon", effect_id="second")
    assert office.boxes(PHONE, MAIL) == [[Channel.ALIMTALK], [Channel.EMAIL]]
    office.mailbox.set_unreachable(Channel.EMAIL, MAIL)
    office.tell("who", "certificate_expires_soon", effect_id="third")
    assert office.boxes(PHONE, MAIL) == [[Channel.ALIMTALK, Channel.ALIMTALK], [Channel.EMAIL]]


def test_a_muted_topic_is_in_the_list_and_nowhere_else_but_security_cannot_be_muted(office: NoticeOffice) -> None:
    office.proves("who", PHONE, LONG_AGO)
    muted = Preferences(muted=frozenset({Topic.EXPIRY, Topic.SECURITY}))
    office.store.transact(lambda tx: tx.contacts.put_preferences("who", muted))
    office.tell("who", "certificate_expires_soon", effect_id="first")
    assert office.boxes(PHONE) == [[]]
    office.tell("who", "certificate_revoked", effect_id="second")
    assert office.boxes(PHONE) == [[Channel.ALIMTALK]]
    listed = office.store.read(lambda tx: tx.notices.list_notices("who", before=None, limit=10))
    assert {one.template for one in listed} == {"certificate_expires_soon", "certificate_revoked"}


@pytest.mark.parametrize(("days", "old_one_told"), [(0, True), (6, True), (7, False), (8, False)])
def test_while_a_contact_is_young_the_one_before_it_is_told_as_well(
    office: NoticeOffice, days: int, old_one_told: bool
) -> None:
    office.proves("who", OLD_PHONE, LONG_AGO)
    office.proves("who", PHONE, NOW)
    office.has_contact("who", OLD_MAIL, since=LONG_AGO, until=NOW)
    office.has_contact("who", MAIL, since=NOW)
    office.clock.advance(days=days)
    office.tell("who", "certificate_revoked")
    assert [bool(box) for box in office.boxes(PHONE, MAIL)] == [True, True]
    assert [bool(box) for box in office.boxes(OLD_PHONE, OLD_MAIL)] == [old_one_told, old_one_told]


def test_a_telephone_proven_again_is_not_a_new_one_and_one_nobody_proved_is_not_rung(office: NoticeOffice) -> None:
    office.proves("who", PHONE, LONG_AGO)
    office.proves("who", PHONE, NOW)
    office.proves("who", "01099990003", NOW, verified=False)
    (phone,) = office.store.read(lambda tx: tx.contacts.list_phones("who"))
    assert (phone.number, phone.since, phone.until) == (PHONE, LONG_AGO, None)
    office.tell("who", "certificate_revoked")
    assert office.boxes(PHONE, "01099990003") == [[Channel.ALIMTALK], []]


@pytest.mark.parametrize("mishap", Mishap)
def test_a_provider_that_is_away_holds_up_its_own_way_only_and_nothing_comes_twice(
    office: NoticeOffice, mishap: Mishap
) -> None:
    office.proves("who", PHONE, LONG_AGO)
    office.has_contact("who", MAIL, since=LONG_AGO)
    office.mailbox.mishaps.expect(mishap)
    assert not office.tries_to_tell("who", "certificate_revoked")
    assert office.boxes(MAIL) == [[Channel.EMAIL]]
    assert office.tries_to_tell("who", "certificate_revoked")
    assert office.tries_to_tell("who", "certificate_revoked")
    assert office.boxes(PHONE, MAIL) == [[Channel.ALIMTALK], [Channel.EMAIL]]
    assert office.tags().count("notices:notice:made") == 1
    assert office.tags().count("notices:delivery:accepted") == 2


def test_a_push_service_that_forgot_a_browser_ends_the_subscription(office: NoticeOffice) -> None:
    contact_id = office.has_contact("who", "{push}", Channel.PUSH, since=LONG_AGO)
    office.mailbox.set_unreachable(Channel.PUSH, "{push}")
    office.tell("who", "certificate_revoked", effect_id="first")
    contact = office.store.read(lambda tx: tx.contacts.find_contact_by_id(contact_id))
    assert contact is not None
    assert (contact.state.value, contact.ended_at) == ("ended", NOW)
    office.tell("who", "certificate_revoked", effect_id="second")
    assert office.ways("second") == {}


def test_what_is_said_of_a_serial_number_and_of_anything_else(office: NoticeOffice) -> None:
    office.proves("who", PHONE, LONG_AGO)
    office.clock.time = datetime(2026, 11, 23, 4, 5, tzinfo=UTC)
    office.tell("who", "certificate_revoked", "9" * 40)
    (got,) = office.got(PHONE)
    assert got.params == {"at": "11월 23일 13:05"}
    assert got.language == "ko"


def test_a_notice_without_words_is_refused(office: NoticeOffice) -> None:
    with pytest.raises(TemplateUnknown):
        office.tell("who", "certificate_flies")


def test_no_address_stands_in_clear_in_the_database_or_the_audit_log(office: NoticeOffice) -> None:
    office.proves("who", PHONE, LONG_AGO)
    office.has_contact("who", MAIL, since=LONG_AGO)
    office.tell("who", "certificate_revoked")
    with office.database.reading() as connection:
        tables = ("contact", "notice", "notice_delivery", "audit_leaf")
        rows = [str(tuple(row)) for name in tables for row in connection.exec_driver_sql(f"SELECT * FROM {name}")]  # noqa: S608
    assert rows
    assert [row for row in rows if MAIL in row or PHONE in row] == []
