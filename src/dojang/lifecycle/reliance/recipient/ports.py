"""What finding a recipient needs of the store."""

from collections.abc import Sequence
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.reliance.acquaintance import AcquaintanceRepository
from dojang.lifecycle.reliance.recipient.model import AcceptedSet
from dojang.lifecycle.reliance.sign_in.ports import OwnerView


class AcceptedSetView(Protocol):
    """The certificate sets a person has accepted."""

    def list_accepted(self, subscriber_id: str) -> Sequence[AcceptedSet]:
        """Return all of them, the latest issued first."""
        ...


class AcquaintanceTransaction(Transaction, Protocol):
    """A transaction in which a party comes to know somebody."""

    @property
    def acquaintances(self) -> AcquaintanceRepository:
        """Acquaintances."""
        ...

    @property
    def owners(self) -> OwnerView:
        """Whose certificate is whose."""
        ...


class RecipientTransaction(AcquaintanceTransaction, Protocol):
    """A transaction with the sets to choose from."""

    @property
    def accepted_sets(self) -> AcceptedSetView:
        """Accepted sets."""
        ...
