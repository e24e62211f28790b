"""The photographs handed over to a phone: what its token may do, for how long, and above all what it may not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts

from builders.edge import Answer, Caller, EdgeOffice, founded, framework_of, open_edge
from dojang.web.app import Audience, create_app
from unit.web.test_protection import filled

JPEG = b"\xff\xd8\xff" + bytes(2000)
OWN = {"GET /v1/hand-offs/current", "PUT /v1/hand-offs/current/photographs/{side}"}
# Figures that move by themselves; ending a session, which is no error whatever the token.
NOTHING_TO_LEARN = {"GET /metrics", "DELETE /v1/sessions/current"}
SECRET_WORDS = "hand-off secret"


@pytest.fixture
def at_home(tmp_path: Path) -> Iterator[EdgeOffice]:
    opened = open_edge(founded(tmp_path))
    opened.add_account("gildong")
    yield opened
    opened.close()


@pytest.fixture
def computer(at_home: EdgeOffice) -> Caller:
    return at_home.caller().signed_in(at_home.token("gildong"))


@pytest.fixture
def path(computer: Caller) -> str:
    """An application's address."""
    consents = computer("GET", "/v1/consents").json
    opened = computer("POST", "/v1/applications", json={"kind": "new", "years": 1, "consents": consents})
    assert opened.status == 201, opened.content
    return f"/v1/applications/{opened.json['id']}"


def hand_over(computer: Caller, path: str, kind: str = "resident_card") -> str:
    opened = computer("POST", f"{path}/hand-off", json={"kind": kind})
    assert opened.status == 201, opened.content
    return str(opened.json["secret"])


def claim(caller: Caller, secret: str) -> Answer:
    return caller("POST", "/v1/hand-offs/claims", json={"secret": secret})


def phone_of(at_home: EdgeOffice, secret: str) -> Caller:
    phone = at_home.caller().at("198.51.100.9")
    claimed = claim(phone, secret)
    assert claimed.status == 201, claimed.content
    assert "set-cookie" not in claimed.headers
    return phone.signed_in(claimed.json["token"])


def photograph(phone: Caller, side: str) -> Answer:
    headers = {"Content-Type": "image/jpeg", "Dojang-Device": "phone"}
    return phone("PUT", f"/v1/hand-offs/current/photographs/{side}", content=JPEG, headers=headers)


def kind_of(answer: Answer) -> str:
    """What an answer comes to: its problem, or what it is otherwise."""
    kind = answer.headers.get("content-type", "")
    return answer.code if kind == "application/problem+json" else kind


def test_the_phone_photographs_and_the_computer_goes_on(at_home: EdgeOffice, computer: Caller, path: str) -> None:
    secret = hand_over(computer, path)
    assert computer("GET", f"{path}/hand-off").json["state"] == "waiting"
    phone = phone_of(at_home, secret)
    assert computer("GET", f"{path}/hand-off").json["state"] == "claimed"
    assert phone("GET", "/v1/hand-offs/current").json["kind"] == "resident_card"
    assert photograph(phone, "front").json["state"] == "collecting"
    done = photograph(phone, "back")
    assert (done.status, done.json["state"]) == (202, "reading")
    assert computer("GET", f"{path}/hand-off").json["state"] == "finished"
    assert computer("GET", f"{path}/proofing").json["document"]["kind"] == "resident_card"
    assert photograph(phone, "front").code == "access.hand_off_ended"
    tags = [one.tag for one in at_home.leaves() if one.tag.startswith("access:hand_off")]
    assert tags == ["access:hand_off:opened", "access:hand_off:claimed", "access:hand_off:finished"]


def test_the_phones_token_opens_no_other_door(at_home: EdgeOffice, computer: Caller, path: str) -> None:
    phone = phone_of(at_home, hand_over(computer, path))
    served = framework_of(create_app(at_home.office, Audience))
    routes = {f"{method} {one.path}" for one in iter_route_contexts(served.routes) for method in one.methods or ()}
    assert routes >= OWN
    application_id = path.rpartition("/")[2]
    nobody = at_home.caller().at("198.51.100.10")
    differs, closed = [], 0
    for route in sorted(one for one in routes - OWN if "/sandbox-window/" not in one):
        method, address = filled(route.replace("{application_id}", application_id))
        with_token, without = phone(method, address), nobody(method, address)
        closed += without.status == 401
        if route not in NOTHING_TO_LEARN and (with_token.status, kind_of(with_token)) != (
            without.status,
            kind_of(without),
        ):
            differs.append((route, with_token.status, without.status))
    assert differs == []
    assert closed > 40  # the walk met closed doors
    # As a cookie it is nothing either, and it ends nobody's session.
    cookie = {"Cookie": f"dojang-session={phone.token}", "Dojang-Device": "phone"}
    assert at_home.caller()("GET", "/v1/applications", headers=cookie).code == "access.session_required"
    assert at_home.caller()("GET", "/v1/hand-offs/current", headers=cookie).code == "access.hand_off_ended"
    assert computer("GET", "/v1/applications").status == 200
    assert phone("GET", "/v1/hand-offs/current").status == 200


def test_a_session_is_no_hand_off(computer: Caller, path: str) -> None:
    hand_over(computer, path)
    assert photograph(computer, "front").code == "access.hand_off_ended"


def test_a_code_is_used_once(at_home: EdgeOffice, computer: Caller, path: str) -> None:
    secret = hand_over(computer, path)
    phone = phone_of(at_home, secret)
    second = claim(at_home.caller(), secret)
    assert (second.status, second.code) == (401, "access.hand_off_refused")
    assert photograph(phone, "front").status == 202  # the first device goes on
    refused = [one for one in at_home.leaves() if one.tag == "access:hand_off:refused"]
    assert [one.data for one in refused] == ['{"state":"claimed"}']


def test_time_ends_the_code_and_the_token(at_home: EdgeOffice, computer: Caller, path: str) -> None:
    at_home.clock.advance(seconds=1)
    late, early = hand_over(computer, path), ""
    at_home.clock.advance(minutes=10)
    assert claim(at_home.caller(), late).code == "access.hand_off_refused"
    assert at_home.office.settings.policy.access.hand_offs.minutes == 10
    fresh = at_home.caller().signed_in(at_home.token("gildong"))
    assert fresh("GET", f"{path}/hand-off").json["state"] == "expired"
    early = hand_over(fresh, path)
    at_home.clock.advance(minutes=9, seconds=59)
    phone = phone_of(at_home, early)
    at_home.clock.advance(seconds=1)
    assert photograph(phone, "front").code == "access.hand_off_ended"


def test_taking_it_back_ends_the_phones_right(at_home: EdgeOffice, computer: Caller, path: str) -> None:
    phone = phone_of(at_home, hand_over(computer, path))
    assert computer("DELETE", f"{path}/hand-off").status == 204
    assert photograph(phone, "front").code == "access.hand_off_ended"
    waiting = hand_over(computer, path)
    newer = hand_over(computer, path)  # takes the first one back
    assert claim(at_home.caller(), waiting).code == "access.hand_off_refused"
    assert claim(at_home.caller(), newer).status == 201


def test_only_the_document_that_was_handed_over(at_home: EdgeOffice, computer: Caller, path: str) -> None:
    phone = phone_of(at_home, hand_over(computer, path, "passport"))
    assert photograph(phone, "back").code == "identity_proofing.field_invalid"
    assert photograph(phone, "front").json["kind"] == "passport"


def test_nobody_hands_over_or_sees_what_is_not_theirs(at_home: EdgeOffice, computer: Caller, path: str) -> None:
    hand_over(computer, path)
    at_home.add_account("other.person")
    other = at_home.caller().signed_in(at_home.token("other.person"))
    assert other("POST", f"{path}/hand-off", json={"kind": "passport"}).code == "application.not_found"
    assert other("GET", f"{path}/hand-off").code == "access.hand_off_not_found"
    assert other("DELETE", f"{path}/hand-off").code == "access.hand_off_not_found"
    assert computer("GET", f"{path}/hand-off").json["state"] == "waiting"


def test_guesses_are_counted_by_address_and_audited(tmp_path: Path) -> None:
    attempts = {"hand_off_claims_per_address": 3}
    office = open_edge(founded(tmp_path), policy={"access": {"attempts": attempts}})
    caller = office.caller()
    assert [claim(caller, f"{SECRET_WORDS} {one}").status for one in range(4)] == [401, 401, 401, 429]
    leaves = office.leaves()
    assert [one.tag for one in leaves].count("access:hand_off:refused") == 3
    assert [one.tag for one in leaves].count("access:address:limited") == 1
    office.close()


def test_neither_secret_nor_token_is_kept(at_home: EdgeOffice, computer: Caller, path: str) -> None:
    secret = hand_over(computer, path)
    phone = phone_of(at_home, secret)
    stored = [one.read_bytes() for one in at_home.office.settings.data_dir.glob("dojang.db*")]
    assert not any(secret.encode() in one or phone.token.encode() in one for one in stored)
