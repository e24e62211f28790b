"""What hand-offs need: a place to be kept."""

from datetime import datetime
from typing import Protocol

from dojang.controls.access.hand_offs.model import HandOff
from dojang.kernel.transaction import Transaction


class HandOffRepository(Protocol):
    """Stored hand-offs. What is found is locked against concurrent change until the transaction ends."""

    def find_by_secret(self, secret_digest: str) -> HandOff | None:
        """Return the hand-off of that secret, whatever its state, or None."""
        ...

    def find_by_token(self, token_digest: str) -> HandOff | None:
        """Return the hand-off of that token, whatever its state, or None."""
        ...

    def find_latest(self, application_id: str) -> HandOff | None:
        """Return the newest hand-off of the application, whatever its state, or None."""
        ...

    def save(self, hand_off: HandOff) -> None:
        """Store a new or changed hand-off."""
        ...

    def drop_expired(self, before: datetime) -> int:
        """Forget the hand-offs that expired before then; return how many."""
        ...


class HandOffTransaction(Transaction, Protocol):
    """A transaction with hand-offs."""

    @property
    def hand_offs(self) -> HandOffRepository:
        """Hand-offs."""
        ...
