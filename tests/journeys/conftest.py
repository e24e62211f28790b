"""The town journeys happen in: one all-in-one office for the whole session, and the customers several stories share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.journey import Customer, Town, running_town, town_settings

LAST = "test_closing_time"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell the end of the day last: it looks at what every other story left behind."""
    items.sort(key=lambda item: item.path.stem == LAST)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The all-in-one office with its sandbox, started once."""
    directory: Path = tmp_path_factory.mktemp("town")
    with running_town(town_settings(directory)) as running:
        yield running


@pytest.fixture(scope="session")
def known(town: Town) -> Customer:
    """A customer whose document, data and registry entry are in order; stories leave account and telephone unproven."""
    return Customer(town, seed=11).moves_in().applies().is_known()
