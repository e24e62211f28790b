"""Notices over HTTP: what was told, where, and a link that needs no session."""

import base64

import pytest

from builders.edge import Caller, EdgeOffice
from dojang.controls.access.model import Role
from dojang.controls.notices import telling
from dojang.controls.notices.model import NotifySubscriber
from fakes.mailbox import FakeMailbox

KEYS = {
    "p256dh": base64.urlsafe_b64encode(b"\4" + b"p" * 64).decode().rstrip("="),
    "auth": base64.urlsafe_b64encode(b"a" * 16).decode().rstrip("="),
}


@pytest.fixture
def me(callers: dict[Role, Caller]) -> Caller:
    return callers[Role.SUBSCRIBER]


def tell(edge: EdgeOffice, template: str, effect_id: str) -> None:
    telling.carry_out_notify(
        NotifySubscriber(subscriber_id=subscriber_of(edge), template=template, reference="none"),
        effect_id,
        store=edge.office.store,
        notifier=FakeMailbox(),
        cipher=edge.office.cipher,
        policy=edge.office.settings.policy.notices,
        clock=edge.clock,
    )


def subscriber_of(edge: EdgeOffice) -> str:
    account = edge.office.store.read(lambda tx: tx.accounts.find_by_login_name("the.subscriber"))
    assert account is not None
    return account.id


def test_what_was_told_is_listed_in_pages_and_can_be_marked_as_read(edge: EdgeOffice, me: Caller) -> None:
    for number in range(3):
        tell(edge, "device_signed_in", f"web-{number}")
    first = me("GET", "/v1/notices?limit=2").json
    assert len(first["notices"]) == 2
    assert first["notices"][0]["subject"] == "새 기기에서 로그인했어요"
    assert first["notices"][0]["text"].startswith("[도장은행]")
    assert not first["notices"][0]["read"]
    rest = me("GET", f"/v1/notices?limit=100&before={first['next']}").json
    ids = [one["id"] for one in (*first["notices"], *rest["notices"])]
    assert len(set(ids)) == len(ids) == first["unread"]
    assert rest["next"] is None
    assert me("POST", "/v1/notices/read", json={"ids": ids}).json == {"unread": 0}
    assert me("GET", "/v1/notices?before=999999999999~x").status in (200, 400)
    assert me("GET", "/v1/notices?before=x").code == "request.malformed"


def test_choices_are_kept_and_security_cannot_be_turned_off(me: Caller) -> None:
    assert me("PUT", "/v1/notices/settings", json={"reach": "email", "muted": ["expiry"]}).status == 200
    shown = me("GET", "/v1/notices/settings").json
    assert (shown["reach"], shown["muted"], shown["optional"]) == ("email", ["expiry"], ["expiry", "support"])
    assert shown["phone"] is None
    refused = me("PUT", "/v1/notices/settings", json={"reach": "email", "muted": ["security"]})
    assert refused.code == "notices.topic_not_optional"


def test_an_address_is_shown_masked_and_a_wrong_code_says_what_is_left(me: Caller) -> None:
    added = me("POST", "/v1/notices/emails", json={"address": "gildong@dojang.example"})
    assert added.status == 202
    assert added.json["address"] == "g***@dojang.example"
    assert not added.json["proven"]
    refused = me("POST", f"/v1/notices/emails/{added.json['id']}/confirmation", json={"code": "no"})
    assert (refused.code, refused.json["fields"]) == ("notices.code_wrong", {"tries_left": 4})
    assert me("DELETE", f"/v1/notices/contacts/{added.json['id']}").status == 204
    assert me("GET", "/v1/notices/settings").json["emails"] == []
    assert me("POST", "/v1/notices/emails", json={"address": "nobody"}).code == "notices.email_unsuitable"


def test_a_browser_subscribes_with_the_offices_key(edge: EdgeOffice, me: Caller) -> None:
    key = me("GET", "/v1/notices/settings").json["push_key"]
    assert base64.urlsafe_b64decode(key + "=")[0] == 4
    body = {"endpoint": "https://fcm.googleapis.com/fcm/send/1", "keys": KEYS}
    added = me("POST", "/v1/notices/pushes", json=body)
    assert (added.status, added.json["service"]) == (201, "fcm.googleapis.com")
    me("DELETE", f"/v1/notices/contacts/{added.json['id']}")
    elsewhere = me("POST", "/v1/notices/pushes", json={**body, "endpoint": "https://10.0.0.1/x"})
    assert elsewhere.code == "notices.push_refused"


def test_a_mails_link_leads_a_browser_to_the_app_and_a_mail_program_to_the_act(
    edge: EdgeOffice, me: Caller, caller: Caller
) -> None:
    contact = me("POST", "/v1/notices/emails", json={"address": "link@dojang.example"}).json["id"]
    code = telling.contact_code(
        edge.office.store.read(lambda tx: tx.contacts.find_contact_by_id(contact)),  # type: ignore[arg-type]  # it is there
        edge.office.cipher,
        6,
    )
    assert me("POST", f"/v1/notices/emails/{contact}/confirmation", json={"code": code}).json["proven"]
    me("PUT", "/v1/notices/settings", json={"reach": "email", "muted": []})
    tell(edge, "certificate_expired", "web-link")
    link = f"/v1/notices/unsubscribe/{telling.unsubscribe_token(f'web-link:email:{contact}', edge.office.cipher)}"
    led = caller("GET", link, headers={"Accept": "text/html,*/*"})
    assert (led.status, led.headers["location"]) == (303, link.replace("/v1/notices/unsubscribe/", "/notify/off/"))
    assert caller("GET", link).json == {"topic": "expiry"}
    one_click = caller(
        "POST",
        link,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        content=b"List-Unsubscribe=One-Click",
    )
    assert one_click.json == {"topic": "expiry"}
    assert caller("POST", link).code == "notices.link_spent"
    assert me("GET", "/v1/notices/settings").json["muted"] == ["expiry"]


def test_five_wrong_passwords_are_told_to_the_owner(edge: EdgeOffice, caller: Caller) -> None:
    edge.add_account("often.failed")
    wrong = {"login_name": "often.failed", "password": "entirely-wrong"}
    codes = [caller("POST", "/v1/sessions", json=wrong).code for _ in range(5)]
    assert codes == ["access.sign_in_refused"] * 4 + ["access.account_locked"]
    with edge.office.database.reading() as connection:
        waiting = connection.exec_driver_sql(
            "SELECT inputs FROM workflow_status WHERE workflow_uuid LIKE 'NotifySubscriber:sign_in_failed_often:%'"
        ).all()
    assert len(waiting) == 1
