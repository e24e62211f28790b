"""What time-stamping needs of the store and of the key."""

from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.timestamping.model import Timestamp
from dojang.pki.public_key import SignatureAlgorithm


class TimestampRepository(Protocol):
    """Time-stamps issued."""

    def add(self, timestamp: Timestamp) -> bool:
        """Store a time-stamp; return False when its serial number is taken."""
        ...

    def find(self, serial: int) -> Timestamp | None:
        """Return the time-stamp with that serial number, or None."""
        ...


class TimestampTransaction(Transaction, Protocol):
    """A transaction with what time-stamping stores."""

    @property
    def timestamps(self) -> TimestampRepository:
        """Time-stamps."""
        ...


class TimestampHand(Protocol):
    """A delegate that signs tokens (`pki.signer.DelegateSigner`)."""

    certificate_der: bytes
    algorithm: SignatureAlgorithm

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`."""
        ...
