"""The two sets of registries that the truth-check suite runs on: one in memory, one behind HTTP."""

import re
from typing import Protocol

from contracts.sandbox_client import Steering
from dojang.adapters.neighbour_http import Timeouts
from dojang.adapters.registry.truth_check import CodefRegistryGateway
from dojang.lifecycle.identity_proofing.neighbours import DocumentClaim, RegistryGateway
from fakes.mishap import Mishap
from fakes.registry import FakeRegistry


class RegistryWorld(Protocol):
    """Registries with invented people's documents."""

    gateway: RegistryGateway

    def enter(self, record: DocumentClaim, *, state: str = "ok") -> None:
        """Enter a document; `state` is ok, lost or cancelled."""

    def inquiry_count(self) -> int:
        """Return how many different inquiries were answered."""

    def meets(self, mishap: Mishap) -> None:
        """Let the next check meet a mishap."""


class FakeWorld:
    """The fake."""

    def __init__(self) -> None:
        self._registry = FakeRegistry()
        self.gateway: RegistryGateway = self._registry

    def enter(self, record: DocumentClaim, *, state: str = "ok") -> None:
        """Enter a document."""
        self._registry.enter(record, alive=state == "ok")

    def inquiry_count(self) -> int:
        """Count inquiries."""
        return len(self._registry.inquiries)

    def meets(self, mishap: Mishap) -> None:
        """Let the next check meet a mishap."""
        self._registry.mishaps.expect(mishap)


class SandboxWorld:
    """The sandbox over HTTP, through the adapter."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering
        self.gateway: RegistryGateway = codef(steering.base_url)

    def enter(self, record: DocumentClaim, *, state: str = "ok") -> None:
        """Enter a document."""
        number = record.rrn or record.licence_number or record.passport_number or ""
        dates = {"issued_on": record.issued_on, "expires_on": record.expires_on}
        self._steering.post(
            "/sandbox/registry/records",
            kind=record.kind,
            number=re.sub(r"[\s-]", "", number),
            name=record.name,
            birth_date=record.birth_date.strftime("%Y%m%d"),
            serial=record.serial,
            state=state,
            **{key: day.strftime("%Y%m%d") for key, day in dates.items() if day is not None},
        )

    def inquiry_count(self) -> int:
        """Ask the registries."""
        count = self._steering.get("/sandbox/registry/inquiries")["count"]
        assert isinstance(count, int)
        return count

    def meets(self, mishap: Mishap) -> None:
        """Set the fault."""
        self._steering.mishap("registry", mishap, 1, "/v1/kr/")


def codef(
    base_url: str,
    *,
    client_secret: str = "sandbox-only",  # noqa: S107 - the simulator publishes it
    public_key: str | None = None,
    production: bool = False,
) -> CodefRegistryGateway:
    """Return the adapter as it would stand before a real wrapper."""
    return CodefRegistryGateway(
        base_url=f"{base_url}/registry",
        client_id="dojang-sandbox",
        client_secret=client_secret,
        public_key=public_key,
        timeouts=Timeouts(connect_s=2.0, answer_s=5.0),
        production=production,
    )
