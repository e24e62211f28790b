"""What known certificates need of the store."""

from typing import Protocol

from dojang.controls.party_events.ports import PublishingTransaction
from dojang.lifecycle.revocation.model import IssuedSetRef, Standing


class StandingView(Protocol):
    """The standing of every certificate set, read only."""

    def find_set(self, serial: int) -> IssuedSetRef | None:
        """Return the set that either certificate's `serial` belongs to, locked until the transaction ends, or None."""
        ...

    def get_standing(self, issuance_id: str) -> Standing:
        """Return the set's standing."""
        ...


class SuccessionView(Protocol):
    """Succession statements, read only."""

    def find_successor(self, serial: int) -> int | None:
        """Return the serial number of the latest certificate stated to succeed this one, or None."""
        ...


class KnownCertificateTransaction(PublishingTransaction, Protocol):
    """A transaction with what known certificates read and store."""

    @property
    def standings(self) -> StandingView:
        """Standings, read only."""
        ...

    @property
    def deliveries(self) -> SuccessionView:
        """Succession statements, read only."""
        ...
