"""What every request passes: an id, a size limit, a clock, a log line, security headers. Pure ASGI.

A log line holds method, route template, status and time; never a query, a body, a header or an id from the path. No
exception gets past here: what the application could not answer is answered, and the server learns no text of it.
"""

import re
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import structlog
from anyio.to_thread import current_default_thread_limiter
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dojang.kernel.catalogue import Catalogue
from dojang.web.problem import RequestTooLarge, problem_of
from dojang.web.refusals import log_bug

REQUESTS = Counter("dojang_http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("dojang_http_request_seconds", "Time to answer", ["method", "route"])

SECURITY_HEADERS: Mapping[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cache-control": b"no-store",
}
STRICT_TRANSPORT: Mapping[bytes, bytes] = {b"strict-transport-security": b"max-age=31536000"}
_REQUEST_ID = re.compile(rb"[0-9A-Za-z-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger("dojang.web")


def security_headers(*, over_tls: bool) -> Mapping[bytes, bytes]:
    """Return the headers of every answer that has none of its own by that name."""
    return {**SECURITY_HEADERS, **(STRICT_TRANSPORT if over_tls else {})}


class Edge:
    """ASGI middleware around the whole application `app`.

    `max_body_bytes` holds for every path but those of `larger_bodies`, which have a limit of their own. `over_tls` says
    that subscribers reach it by https; `threads` is how many requests are worked on at once.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        larger_bodies: Mapping[str, int],
        threads: int,
        catalogue: Catalogue,
        over_tls: bool,
    ) -> None:
        self.app = app
        self._threads = threads
        self._max_body_bytes = max_body_bytes
        self._larger_bodies = larger_bodies
        self._catalogue = catalogue
        self._headers = security_headers(over_tls=over_tls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        current_default_thread_limiter().total_tokens = self._threads
        headers = dict(scope["headers"])
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status: dict[str, int] = {}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                status["code"] = message["status"]
                message["headers"] = self._completed(message.get("headers", []), request_id)
            await send(message)

        limit = self._larger_bodies.get(scope["path"], self._max_body_bytes)
        limited = _limited(receive, limit, _declared_bytes(headers))
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, limited, send_with_headers)
            except Exception as error:  # noqa: BLE001 - the last place there is; logged by the application or here
                if "code" not in status:
                    answer = problem_of(log_bug(error), language="ko", request_id=request_id, catalogue=self._catalogue)
                    await answer(scope, receive, send_with_headers)
            _account(scope, status.get("code", 500), time.perf_counter() - started)

    def _completed(self, headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in headers}
        added = [(name, value) for name, value in self._headers.items() if name not in present]
        return [*headers, *added, (b"x-request-id", request_id.encode())]


def _limited(receive: Receive, limit: int, declared: int) -> Callable[[], Awaitable[MutableMapping[str, Any]]]:
    """Return `receive` that raises `RequestTooLarge`: at once for a body declared too large, else where it is."""
    seen = declared if declared > limit else 0

    async def receive_limited() -> Message:
        nonlocal seen
        if seen > limit:
            raise RequestTooLarge(limit_bytes=limit)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise RequestTooLarge(limit_bytes=limit)
        return message

    return receive_limited


def _declared_bytes(headers: Mapping[bytes, bytes]) -> int:
    declared = headers.get(b"content-length", b"")
    return int(declared) if declared.isdigit() and len(declared) < 20 else 0


def _request_id(headers: Mapping[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"")
    return given.decode("ascii") if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _account(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    method = scope["method"] if scope["method"] in _METHODS else "other"  # a caller could invent labels without end
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(method, route).observe(seconds)
    _log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
