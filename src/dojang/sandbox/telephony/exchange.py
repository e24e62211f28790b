"""The exchange: calls from placing to their end, keys in between.

Everything here runs on one event loop, so a step between two `await`s is never interleaved; all waiting is on one
condition.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from dojang.sandbox.clock import korean_time
from dojang.sandbox.telephony import sound
from dojang.sandbox.telephony.line import Behaviour, Handset, Lines

_OFFICE_SILENCE_S = 90.0  # a call whose office says nothing that long is ended by the network


class CallState(StrEnum):
    """Where a call stands. Only `RINGING` and `ANSWERED` are alive."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"  # after having been answered
    BUSY = "busy"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"


@dataclass(slots=True, kw_only=True)
class Call:
    """One call. `heard` lists language and prompt as played to the callee; `pressed` is what the callee keyed."""

    call_id: str
    to: str
    caller: str
    handset: Handset
    placed_at: str
    state: CallState = CallState.RINGING
    heard: list[tuple[str, str]] = field(default_factory=list)
    keys: deque[str] = field(default_factory=deque)
    pressed: str = field(default="", repr=False)
    presses_left: deque[str] = field(default_factory=deque)
    office_seen: float = 0.0

    @property
    def is_alive(self) -> bool:
        """Tell whether the call rings or is being held."""
        return self.state in (CallState.RINGING, CallState.ANSWERED)


class Exchange:
    """All calls of the network."""

    def __init__(self, lines: Lines, prompts: Path, office_silence_s: float = _OFFICE_SILENCE_S) -> None:
        self._lines = lines
        self._prompts = prompts
        self._office_silence_s = office_silence_s
        self._calls: dict[str, Call] = {}
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def find(self, call_id: str) -> Call | None:
        """Return a call by the id its office gave it."""
        return self._calls.get(call_id)

    def calls_to(self, number: str) -> list[Call]:
        """Return the number's calls, oldest first."""
        return [call for call in self._calls.values() if call.to == number]

    async def place(self, *, call_id: str, to: str, caller: str, ring_timeout_s: float) -> Call:
        """Ring a number; a call id that was placed before returns that call and rings nothing."""
        known = self._calls.get(call_id)
        if known is not None:
            return known
        line = self._lines.find(to)
        handset = line.handset if line is not None else Handset(behaviour=Behaviour.OFF)
        engaged = any(call.is_alive for call in self.calls_to(to))
        call = Call(call_id=call_id, to=to, caller=caller, handset=handset, placed_at=korean_time())
        call.presses_left.extend(handset.presses)
        self._calls[call_id] = call
        at_once = {
            Behaviour.OFF: CallState.UNREACHABLE,
            Behaviour.BUSY: CallState.BUSY,
            Behaviour.DECLINES: CallState.DECLINED,
            Behaviour.ANSWERS: CallState.ANSWERED,
        }
        if handset.behaviour in at_once:
            call.state = at_once[handset.behaviour]
        if engaged and handset.behaviour is not Behaviour.OFF:
            call.state = CallState.BUSY
        self._saw_office(call)
        if call.is_alive:
            self._spawn(self._supervise(call, ring_timeout_s))
        await self._tell()
        return call

    async def answer(self, call: Call) -> bool:
        """Pick up a ringing call."""
        return await self._move(call, CallState.RINGING, CallState.ANSWERED)

    async def decline(self, call: Call) -> bool:
        """Turn a ringing call away."""
        return await self._move(call, CallState.RINGING, CallState.DECLINED)

    async def end(self, call: Call) -> bool:
        """Hang up, from either side; a ringing call counts as not answered."""
        if call.state is CallState.RINGING:
            return await self._move(call, CallState.RINGING, CallState.NO_ANSWER)
        return await self._move(call, CallState.ANSWERED, CallState.ENDED)

    async def press(self, call: Call, keys: str) -> bool:
        """Send keys from the handset. False when nobody is on the line."""
        if call.state is not CallState.ANSWERED:
            return False
        call.keys.extend(keys)
        call.pressed += keys
        await self._tell()
        return True

    async def wait_while_ringing(self, call: Call, wait_s: float) -> None:
        """Return when the call no longer rings, or after `wait_s`."""
        self._saw_office(call)
        await self._until(lambda: call.state is not CallState.RINGING, wait_s)

    async def wait_for_call(self, number: str, wait_s: float) -> None:
        """Return when a call to `number` is alive, or after `wait_s`."""
        await self._until(lambda: any(call.is_alive for call in self.calls_to(number)), wait_s)

    async def play(self, call: Call, language: str, prompt: str) -> None:
        """Let the callee hear a prompt: until it is over, a key is waiting or the call ends."""
        self._saw_office(call)
        if call.state is not CallState.ANSWERED:
            return
        call.heard.append((language, prompt))
        if call.handset.behaviour is Behaviour.ANSWERS:
            await self._react(call, prompt)
        else:
            await self._tell()
            seconds = sound.seconds(self._prompts / language / f"{prompt}.wav") / call.handset.playback_rate
            await self._until(lambda: bool(call.keys) or not call.is_alive, seconds)
        self._saw_office(call)

    async def read(self, call: Call, max_digits: int, timeout_s: float) -> str:
        """Collect keys until '#', `max_digits`, the end of the call or `timeout_s` in all."""
        self._saw_office(call)
        digits = ""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while len(digits) < max_digits:
            left = deadline - asyncio.get_running_loop().time()
            await self._until(lambda: bool(call.keys) or not call.is_alive, max(left, 0.0))
            if not call.keys:
                break
            key = call.keys.popleft()
            if key == "#":
                break
            digits += key
        self._saw_office(call)
        return digits

    async def _react(self, call: Call, prompt: str) -> None:
        if prompt == call.handset.hangs_up_on:
            await self.end(call)
        elif prompt in call.handset.presses_on and call.presses_left:
            await self.press(call, call.presses_left.popleft())

    async def _supervise(self, call: Call, ring_timeout_s: float) -> None:
        answered = await self._until(lambda: call.state is not CallState.RINGING, ring_timeout_s)
        if not answered:
            await self._move(call, CallState.RINGING, CallState.NO_ANSWER)
        while call.is_alive:
            await self._until(lambda: not call.is_alive, self._office_silence_s / 10)
            if asyncio.get_running_loop().time() - call.office_seen > self._office_silence_s:
                await self.end(call)

    async def _move(self, call: Call, before: CallState, after: CallState) -> bool:
        if call.state is not before:
            return False
        call.state = after
        await self._tell()
        return True

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _until(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        async def waiting() -> None:
            async with self._changed:
                await self._changed.wait_for(holds)

        if holds():
            return True
        try:
            await asyncio.wait_for(waiting(), timeout_s)
        except TimeoutError:
            return holds()
        return True

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _saw_office(self, call: Call) -> None:
        call.office_seen = asyncio.get_running_loop().time()
