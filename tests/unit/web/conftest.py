"""An office behind its edge: one shared by tests that leave no trace in each other's way, or a fresh one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.edge import Caller, EdgeOffice, founded, open_edge
from dojang.controls.access.model import Role


@pytest.fixture(scope="session")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeOffice]:
    """One office for all tests of the session; its limits by address are too high to be met."""
    attempts = {"sign_ups_per_address": 10**6, "sign_ins_per_address": 10**6, "refusals_per_address": 10**6}
    opened = open_edge(founded(tmp_path_factory.mktemp("edge")), policy={"access": {"attempts": attempts}})
    yield opened
    opened.close()


@pytest.fixture
def fresh_edge(tmp_path: Path) -> Iterator[EdgeOffice]:
    """An office of one's own, settings as they come."""
    opened = open_edge(founded(tmp_path))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def accounts(edge: EdgeOffice) -> dict[Role, str]:
    """One account per role, by login name."""
    for role in Role:
        edge.add_account(f"the.{role.value}", role)
    return {role: f"the.{role.value}" for role in Role}


@pytest.fixture
def caller(edge: EdgeOffice) -> Caller:
    """A caller without a session, of every audience."""
    return edge.caller()


@pytest.fixture(scope="session")
def callers(edge: EdgeOffice, accounts: dict[Role, str]) -> dict[Role, Caller]:
    """A signed-in caller per role."""
    anybody = edge.caller()
    return {role: anybody.signed_in(edge.token(name)) for role, name in accounts.items()}
