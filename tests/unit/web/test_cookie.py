"""A browser's session: the cookie it is given, what it may do with it, and what other sites may not."""

from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest

from builders.edge import PASSWORD, Answer, Caller, founded, open_edge
from dojang.controls.access.model import Role

DEVICE = {"Dojang-Device": "web-1"}


def sign_in(caller: Caller, name: str) -> Answer:
    answer = caller("POST", "/v1/sessions", json={"login_name": name, "password": PASSWORD})
    assert answer.status == 201
    return answer


def given(answer: Answer) -> "Morsel[str]":
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    return cookie


@pytest.fixture
def browser(caller: Caller, accounts: dict[Role, str]) -> dict[str, str]:
    """The header a browser sends after signing in."""
    cookie = given(sign_in(caller, accounts[Role.SUBSCRIBER]))
    return {"Cookie": f"{cookie.key}={cookie.value}"}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(caller: Caller, accounts: dict[Role, str]) -> None:
    answer = sign_in(caller, accounts[Role.SUBSCRIBER])
    cookie = given(answer)
    assert cookie.key == "dojang-session"
    assert cookie.value == answer.json["token"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "strict"
    assert cookie["path"] == "/"
    assert not cookie["secure"]  # loopback has no TLS
    assert not cookie["domain"]
    assert not cookie["max-age"]


def test_under_tls_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    edge = open_edge(founded(tmp_path), web={"public_url": "https://office.test"})
    try:
        edge.add_account("gildong")
        caller = edge.caller()
        cookie = given(sign_in(caller, "gildong"))
        assert cookie.key == "__Host-dojang-session"
        assert cookie["secure"] is True
        plain = {"Cookie": f"dojang-session={cookie.value}"}
        assert caller("GET", "/v1/sessions/current", headers=plain).code == "access.session_required"
        full = {"Cookie": f"{cookie.key}={cookie.value}"}
        assert caller("GET", "/v1/sessions/current", headers=full).status == 200
    finally:
        edge.close()


def test_the_cookie_is_a_session(caller: Caller, browser: dict[str, str]) -> None:
    assert caller("GET", "/v1/sessions/current", headers=browser).status == 200
    assert caller("GET", "/v1/applications", headers=browser).json == []


def test_another_site_changes_nothing_with_it(caller: Caller, browser: dict[str, str]) -> None:
    consents = caller("GET", "/v1/consents").json
    wish = {"kind": "new", "years": 1, "consents": consents}
    assert caller("POST", "/v1/applications", headers=browser, json=wish).code == "access.session_required"
    assert caller("DELETE", "/v1/sessions/current", headers=browser).code == "access.session_required"
    empty = {**browser, "Dojang-Device": ""}
    assert caller("POST", "/v1/applications", headers=empty, json=wish).code == "access.session_required"
    assert caller("POST", "/v1/applications", headers={**browser, **DEVICE}, json=wish).status == 201


def test_no_other_origin_is_ever_allowed_to_send_the_header(caller: Caller) -> None:
    asked = {
        "Origin": "https://elsewhere.test",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "dojang-device",
    }
    answer = caller("OPTIONS", "/v1/applications", headers=asked)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_bearer_token_comes_first(callers: dict[Role, Caller], browser: dict[str, str]) -> None:
    assert callers[Role.SUBSCRIBER]("GET", "/v1/sessions/current", headers={"Cookie": "dojang-session=x"}).status == 200
    wrong = callers[Role.SUBSCRIBER].signed_in("wrong")
    assert wrong("GET", "/v1/sessions/current", headers=browser).code == "access.session_required"


def test_signing_out_takes_the_cookie_back(caller: Caller, browser: dict[str, str]) -> None:
    answer = caller("DELETE", "/v1/sessions/current", headers={**browser, **DEVICE})
    assert answer.status == 204
    cookie = given(answer)
    assert (cookie.key, cookie.value, cookie["max-age"], cookie["path"]) == ("dojang-session", "", "0", "/")
    assert caller("GET", "/v1/sessions/current", headers=browser).code == "access.session_required"
