"""What delivery needs: of the store, and a key to sign succession statements with."""

from datetime import datetime
from typing import Protocol

from dojang.controls.party_events.ports import PublishingTransaction
from dojang.lifecycle.application.model import Application
from dojang.lifecycle.delivery.model import Delivery, SignedSuccession
from dojang.lifecycle.issuance.model import CertificateSet


class Applications(Protocol):
    """The application, read only."""

    def find_application(self, application_id: str) -> Application | None:
        """Return the application, locked against concurrent change until the transaction ends, or None."""
        ...


class IssuedSets(Protocol):
    """What issuance produced, read only."""

    def find_certificate_set(self, application_id: str) -> CertificateSet | None:
        """Return the set issued for the application, without the chain, or None."""
        ...

    def lock_state(self, serial: int) -> str:
        """Return "good", "held" or "revoked" for the set of an issued serial number, locked until the end."""
        ...


class DeliveryRepository(Protocol):
    """Deliveries and succession statements."""

    def find_delivery(self, application_id: str) -> Delivery | None:
        """Return the delivery, its row locked until the transaction ends, or None before the first download."""
        ...

    def save_delivery(self, delivery: Delivery) -> None:
        """Store a new or changed delivery."""
        ...

    def find_succession(self, serial: int) -> SignedSuccession | None:
        """Return the statement in which `serial` is the successor or, failing that, the predecessor; or None."""
        ...

    def add_succession(self, succession: SignedSuccession) -> bool:
        """Store a statement; return False when the successor has one already, which then stands."""
        ...


class DeliveryTransaction(PublishingTransaction, Protocol):
    """A transaction with what delivery reads and stores."""

    @property
    def applications(self) -> Applications:
        """Applications, read only."""
        ...

    @property
    def issued_sets(self) -> IssuedSets:
        """Certificate sets, read only."""
        ...

    @property
    def deliveries(self) -> DeliveryRepository:
        """Deliveries."""
        ...


class StatementSigner(Protocol):
    """Signs statements of the office with its own delegate key."""

    def sign_statement(self, content: bytes, at: datetime) -> bytes:
        """Return CMS SignedData (DER) with `content` attached and the delegate certificate and its chain inside."""
        ...
