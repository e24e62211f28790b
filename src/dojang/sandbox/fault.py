"""Faults a neighbour can be told to have: slow, wrong, down, flapping, request lost, answer lost after the act, coded.

A `FaultGate` stands before one neighbour and touches only what the office asks of it; pages, handsets and the
`/sandbox` endpoints always work. This module knows no neighbour; one may hand in how its result codes look.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dojang.sandbox.answer import ENVIRONMENT


class FaultKind(StrEnum):
    """What goes wrong."""

    SLOW = "slow"  # waits `delay_s`, then acts and answers
    DOWN = "down"  # 503, nothing done
    FLAPPING = "flapping"  # every other request meets `DOWN`
    WRONG = "wrong"  # nothing done, and an answer that makes no sense
    REQUEST_LOST = "request_lost"  # 504, nothing done
    ANSWER_LOST = "answer_lost"  # done, then 504; with `delay_s` the answer comes that late instead
    CODED = "coded"  # answers the neighbour's own result `code`; done before that when `acts`


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: for `count` requests or `duration_s` seconds or until cleared, on paths that contain `path`."""

    kind: FaultKind
    count: int | None = None
    duration_s: float | None = None
    delay_s: float = 0.0
    path: str = ""
    code: str = ""
    acts: bool = False


@dataclass(slots=True, kw_only=True)
class _Standing:
    fault: Fault
    since: float
    met: int = 0

    def is_over(self) -> bool:
        fault = self.fault
        spent = fault.count is not None and self.met >= fault.count
        return spent or (fault.duration_s is not None and time.monotonic() - self.since >= fault.duration_s)


class FaultBoard:
    """The faults of one neighbour, safe under concurrent requests. The first that applies is met."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing: list[_Standing] = []

    def add(self, fault: Fault) -> None:
        """Put `fault` behind those already there."""
        with self._lock:
            self._standing.append(_Standing(fault=fault, since=time.monotonic()))

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._standing.clear()

    def meet(self, path: str) -> Fault | None:
        """Return the fault that a request for `path` meets now, counting it."""
        with self._lock:
            self._standing = [one for one in self._standing if not one.is_over()]
            for standing in self._standing:
                if standing.fault.path in path:
                    standing.met += 1
                    passes = standing.fault.kind is FaultKind.FLAPPING and standing.met % 2 == 0
                    return None if passes else standing.fault
        return None


class FaultGate:
    """ASGI wrapper that makes one neighbour's office side misbehave as its board says."""

    def __init__(
        self,
        app: ASGIApp,
        board: FaultBoard,
        *,
        guarded: tuple[str, ...],
        coded: Callable[[str], dict[str, object]] | None = None,
    ) -> None:
        self._app = app
        self._board = board
        self._guarded = guarded
        self._coded = coded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Meet a fault or pass through."""
        path = scope.get("path", "")[len(scope.get("root_path", "")) :]
        guarded = scope["type"] == "http" and path.startswith(self._guarded)
        fault = self._board.meet(path) if guarded else None
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._misbehave(fault, scope, receive, send)

    async def _misbehave(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case FaultKind.SLOW:
                await asyncio.sleep(fault.delay_s)
                await self._app(scope, receive, send)
            case FaultKind.WRONG:
                await _answer(send, 200, b"text/html", b"<html>maintenance</html>")
            case FaultKind.DOWN | FaultKind.FLAPPING:
                await _answer(send, 503, b"text/plain", b"down")
            case FaultKind.REQUEST_LOST:
                await _answer(send, 504, b"text/plain", b"gateway timeout")
            case FaultKind.ANSWER_LOST if fault.delay_s:
                await self._late(fault.delay_s, scope, receive, send)
            case FaultKind.ANSWER_LOST:
                await self._app(scope, receive, _swallow)
                await _answer(send, 504, b"text/plain", b"gateway timeout")
            case FaultKind.CODED:
                if fault.acts:
                    await self._app(scope, receive, _swallow)
                body = self._coded(fault.code) if self._coded else {"code": fault.code}
                text = json.dumps({**body, "environment": ENVIRONMENT}, ensure_ascii=False).encode()
                await _answer(send, 200, b"application/json", text)

    async def _late(self, delay_s: float, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, keep)
        await asyncio.sleep(delay_s)
        for message in answer:
            await send(message)


async def _swallow(message: Message) -> None:
    del message


async def _answer(send: Send, status: int, media_type: bytes, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", media_type)]})
    await send({"type": "http.response.body", "body": body})
