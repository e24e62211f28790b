"""Errors as RFC 9457 problem documents. The only file that knows a status number for an error.

A status follows from whose fault it is; `STATUS` names the codes that HTTP has a better word for. The words come from
the catalogue in the caller's language. What is not a `DojangError` is a bug: answered "internal" with a support code.
"""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from dojang.kernel.catalogue import Catalogue
from dojang.kernel.errors import DojangError, Fault

MEDIA_TYPE = "application/problem+json"

STATUS_OF_FAULT: Mapping[Fault, int] = {
    Fault.SUBSCRIBER: 422,
    Fault.OPERATOR: 500,
    Fault.NEIGHBOUR: 503,
    Fault.OURS: 500,
}

STATUS: Mapping[str, int] = {
    "access.session_required": 401,
    "access.sign_in_refused": 401,
    "access.role_required": 403,
    "access.account_locked": 429,
    "access.login_name_taken": 409,
    "application.not_found": 404,
    "application.already_open": 409,
    "application.out_of_turn": 409,
    "application.closed": 409,
    "application.expired": 410,
    "application.too_many_issues": 429,
    "application.certificate_already_held": 409,
    "request.not_found": 404,
    "request.method_not_allowed": 405,
    "request.too_large": 413,
    "request.malformed": 400,
    "request.unsupported_media_type": 415,
}


def status_of(error: DojangError) -> int:
    """Return the HTTP status of an error."""
    return STATUS.get(error.code, STATUS_OF_FAULT[error.fault])


def problem_of(error: DojangError, *, language: str, request_id: str, catalogue: Catalogue) -> JSONResponse:
    """Return the problem document of an anticipated error, with Retry-After where waiting helps."""
    words = catalogue.get(error.code, language)
    retry_after_s = error.fields.get("retry_after_s", words.retry_after_s)
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": words.title,
        "status": status_of(error),
        "detail": words.cause,
        "code": error.code,
        "next": words.next,
        "fields": dict(error.fields),
        "request_id": request_id,
    }
    if words.alternative is not None:
        body["alternative"] = words.alternative
    headers = {"Content-Language": language}
    if retry_after_s is not None:
        body["retry_after_s"] = retry_after_s
        headers["Retry-After"] = str(retry_after_s)
    if status_of(error) == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="dojang"'
    return JSONResponse(body, status_code=status_of(error), headers=headers, media_type=MEDIA_TYPE)


class InternalError(DojangError):
    """A bug or a broken machine. `support_code` finds the log line."""

    code = "internal"
    fault = Fault.OURS


class NotFound(DojangError):
    """No such page."""

    code = "request.not_found"
    fault = Fault.SUBSCRIBER


class MethodNotAllowed(DojangError):
    """The page exists, the method does not."""

    code = "request.method_not_allowed"
    fault = Fault.SUBSCRIBER


class RequestMalformed(DojangError):
    """The request is not what the interface describes; `where` lists the places at fault, never their values."""

    code = "request.malformed"
    fault = Fault.SUBSCRIBER


class RequestTooLarge(DojangError):
    """The body is larger than `limit_bytes`."""

    code = "request.too_large"
    fault = Fault.SUBSCRIBER


class UnsupportedMediaType(DojangError):
    """The body is of a kind this page does not take; `accepted` lists those it does."""

    code = "request.unsupported_media_type"
    fault = Fault.SUBSCRIBER
