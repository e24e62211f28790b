"""What the registry of relying parties needs of the store."""

from collections.abc import Sequence
from typing import Protocol

from dojang.controls.access.ports import AttemptLedger
from dojang.controls.relying_parties.model import RelyingParty
from dojang.kernel.transaction import Transaction


class PartyRepository(Protocol):
    """Registered relying parties."""

    def find_party(self, client_id: str) -> RelyingParty | None:
        """Return the party, locked against concurrent change until the transaction ends, or None."""
        ...

    def list_parties(self) -> Sequence[RelyingParty]:
        """Return all parties by name."""
        ...

    def add(self, party: RelyingParty) -> None:
        """Store a new party."""
        ...

    def update(self, party: RelyingParty) -> None:
        """Store a changed party."""
        ...


class PartyTransaction(Transaction, Protocol):
    """A transaction with relying parties, and counters for what they ask."""

    @property
    def parties(self) -> PartyRepository:
        """Relying parties."""
        ...

    @property
    def attempts(self) -> AttemptLedger:
        """Counters."""
        ...
