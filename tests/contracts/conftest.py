"""The sandbox over real HTTP on loopback, started once a session when a suite asks for it."""

from collections.abc import Iterator

import pytest

from contracts.sandbox_client import Steering
from dojang.sandbox.server import SandboxThread


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """The root of a running sandbox that all contract suites share; each test invents its own people."""
    with SandboxThread() as sandbox:
        yield sandbox.base_url


@pytest.fixture
def steering(sandbox_url: str) -> Iterator[Steering]:
    """The sandbox's steering wheel; faults are cleared afterwards."""
    wheel = Steering(sandbox_url)
    yield wheel
    wheel.clear_faults()
    wheel.close()
