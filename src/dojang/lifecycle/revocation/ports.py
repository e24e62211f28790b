"""What revocation needs of the store."""

from datetime import datetime
from typing import Protocol

from dojang.controls.party_events.ports import PublishingTransaction
from dojang.controls.step_up.ports import ProvingTransaction
from dojang.lifecycle.revocation.model import IssuedSetRef, Standing


class StandingRepository(Protocol):
    """The standing of every certificate set; a set without a row is good."""

    def find_set(self, serial: int) -> IssuedSetRef | None:
        """Return the set that either certificate's `serial` belongs to, locked until the transaction ends, or None."""
        ...

    def get_standing(self, issuance_id: str) -> Standing:
        """Return the set's standing."""
        ...

    def list_holds_ended(self, now: datetime, limit: int) -> tuple[int, ...]:
        """Return signing serials of unexpired sets whose hold ended at or before `now`, first ended first."""
        ...

    def list_holds_to_tell(self, now: datetime, limit: int) -> tuple[int, ...]:
        """Return signing serials of unexpired sets on hold whose owner is to be told by `now`, longest due first."""
        ...

    def save_standing(self, standing: Standing, set_ref: IssuedSetRef) -> None:
        """Store a changed standing; its `version` is one more than the stored one's."""
        ...


class RevocationTransaction(ProvingTransaction, PublishingTransaction, Protocol):
    """A transaction with what revocation reads and stores."""

    @property
    def standings(self) -> StandingRepository:
        """Standings."""
        ...
