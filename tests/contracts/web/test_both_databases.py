"""The edge on SQLite and on PostgreSQL: the same answers, and no input that one of them cannot store."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.edge import PASSWORD, Caller, EdgeOffice, founded, open_edge
from builders.proofing import HONG
from dojang.adapters.store.engine import Database

ODD_TEXTS = ["a\x00b", "\ud800", "\u202e", "'; DROP TABLE account; --", "é" * 60, "\x1b[31m", "＇", "😀" * 10]


@pytest.fixture
def edge(database: Database, tmp_path: Path) -> Iterator[EdgeOffice]:
    url = database.url.render_as_string(hide_password=False)
    opened = open_edge(founded(tmp_path), database_url=url)
    yield opened
    opened.close()


def signed_in(edge: EdgeOffice) -> Caller:
    caller = edge.caller()
    body = {"login_name": "gildong", "password": PASSWORD}
    assert caller("POST", "/v1/accounts", json=body).status == 201
    return caller.signed_in(caller("POST", "/v1/sessions", json=body).json["token"])


def test_an_application_is_opened_shown_and_given_up(edge: EdgeOffice) -> None:
    caller = signed_in(edge)
    consents = caller("GET", "/v1/consents").json
    terms = caller("POST", "/v1/terms", json={"kind": "new", "years": 1})
    assert terms.status == 200
    opened = caller("POST", "/v1/applications", json={"kind": "new", "years": 1, "consents": consents})
    assert opened.status == 201
    path = f"/v1/applications/{opened.json['id']}"
    assert caller("GET", path).json == opened.json
    assert caller("GET", "/v1/applications").json == [opened.json]
    again = caller("POST", "/v1/applications", json={"kind": "new", "years": 1, "consents": consents})
    assert (again.status, again.code) == (409, "application.already_open")
    assert caller("DELETE", path).json["state"] == "cancelled"


def test_no_odd_text_breaks_anything(edge: EdgeOffice) -> None:
    caller = signed_in(edge)
    consents = caller("GET", "/v1/consents").json
    application_id = caller("POST", "/v1/applications", json={"kind": "new", "years": 1, "consents": consents}).json[
        "id"
    ]
    below = f"/v1/applications/{application_id}"
    for text in ODD_TEXTS:
        for path, name, others in (
            ("/v1/accounts", "login_name", {"password": "a long password"}),
            ("/v1/sessions", "login_name", {"password": "a long password"}),
            (f"{below}/personal-data", "name", {"birth_date": "1990-01-01", "sex": "F", "phone": "01099990001"}),
            (f"{below}/account", "number", {"bank_code": "097"}),
            (f"{below}/deposit/confirmation", "code", {"amount_krw": 1}),
        ):
            content = json.dumps({name: text, **others})  # lone surrogates and NUL travel as escapes
            answer = caller("POST", path, content=content, headers={"Content-Type": "application/json"})
            assert 400 <= answer.status < 500, (path, text, answer.content)


def test_what_was_proven_can_be_enrolled_for(edge: EdgeOffice) -> None:
    person = edge.person("hong.garam", HONG)
    edge.proofing.prove(person)
    caller = edge.caller().signed_in(edge.token("hong.garam"))
    shown = caller("GET", f"/v1/applications/{person.application_id}/proofing")
    assert shown.status == 200
    assert {one["state"] for one in shown.json["checks"]} == {"passed"}
    assert person.rrn not in shown.content.decode()
    assert person.phone not in shown.content.decode()
