"""Revocation and suspension: states, reasons, events, effects and errors.

A certificate set ends as one: both its certificates share one state. Source: RFC 5280 section 5.3.1, npki 5.2.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault


class CertificateState(StrEnum):
    """What relying parties are told, validity aside."""

    GOOD = "good"  # nobody need act
    HELD = "held"  # the subscriber or an operator: resume or revoke
    REVOKED = "revoked"  # nobody; final


class RevocationReason(StrEnum):
    """RFC 5280 reason names that end a certificate of ours. A hold (certificateHold) is a state of its own."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"


class HoldParty(StrEnum):
    """Who put a certificate on hold. The owner lifts only what the owner set."""

    OWNER = "owner"
    OFFICE = "office"


class HoldReason(StrEnum):
    """Why an officer suspends or resumes; for the audit log only, a certificate on hold has one reason in any list."""

    OWNER_REQUEST = "ownerRequest"
    SUSPECTED_MISUSE = "suspectedMisuse"
    SUSPICION_CLEARED = "suspicionCleared"
    AUTHORITY_ORDER = "authorityOrder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a certificate set stands. `since` is when this state began; `version` counts changes.

    Of a hold: `held_by`, `hold_ends_at` (exclusive: from then on it is revoked), and `hold_notice_at`, when its owner
    is to be told of the end; None once told.
    """

    issuance_id: str
    state: CertificateState = CertificateState.GOOD
    reason: RevocationReason | None = None
    since: datetime | None = None
    version: int = 0
    held_by: HoldParty | None = None
    hold_ends_at: datetime | None = None
    hold_notice_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSetRef:
    """The set a serial number belongs to, as far as revocation needs to know it. `not_after` is inclusive."""

    issuance_id: str
    subscriber_id: str
    signing_serial: int
    not_after: datetime


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationRequested:
    """Somebody entitled asked for the end, and said why."""

    reason: RevocationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionRequested:
    """Somebody entitled asked for a hold, which lasts until `ends_at` (exclusive); its owner is told at `notice_at`."""

    by: HoldParty
    ends_at: datetime
    notice_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumptionRequested:
    """Somebody entitled asked for the hold to be lifted."""

    by: HoldParty


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRanOut:
    """Nobody lifted the hold while it could be lifted."""


RevocationEvent = RevocationRequested | SuspensionRequested | ResumptionRequested | HoldRanOut


# --- effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCrl(Effect):
    """Issue a CRL if what it says has changed."""


# --- errors ---------------------------------------------------------------------------------------------------------


class CertificateNotFound(DojangError):
    """No certificate with this serial number was issued here, or it is not this subscriber's."""

    code: ClassVar[str] = "revocation.certificate_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CertificateAlreadyRevoked(DojangError):
    """Revocation is final: a revoked certificate can be neither suspended nor resumed."""

    code: ClassVar[str] = "revocation.already_revoked"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CertificateNotHeld(DojangError):
    """Only a suspended certificate can be resumed."""

    code: ClassVar[str] = "revocation.not_held"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class HeldByOffice(DojangError):
    """The office suspended this certificate; its owner cannot resume it alone."""

    code: ClassVar[str] = "revocation.held_by_office"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ReasonNotAllowed(DojangError):
    """The reason is not one for which this office revokes; `allowed` lists those that are."""

    code: ClassVar[str] = "revocation.reason_not_allowed"
    fault: ClassVar[Fault] = Fault.OPERATOR
