"""Contacts on both databases: proven by a code with an end and few tries; the old one hears of the new."""

import base64
import json
from datetime import timedelta

import pytest

from builders.notices import NOW, NoticeOffice
from dojang.adapters.store.engine import Database
from dojang.controls.notices import contacts, inbox, telling
from dojang.controls.notices.model import (
    CodeExpired,
    CodesTooMany,
    CodeWrong,
    Contact,
    ContactNotFound,
    ContactState,
    ContactsTooMany,
    EmailUnsuitable,
    LinkSpent,
    NotifySubscriber,
    Preferences,
    PushRefused,
    Reach,
    SendContactCode,
    Topic,
    TopicNotOptional,
)
from dojang.kernel.notice import Channel

MAIL, OTHER = "Gildong@Dojang.Example", "other@dojang.example"
KEYS = {
    "p256dh": base64.urlsafe_b64encode(b"\4" + b"p" * 64).decode().rstrip("="),
    "auth": base64.urlsafe_b64encode(b"a" * 16).decode().rstrip("="),
}


@pytest.fixture
def office(database: Database) -> NoticeOffice:
    opened = NoticeOffice(database=database)
    opened.person()
    opened.person("stranger")
    return opened


def add(office: NoticeOffice, address: str = MAIL, who: str = "who") -> Contact:
    contact = contacts.add_email(
        who,
        address,
        store=office.store,
        cipher=office.cipher,
        policy=office.policy.contacts,
        chance=office.chance,
        now=office.clock.now(),
    )
    deliver_codes(office)
    return contact


def deliver_codes(office: NoticeOffice) -> None:
    for effect in office.outbox.effects:
        if isinstance(effect, SendContactCode):
            telling.carry_out_send_code(
                effect,
                store=office.store,
                notifier=office.mailbox,
                cipher=office.cipher,
                policy=office.policy,
                clock=office.clock,
            )


def code_at(office: NoticeOffice, address: str) -> str:
    return office.got(address)[-1].params["code"]


def confirm(office: NoticeOffice, contact: Contact, code: str, who: str = "who") -> Contact:
    return contacts.confirm_email(
        contact.id,
        who,
        code,
        store=office.store,
        cipher=office.cipher,
        policy=office.policy.contacts,
        now=office.clock.now(),
    )


def told(office: NoticeOffice) -> list[tuple[str, str]]:
    return [(one.template, one.subscriber_id) for one in office.outbox.effects if isinstance(one, NotifySubscriber)]


def subscription(endpoint: str = "https://fcm.googleapis.com/fcm/send/abc") -> str:
    return json.dumps({"endpoint": endpoint, "keys": KEYS})


def push(office: NoticeOffice, who: str = "who", endpoint: str = "https://fcm.googleapis.com/fcm/send/abc") -> Contact:
    return contacts.add_push(
        who,
        subscription(endpoint),
        store=office.store,
        cipher=office.cipher,
        policy=office.policy,
        chance=office.chance,
        now=office.clock.now(),
    )


def test_an_address_is_proven_by_the_code_that_was_sent_there(office: NoticeOffice) -> None:
    contact = add(office)
    assert contact.value == "Gildong@dojang.example"
    assert office.boxes(contact.value) == [[Channel.EMAIL]]
    code = code_at(office, contact.value)
    assert len(code) == 6
    assert confirm(office, contact, code).state is ContactState.ACTIVE
    assert confirm(office, contact, "whatever").state is ContactState.ACTIVE  # an answer that was lost is asked again
    assert told(office) == [("contact_added", "who")]


def test_a_code_has_few_tries_and_then_works_no_longer(office: NoticeOffice) -> None:
    contact = add(office)
    code = code_at(office, contact.value)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1):
        with pytest.raises(CodeWrong) as refused:
            confirm(office, contact, wrong)
        assert refused.value.fields == {"tries_left": left}
    with pytest.raises(CodeExpired):
        confirm(office, contact, wrong)
    with pytest.raises(CodeExpired):
        confirm(office, contact, code)
    assert office.tags().count("notices:code:refused") == 5


def test_a_code_ends_with_its_time_and_with_the_next_one(office: NoticeOffice) -> None:
    contact = add(office)
    first = code_at(office, contact.value)
    office.clock.advance(minutes=10)
    with pytest.raises(CodeExpired):
        confirm(office, contact, first)
    add(office)
    second = code_at(office, contact.value)
    assert second != first
    with pytest.raises(CodeWrong):
        confirm(office, contact, first)
    assert confirm(office, contact, second).state is ContactState.ACTIVE


def test_nobody_confirms_or_removes_what_is_anothers(office: NoticeOffice) -> None:
    contact = add(office)
    code = code_at(office, contact.value)
    with pytest.raises(ContactNotFound):
        confirm(office, contact, code, who="stranger")
    with pytest.raises(ContactNotFound):
        contacts.remove_contact(contact.id, "stranger", store=office.store, now=NOW)


def test_codes_are_few_for_an_address_whoever_asks_and_the_count_outlives_the_refusal(office: NoticeOffice) -> None:
    for number in range(5):
        add(office, who="who" if number % 2 else "stranger")
    for _ in range(2):
        with pytest.raises(CodesTooMany) as refused:
            add(office)
        assert refused.value.fields == {"retry_after_s": 86400}
    assert len(office.got("Gildong@dojang.example")) == 5
    office.clock.advance(days=1)
    add(office)


def test_codes_are_few_for_an_account_whatever_the_address(office: NoticeOffice) -> None:
    for number in range(10):
        add(office, f"a{number}@dojang.example")
    with pytest.raises(CodesTooMany):
        add(office, "a11@dojang.example")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "a b@dojang.example",
        "a@dojang.example\r\nBcc: b@c.example",
        "@dojang.example",
        "a@@dojang.example",
        ".a@dojang.example",
        "a..b@dojang.example",
        "a@-dojang.example",
        f"{'a' * 65}@dojang.example",
        "가@도장.example",
    ],
)
def test_what_no_mail_could_be_sent_to_is_refused(office: NoticeOffice, address: str) -> None:
    with pytest.raises(EmailUnsuitable):
        add(office, address)


def test_a_new_address_takes_the_old_ones_place_and_both_hear_of_it(office: NoticeOffice) -> None:
    old = add(office)
    confirm(office, old, code_at(office, old.value))
    office.clock.advance(days=100)
    new = add(office, OTHER)
    confirm(office, new, code_at(office, OTHER))
    kept = {one.id: one.state for one in office.store.read(lambda tx: tx.contacts.list_contacts("who"))}
    assert kept == {old.id: ContactState.ENDED, new.id: ContactState.ACTIVE}
    office.tell("who", "contact_added", new.id)
    assert [one.template for one in office.got(old.value)][-1] == "contact_added"
    assert [one.template for one in office.got(OTHER)][-1] == "contact_added"


def test_a_removed_address_hears_of_its_end(office: NoticeOffice) -> None:
    contact = add(office)
    confirm(office, contact, code_at(office, contact.value))
    for _ in range(2):
        contacts.remove_contact(contact.id, "who", store=office.store, now=office.clock.now())
    assert told(office) == [("contact_added", "who"), ("contact_removed", "who")]
    office.tell("who", "contact_removed", contact.id)
    assert [one.template for one in office.got(contact.value)][-1] == "contact_removed"


def test_no_code_waits_in_the_queue_or_in_the_database(office: NoticeOffice) -> None:
    contact = add(office)
    code = code_at(office, contact.value)
    assert not any(code in str(effect) for effect in office.outbox.effects)
    with office.database.reading() as connection:
        rows = [
            str(tuple(row))
            for name in ("contact", "audit_leaf")
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608
        ]
    assert not any(code in row for row in rows)


def test_a_code_that_came_too_late_is_not_sent(office: NoticeOffice) -> None:
    contacts.add_email(
        "who",
        MAIL,
        store=office.store,
        cipher=office.cipher,
        policy=office.policy.contacts,
        chance=office.chance,
        now=NOW,
    )
    office.clock.advance(minutes=11)
    deliver_codes(office)
    assert office.boxes("Gildong@dojang.example") == [[]]


def test_a_browser_is_told_once_added_and_belongs_to_its_last_user(office: NoticeOffice) -> None:
    mine = push(office)
    assert push(office).id == mine.id
    assert told(office) == [("contact_added", "who")]
    push(office, "stranger")
    (left,) = office.store.read(lambda tx: tx.contacts.list_contacts("who"))
    assert left.state is ContactState.ENDED


def test_browsers_are_only_so_many(office: NoticeOffice) -> None:
    for number in range(10):
        push(office, endpoint=f"https://fcm.googleapis.com/fcm/send/{number}")
    with pytest.raises(ContactsTooMany):
        push(office, endpoint="https://fcm.googleapis.com/fcm/send/11")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:8443/fcm/send/abc",
        "https://user@fcm.googleapis.com/fcm/send/abc",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com/x",
        "https://evil.example/?fcm.googleapis.com",
        "https://evil.example#.fcm.googleapis.com",
        "https://[::1]/x",
        "file:///etc/passwd",
        "https://fcm.googleapis.com:port/x",
        f"https://fcm.googleapis.com/{'x' * 2048}",
    ],
)
def test_no_address_but_a_push_services_is_ever_kept(office: NoticeOffice, endpoint: str) -> None:
    with pytest.raises(PushRefused):
        push(office, endpoint=endpoint)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        json.dumps({"endpoint": "https://fcm.googleapis.com/a", "keys": {"p256dh": "AAAA", "auth": KEYS["auth"]}}),
        json.dumps({"endpoint": "https://fcm.googleapis.com/a", "keys": {"p256dh": KEYS["p256dh"], "auth": 7}}),
        json.dumps({"endpoint": "https://fcm.googleapis.com/a", "keys": 7}),
    ],
)
def test_a_malformed_subscription_is_refused(text: str) -> None:
    with pytest.raises(PushRefused):
        contacts.parse_subscription(text, ("fcm.googleapis.com",))


def test_the_link_of_a_mail_turns_its_topic_off_once_and_in_its_time(office: NoticeOffice) -> None:
    contact_id = office.has_contact("who", MAIL)
    office.store.transact(lambda tx: tx.contacts.put_preferences("who", Preferences(reach=Reach.EMAIL)))
    office.tell("who", "certificate_expires_soon", effect_id="n1")
    token = telling.unsubscribe_token(f"n1:email:{contact_id}", office.cipher)
    rest = {"store": office.store, "policy": office.policy}
    assert inbox.look_at_link(token, now=NOW, **rest) is Topic.EXPIRY
    late = NOW + timedelta(days=90)
    with pytest.raises(LinkSpent):
        inbox.unsubscribe(token, now=late, **rest)
    assert inbox.unsubscribe(token, now=late - timedelta(seconds=1), **rest) is Topic.EXPIRY
    chosen = inbox.get_preferences("who", store=office.store, policy=office.policy)
    assert chosen == Preferences(reach=Reach.EMAIL, muted=frozenset({Topic.EXPIRY}))
    for other in (token, "0" * 64):
        with pytest.raises(LinkSpent):
            inbox.unsubscribe(other, now=NOW, **rest)


def test_a_security_notice_has_no_such_link(office: NoticeOffice) -> None:
    contact_id = office.has_contact("who", MAIL)
    office.tell("who", "certificate_revoked", effect_id="n1")
    token = telling.unsubscribe_token(f"n1:email:{contact_id}", office.cipher)
    with pytest.raises(LinkSpent):
        inbox.unsubscribe(token, store=office.store, policy=office.policy, now=NOW)


def test_security_cannot_be_turned_off(office: NoticeOffice) -> None:
    with pytest.raises(TopicNotOptional):
        inbox.choose("who", Preferences(muted=frozenset({Topic.SECURITY})), store=office.store, now=NOW)


def test_the_list_is_the_persons_own_newest_first_in_pages(office: NoticeOffice) -> None:
    for number in range(5):
        office.tell("who", "certificate_revoked", effect_id=f"n{number}")
        office.clock.advance(seconds=number % 2)
    office.tell("stranger", "certificate_revoked", effect_id="x")
    seen: list[str] = []
    before = None
    while page := inbox.list_notices("who", before=before, limit=2, store=office.store)[0]:
        seen += [one.id for one in page]
        before = (page[-1].made_at, page[-1].id)
    assert seen == ["n4", "n3", "n2", "n1", "n0"]
    assert inbox.mark_read("who", ["n1", "x", "none"], store=office.store, now=NOW) == 4
    assert inbox.list_notices("stranger", before=None, limit=2, store=office.store)[1] == 1
