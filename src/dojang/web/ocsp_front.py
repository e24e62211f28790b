"""The short way to an OCSP answer: past the framework's routing and validation, which cost more than the answer.

It answers what can be answered. Everything else, refusals among it, goes the whole way with its body intact, so that
what is audited, counted and worded stands in one place (`web.ocsp`). Pure ASGI middleware.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dojang.bootstrap import Office
from dojang.kernel.errors import DojangError
from dojang.lifecycle.status.responder import OcspAnswer
from dojang.pki.ocsp import MAX_REQUEST_BYTES
from dojang.web.ocsp import REQUEST, Desk, as_http

PATH = "/ocsp"


@dataclass(frozen=True, slots=True)
class _Route:
    """What the edge counts a request under."""

    path: str


_GET, _POST = _Route("/ocsp/{encoded:path}"), _Route(PATH)


class OcspFront:
    """Middleware around the application `app`; `desk` answers."""

    def __init__(self, app: ASGIApp, *, office: Office, desk: Desk) -> None:
        self._app = app
        self._office = office
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await self._app(scope, receive, send)
            return
        asked, again = None, receive
        if scope["method"] == "GET":
            asked = _decoded(scope["path"].removeprefix(f"{PATH}/"))
        elif scope["method"] == "POST" and scope["path"] == PATH:
            asked, again = await _body(scope, receive)
        now = self._office.clock.now()
        answer = None if asked is None else await run_sync(self._try, asked, now)
        if answer is None:
            await self._app(scope, again, send)
            return
        scope["route"] = _GET if scope["method"] == "GET" else _POST
        response: Response = as_http(
            answer,
            method=scope["method"],
            if_none_match=Headers(scope=scope).get("if-none-match"),
            cached_s=self._office.settings.policy.ocsp.cached_s,
            now=now,
        )
        await response(scope, receive, send)

    def _try(self, asked: bytes, now: datetime) -> OcspAnswer | None:
        try:
            return self._desk.answer(asked, now)
        except (DojangError, sa.exc.DBAPIError):  # told, counted and audited on the whole way
            return None


def _decoded(encoded: str) -> bytes | None:
    if len(encoded) > MAX_REQUEST_BYTES * 4 // 3 + 4:
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


async def _body(scope: Scope, receive: Receive) -> tuple[bytes | None, Receive]:
    """Return the body when it is whole and small, and a `receive` that gives again what was read."""
    if Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower() != REQUEST:
        return None, receive
    read: list[Message] = []
    size, more = 0, True
    while more and size <= MAX_REQUEST_BYTES:
        message = await receive()
        read.append(message)
        more = message["type"] == "http.request" and message.get("more_body", False)
        size += len(message.get("body", b""))
    given = iter(read)

    async def again() -> Message:
        message = next(given, None)
        return await receive() if message is None else message

    whole = not more and size <= MAX_REQUEST_BYTES and all(one["type"] == "http.request" for one in read)
    return (b"".join(one.get("body", b"") for one in read) if whole else None), again
