"""A bearer token that is fetched when needed, kept, and fetched anew when the neighbour stops accepting it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token and what came with it."""

    token: str = field(repr=False)
    client_use_code: str = ""

    @property
    def header(self) -> dict[str, str]:
        """Return the `Authorization` header."""
        return {"Authorization": f"Bearer {self.token}"}


class Bearer:
    """Keeps one grant for all threads. `fetch` asks the neighbour and raises `NeighbourUnavailable`."""

    def __init__(self, fetch: Callable[[], Grant]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._grant: Grant | None = None

    def get_grant(self) -> Grant:
        """Return the grant, fetching it the first time."""
        with self._lock:
            if self._grant is None:
                self._grant = self._fetch()
            return self._grant

    def drop(self, refused: Grant) -> None:
        """Forget `refused`, unless another thread has already replaced it."""
        with self._lock:
            if self._grant is refused:
                self._grant = None
