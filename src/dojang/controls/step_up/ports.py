"""What a further proof needs of the store."""

from datetime import datetime
from typing import Protocol

from dojang.controls.step_up.model import Confirmation, OwnCertificate, ProvenTelephone
from dojang.kernel.transaction import Transaction


class ConfirmationRepository(Protocol):
    """Confirmations by telephone."""

    def find_confirmation(self, confirmation_id: str) -> Confirmation | None:
        """Return the confirmation, locked until the transaction ends, or None."""
        ...

    def list_since(self, subscriber_id: str, since: datetime) -> tuple[Confirmation, ...]:
        """Return the subscriber's confirmations requested at or after `since`, oldest first.

        Excludes other transactions that ask for the same subscriber, until this one ends.
        """
        ...

    def list_requested_to(self, phone_key: str, since: datetime) -> tuple[datetime, ...]:
        """Return when calls to this telephone were requested at or after `since`, whoever asked, oldest first.

        Those that cost nothing (`FREE_OF_CHARGE`) are left out. Excludes others as `list_since` does.
        """
        ...

    def add(self, confirmation: Confirmation) -> None:
        """Store a new confirmation."""
        ...

    def update(self, confirmation: Confirmation) -> None:
        """Store a changed confirmation."""
        ...


class ProvenTelephones(Protocol):
    """Telephones that identity proofing saw answered by their owner."""

    def find_telephone(self, subscriber_id: str) -> ProvenTelephone | None:
        """Return the telephone of the subscriber's newest verified identity that was called, or None."""
        ...


class OwnCertificates(Protocol):
    """Signing certificates by their owner."""

    def find_own(self, serial: int, subscriber_id: str) -> OwnCertificate | None:
        """Return the subscriber's signing certificate of that serial number, or None, also for somebody else's."""
        ...


class ProvingTransaction(Transaction, Protocol):
    """A transaction in which an act is proven; every step whose acts need proof asks for this."""

    @property
    def confirmations(self) -> ConfirmationRepository:
        """Confirmations by telephone."""
        ...

    @property
    def own_certificates(self) -> OwnCertificates:
        """Signing certificates by their owner."""
        ...


class StepUpTransaction(ProvingTransaction, Protocol):
    """A transaction with what asking for a call needs too."""

    @property
    def proven_telephones(self) -> ProvenTelephones:
        """Telephones that were proven."""
        ...


class BlindIndex(Protocol):
    """The keyed digest of `kernel.ports.FieldCipher`, all that is used of it here."""

    def blind_index(self, value: bytes, *, purpose: str) -> str:
        """Return 64 hex digits; see `FieldCipher.blind_index`."""
        ...
