"""What notices need of the store: contacts, telephones, choices, what was told and how."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from dojang.controls.access.ports import AccessTransaction
from dojang.controls.notices.model import Contact, Delivery, Notice, Phone, Preferences


class ContactRepository(Protocol):
    """Contacts, the telephones that identity proofing proved, and what a person chose."""

    def find_contact_by_id(self, contact_id: str) -> Contact | None:
        """Return the contact, locked against concurrent change until the transaction ends, or None."""
        ...

    def list_contacts(self, subscriber_id: str) -> tuple[Contact, ...]:
        """Return all contacts of a person, ended ones included, oldest first."""
        ...

    def list_active_elsewhere(self, digest: str, subscriber_id: str) -> tuple[Contact, ...]:
        """Return active contacts of this digest that other people have."""
        ...

    def put_contact(self, contact: Contact) -> None:
        """Store a new or changed contact."""
        ...

    def list_phones(self, subscriber_id: str) -> tuple[Phone, ...]:
        """Return the person's proven telephones, newest first; the same one proven again is one."""
        ...

    def find_language(self, subscriber_id: str) -> str:
        """Return "ko" or "en": the account's language, "ko" where there is no account."""
        ...

    def find_preferences(self, subscriber_id: str) -> Preferences | None:
        """Return what the person chose, or None."""
        ...

    def put_preferences(self, subscriber_id: str, preferences: Preferences) -> None:
        """Store what the person chose."""
        ...


class NoticeRepository(Protocol):
    """Notices and their deliveries."""

    def find_notice(self, notice_id: str) -> Notice | None:
        """Return the notice, locked, or None."""
        ...

    def add_notice(self, notice: Notice, deliveries: Iterable[Delivery]) -> None:
        """Store a new notice and the ways it takes."""
        ...

    def list_notices(
        self, subscriber_id: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> tuple[Notice, ...]:
        """Return a person's notices, newest first, those older than `before` (time, id) where it is given."""
        ...

    def count_unread(self, subscriber_id: str) -> int:
        """Return how many the person has not looked at."""
        ...

    def mark_read(self, subscriber_id: str, notice_ids: Iterable[str], now: datetime) -> int:
        """Mark the person's notices of these ids as read, those not read yet; return how many there were."""
        ...

    def list_deliveries(self, notice_id: str) -> tuple[Delivery, ...]:
        """Return the ways a notice takes."""
        ...

    def update_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        """Store how far they are."""
        ...

    def find_delivery_to_unsubscribe(self, digest: str) -> Delivery | None:
        """Return the delivery whose link has this digest, locked, or None."""
        ...

    def spend_unsubscribe(self, delivery_id: str) -> None:
        """Forget a delivery's link."""
        ...


class CertificateEnds(Protocol):
    """What is known of a serial number here."""

    def find_not_after(self, serial: int) -> datetime | None:
        """Return the certificate's last moment (inclusive), or None for a serial number nobody knows."""
        ...


class NoticeTransaction(AccessTransaction, Protocol):
    """A transaction with notices. Attempts count the codes sent."""

    @property
    def contacts(self) -> ContactRepository:
        """Contacts and choices."""
        ...

    @property
    def notices(self) -> NoticeRepository:
        """Notices and deliveries."""
        ...

    @property
    def certificate_ends(self) -> CertificateEnds:
        """Ends of certificates."""
        ...
