"""How tests are spread over processes (`pytest -n 2 --dist loadscope`): a module at a time, the journeys together.

All journeys happen in one town, and the day's closing looks at what every other story left behind.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = "tests/journeys/"
# These have databases and offices of their own.
APART = ("test_issuance_killed.py", "test_renewal_killed.py", "test_postgresql.py", "test_one_certificate.py")


class JourneysTogether(LoadScopeScheduling):
    """Gives the journeys to one process, in the order they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return TOGETHER if scope.startswith(TOGETHER) and not scope.endswith(APART) else scope


def make_scheduler(config: pytest.Config, log: Any) -> JourneysTogether | None:
    """Return the scheduler for `--dist loadscope`, None for any other."""
    return JourneysTogether(config, log) if config.getoption("dist") == "loadscope" else None
