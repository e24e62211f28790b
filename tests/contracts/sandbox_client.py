"""How contract tests steer a running sandbox: its `/sandbox/…` endpoints, and clocks and chance for the adapters."""

import secrets
from datetime import UTC, datetime
from typing import Any

import httpx

from fakes.mishap import Mishap

_FAULTS = {Mishap.DOWN: "down", Mishap.REQUEST_LOST: "request_lost", Mishap.ANSWER_LOST: "answer_lost"}


class PresentClock:
    """The machine's own time: the sandbox is another program and has its own."""

    def now(self) -> datetime:
        """Return the present, UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)


class SystemChance:
    """The operating system's generator."""

    def new_id(self) -> str:
        """Return a fresh id."""
        return secrets.token_hex(16)

    def token_bytes(self, length: int) -> bytes:
        """Return random bytes."""
        return secrets.token_bytes(length)

    def below(self, bound: int) -> int:
        """Return a uniform integer below `bound`."""
        return secrets.randbelow(bound)


class Steering:
    """The steering wheel of one sandbox."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._client = httpx.Client(base_url=base_url, trust_env=False)

    def get(self, path: str) -> dict[str, Any]:
        """Return a JSON object of the sandbox."""
        answer = self._client.get(path).raise_for_status()
        value = answer.json()
        assert isinstance(value, dict)
        return value

    def post(self, path: str, /, **body: object) -> dict[str, Any]:
        """Post a JSON object."""
        answer = self._client.post(path, json=body).raise_for_status()
        value = answer.json()
        assert isinstance(value, dict)
        return value

    def fault(self, neighbour: str, kind: str, **more: object) -> None:
        """Set a fault."""
        self.post(f"/sandbox/{neighbour}/fault", kind=kind, **more)

    def mishap(self, neighbour: str, mishap: Mishap, count: int, path: str) -> None:
        """Let the next requests on `path` meet a mishap."""
        self.fault(neighbour, _FAULTS[mishap], count=count, path=path)

    def clear_faults(self) -> None:
        """Forget every neighbour's faults."""
        for neighbour in ("bank", "telephony", "registry", "mailbox"):
            self._client.delete(f"/sandbox/{neighbour}/fault").raise_for_status()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
