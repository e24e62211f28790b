"""What signing people in needs of the store."""

from datetime import datetime
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.reliance.acquaintance import AcquaintanceRepository
from dojang.lifecycle.reliance.sign_in.model import SignInRequest


class SignInRepository(Protocol):
    """Stored sign-in requests. Those found are locked until the transaction ends."""

    def find_request(self, request_id: str) -> SignInRequest | None:
        """Return the request, or None."""
        ...

    def find_by_code(self, code_digest: str) -> SignInRequest | None:
        """Return the request a code was made for, or None."""
        ...

    def find_by_token(self, token_digest: str) -> SignInRequest | None:
        """Return the request a token was made for, or None."""
        ...

    def knows_nonce(self, client_id: str, nonce: str) -> bool:
        """Return whether the party has used the nonce before, as far as requests are kept."""
        ...

    def add(self, request: SignInRequest) -> None:
        """Store a new request."""
        ...

    def update(self, request: SignInRequest) -> None:
        """Store a changed request."""
        ...

    def drop_old(self, before: datetime, limit: int) -> int:
        """Forget requests made before then; return how many."""
        ...


class OwnerView(Protocol):
    """Whose certificate a serial number is."""

    def find_owner(self, serial: int) -> str | None:
        """Return the subscriber's id, or None for a serial number nobody was given."""
        ...

    def find_certificate(self, serial: int) -> bytes | None:
        """Return the certificate, DER, or None."""
        ...


class SignInTransaction(Transaction, Protocol):
    """A transaction with sign-in requests."""

    @property
    def sign_ins(self) -> SignInRepository:
        """Sign-in requests."""
        ...

    @property
    def owners(self) -> OwnerView:
        """Whose certificate is whose."""
        ...

    @property
    def acquaintances(self) -> AcquaintanceRepository:
        """Which party knows whom."""
        ...
