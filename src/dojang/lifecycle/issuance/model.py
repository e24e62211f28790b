"""Issuance: the request, what is recorded before and after signing, effects and errors.

Nothing here holds a resident registration number or R: R arrives sealed to the CA's transport key and is forgotten as
soon as the virtual ID is computed. Source: design 3.6, RFC 3647 section 4.3, NPKI certificate profile.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault

CERTIFICATE_REFERENCE = "certificate:"  # how references of certificates begin


class CertificateKind(StrEnum):
    """Which of the two certificates of a set."""

    SIGNING = "signing"  # digitalSignature, nonRepudiation; carries the virtual ID
    KEY_MANAGEMENT = "key_management"  # keyEncipherment; no subjectAltName


class IssuanceState(StrEnum):
    """Where an issuance stands, and who acts next. What is prepared is always signed and recorded."""

    PREPARED = "prepared"  # we: sign what was linted and recorded
    ISSUED = "issued"  # the subscriber: download and accept
    ABANDONED = "abandoned"  # nobody; the application had ended, so the set was recorded and revoked at once


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceRequest:
    """What the applicant's client sends once identified.

    Both requests are DER PKCS#10; `sealed_r` is RSA-OAEP (SHA-256, MGF1-SHA-256) under the CA's transport key with the
    application id (ASCII) as label. A retry repeats every byte.
    """

    application_id: str
    subscriber_id: str
    idempotency_key: str
    signing_request_der: bytes
    key_management_request_der: bytes
    sealed_r: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over every length-prefixed part but the idempotency key."""
        running = hashlib.sha256()
        for part in (
            self.application_id.encode(),
            self.subscriber_id.encode(),
            self.signing_request_der,
            self.key_management_request_der,
            self.sealed_r,
        ):
            running.update(len(part).to_bytes(4, "big"))
            running.update(part)
        return running.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredSubject:
    """The digits that make a person's subject name: drawn once, the same over re-issue and renewal.

    `registered_on` is the KST day of the first certificate; `sequence` is unique within that day.
    """

    person_key: str
    registered_on: date
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCertificate:
    """A certificate that was linted and recorded and is about to be signed. `not_after` is inclusive."""

    issuance_id: str
    kind: CertificateKind
    serial: int
    profile: str
    spki_sha256: str
    not_before: datetime
    not_after: datetime
    tbs_der: bytes = field(repr=False)

    @property
    def record_id(self) -> str:
        """The id that the lint proof carries, checked again at signing."""
        return f"{self.issuance_id}/{self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuance:
    """One issuance: at most one per application."""

    id: str
    application_id: str
    subscriber_id: str
    person_key: str
    idempotency_key: str
    request_digest: str
    predecessor_serial: int | None
    state: IssuanceState
    prepared_at: datetime
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedIssuance:
    """An issuance with both of its linted certificates."""

    issuance: Issuance
    signing: PreparedCertificate
    key_management: PreparedCertificate

    @property
    def certificates(self) -> tuple[PreparedCertificate, PreparedCertificate]:
        """Both certificates, signing first."""
        return self.signing, self.key_management


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """A signed certificate on record. `not_after` is inclusive."""

    serial: int
    kind: CertificateKind
    profile: str
    spki_sha256: str
    not_before: datetime
    not_after: datetime
    certificate_der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSet:
    """What the subscriber receives: two certificates and the chain above them, issuing CA first, root last."""

    issuance_id: str
    application_id: str
    subscriber_id: str
    person_key: str
    predecessor_serial: int | None
    issued_at: datetime
    signing: IssuedCertificate
    key_management: IssuedCertificate
    chain_der: tuple[bytes, ...] = field(default=(), repr=False)


RENEWAL_SEAL = object()  # for `renewal.rules.affirm` alone; a test sees to it that nobody else names it


def certificate_reference(signing_serial: int) -> str:
    """Return how events for relying parties name a certificate set: by its signing certificate."""
    return f"{CERTIFICATE_REFERENCE}{signing_serial}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenRenewal:
    """Proof that a certificate's holder asked for its successor with its key. Only `renewal.rules.affirm` makes one.

    It stands here because issuance, which comes before renewal, demands it. `request_digest` is that of the one
    `IssuanceRequest` that was signed for; `case_id` names the proofing case behind the first certificate of the line,
    where the registration authority finds the person; `subject_der` is the predecessor's. Raises `TypeError` when
    constructed anywhere else.
    """

    application_id: str
    subscriber_id: str
    person_key: str
    case_id: str
    predecessor_serial: int
    request_digest: str
    subject_der: bytes = field(repr=False)
    seal: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not RENEWAL_SEAL:
            raise TypeError("a ProvenRenewal comes from renewal.rules only")


# --- errors ---------------------------------------------------------------------------------------------------------


class IdentityNotProven(DojangError):
    """No verified identity stands behind the application, or it is no longer fresh."""

    code: ClassVar[str] = "issuance.identity_not_proven"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class IdempotencyKeyReused(DojangError):
    """The idempotency key was used before, for other content."""

    code: ClassVar[str] = "issuance.idempotency_key_reused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class AlreadyRequested(DojangError):
    """One issuance per application: R serves once. Another request for this application came first."""

    code: ClassVar[str] = "issuance.already_requested"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class IdempotencyKeyMalformed(DojangError):
    """The idempotency key is not 8 to 64 characters of A-Z, a-z, 0-9, hyphen and underscore."""

    code: ClassVar[str] = "issuance.idempotency_key_malformed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class KeysNotDistinct(DojangError):
    """Signing and key management must use two different keys."""

    code: ClassVar[str] = "issuance.keys_not_distinct"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class KeyCertifiedBefore(DojangError):
    """The key stands in a certificate already; every certificate gets a fresh key. `kind` says which of the two."""

    code: ClassVar[str] = "issuance.key_certified_before"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class KeyTypeNotOffered(DojangError):
    """No profile of this office takes a key of this type. `kind` says which of the two, `offered` what is taken."""

    code: ClassVar[str] = "issuance.key_type_not_offered"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RandomNumberUnreadable(DojangError):
    """The sealed R does not open with the transport key for this application, or is not 20 bytes, the first not 0."""

    code: ClassVar[str] = "issuance.r_unreadable"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PredecessorNotTheirs(DojangError):
    """The certificate to be succeeded was issued to another person, or never issued here."""

    code: ClassVar[str] = "issuance.predecessor_not_theirs"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class IssuanceAbandoned(DojangError):
    """The application ended while its certificates were being made; they were recorded and revoked at once."""

    code: ClassVar[str] = "issuance.abandoned"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SerialsExhausted(DojangError):
    """No unused serial number or subject sequence was found in a few draws: the generator or the store is broken."""

    code: ClassVar[str] = "issuance.serials_exhausted"
    fault: ClassVar[Fault] = Fault.OURS


class DrawTaken(DojangError):
    """A drawn serial number, or the subject's sequence of the day, is in use: draw again. Never reaches a caller."""

    code: ClassVar[str] = "issuance.draw_taken"
    fault: ClassVar[Fault] = Fault.OURS
