"""Errors on their way out: anticipated ones as problem documents and audit entries, bugs as one log line and a code.

Whatever an office refuses is audited, with the place it was asked at. Requests for addresses that do not exist ask
nothing of the office: they are counted in the metrics alone. A caller without a session has only so many refusals.
"""

import traceback
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from dojang.bootstrap import Office
from dojang.controls.access.attempts import count_attempt
from dojang.controls.access.model import AttemptKind, TooManyRequests
from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.web.desk import address_key, language_of
from dojang.web.problem import (
    InternalError,
    MethodNotAllowed,
    NotFound,
    RequestMalformed,
    RequestTooLarge,
    UnsupportedMediaType,
    problem_of,
    status_of,
)

_log = structlog.get_logger("dojang.web")

_OF_HTTP: Mapping[int, Callable[[], DojangError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: RequestTooLarge,
    415: UnsupportedMediaType,
}
_JSON = ("application/json",)


def answer_errors(app: FastAPI, office: Office) -> None:
    """Have `app` answer everything raised in it."""

    def respond(request: Request, error: DojangError, headers: Mapping[str, str] | None = None) -> Response:
        return problem_of(
            error,
            language=language_of(request),
            request_id=getattr(request.state, "request_id", ""),
            catalogue=office.catalogue,
            more_headers=headers,
        )

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, DojangError)  # noqa: S101 - how the handler is registered
        return respond(request, await run_in_threadpool(audit_refusal, office, request, error))

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - how the handler is registered
        return await refused(request, _of_validation(request, error))

    async def http_refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - how the handler is registered
        if isinstance(error.__cause__, DojangError):  # out of our own `receive`, through the framework's reading
            return await refused(request, error.__cause__)
        answer = _OF_HTTP.get(error.status_code, RequestMalformed)()
        if isinstance(error.__cause__, ClientDisconnect) or error.status_code in (404, 405):
            return respond(request, answer, error.headers)
        return await refused(request, answer)

    async def broken(request: Request, error: Exception) -> Response:
        return respond(request, log_bug(error))

    app.add_exception_handler(DojangError, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, http_refused)
    app.add_exception_handler(Exception, broken)


def log_bug(error: Exception) -> InternalError:
    """Log where a bug shows, under a fresh support code, and return what the caller is told."""
    support_code = uuid.uuid4().hex[:8]
    _log.error("bug", support_code=support_code, where=_where(error), kind=type(error).__name__)
    return InternalError(support_code=support_code)


def _of_validation(request: Request, error: RequestValidationError) -> DojangError:
    found = error.errors()
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    unread = any(tuple(one["loc"]) == ("body",) and one["type"] != "missing" for one in found)
    if unread and sent_as not in _JSON:
        return UnsupportedMediaType(accepted=list(_JSON))
    return RequestMalformed(where=[_place(one["loc"]) for one in found])


def _place(location: tuple[int | str, ...]) -> str:
    """Where a request is malformed, never with which value: a name we did not choose is the caller's own text."""
    return ".".join(str(part) if isinstance(part, int) or _is_ours(part) else "…" for part in location)


def _is_ours(part: str) -> bool:
    return part.isascii() and len(part) <= 40 and part.replace("_", "").replace("-", "").isalpha()


def _where(error: Exception) -> list[str]:
    """File, line and function of each frame: the text of an exception may hold somebody's data and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('/dojang/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def audit_refusal(office: Office, request: Request, error: DojangError) -> DojangError:
    """Record the refusal and return it; or return `TooManyRequests` to a caller whom no session identifies."""
    actor = getattr(request.state, "actor", None)
    entry = _entry(office, request, error, actor or "anonymous")
    if actor is not None:
        office.store.transact(lambda tx: tx.record(entry))
        return error
    if isinstance(error, TooManyRequests):  # recorded where it was counted
        return error
    try:
        count_attempt(
            AttemptKind.REFUSAL,
            address_key(request, office),
            entry=entry,
            store=office.store,
            policy=office.settings.policy.access.attempts,
            now=entry.at,
        )
    except TooManyRequests as flood:
        return flood
    return error


def _entry(office: Office, request: Request, error: DojangError, actor: str) -> AuditEntry:
    route: Any = request.scope.get("route")
    about = [value for name, value in request.path_params.items() if name.endswith(("_id", "serial"))]
    return AuditEntry(
        tag="web:request:refused",
        at=office.clock.now(),
        actor=actor,
        subject=about[0] if about and _is_id(about[0]) else "none",
        data={
            "code": error.code,
            "status": str(status_of(error)),
            "route": f"{request.method} {getattr(route, 'path', 'unmatched')}",
        },
    )


def _is_id(value: object) -> bool:
    """Whether this is an id or a serial number in its form: anything else is the caller's own text."""
    return isinstance(value, str) and value.isascii() and len(value) <= 64 and value.replace("-", "").isalnum()
