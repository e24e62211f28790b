"""The exchange: ringing ends, an office that fell silent loses its call, reading keeps its limits."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dojang.sandbox.state import State
from dojang.sandbox.telephony import sound
from dojang.sandbox.telephony.exchange import CallState, Exchange
from dojang.sandbox.telephony.line import Behaviour, Handset, Line, Lines

NUMBER = "01099990000"


def run(script: Callable[[Exchange], Coroutine[Any, Any, None]], **more: float) -> None:
    lines = Lines(State())
    handset = Handset(behaviour=Behaviour.MANUAL, playback_rate=1000)
    lines.put(Line(number=NUMBER, owner_name="가온누리", birth_date=date(1990, 1, 2), handset=handset))

    async def whole() -> None:
        await script(Exchange(lines, Path("nowhere"), **more))

    asyncio.run(whole())


def test_ringing_ends_by_itself() -> None:
    async def script(exchange: Exchange) -> None:
        call = await exchange.place(call_id="1", to=NUMBER, caller="15880000", ring_timeout_s=0.01)
        assert call.is_alive
        await exchange.wait_while_ringing(call, 2.0)
        assert call.state is CallState.NO_ANSWER
        assert not await exchange.answer(call)

    run(script)


def test_an_office_that_fell_silent_loses_its_call() -> None:
    async def script(exchange: Exchange) -> None:
        call = await exchange.place(call_id="1", to=NUMBER, caller="15880000", ring_timeout_s=1.0)
        await exchange.answer(call)
        for _ in range(400):
            await asyncio.sleep(0.002)
            if not call.is_alive:
                break
        assert call.state is CallState.ENDED

    run(script, office_silence_s=0.02)


def test_reading_waits_no_longer_than_told_and_keeps_what_came() -> None:
    async def script(exchange: Exchange) -> None:
        call = await exchange.place(call_id="1", to=NUMBER, caller="15880000", ring_timeout_s=1.0)
        await exchange.answer(call)
        await exchange.press(call, "4")
        started = asyncio.get_running_loop().time()
        assert await exchange.read(call, 3, 0.02) == "4"
        assert asyncio.get_running_loop().time() - started < 1.0
        await exchange.press(call, "47#1")
        assert await exchange.read(call, 3, 1.0) == "47"
        await exchange.end(call)
        assert await exchange.read(call, 3, 5.0) == "1"
        assert not await exchange.press(call, "2")

    run(script)


@pytest.mark.parametrize("act", ["decline", "end"])
def test_a_ringing_call_can_be_turned_away(act: str) -> None:
    async def script(exchange: Exchange) -> None:
        call = await exchange.place(call_id="1", to=NUMBER, caller="15880000", ring_timeout_s=1.0)
        assert await getattr(exchange, act)(call)
        assert call.state is (CallState.DECLINED if act == "decline" else CallState.NO_ANSWER)

    run(script)


def test_how_long_a_file_plays(tmp_path: Path) -> None:
    head = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data"
    (tmp_path / "a.wav").write_bytes(head + (4000).to_bytes(4, "little") + bytes(4000))
    (tmp_path / "b.wav").write_bytes(b"no sound at all")
    (tmp_path / "c.wav").write_bytes(head)
    assert [sound.seconds(tmp_path / f"{name}.wav") for name in "abcd"] == [0.5, 0.0, 0.0, 0.0]
