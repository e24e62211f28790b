"""The telephone network as `VoiceGateway`, over an HTTP API with long polls: own lines, calls, prompts by name, keys.

The network holds the prompt pack; we only name prompts. Numbers and names travel in bodies, call ids in URLs.
"""

import contextlib
import re
import ssl
import time
from datetime import date
from typing import Any
from urllib.parse import quote

from dojang.adapters.neighbour_http import Answer, Lost, NeighbourHttp, Timeouts
from dojang.controls.voice_call.model import CallProgress, HungUp, Prompt
from dojang.controls.voice_call.ports import LiveCall
from dojang.kernel.neighbour import NeighbourUnavailable

_NUMBER = re.compile(r"[0-9]{8,12}")
_POLL_S = 10.0
_PROMPT_LIMIT_S = 60.0
_RING_MARGIN_S = 5.0
_LOST_POLLS = 3
_PROGRESS = {
    "busy": CallProgress.BUSY,
    "declined": CallProgress.DECLINED,
    "no_answer": CallProgress.NO_ANSWER,
    "unreachable": CallProgress.UNREACHABLE,
}


class HttpLiveCall:
    """`LiveCall` on the network's side."""

    def __init__(self, http: NeighbourHttp, path: str, headers: dict[str, str], language: str) -> None:
        self._http = http
        self._path = path
        self._headers = headers
        self._language = language

    def play(self, prompt: Prompt) -> None:
        """Carry out the port's play. Raises `HungUp`, `NeighbourUnavailable`."""
        body = {"prompt": prompt.value, "language": self._language}
        said = self._ask("prompts", body, _PROMPT_LIMIT_S)
        if said.get("state") != "answered":
            raise HungUp

    def read_digits(self, *, max_digits: int, timeout_s: float) -> str:
        """Carry out the port's reading. Keys pressed before hanging up still count. Raises as `play`."""
        said = self._ask("digits", {"max_digits": max_digits, "timeout_s": timeout_s}, timeout_s + _RING_MARGIN_S)
        digits = said.get("digits")
        if not isinstance(digits, str) or len(digits) > max_digits or digits.strip("0123456789*"):
            raise self._http.nonsense()
        if not digits and said.get("state") != "answered":
            raise HungUp
        return digits

    def hang_up(self) -> None:
        """End the call; never raises. The network ends a call by itself when we stay silent."""
        with contextlib.suppress(NeighbourUnavailable):
            self._http.exchange("DELETE", self._path, headers=self._headers)

    def _ask(self, what: str, body: dict[str, Any], answer_s: float) -> dict[str, Any]:
        got = self._http.exchange(
            "POST", f"{self._path}/{what}", headers=self._headers, json_body=body, answer_s=answer_s
        )
        if isinstance(got, Answer) and got.status in (404, 410):
            raise HungUp
        return self._http.get_object(got)


class HttpVoiceGateway:
    """`VoiceGateway` over HTTP. Safe to share between threads. `caller` is our registered number."""

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        caller: str,
        language: str = "ko",
        timeouts: Timeouts | None = None,
        production: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._http = NeighbourHttp("telephony", base_url, timeouts=timeouts, production=production, tls=tls)
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._caller = caller
        self._language = language

    def is_sandbox(self) -> bool:
        """Ask the neighbour what it is. Raises `NeighbourUnavailable` when nobody answers."""
        return self._http.find_environment() is not None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def owner_matches(self, *, inquiry_id: str, number: str, name: str, birth_date: date) -> bool:
        """Carry out the port's inquiry. Raises `NeighbourUnavailable`; `ValueError` for a malformed `number`."""
        _check_number(number)
        body = {"inquiry_id": inquiry_id, "number": number, "name": name, "birth_date": birth_date.isoformat()}
        headers = {**self._headers, "Idempotency-Key": inquiry_id}
        said = self._http.get_object(self._http.exchange("POST", "/v1/line-ownership", headers=headers, json_body=body))
        matches = said.get("matches")
        if not isinstance(matches, bool):
            raise self._http.nonsense()
        return matches

    def place_call(self, *, call_id: str, number: str, ring_timeout_s: float) -> LiveCall | CallProgress:
        """Carry out the port's call.

        A call id placed before is joined while it lives. One that was answered and is over gives a call whose methods
        raise `HungUp`. Raises `NeighbourUnavailable` (nothing rings then, or the network stops by itself at
        `ring_timeout_s`); `ValueError` when `number` is not 8 to 12 digits.
        """
        _check_number(number)
        path = f"/v1/calls/{quote(call_id, safe='')}"
        body = {"to": number, "caller": self._caller, "ring_timeout_s": ring_timeout_s}
        got = self._http.exchange("PUT", path, headers=self._headers, json_body=body)
        live = HttpLiveCall(self._http, path, self._headers, self._language)
        # A lost answer may mean a ringing telephone: look before giving up.
        state = "ringing" if got is Lost.ANSWER_LOST else self._state(got)
        deadline = time.monotonic() + ring_timeout_s + _RING_MARGIN_S
        while state == "ringing" and time.monotonic() < deadline:
            state = self._poll(path, live)
        if state in ("answered", "ended"):
            return live
        if state == "ringing":
            live.hang_up()
            return CallProgress.NO_ANSWER
        if state not in _PROGRESS:
            raise self._http.nonsense()
        return _PROGRESS[state]

    def _poll(self, path: str, live: HttpLiveCall) -> str:
        """Return the call's state, a little later; a lost answer is asked for again before the call is given up."""
        last: Answer | Lost = Lost.NOT_SENT
        for _ in range(_LOST_POLLS):
            last = self._http.exchange(
                "GET", f"{path}?wait_s={_POLL_S}", headers=self._headers, answer_s=_POLL_S + _RING_MARGIN_S
            )
            if isinstance(last, Answer):
                break
        else:
            live.hang_up()
        return self._state(last)

    def _state(self, got: Answer | Lost) -> str:
        state = self._http.get_object(got).get("state")
        if not isinstance(state, str):
            raise self._http.nonsense()
        return state


def _check_number(number: str) -> None:
    if not _NUMBER.fullmatch(number):
        raise ValueError("a telephone number is 8 to 12 digits")
