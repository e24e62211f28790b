"""The two telephone networks that the voice suite runs on: one in memory, one behind HTTP."""

import itertools
from datetime import date
from typing import Protocol

from contracts.sandbox_client import Steering
from dojang.adapters.neighbour_http import Timeouts
from dojang.adapters.telephony.http_voice import HttpVoiceGateway
from dojang.controls.voice_call.model import CallProgress, Prompt
from dojang.controls.voice_call.ports import VoiceGateway
from fakes.mishap import Mishap
from fakes.telephony import FakeTelephony

NAME, BORN = "가온누리", date(1990, 1, 2)
_numbers = itertools.count(1_099_990_000)
_BEHAVIOUR = {
    CallProgress.ANSWERED: "answers",
    CallProgress.BUSY: "busy",
    CallProgress.DECLINED: "declines",
    CallProgress.NO_ANSWER: "no_answer",
    CallProgress.UNREACHABLE: "off",
}


def new_number() -> str:
    """Return a mobile number nobody has."""
    return f"0{next(_numbers)}"


class VoiceWorld(Protocol):
    """A network with invented subscribers."""

    gateway: VoiceGateway

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
        """Connect a line with its handset's script."""

    def rung(self, number: str) -> int:
        """Return how many calls were placed to `number`."""

    def meets(self, mishap: Mishap) -> None:
        """Let the next request meet a mishap."""


class FakeWorld:
    """The fake."""

    def __init__(self) -> None:
        self._network = FakeTelephony()
        self.gateway: VoiceGateway = self._network
        self.connect = self._network.connect
        self.rung = self._network.rung

    def meets(self, mishap: Mishap) -> None:
        """Let the next request meet a mishap."""
        self._network.mishaps.expect(mishap)


class SandboxWorld:
    """The sandbox over HTTP, through the adapter."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering
        self.gateway: VoiceGateway = http_voice(steering.base_url)

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
        """Connect the line."""
        script = {"behaviour": _BEHAVIOUR[progress], "presses": presses, "hangs_up_on": hangs_up_on}
        facts = {"number": number, "owner_name": owner_name, "birth_date": birth_date.isoformat()}
        self._steering.post("/sandbox/telephony/lines", **facts, handset=script)

    def rung(self, number: str) -> int:
        """Count the handset's calls."""
        return len(self._steering.get(f"/telephony/handset/{number}/calls")["calls"])

    def meets(self, mishap: Mishap) -> None:
        """Set the fault."""
        self._steering.mishap("telephony", mishap, 1, "/v1/")


def http_voice(base_url: str, *, api_key: str = "sandbox-telephony-key", production: bool = False) -> HttpVoiceGateway:
    """Return the adapter as it would stand before a real network."""
    return HttpVoiceGateway(
        base_url=f"{base_url}/telephony",
        api_key=api_key,
        caller="15880000",
        timeouts=Timeouts(connect_s=2.0, answer_s=5.0),
        production=production,
    )
