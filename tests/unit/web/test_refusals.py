"""What is refused is audited; what breaks is logged once, without a word of what it was about."""

import io
import json
import logging
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from builders.edge import PASSWORD, Caller, EdgeOffice
from dojang.controls.access.model import Role
from dojang.controls.access.policy import AttemptPolicy
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.web.app import assemble, guard

SECRET = "900101-2978124 홍가람"


@pytest.fixture
def lines() -> Any:
    """The structured log of the test, parsed."""
    stream = io.StringIO()
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.configure(**before)


def breaking(edge: EdgeOffice, error: Exception) -> Caller:
    """A caller of an office with one route that fails."""
    app = assemble(edge.office, [])

    def fail(what: str) -> None:
        raise error

    app.add_api_route("/v1/fail/{what}", fail)
    return Caller(guard(app, edge.office))


def test_every_refusal_is_audited_with_who_where_and_why(fresh_edge: EdgeOffice) -> None:
    edge = fresh_edge
    account_id = edge.add_account("gildong")
    caller = edge.caller()
    signed_in = caller.signed_in(edge.token("gildong"))
    caller("GET", "/v1/applications")
    signed_in("GET", "/v1/applications/11112222-3333")
    signed_in("GET", "/v1/operator/reviews")
    signed_in("POST", "/v1/applications", json={"kind": "new"})
    signed_in("POST", "/v1/applications", content=b"{", headers={"Content-Type": "application/json"})
    me = f"subscriber:{account_id}"
    assert edge.refusals() == [
        ("anonymous", "access.session_required", "GET /v1/applications"),
        (me, "application.not_found", "GET /v1/applications/{application_id}"),
        (me, "access.role_required", "GET /v1/operator/reviews"),
        (me, "request.malformed", "POST /v1/applications"),
        ("anonymous", "request.malformed", "POST /v1/applications"),  # unreadable before anybody was asked for
    ]
    about = [one.subject for one in edge.leaves() if one.tag == "web:request:refused"]
    assert about == ["none", "11112222-3333", "none", "none", "none"]


def test_addresses_that_do_not_exist_are_no_refusal(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    assert caller("GET", "/wp-login.php").code == "request.not_found"
    assert caller("PUT", "/v1/accounts").code == "request.method_not_allowed"
    assert caller("PUT", "/v1/accounts").headers["allow"] == "POST"
    assert caller("GET", "/v1/accounts/").code == "request.not_found"  # no redirect built from a Host header
    assert fresh_edge.refusals() == []


def test_what_a_caller_wrote_does_not_enter_the_audit_log(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    caller("GET", f"/v1/applications/{SECRET}")
    caller("GET", f"/v1/successions/{SECRET}")
    caller("POST", "/v1/accounts", json={SECRET: SECRET, "login_name": SECRET, "password": SECRET})
    written = json.dumps([(one.subject, one.actor, one.data) for one in fresh_edge.leaves()], ensure_ascii=False)
    assert len(fresh_edge.refusals()) == 3
    assert "900101" not in written
    assert "홍가람" not in written


def test_a_malformed_request_is_told_where_never_what(caller: Caller) -> None:
    answer = caller("POST", "/v1/accounts", json={"login_name": 7, "password": SECRET, SECRET: 1})
    assert answer.json["fields"] == {"where": ["body.login_name", "body.…"]}
    assert "900101" not in answer.content.decode()


def test_a_bug_is_answered_with_a_support_code_and_logged_once_without_its_text(
    edge: EdgeOffice, lines: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = breaking(edge, RuntimeError(SECRET))("GET", "/v1/fail/x")  # raises nothing to the server
    assert (answer.status, answer.code) == (500, "internal")
    assert answer.headers["retry-after"] == "30"
    assert answer.headers["x-content-type-options"] == "nosniff"
    support_code = answer.json["fields"]["support_code"]
    bugs = [one for one in lines() if one["event"] == "bug"]
    assert [(one["support_code"], one["kind"], one["request_id"]) for one in bugs] == [
        (support_code, "RuntimeError", answer.headers["x-request-id"])
    ]
    assert any(place.endswith(" fail") for place in bugs[0]["where"])
    told = answer.content.decode() + json.dumps(lines(), ensure_ascii=False) + caplog.text
    assert "900101" not in told
    assert "홍가람" not in told
    assert "Traceback" not in told


def test_an_anticipated_failure_keeps_its_code(edge: EdgeOffice) -> None:
    answer = breaking(edge, NeighbourUnavailable(neighbour="bank", reason="not_sent"))("GET", "/v1/fail/x")
    assert (answer.status, answer.code) == (503, "neighbour.unavailable")
    assert answer.json["fields"] == {"neighbour": "bank", "reason": "not_sent"}


def test_a_log_line_holds_the_route_not_the_address(caller: Caller, lines: Any) -> None:
    caller("GET", "/v1/applications/11112222?name=hong", headers={"X-Request-ID": "trace-12345678"})
    (line,) = lines()
    assert (line["event"], line["route"], line["status"]) == ("request", "/v1/applications/{application_id}", 401)
    assert line["request_id"] == "trace-12345678"
    assert "hong" not in json.dumps(line)
    assert "11112222" not in json.dumps(line)


def test_a_store_that_cannot_be_written_refuses_without_pretending(fresh_edge: EdgeOffice) -> None:
    caller = fresh_edge.caller()
    with fresh_edge.office.database.writing() as connection:
        connection.execute(sa.text("DROP TABLE audit_leaf"))
    answer = caller("GET", "/v1/applications")
    assert (answer.status, answer.code) in ((500, "internal"), (503, "audit.log_unwritable"))


def limited(edge: EdgeOffice, **limits: int) -> Caller:
    """A caller of the office with other limits by address."""
    settings = edge.office.settings
    access = replace(settings.policy.access, attempts=AttemptPolicy(**limits))
    policy = settings.policy.model_copy(update={"access": access})
    edge.office = replace(edge.office, settings=settings.model_copy(update={"policy": policy}))
    return edge.caller()


def credentials(name: str) -> dict[str, str]:
    return {"login_name": name, "password": PASSWORD}


def test_sign_ups_from_one_address_come_to_an_end_and_begin_again(fresh_edge: EdgeOffice) -> None:
    caller = limited(fresh_edge, sign_ups_per_address=2, window_minutes=10)
    assert [caller("POST", "/v1/accounts", json=credentials(f"name{n}")).status for n in range(3)] == [201, 201, 429]
    refused = caller("POST", "/v1/accounts", json=credentials("name3"))
    assert (refused.status, refused.code) == (429, "request.too_many")
    assert refused.headers["retry-after"] == "600" == str(refused.json["retry_after_s"])
    assert caller.at("203.0.113.8")("POST", "/v1/accounts", json=credentials("name3")).status == 201
    fresh_edge.clock.advance(minutes=10)
    assert caller("POST", "/v1/accounts", json=credentials("name4")).status == 201


def test_guessing_one_password_for_many_names_comes_to_an_end(fresh_edge: EdgeOffice) -> None:
    for number in range(4):
        fresh_edge.add_account(f"name{number}")
    caller = limited(fresh_edge, sign_ins_per_address=3)
    guesses = [{"login_name": f"name{number}", "password": "Spring2026!!"} for number in range(4)]
    assert [caller("POST", "/v1/sessions", json=one).status for one in guesses] == [401, 401, 401, 429]
    assert caller("POST", "/v1/sessions", json=credentials("name0")).status == 429  # the right one no longer helps
    assert caller.at("198.51.100.4")("POST", "/v1/sessions", json=credentials("name0")).status == 201


def test_a_flood_of_refusals_is_turned_away_and_fills_no_log(fresh_edge: EdgeOffice) -> None:
    fresh_edge.add_account("gildong")
    caller = limited(fresh_edge, refusals_per_address=3)
    codes = [caller("GET", "/v1/applications").code for _ in range(10)]
    assert codes == ["access.session_required"] * 3 + ["request.too_many"] * 7
    assert [one.tag for one in fresh_edge.leaves()].count("access:address:limited") == 1
    assert len(fresh_edge.refusals()) == 3
    # Whoever has a session is known, and not held for his neighbours at the same address.
    signed_in = caller.signed_in(fresh_edge.token("gildong"))
    assert signed_in("GET", "/v1/applications").status == 200
    assert [signed_in("GET", "/v1/applications/none").status for _ in range(5)] == [404] * 5


def test_no_address_is_stored(fresh_edge: EdgeOffice) -> None:
    caller = limited(fresh_edge, sign_ups_per_address=1)
    for name in ("name1", "name2"):
        caller("POST", "/v1/accounts", json=credentials(name))
    fresh_edge.office.database.dispose()
    files = [one.read_bytes() for one in fresh_edge.office.settings.data_dir.glob("dojang.db*")]
    assert files
    assert not any(caller.address.encode() in content for content in files)


def test_forwarded_addresses_count_behind_trusted_proxies_only(fresh_edge: EdgeOffice) -> None:
    caller = limited(fresh_edge, sign_ups_per_address=1)

    def sign_up(name: str, forwarded: str) -> int:
        return caller("POST", "/v1/accounts", json=credentials(name), headers={"X-Forwarded-For": forwarded}).status

    assert [sign_up("name1", "198.51.100.1"), sign_up("name2", "198.51.100.2")] == [201, 429]
    settings = fresh_edge.office.settings
    web = settings.web.model_validate({**settings.web.model_dump(), "trusted_proxies": [f"{caller.address}/32"]})
    fresh_edge.office = replace(fresh_edge.office, settings=settings.model_copy(update={"web": web}))
    caller = fresh_edge.caller()
    assert [sign_up("name3", "198.51.100.1"), sign_up("name4", "198.51.100.2")] == [201, 201]
    assert sign_up("name5", "10.0.0.1, 198.51.100.2") == 429  # what the caller claims before the proxy's word


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OFFICER, Role.AUDITOR])
def test_an_operators_refusal_names_the_operator(edge: EdgeOffice, callers: dict[Role, Caller], role: Role) -> None:
    callers[role]("GET", "/v1/applications")
    actor, code, _ = edge.refusals()[-1]
    assert actor.startswith("operator:")
    assert code == "access.role_required"
