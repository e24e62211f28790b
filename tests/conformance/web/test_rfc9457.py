"""Requirements of RFC 9457 and RFC 9110 on how errors are told over HTTP."""

import json
from typing import Any

import pytest
from starlette.responses import JSONResponse

from dojang.controls.access.model import AccountLocked, SessionRequired
from dojang.kernel.catalogue import load_catalogue
from dojang.kernel.errors import DojangError
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.lifecycle.application.model import ApplicationClosed
from dojang.web.problem import problem_of

EXAMPLES = (
    ApplicationClosed(state="expired"),
    SessionRequired(),
    AccountLocked(retry_after_s=1800),
    NeighbourUnavailable(neighbour="bank", reason="not_sent"),
)


def told(error: DojangError, language: str = "ko") -> JSONResponse:
    return problem_of(error, language=language, request_id="request-1", catalogue=load_catalogue())


def body(answer: JSONResponse) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(bytes(answer.body))
    return document


@pytest.mark.section("RFC 9457 3")
@pytest.mark.parametrize("error", EXAMPLES, ids=lambda one: one.code)
def test_a_problem_is_served_as_application_problem_json(error: DojangError) -> None:
    assert told(error).headers["content-type"] == "application/problem+json"


@pytest.mark.section("RFC 9457 3.1")
@pytest.mark.parametrize("error", EXAMPLES, ids=lambda one: one.code)
def test_type_title_status_and_detail_have_the_forms_the_standard_gives(error: DojangError) -> None:
    answer = told(error)
    document = body(answer)
    assert document["type"] == f"/problems/{error.code}"
    assert document["status"] == answer.status_code
    assert all(isinstance(document[name], str) and document[name] for name in ("title", "detail"))


@pytest.mark.section("RFC 9457 3.1.3")
def test_the_title_changes_with_the_language_only() -> None:
    closed, cancelled = ApplicationClosed(state="expired"), ApplicationClosed(state="cancelled")
    assert body(told(closed))["title"] == body(told(cancelled))["title"]
    assert body(told(closed))["title"] != body(told(closed, "en"))["title"]
    assert told(closed, "en").headers["content-language"] == "en"


@pytest.mark.section("RFC 9110 10.2.3")
def test_where_waiting_helps_retry_after_says_how_long() -> None:
    answer = told(AccountLocked(retry_after_s=1800))
    assert answer.headers["retry-after"] == "1800"
    assert body(answer)["retry_after_s"] == 1800
    assert "retry-after" not in told(ApplicationClosed(state="expired")).headers


@pytest.mark.section("RFC 9110 11.6.1")
def test_an_answer_of_401_names_a_challenge() -> None:
    answer = told(SessionRequired())
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
