"""A telephone network in memory, under the same contract as the sandbox. Its callees are scripts; nothing waits."""

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import date

from dojang.controls.voice_call.model import CallProgress, HungUp, Prompt
from dojang.controls.voice_call.ports import LiveCall
from fakes.mishap import Mishap, Mishaps

_NUMBER = re.compile(r"[0-9]{8,12}")


@dataclass(slots=True, kw_only=True)
class FakeLine:
    """A line: owner, and either why it is not answered or what its owner presses, one item a question."""

    owner_name: str
    birth_date: date
    progress: CallProgress = CallProgress.ANSWERED
    presses: tuple[str, ...] = ()
    hangs_up_on: Prompt | None = None
    rung: int = 0


@dataclass(slots=True, kw_only=True)
class FakeCall:
    """An answered call."""

    line: FakeLine
    mishaps: Mishaps
    heard: list[Prompt] = field(default_factory=list)
    keys: deque[str] = field(default_factory=deque)
    presses_left: deque[str] = field(default_factory=deque)
    over: bool = False

    def play(self, prompt: Prompt) -> None:
        """Let the callee hear a prompt and do as scripted."""
        self._check()
        self.heard.append(prompt)
        if prompt is self.line.hangs_up_on:
            self.over = True
            raise HungUp
        if prompt in (Prompt.PRESS_NUMBER, Prompt.TRY_AGAIN) and self.presses_left:
            self.keys.extend(self.presses_left.popleft())

    def read_digits(self, *, max_digits: int, timeout_s: float) -> str:
        """Collect what was pressed."""
        self._check()
        digits = ""
        while self.keys and len(digits) < max_digits:
            key = self.keys.popleft()
            if key == "#":
                break
            digits += key
        return digits

    def hang_up(self) -> None:
        """End the call."""
        self.over = True

    def _check(self) -> None:
        if self.mishaps.take() is not None:
            self.over = True
            raise self.mishaps.unavailable()
        if self.over:
            raise HungUp


class FakeTelephony:
    """`VoiceGateway` in memory."""

    def __init__(self) -> None:
        self.mishaps = Mishaps("telephony")
        self._lines: dict[str, FakeLine] = {}
        self._calls: dict[str, FakeCall | CallProgress] = {}

    def connect(
        self,
        number: str,
        owner_name: str,
        birth_date: date,
        *,
        progress: CallProgress = CallProgress.ANSWERED,
        presses: tuple[str, ...] = (),
        hangs_up_on: Prompt | None = None,
    ) -> None:
        """Connect a line of an invented person."""
        self._lines[number] = FakeLine(
            owner_name=owner_name, birth_date=birth_date, progress=progress, presses=presses, hangs_up_on=hangs_up_on
        )

    def rung(self, number: str) -> int:
        """Return how often calls were placed to `number`."""
        return self._lines[number].rung

    def owner_matches(self, *, inquiry_id: str, number: str, name: str, birth_date: date) -> bool:
        """Tell whose line it is."""
        _check_number(number)
        if self.mishaps.take() is not None:
            raise self.mishaps.unavailable()
        line = self._lines.get(number)
        return line is not None and (line.owner_name, line.birth_date) == (name, birth_date)

    def place_call(self, *, call_id: str, number: str, ring_timeout_s: float) -> LiveCall | CallProgress:
        """Ring once per call id."""
        _check_number(number)
        mishap = self.mishaps.take()
        if mishap in (Mishap.DOWN, Mishap.REQUEST_LOST):
            raise self.mishaps.unavailable()
        if call_id not in self._calls:
            self._calls[call_id] = self._ring(number)
        # A lost answer is looked into: the call goes on.
        return self._calls[call_id]

    def _ring(self, number: str) -> FakeCall | CallProgress:
        line = self._lines.get(number)
        if line is None:
            return CallProgress.UNREACHABLE
        line.rung += 1
        if line.progress is not CallProgress.ANSWERED:
            return line.progress
        return FakeCall(line=line, mishaps=self.mishaps, presses_left=deque(line.presses))


def _check_number(number: str) -> None:
    if not _NUMBER.fullmatch(number):
        raise ValueError("a telephone number is 8 to 12 digits")
