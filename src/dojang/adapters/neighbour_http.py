"""One way to talk to a neighbour over HTTP: time limits, size limit, and a clear word on what may have happened.

A request that never left is told apart from one whose answer was lost: only the first is known to have had no effect.
Nothing here logs, and no error carries a URL, a body or another library's text. Knows no particular neighbour.
"""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import httpx

from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable, SandboxInProduction

_MAX_ANSWER_BYTES = 1_000_000
_ENVIRONMENT_HEADER = "x-environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Time limits of one request. `answer_s` bounds the whole answer, not each piece of it."""

    connect_s: float = 3.0
    answer_s: float = 15.0


class Lost(StrEnum):
    """Why there is no answer."""

    NOT_SENT = "not_sent"  # no connection: the neighbour saw nothing
    ANSWER_LOST = "answer_lost"  # the neighbour may or may not have acted


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, below status 500."""

    status: int
    body: bytes = field(repr=False)

    def find_object(self) -> dict[str, Any] | None:
        """Return the body as a JSON object, or None when it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:  # also undecodable bytes
            return None
        return value if isinstance(value, dict) else None


class NeighbourHttp:
    """A connection pool to one neighbour. Safe to share between threads.

    `production` refuses any answer that says it comes from a sandbox. `tls` may carry a client certificate.
    """

    def __init__(
        self,
        neighbour: str,
        base_url: str,
        *,
        timeouts: Timeouts | None = None,
        production: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.neighbour = neighbour
        self._timeouts = timeouts or Timeouts()
        self._production = production
        # trust_env: a proxy named in the environment must never come between us and a bank.
        self._client = httpx.Client(
            base_url=base_url, trust_env=False, follow_redirects=False, verify=tls if tls is not None else True
        )

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json_body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        content: str | None = None,
        answer_s: float | None = None,
    ) -> Answer | Lost:
        """Send one request. Raises `SandboxInProduction`; everything else that may go wrong is in the result."""
        limit_s = answer_s if answer_s is not None else self._timeouts.answer_s
        timeout = httpx.Timeout(limit_s, connect=self._timeouts.connect_s)
        request = self._client.build_request(
            method, path, headers=headers, json=json_body, data=form, content=content, timeout=timeout
        )
        deadline = time.monotonic() + self._timeouts.connect_s + limit_s
        body = bytearray()
        try:
            response = self._client.send(request, stream=True)
            try:
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > _MAX_ANSWER_BYTES or time.monotonic() > deadline:
                        return Lost.ANSWER_LOST
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Lost.NOT_SENT
        except httpx.HTTPError:
            return Lost.ANSWER_LOST
        if self._production and response.headers.get(_ENVIRONMENT_HEADER) == "sandbox":
            raise SandboxInProduction(neighbour=self.neighbour)
        if response.status_code >= 500:
            return Lost.ANSWER_LOST
        return Answer(status=response.status_code, body=bytes(body))

    def get_answer(self, got: Answer | Lost) -> Answer:
        """Return an answer of status 2xx. Raises `NeighbourRefusedUs` for 401 and 403, else `NeighbourUnavailable`."""
        if isinstance(got, Lost):
            raise NeighbourUnavailable(neighbour=self.neighbour, reason=got.value)
        if got.status in (401, 403):
            raise NeighbourRefusedUs(neighbour=self.neighbour)
        if not 200 <= got.status < 300:
            raise NeighbourUnavailable(neighbour=self.neighbour, reason=f"http_{got.status}")
        return got

    def get_object(self, got: Answer | Lost) -> dict[str, Any]:
        """Return the JSON object of a 2xx answer. Raises as `get_answer`, and when the body is no object."""
        value = self.get_answer(got).find_object()
        if value is None:
            raise self.nonsense()
        return value

    def nonsense(self) -> NeighbourUnavailable:
        """Return the error for an answer that makes no sense."""
        return NeighbourUnavailable(neighbour=self.neighbour, reason="nonsense")

    def find_environment(self) -> dict[str, Any] | None:
        """Return what a sandbox says of itself at `/environment`; None when this is no sandbox.

        Raises `NeighbourUnavailable` when nobody answers: then it is not known.
        """
        got = self.exchange("GET", "/environment")
        if isinstance(got, Lost):
            raise NeighbourUnavailable(neighbour=self.neighbour, reason=got.value)
        said = got.find_object() or {}
        return said if said.get("environment") == "sandbox" else None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
