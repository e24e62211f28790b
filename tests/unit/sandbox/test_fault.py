"""Faults: how long they last, what they touch, and which of them act."""

import asyncio
from typing import Any

import pytest

from dojang.sandbox.fault import Fault, FaultBoard, FaultGate, FaultKind


def meet(board: FaultBoard, path: str, times: int) -> list[FaultKind | None]:
    met = [board.meet(path) for _ in range(times)]
    return [one.kind if one is not None else None for one in met]


def test_a_counted_fault_ends() -> None:
    board = FaultBoard()
    board.add(Fault(kind=FaultKind.DOWN, count=2))
    assert meet(board, "/v1/x", 3) == [FaultKind.DOWN, FaultKind.DOWN, None]


def test_a_fault_without_limit_lasts_until_cleared() -> None:
    board = FaultBoard()
    board.add(Fault(kind=FaultKind.DOWN))
    assert meet(board, "/v1/x", 50) == [FaultKind.DOWN] * 50
    board.clear()
    assert meet(board, "/v1/x", 1) == [None]


def test_a_timed_fault_ends() -> None:
    board = FaultBoard()
    board.add(Fault(kind=FaultKind.DOWN, duration_s=0.0))
    assert meet(board, "/v1/x", 1) == [None]
    board.add(Fault(kind=FaultKind.DOWN, duration_s=60.0))
    assert meet(board, "/v1/x", 1) == [FaultKind.DOWN]


def test_flapping_lets_every_other_request_through() -> None:
    board = FaultBoard()
    board.add(Fault(kind=FaultKind.FLAPPING, count=4))
    assert meet(board, "/v1/x", 5) == [FaultKind.FLAPPING, None, FaultKind.FLAPPING, None, None]


def test_a_fault_on_one_path_leaves_others_alone_and_faults_queue_up() -> None:
    board = FaultBoard()
    board.add(Fault(kind=FaultKind.DOWN, path="/a", count=1))
    board.add(Fault(kind=FaultKind.WRONG, count=1))
    assert meet(board, "/b", 2) == [FaultKind.WRONG, None]
    assert meet(board, "/a", 2) == [FaultKind.DOWN, None]


@pytest.mark.parametrize(
    ("fault", "acted", "status"),
    [
        (Fault(kind=FaultKind.SLOW, delay_s=0.001), 1, 200),
        (Fault(kind=FaultKind.DOWN), 0, 503),
        (Fault(kind=FaultKind.FLAPPING), 0, 503),
        (Fault(kind=FaultKind.WRONG), 0, 200),
        (Fault(kind=FaultKind.REQUEST_LOST), 0, 504),
        (Fault(kind=FaultKind.ANSWER_LOST), 1, 504),
        (Fault(kind=FaultKind.ANSWER_LOST, delay_s=0.001), 1, 200),
        (Fault(kind=FaultKind.CODED, code="X1"), 0, 200),
        (Fault(kind=FaultKind.CODED, code="X1", acts=True), 1, 200),
    ],
)
def test_what_is_done_and_what_is_answered(fault: Fault, acted: int, status: int) -> None:
    acts: list[str] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        acts.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    board = FaultBoard()
    board.add(fault)
    gate = FaultGate(app, board, guarded=("/v1",), coded=lambda code: {"rsp": code})
    scope = {"type": "http", "path": "/bank/v1/x", "root_path": "/bank"}
    asyncio.run(gate(scope, receive, send))
    assert (len(acts), sent[0]["status"], len(sent)) == (acted, status, 2)
    if fault.kind is FaultKind.CODED:
        assert sent[1]["body"] == b'{"rsp": "X1", "environment": "sandbox"}'
    asyncio.run(gate({**scope, "path": "/bank/statement"}, receive, send))
    assert len(acts) == acted + 1, "what the customer sees is never touched"
