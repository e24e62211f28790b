"""Mishaps a fake neighbour can be told to have, and the queue they wait in."""

from collections import deque
from enum import StrEnum

from dojang.kernel.neighbour import NeighbourUnavailable


class Mishap(StrEnum):
    """What goes wrong with the next request."""

    DOWN = "down"  # nothing done, and a refusal to say so
    REQUEST_LOST = "request_lost"  # nothing done
    ANSWER_LOST = "answer_lost"  # done, but nobody hears of it


class Mishaps:
    """Mishaps to come, one a request."""

    def __init__(self, neighbour: str) -> None:
        self._neighbour = neighbour
        self._coming: deque[Mishap] = deque()

    def expect(self, mishap: Mishap, count: int = 1) -> None:
        """Let the next `count` requests meet `mishap`."""
        self._coming.extend([mishap] * count)

    def take(self) -> Mishap | None:
        """Return what the present request meets."""
        return self._coming.popleft() if self._coming else None

    def unavailable(self) -> NeighbourUnavailable:
        """Return the error that a mishap ends in."""
        return NeighbourUnavailable(neighbour=self._neighbour, reason="fake")
