"""What the status step needs of the store."""

from datetime import datetime
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.status.model import CertificateStatus, Crl, SerialStanding
from dojang.pki.crl import RevokedEntry


class CrlRepository(Protocol):
    """CRLs and what goes into them."""

    def lock_sequence(self) -> None:
        """Hold every other CRL-issuing transaction off until this one ends."""
        ...

    def find_latest(self) -> Crl | None:
        """Return the CRL with the highest number, prepared or issued, or None."""
        ...

    def find_crl(self, number: int | None) -> Crl | None:
        """Return the issued CRL of that number, or with None the latest issued one; None when there is none."""
        ...

    def list_revoked(self, not_after_from: datetime | None) -> tuple[RevokedEntry, ...]:
        """Return revoked and held certificates, in serial order, that end at or after that moment (None: all)."""
        ...

    def add_prepared(self, crl: Crl) -> None:
        """Store a CRL about to be signed; its number is unique."""
        ...

    def complete(self, number: int, crl_der: bytes) -> bool:
        """Store the signed CRL; return False when another worker was first, whose bytes then stand."""
        ...


class StatusRepository(Protocol):
    """What is known of serial numbers."""

    def find_status(self, serial: int) -> CertificateStatus | None:
        """Return what is known of an issued serial number, or None."""
        ...

    def find_standing(self, serial: int) -> SerialStanding | None:
        """Return how an issued certificate stands, a subscriber's or a delegate's, or None."""
        ...


class StatusTransaction(Transaction, Protocol):
    """A transaction with what the status step reads and stores."""

    @property
    def crls(self) -> CrlRepository:
        """CRLs."""
        ...

    @property
    def statuses(self) -> StatusRepository:
        """Serial numbers."""
        ...
