"""Support over HTTP: the person's author, before and after sign-in, and the office's."""

from typing import Any

import pytest

from builders.edge import Answer, Caller, EdgeOffice
from builders.proofing import HONG
from dojang.controls.access.model import Role

FAILURE = {"code": "ars_call.too_many", "step": "call", "app_version": "0.1.0", "device": "phone"}
REQUEST_ID = "5e0c7d2a9f5b4e0bb1c2d3e4f5a60718"
BEARER = {"Dojang-Request": REQUEST_ID}
SECRETS = (HONG.name, "900101", "2978124", HONG.phone, HONG.account.number)


@pytest.fixture
def person(fresh_edge: EdgeOffice) -> Caller:
    fresh_edge.add_account("gildong")
    return fresh_edge.caller().signed_in(fresh_edge.token("gildong"))


@pytest.fixture
def staff(fresh_edge: EdgeOffice) -> Caller:
    fresh_edge.add_account("the.helper", Role.SUPPORT)
    return fresh_edge.caller().signed_in(fresh_edge.token("the.helper"))


def hand_over(caller: Caller, **changes: Any) -> Answer:
    return caller("POST", "/v1/support/tickets", json={**FAILURE, **changes})


def test_a_failure_is_handed_over_answered_and_settled(fresh_edge: EdgeOffice, person: Caller, staff: Caller) -> None:
    opened = hand_over(person, text="전화가 안 와요")
    assert opened.status == 201
    case_id = opened.json["case_id"]
    assert len(case_id) == 6
    assert opened.json["title"]
    assert hand_over(person).json["case_id"] == case_id
    (line,) = staff("GET", "/v1/operator/tickets").json
    assert (line["case_id"], line["state"]) == (case_id, "open")
    detail = staff("GET", f"/v1/operator/tickets/{case_id.lower()}").json
    assert detail["step"] == "call"
    assert [one["text"] for one in detail["messages"]] == ["전화가 안 와요"]
    answered = staff("POST", f"/v1/operator/tickets/{case_id}/answers", json={"text": "통신사 점검이에요"})
    assert answered.json["ticket"]["state"] == "answered"
    (own,) = person("GET", "/v1/support/tickets").json
    assert [one["author"] for one in own["messages"]] == ["person", "office"]
    written = person("POST", f"/v1/support/tickets/{case_id}/messages", json={"text": "900101-2978124 이에요"})
    assert written.json["messages"][-1]["masked"] is True
    assert "2978124" not in written.content.decode()
    assert person("POST", f"/v1/support/tickets/{case_id}/closing").json["state"] == "closed"
    refused = person("POST", f"/v1/support/tickets/{case_id}/messages", json={"text": "하나 더"})
    assert (refused.status, refused.code) == (409, "support.ticket_closed")
    actors = {one.actor.split(":")[0] for one in fresh_edge.leaves() if one.tag.startswith("support:")}
    assert actors == {"subscriber", "operator"}


def test_before_sign_in_the_requests_id_stands_for_the_person(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    opened = caller("POST", "/v1/support/reports", json={**FAILURE, "request_id": REQUEST_ID})
    assert opened.status == 201
    case_id = opened.json["case_id"]
    assert caller("GET", f"/v1/support/reports/{case_id}", headers=BEARER).json["case_id"] == case_id
    wrong = caller("GET", f"/v1/support/reports/{case_id}", headers={"Dojang-Request": "0" * 32})
    assert (wrong.status, wrong.code) == (404, "support.ticket_not_found")
    assert caller("GET", f"/v1/support/reports/{case_id}").status == 400
    assert caller("GET", f"/v1/support/tickets/{case_id}").code == "access.session_required"


def test_guessing_and_flooding_run_out(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    limit = fresh_edge.office.settings.policy.access.attempts.support_per_address
    codes = [caller("GET", f"/v1/support/reports/AAAA{n:02}", headers=BEARER).code for n in range(limit + 1)]
    assert codes == ["support.ticket_not_found"] * limit + ["request.too_many"]
    report = {**FAILURE, "request_id": REQUEST_ID}
    assert caller("POST", "/v1/support/reports", json=report).code == "request.too_many"
    assert caller.at("198.51.100.9")("POST", "/v1/support/reports", json=report).status == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "900101-2978124"},
        {"code": "홍가람"},
        {"step": "Hong Garam"},
        {"app_version": "홍가람"},
        {"request_id": "900101 2978124"},
        {"device": "toaster"},
        {"text": "x" * 2001},
        {"text": "\x00"},
        {"more": "x"},
    ],
)
def test_only_codes_and_names_are_taken(person: Caller, changes: dict[str, str]) -> None:
    assert hand_over(person, **changes).code == "request.malformed"


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.SUPPORT])
def test_only_support_sees_tickets(callers: dict[Role, Caller], role: Role) -> None:
    for method, path in (
        ("GET", ""),
        ("GET", "/AAAAAA"),
        ("POST", "/AAAAAA/answers"),
        ("POST", "/AAAAAA/closing"),
    ):
        answer = callers[role](method, f"/v1/operator/tickets{path}", json={"text": "x"})
        assert answer.code == "access.role_required"


def test_a_ticket_of_a_whole_journey_tells_support_nothing_personal(fresh_edge: EdgeOffice, staff: Caller) -> None:
    someone = fresh_edge.person("hong.garam", HONG)
    fresh_edge.proofing.prove(someone)
    caller = fresh_edge.caller().signed_in(fresh_edge.token("hong.garam"))
    opened = hand_over(caller, application_id=someone.application_id)
    shown = staff("GET", f"/v1/operator/tickets/{opened.json['case_id']}")
    assert shown.json["checks"]["ars_call"] == "passed"
    assert len(shown.json["timeline"]) > 8
    assert {"identity_proofing:ars_call:passed", "identity_proofing:account_deposit:passed"} <= {
        one["tag"] for one in shown.json["timeline"]
    }
    text = shown.content.decode()
    assert [secret for secret in SECRETS if secret in text] == []
    assert someone.subscriber_id not in text.replace(someone.application_id, "")
