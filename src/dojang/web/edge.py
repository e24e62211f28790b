"""What every request passes: an id, a size limit, a clock, a log line, security headers. Pure ASGI.

A log line holds method, route template, status and time; never a query, a body, a header or an id from the path.
"""

import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dojang.kernel.catalogue import Catalogue
from dojang.web.problem import RequestTooLarge, problem_of

REQUESTS = Counter("dojang_http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("dojang_http_request_seconds", "Time to answer", ["method", "route"])

SECURITY_HEADERS: Mapping[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}
_REQUEST_ID = re.compile(rb"^[0-9A-Za-z-]{8,64}$")
_log = structlog.get_logger("dojang.web")


class Edge:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int, catalogue: Catalogue) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._catalogue = catalogue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status: dict[str, int] = {"code": 500}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                status["code"] = message["status"]
                message["headers"] = _completed(message.get("headers", []), request_id)
            await send(message)

        declared = int(headers.get(b"content-length", b"0") or b"0")
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            if declared > self._max_body_bytes:
                await self._refuse_large(scope, receive, send_with_headers, request_id)
            else:
                await self._app(scope, _limited(receive, self._max_body_bytes), send_with_headers)
            _account(scope, status["code"], time.perf_counter() - started)

    async def _refuse_large(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        answer = problem_of(
            RequestTooLarge(limit_bytes=self._max_body_bytes),
            language="ko",
            request_id=request_id,
            catalogue=self._catalogue,
        )
        await answer(scope, receive, send)


def _limited(receive: Receive, limit: int) -> Callable[[], Awaitable[MutableMapping[str, Any]]]:
    seen = 0

    async def receive_limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise RequestTooLarge(limit_bytes=limit)
        return message

    return receive_limited


def _request_id(headers: Mapping[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"")
    return given.decode("ascii") if _REQUEST_ID.match(given) else uuid.uuid4().hex


def _completed(headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    added = [(name, value) for name, value in SECURITY_HEADERS.items() if name not in present]
    return [*headers, *added, (b"x-request-id", request_id.encode())]


def _account(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    REQUESTS.labels(scope["method"], route, str(status)).inc()
    SECONDS.labels(scope["method"], route).observe(seconds)
    _log.info("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))
