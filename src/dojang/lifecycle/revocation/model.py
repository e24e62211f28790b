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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a certificate set stands. `since` is when this state began; `version` counts changes."""

    issuance_id: str
    state: CertificateState = CertificateState.GOOD
    reason: RevocationReason | None = None
    since: datetime | None = None
    version: int = 0


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
    """Somebody entitled asked for a hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumptionRequested:
    """Somebody entitled asked for the hold to be lifted."""


RevocationEvent = RevocationRequested | SuspensionRequested | ResumptionRequested


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


class ReasonNotAllowed(DojangError):
    """The reason is not one for which this office revokes; `allowed` lists those that are."""

    code: ClassVar[str] = "revocation.reason_not_allowed"
    fault: ClassVar[Fault] = Fault.OPERATOR
