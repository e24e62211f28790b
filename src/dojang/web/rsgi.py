"""The protocols on Granian's own interface: OCSP past ASGI altogether, everything else by the ASGI application.

ASGI hands a body over in a message of its own and an answer in two; each costs about as much as a kept answer. Must
know nothing of what is answered. Source: the RSGI specification 1.5, ASGI 3.0 (HTTP, 2.3).
"""

import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final

from granian.rsgi import (  # type: ignore[attr-defined]  # public, but not marked as exported
    HTTPProtocol,
    ProtocolClosed,
    Scope,
)
from starlette.types import ASGIApp, Message

from dojang.pki.ocsp import MAX_REQUEST_BYTES
from dojang.web.ocsp_front import PATH, OcspFront, is_request

_VERSIONS: Final = {"version": "3.0", "spec_version": "2.3"}


class RsgiServer:
    """What Granian calls. `front` is the short way, with the ASGI application behind it."""

    def __init__(self, front: OcspFront) -> None:
        self._front = front

    async def __rsgi__(self, scope: Scope, proto: HTTPProtocol) -> None:
        """Serve one request."""
        asked: str | bytes | None = None
        if scope.path.startswith(PATH):
            started_s = time.perf_counter()
            asked = await _asked(scope, proto)
            reply = None if asked is None else await self._front.reply_to(asked)
            if reply is not None:
                status, headers, body = reply.to(scope.headers.get("if-none-match"))
                proto.response_bytes(status, headers, body)
                self._front.count(scope.method, status, time.perf_counter() - started_s)
                return
        await serve_asgi(self._front.app, scope, proto, read=asked if isinstance(asked, bytes) else None)


async def _asked(scope: Scope, proto: HTTPProtocol) -> str | bytes | None:
    """Return the address or the body of what may be an OCSP request; a body is read if it says that it is small."""
    if scope.method == "GET":
        path: str = scope.path
        return path if path.startswith(f"{PATH}/") else None
    if scope.method == "POST" and scope.path == PATH:
        declared = scope.headers.get("content-length", "")
        if is_request(scope.headers.get("content-type", "").encode()) and 0 <= _number(declared) <= MAX_REQUEST_BYTES:
            return await proto()
    return None


def _number(declared: str) -> int:
    return int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 20 else -1


async def serve_asgi(app: ASGIApp, scope: Scope, proto: HTTPProtocol, *, read: bytes | None) -> None:
    """Have an ASGI application answer one request; `read` is its whole body where that was read already."""
    receiving, sending = _Receiving(scope, proto, read), _Sending(proto)
    await app(_asgi_scope(scope), receiving, sending)


def _asgi_scope(scope: Scope) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": _VERSIONS,
        "http_version": scope.http_version,
        "method": scope.method,
        "scheme": scope.scheme,
        "path": scope.path,
        "query_string": scope.query_string.encode("latin-1"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in scope.headers.items()],
        "client": _address(scope.client),
        "server": _address(scope.server),
        "state": {},
    }


def _address(text: str) -> tuple[str, int] | None:
    host, _, port = text.rpartition(":")
    return (host.removeprefix("[").removesuffix("]"), int(port)) if host and port.isdigit() else None


class _Receiving:
    """ASGI's `receive`: the body in pieces as they come, then whether the caller has left.

    A body shorter than it was declared to be is a caller who left, and never taken for whole.
    """

    def __init__(self, scope: Scope, proto: HTTPProtocol, read: bytes | None) -> None:
        self._proto = proto
        self._declared = _number(scope.headers.get("content-length", ""))
        self._pieces: AsyncIterator[bytes] = aiter(proto) if read is None else _once(read)
        self._seen = 0
        self._ended = False

    async def __call__(self) -> Message:
        if self._ended:
            await self._proto.client_disconnect()
            return {"type": "http.disconnect"}
        with suppress(StopAsyncIteration):  # `anext(…, None)` crashed CPython 3.11 over callers who leave
            piece = await self._pieces.__anext__()
            self._seen += len(piece)
            return {"type": "http.request", "body": piece, "more_body": True}
        self._ended = True
        if self._seen < self._declared:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


class _Sending:
    """ASGI's `send`: an answer in one piece at once, in several as a stream that waits for its reader."""

    def __init__(self, proto: HTTPProtocol) -> None:
        self._proto = proto
        self._status = 500
        self._headers: list[tuple[str, str]] = []
        self._stream: Any = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            raw = message.get("headers", ())
            self._headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]
            return
        body = message.get("body", b"")
        with suppress(ProtocolClosed):  # who reads no more is noticed by `receive`
            if self._stream is None and not message.get("more_body", False):
                self._proto.response_bytes(self._status, self._headers, body)
                return
            if self._stream is None:
                self._stream = self._proto.response_stream(self._status, self._headers)
            if body:
                await self._stream.send_bytes(body)
