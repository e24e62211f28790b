"""Problem documents: every error has a status and words; both languages; Retry-After; nothing but what was meant."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import dojang
from builders.edge import Caller, EdgeOffice
from dojang.controls.access.model import AccountLocked, Role, SessionRequired
from dojang.kernel.catalogue import load_catalogue
from dojang.kernel.errors import DojangError, Fault
from dojang.web.problem import STATUS, STATUS_OF_FAULT, problem_of, status_of

RFC_9457 = {"type", "title", "status", "detail"}
OURS = {"code", "next", "fields", "request_id"}
NOT_IMPORTABLE = "dojang.adapters.store.migrations."


def all_errors() -> list[type[DojangError]]:
    for module in pkgutil.walk_packages(dojang.__path__, "dojang."):
        if not module.name.startswith(NOT_IMPORTABLE) and not module.name.endswith(".__main__"):
            importlib.import_module(module.name)

    def below(base: type[DojangError]) -> Iterator[type[DojangError]]:
        for one in base.__subclasses__():
            yield one
            yield from below(one)

    return sorted({one for one in below(DojangError) if one.__module__.startswith("dojang.")}, key=lambda one: one.code)


def instance_of(kind: type[DojangError], **fields: int) -> DojangError:
    """An error without whatever its own constructor wants."""
    raised = kind.__new__(kind)
    DojangError.__init__(raised, **fields)
    return raised


def test_the_table_names_only_codes_that_exist() -> None:
    assert sorted(STATUS.keys() - {one.code for one in all_errors()}) == []


def test_every_error_has_a_status_and_a_document_in_both_languages() -> None:
    for error in all_errors():
        raised = instance_of(error, tries_left=2)
        assert status_of(raised) in range(400, 504), error
        for language in ("ko", "en"):
            answer = problem_of(raised, language=language, request_id="r-1", catalogue=load_catalogue())
            assert answer.media_type == "application/problem+json"
            assert answer.headers["content-language"] == language


def test_a_subscribers_mistake_is_never_the_offices_fault() -> None:
    for error in all_errors():
        status = STATUS.get(error.code, STATUS_OF_FAULT[error.fault])
        if error.fault is Fault.SUBSCRIBER:
            assert 400 <= status < 500, error.code


def test_what_waiting_helps_says_how_long() -> None:
    for error in all_errors():
        words = load_catalogue().get(error.code, "en")
        if words.retry_after_s is not None:
            answer = problem_of(instance_of(error), language="en", request_id="", catalogue=load_catalogue())
            assert answer.headers["retry-after"] == str(words.retry_after_s)


def test_a_field_outranks_the_catalogues_time() -> None:
    answer = problem_of(AccountLocked(retry_after_s=77), language="ko", request_id="", catalogue=load_catalogue())
    assert answer.headers["retry-after"] == "77"


def test_the_document_has_the_members_of_rfc_9457_and_ours(caller: Caller) -> None:
    answer = caller("GET", "/v1/applications", headers={"X-Request-ID": "my-request-1"})
    problem = answer.json
    assert problem.keys() == RFC_9457 | OURS
    assert problem["type"] == f"/problems/{SessionRequired.code}"
    assert problem["status"] == answer.status == 401
    assert problem["request_id"] == "my-request-1" == answer.headers["x-request-id"]
    words = load_catalogue().get(SessionRequired.code, "ko")
    assert (problem["title"], problem["detail"], problem["next"]) == (words.title, words.cause, words.next)


def test_a_problems_type_leads_to_its_words(caller: Caller) -> None:
    problem = caller("GET", "/v1/applications").json
    explained = caller("GET", problem["type"])
    assert explained.status == 200
    assert explained.json["ko"]["title"] == problem["title"]
    assert explained.json["en"]["title"] == "Please sign in"
    assert caller("GET", "/problems/no.such_code").code == "request.not_found"


@pytest.mark.parametrize(
    ("wished", "language"),
    [
        (None, "ko"),
        ("", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
        ("en-GB,en;q=0.9", "en"),
        ("ko;q=0.3, en;q=0.8", "en"),
        ("en;q=0.3, ko;q=0.8", "ko"),
        ("de, en;q=0.1", "en"),
        ("de", "ko"),
        ("EN", "en"),
        ("ko;q=0, en;q=0.1", "en"),
        ("en;q=abc", "ko"),
        ("*;q=0.5", "ko"),
        (";;;,,=", "ko"),
        ("en, ko", "en"),
    ],
)
def test_the_language_is_the_callers(caller: Caller, wished: str | None, language: str) -> None:
    answer = caller("GET", "/v1/applications", headers={} if wished is None else {"Accept-Language": wished})
    assert answer.headers["content-language"] == language
    assert answer.json["title"] == load_catalogue().get(SessionRequired.code, language).title


def test_an_alternative_is_told_where_there_is_one(caller: Caller, edge: EdgeOffice) -> None:
    edge.add_account("taken.name")
    body = {"login_name": "taken.name", "password": "another good password"}
    problem = caller("POST", "/v1/accounts", json=body, headers={"Accept-Language": "en"}).json
    assert problem["alternative"] == "If the account is yours, sign in instead."
    assert problem["status"] == 409


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "status", "code"),
    [
        (Role.REVIEWER, "GET", "/v1/operator/reviews/none", None, 404, "proofing_review.not_found"),
        (Role.REVIEWER, "POST", "/v1/operator/reviews/none/approval", None, 404, "proofing_review.not_found"),
        (Role.OFFICER, "GET", "/v1/operator/certificates/7", None, 404, "status.unknown_serial"),
        (
            Role.OFFICER,
            "POST",
            "/v1/operator/certificates/7/revocation",
            {"reason": "boredom"},
            422,
            "revocation.reason_not_allowed",
        ),
        (
            Role.OFFICER,
            "POST",
            "/v1/operator/certificates/7/revocation",
            {"reason": "keyCompromise"},
            404,
            "revocation.certificate_not_found",
        ),
        (Role.SUBSCRIBER, "GET", "/v1/successions/7", None, 404, "delivery.succession_not_found"),
    ],
)
def test_an_operators_mistake_is_no_breakdown(
    callers: dict[Role, Caller], role: Role, method: str, path: str, body: object, status: int, code: str
) -> None:
    answer = callers[role](method, path, json=body)
    assert (answer.status, answer.code) == (status, code)
