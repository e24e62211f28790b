"""What the control needs: the ring's keeper, and the values in the store."""

from collections.abc import Mapping
from typing import Protocol

from dojang.controls.field_keys.model import Place, ResealedBatch
from dojang.kernel.transaction import Transaction


class KeyRingKeeper(Protocol):
    """Changes the ring, durably. Other processes seal and open with it as changed from their next value on."""

    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of the keys there are, ascending."""
        ...

    def seals(self) -> int:
        """Return the number of the key that seals."""
        ...

    def add(self, number: int) -> None:
        """Make a key under that number, which opens and does not seal yet; one that is there stays as it is."""
        ...

    def choose(self, number: int) -> None:
        """Have that key seal."""
        ...

    def drop(self, number: int) -> None:
        """Forget a key that does not seal. What it sealed never opens again."""
        ...


class SealedValues(Protocol):
    """Every sealed value of the store, whatever table it stands in."""

    def count_by_key(self) -> Mapping[int, int]:
        """Return how many values each key has sealed."""
        ...

    def reseal(self, place: Place, *, key: int, limit: int) -> ResealedBatch:
        """Seal values of at most `limit` records anew that another key than `key`, which seals, has sealed.

        Goes on from `place`. What does not open is left as it is and told.
        """
        ...


class FieldKeyTransaction(Transaction, Protocol):
    """A transaction with the sealed values."""

    @property
    def sealed_values(self) -> SealedValues:
        """Every sealed value of the store."""
        ...
