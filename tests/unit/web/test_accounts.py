"""Sign up, sign in, stay, be locked out, leave: over HTTP, the clock set by hand."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from builders.edge import PASSWORD, Answer, Caller, EdgeOffice
from dojang.adapters.secrecy.password_hash import Argon2Hasher
from dojang.controls.access.model import Role
from dojang.web.app import Audience

NAME = "gildong"


def sign_up(caller: Caller, **changes: Any) -> Answer:
    return caller("POST", "/v1/accounts", json={"login_name": NAME, "password": PASSWORD, **changes})


def sign_in(caller: Caller, password: str = PASSWORD, name: str = NAME) -> Answer:
    return caller("POST", "/v1/sessions", json={"login_name": name, "password": password})


def test_a_whole_session_with_argon2id(fresh_edge: EdgeOffice) -> None:
    fresh_edge.office = replace(fresh_edge.office, hasher=Argon2Hasher())
    caller = fresh_edge.caller()
    account = sign_up(caller, login_name=" GilDong ", language="en")
    assert account.status == 201
    assert account.json == {"id": account.json["id"], "login_name": NAME, "language": "en"}
    session = sign_in(caller)
    assert session.status == 201
    signed_in = caller.signed_in(session.json["token"])
    assert signed_in("GET", "/v1/sessions/current").json == {
        name: session.json[name] for name in ("expires_at", "ends_at_latest")
    }
    assert signed_in("DELETE", "/v1/sessions/current").status == 204
    assert signed_in("GET", "/v1/sessions/current").code == "access.session_required"
    assert signed_in("DELETE", "/v1/sessions/current").status == 204
    stored = [path.read_bytes() for path in fresh_edge.office.settings.data_dir.glob("dojang.db*")]
    assert not any(PASSWORD.encode() in one or session.json["token"].encode() in one for one in stored)
    tags = [one.tag for one in fresh_edge.leaves()]
    assert tags == [
        "access:account:opened",
        "access:session:opened",
        "access:session:closed",
        "web:request:refused",
    ]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"login_name": "abc"}, 422, "access.login_name_unsuitable"),
        ({"login_name": "홍길동님"}, 422, "access.login_name_unsuitable"),
        ({"password": "short"}, 422, "access.password_unsuitable"),
        ({"password": f"my-{NAME}-password"}, 422, "access.password_unsuitable"),
        ({"password": "x" * 129}, 422, "access.password_unsuitable"),
        ({"password": "x" * 257}, 400, "request.malformed"),
        ({"language": "fr"}, 400, "request.malformed"),
        ({}, 409, "access.login_name_taken"),
    ],
)
def test_sign_ups_that_are_refused(fresh_edge: EdgeOffice, changes: dict[str, str], status: int, code: str) -> None:
    caller = fresh_edge.caller()
    if not changes:
        assert sign_up(caller).status == 201
    answer = sign_up(caller, **changes)
    assert (answer.status, answer.code) == (status, code)
    assert str(changes.get("password")) not in answer.content.decode()


def test_the_last_wrong_password_locks_and_time_opens(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    sign_up(caller)
    tries = [sign_in(caller, "wrong password") for _ in range(5)]
    assert [(one.status, one.code) for one in tries] == [
        *[(401, "access.sign_in_refused")] * 4,
        (429, "access.account_locked"),
    ]
    assert [one.json["fields"].get("tries_left") for one in tries] == [4, 3, 2, 1, None]
    assert tries[-1].headers["retry-after"] == "1800"
    fresh_edge.clock.advance(minutes=29, seconds=59)
    locked = sign_in(caller)  # the right password
    assert (locked.code, locked.headers["retry-after"]) == ("access.account_locked", "1")
    fresh_edge.clock.advance(seconds=1)
    assert sign_in(caller).status == 201
    tags = [one.tag for one in fresh_edge.leaves()]
    assert tags.count("access:session:refused") == 4
    assert tags.count("access:account:locked") == 1


def test_a_success_forgets_failures(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    sign_up(caller)
    for _ in range(3):
        assert [sign_in(caller, "wrong password").status for _ in range(4)] == [401] * 4
        assert sign_in(caller).status == 201


def test_a_name_nobody_has_looks_like_a_wrong_password(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    sign_up(caller)

    def told(name: str) -> list[dict[str, Any]]:
        answers = [sign_in(caller, "wrong password", name).json for _ in range(6)]
        return [{key: value for key, value in one.items() if key != "request_id"} for one in answers]

    assert told(NAME) == told("nobody.has.this")


def test_a_session_idles_out_and_use_prolongs_it(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    sign_up(caller)
    signed_in = caller.signed_in(sign_in(caller).json["token"])
    for _ in range(5):
        fresh_edge.clock.advance(minutes=9, seconds=59)
        assert signed_in("GET", "/v1/applications").status == 200
    fresh_edge.clock.advance(minutes=10)
    answer = signed_in("GET", "/v1/applications")
    assert (answer.status, answer.code) == (401, "access.session_required")


def test_no_session_outlives_its_latest_end(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    sign_up(caller)
    session = sign_in(caller)
    signed_in = caller.signed_in(session.json["token"])
    latest = datetime.fromisoformat(session.json["ends_at_latest"])
    while latest - fresh_edge.clock.now() > timedelta(minutes=9):
        fresh_edge.clock.advance(minutes=9)
        assert signed_in("GET", "/v1/sessions/current").status == 200
    fresh_edge.clock.time = latest
    assert signed_in("GET", "/v1/sessions/current").status == 401


def test_two_sessions_end_one_by_one(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    sign_up(caller)
    first, second = (caller.signed_in(sign_in(caller).json["token"]) for _ in range(2))
    first("DELETE", "/v1/sessions/current")
    assert first("GET", "/v1/sessions/current").status == 401
    assert second("GET", "/v1/sessions/current").status == 200


def test_an_operator_signs_in_at_the_operators_door(fresh_edge: EdgeOffice) -> None:
    fresh_edge.add_account("the.reviewer", Role.REVIEWER)
    door = fresh_edge.caller([Audience.OPERATOR])
    token = sign_in(door, name="the.reviewer").json["token"]
    assert door.signed_in(token)("GET", "/v1/operator/reviews").json == []
