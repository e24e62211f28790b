"""What transfer needs of the store."""

from datetime import datetime
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.transfer.model import TransferSlot


class TransferRepository(Protocol):
    """Stored slots."""

    def add_slot(self, slot: TransferSlot) -> None:
        """Store a new slot."""
        ...

    def save_slot(self, slot: TransferSlot) -> None:
        """Store a changed slot and exactly its messages; its `version` is one more than the stored one's."""
        ...

    def find_slot(self, slot_id: str) -> TransferSlot | None:
        """Return the slot with its messages, locked until the transaction ends, or None."""
        ...

    def find_newest_slot(self, subscriber_id: str) -> TransferSlot | None:
        """Return the person's newest slot, ended or not, locked until the transaction ends, or None."""
        ...

    def list_opened_since(self, subscriber_id: str, since: datetime) -> tuple[datetime, ...]:
        """Return when the person's slots since `since` (inclusive) were opened, oldest first.

        Two of one person that open a slot at once must see each other: the person is locked until the transaction ends.
        """
        ...

    def list_run_out(self, now: datetime, limit: int) -> tuple[TransferSlot, ...]:
        """Return live slots whose time is over at `now`, locked until the transaction ends, at most `limit`."""
        ...

    def drop_slots_opened_before(self, moment: datetime) -> int:
        """Forget slots opened before `moment` (exclusive); return how many."""
        ...


class TransferTransaction(Transaction, Protocol):
    """A transaction with what transfer reads and stores."""

    @property
    def transfers(self) -> TransferRepository:
        """Slots."""
        ...
