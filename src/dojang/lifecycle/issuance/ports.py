"""What issuance needs of the store and of the registration authority."""

from datetime import datetime
from typing import Protocol

from dojang.kernel.transaction import Transaction
from dojang.lifecycle.application.model import Application
from dojang.lifecycle.identity_proofing.model import VerifiedIdentity
from dojang.lifecycle.issuance.model import (
    CertificateSet,
    Issuance,
    IssuedCertificate,
    PreparedIssuance,
    ProvenRenewal,
    RegisteredSubject,
)
from dojang.lifecycle.issue_lock.model import IssueLock


class Applications(Protocol):
    """The application, read only."""

    def find_application(self, application_id: str) -> Application | None:
        """Return the application, locked against concurrent change until the transaction ends, or None."""
        ...


class VerifiedIdentities(Protocol):
    """What identity proofing concluded, read only."""

    def get_verified_identity(self, application_id: str, now: datetime) -> VerifiedIdentity:
        """Return the proof that stands behind the application.

        Raises identity proofing's `NotVerified` or `VerificationExpired`.
        """
        ...


class ProvenRenewals(Protocol):
    """What renewal concluded, read only."""

    def get_proven_renewal(self, application_id: str, now: datetime) -> ProvenRenewal:
        """Return the proof that stands behind a renewal, its predecessor's standing locked until the transaction ends.

        Raises renewal's errors: not asked for with the key yet, or the predecessor is no longer good.
        """
        ...


class IssueLocks(Protocol):
    """Issue locks, read only."""

    def find_lock(self, person_key: str) -> IssueLock | None:
        """Return the person's lock, or None.

        In a writing transaction nobody locks, unlocks or issues for this person until it ends.
        """
        ...

    def find_lock_of(self, subscriber_id: str) -> IssueLock | None:
        """Return the lock of the person the account belongs to, or None."""
        ...


class SubjectRegistry(Protocol):
    """The digits of every person's subject name."""

    def find_subject(self, person_key: str) -> RegisteredSubject | None:
        """Return the person's digits, or None before the first certificate."""
        ...

    def lock_person(self, person_key: str) -> None:
        """Let nobody else count what this person holds until the transaction ends, if they have digits already."""
        ...

    def add_subject(self, subject: RegisteredSubject) -> None:
        """Store a person's digits. Raises `DrawTaken` when the person or the day's sequence number is taken."""
        ...


class IssuanceRepository(Protocol):
    """Issuances and their certificates."""

    def find_issuance(self, application_id: str) -> Issuance | None:
        """Return the application's issuance, or None."""
        ...

    def find_issuance_by_key(self, subscriber_id: str, idempotency_key: str) -> Issuance | None:
        """Return the subscriber's issuance under that idempotency key, or None."""
        ...

    def get_prepared(self, issuance_id: str) -> PreparedIssuance:
        """Return an issuance with its linted bytes; of one that is signed by now the bytes are empty."""
        ...

    def lock_issuance(self, issuance_id: str) -> Issuance:
        """Return an issuance, its row locked until the transaction ends."""
        ...

    def list_prepared(self, prepared_before: datetime, limit: int) -> tuple[str, ...]:
        """Return ids of at most `limit` unsigned issuances prepared at or before that moment, oldest first."""
        ...

    def add_prepared(self, prepared: PreparedIssuance) -> None:
        """Store a prepared issuance with both linted certificates.

        Raises `AlreadyRequested` when the application has one, `IdempotencyKeyReused` when the subscriber used the key,
        `KeyCertifiedBefore` when one of the public keys stands in a certificate or a prepared one already, and
        `DrawTaken` when a serial number is in use.
        """
        ...

    def add_issued(self, issuance: Issuance, signing: IssuedCertificate, key_management: IssuedCertificate) -> None:
        """Store the signed certificates and the issuance's new state."""
        ...

    def get_certificate_set(self, issuance_id: str) -> CertificateSet:
        """Return the issued set, without the chain."""
        ...

    def list_live(self, person_key: str, now: datetime) -> tuple[int, ...]:
        """Return serial numbers of the person's signing certificates that are live or about to be signed.

        Live is what is neither revoked, nor over, nor succeeded.
        """
        ...

    def count_issued(self, person_key: str, since: datetime) -> int:
        """Return how many certificate sets were issued to the person at or after `since`."""
        ...

    def find_person_key_by_serial(self, serial: int) -> str | None:
        """Return the person key behind an issued serial number of either kind, or None."""
        ...


class IssuanceTransaction(Transaction, Protocol):
    """A transaction with what issuance reads and stores."""

    @property
    def applications(self) -> Applications:
        """Applications, read only."""
        ...

    @property
    def identities(self) -> VerifiedIdentities:
        """Verified identities, read only."""
        ...

    @property
    def proven_renewals(self) -> ProvenRenewals:
        """Proven renewals, read only."""
        ...

    @property
    def issue_locks(self) -> IssueLocks:
        """Issue locks, read only."""
        ...

    @property
    def subjects(self) -> SubjectRegistry:
        """Subject name digits."""
        ...

    @property
    def issuances(self) -> IssuanceRepository:
        """Issuances."""
        ...


class VirtualIds(Protocol):
    """The registration authority's service: it holds the resident registration number, the CA never sees it."""

    def compute(self, case_id: str, r: bytes) -> bytes:
        """Return the SAN otherName (GeneralName, DER) with real name and VID = h(h(idn, R)).

        `r` is 20 bytes, the first not 0.
        """
        ...

    def compute_again(self, case_id: str, r: bytes) -> bytes:
        """Return the same for a person identified before, whose case is over: what a renewal needs.

        Raises identity proofing's `IdentityNotKept` when retention has deleted the number.
        """
        ...
