"""The short way to an OCSP answer: before the edge and the framework, which each cost more than the answer.

A request that was answered before gets the same bytes, found by the request's own bytes, as long as the office's count
of changes stands and the quarter of an hour has not passed. What has to be signed anew is signed at once: a thread
would cost as much again. What has to be read first is, in a thread. Everything else, refusals among it, goes the whole
way with its body intact, so that what is audited and worded stands in one place (`web.ocsp`). Answers given here are
counted like all others but not logged: a line would cost more than the answer. Pure ASGI; `web.rsgi` does without.
"""

import asyncio
import base64
import binascii
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dojang.bootstrap import Office
from dojang.lifecycle.status.responder import OcspAnswer
from dojang.pki.ocsp import MAX_REQUEST_BYTES
from dojang.web.edge import REQUESTS, SECONDS, security_headers
from dojang.web.ocsp import LONGEST_ADDRESS, REQUEST, RESPONSE, Desk, headers_of

PATH: Final = "/ocsp"
KEPT_REPLIES: Final = 50_000  # the answers themselves are the responder's, kept once
LONGEST_KEPT: Final = 512  # characters or octets of a request; usual ones have a fifth of it
THREADS: Final = 8
_REQUEST = REQUEST.encode()
_OF_THE_BODY = frozenset({"content-type", "content-length"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer ready to be sent, as often as it is asked for before `same_until` and the next change."""

    change: int
    same_until: datetime
    etag: str | None
    headers: list[tuple[str, str]] = field(repr=False)
    body: bytes = field(repr=False)

    def to(self, if_none_match: str | None) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and body for a caller who named that entity tag."""
        if self.etag is not None and self.etag == if_none_match:
            return 304, [one for one in self.headers if one[0] not in _OF_THE_BODY], b""
        return 200, self.headers, self.body


class _Replies:
    """Up to `capacity` replies by what was asked: an address or a body. Whoever was kept first goes first."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._replies: dict[str | bytes, Reply] = {}
        self._touching = threading.Lock()

    def __len__(self) -> int:
        return len(self._replies)

    def find(self, asked: str | bytes) -> Reply | None:
        return self._replies.get(asked)

    def keep(self, asked: str | bytes, reply: Reply) -> None:
        with self._touching:
            self._replies.pop(asked, None)
            self._replies[asked] = reply
            while len(self._replies) > self.capacity:
                del self._replies[next(iter(self._replies))]


class OcspFront:
    """ASGI middleware around the whole application `app`, its edge included; `desk` answers."""

    def __init__(self, app: ASGIApp, *, office: Office, desk: Desk) -> None:
        self.app = app
        self._clock = office.clock
        self._desk = desk
        self._cached_s = desk.policy.cached_s
        self.replies = _Replies(KEPT_REPLIES)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="ocsp")
        over_tls = office.settings.public_url.startswith("https://")
        self._security = {name.decode(): value.decode() for name, value in security_headers(over_tls=over_tls).items()}
        routes = {"GET": f"{PATH}/{{encoded:path}}", "POST": PATH}
        self._counted = {
            (method, status): (REQUESTS.labels(method, route, str(status)), SECONDS.labels(method, route))
            for method, route in routes.items()
            for status in (200, 304)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await self.app(scope, receive, send)
            return
        started_s = time.perf_counter()
        asked, receive = await _asked(scope, receive)
        reply = None if asked is None else await self.reply_to(asked)
        if reply is None:
            await self.app(scope, receive, send)
            return
        wanted = _header(scope, b"if-none-match")
        status, headers, body = reply.to(None if wanted is None else wanted.decode("latin-1"))
        raw = [(name.encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})
        self.count(scope["method"], status, time.perf_counter() - started_s)

    async def reply_to(self, asked: str | bytes) -> Reply | None:
        """Return the answer to what was asked, an address or a body; None when it has to go the whole way."""
        reply = self._kept(asked) or self._answer(asked, self._desk.answer_at_hand)
        if reply is None:
            loop = asyncio.get_running_loop()
            reply = await loop.run_in_executor(self._pool, self._answer, asked, self._desk.answer)
        return reply

    def count(self, method: str, status: int, seconds: float) -> None:
        """Account for an answer that was sent."""
        requests, times = self._counted[method, status]
        requests.inc()
        times.observe(seconds)

    def _kept(self, asked: str | bytes) -> Reply | None:
        reply = self.replies.find(asked)
        if reply is None or reply.change != self._desk.watch.latest() or self._clock.now() >= reply.same_until:
            return None
        return reply

    def _answer(self, asked: str | bytes, answering: Callable[[bytes, datetime], OcspAnswer | None]) -> Reply | None:
        """Return the answer as it is sent; None when it cannot be had so."""
        request_der = asked if isinstance(asked, bytes) else _decoded(asked)
        if request_der is None:
            return None
        now = self._clock.now()
        try:
            answer = answering(request_der, now)
        except Exception:  # noqa: BLE001 - met again on the whole way, and there worded, counted, audited or logged
            return None
        if answer is None:
            return None
        method = "POST" if isinstance(asked, bytes) else "GET"
        headers = {
            **self._security,
            "content-type": RESPONSE,
            "content-length": str(len(answer.response_der)),
            **headers_of(answer, method=method, cached_s=self._cached_s, now=now),
        }
        reply = Reply(
            change=answer.change,
            same_until=min(answer.same_until, answer.next_update - timedelta(seconds=self._cached_s)),
            etag=headers.get("etag"),
            headers=list(headers.items()),
            body=answer.response_der,
        )
        if answer.may_be_cached and len(asked) <= LONGEST_KEPT:
            self.replies.keep(asked, reply)
        return reply


async def _asked(scope: Scope, receive: Receive) -> tuple[str | bytes | None, Receive]:
    """Return the address or the body of what may be a request, and a `receive` that gives again what was read."""
    if scope["method"] == "GET":
        path = scope["path"]
        return (path if path.startswith(f"{PATH}/") else None), receive
    if scope["method"] == "POST" and scope["path"] == PATH and is_request(_header(scope, b"content-type") or b""):
        return await _body(receive)
    return None, receive


def is_request(content_type: bytes) -> bool:
    """Whether a body of that type is an OCSP request."""
    return content_type == _REQUEST or content_type.partition(b";")[0].strip().lower() == _REQUEST


def _header(scope: Scope, wanted: bytes) -> bytes | None:
    for name, value in scope["headers"]:
        if name == wanted:
            return bytes(value)
    return None


def _decoded(path: str) -> bytes | None:
    encoded = path.removeprefix(f"{PATH}/")
    if len(encoded) > LONGEST_ADDRESS:
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


async def _body(receive: Receive) -> tuple[bytes | None, Receive]:
    """Return the body when it is whole and small, and a `receive` that gives again what was read."""
    message = await receive()
    body = message.get("body", b"")
    whole = message["type"] == "http.request" and not message.get("more_body", False)
    if whole and len(body) <= MAX_REQUEST_BYTES:
        return body, _again([message], receive)
    read, size = [message], len(body)
    while message["type"] == "http.request" and message.get("more_body", False) and size <= MAX_REQUEST_BYTES:
        message = await receive()
        read.append(message)
        size += len(message.get("body", b""))
    whole = message["type"] == "http.request" and not message.get("more_body", False) and size <= MAX_REQUEST_BYTES
    return (b"".join(one.get("body", b"") for one in read) if whole else None), _again(read, receive)


def _again(read: list[Message], receive: Receive) -> Receive:
    given = iter(read)

    async def again() -> Message:
        message = next(given, None)
        return await receive() if message is None else message

    return again
