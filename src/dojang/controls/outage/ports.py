"""What breakers need of the store: one row a neighbour, seen by every process of the office."""

from typing import Protocol

from dojang.controls.outage.model import Breaker, Neighbour
from dojang.kernel.transaction import Transaction


class BreakerRepository(Protocol):
    """Stored breakers; a neighbour without one has a closed breaker nothing was counted on."""

    def get_breaker(self, neighbour: Neighbour) -> Breaker:
        """Return the breaker, locked against concurrent change until the transaction ends."""
        ...

    def put_breaker(self, breaker: Breaker) -> None:
        """Store a changed breaker."""
        ...


class OutageTransaction(Transaction, Protocol):
    """A transaction with breakers."""

    @property
    def breakers(self) -> BreakerRepository:
        """Breakers."""
        ...
