"""The application: its states, events, effects and errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault


class ApplicationKind(StrEnum):
    """What is asked for."""

    NEW = "new"  # initial enrolment (신규발급)
    REISSUE = "reissue"  # a successor for a lost, leaked or expired certificate (재발급)
    RENEWAL = "renewal"  # a successor asked for with the key that is still valid, without proofing (갱신)


class ReissueReason(StrEnum):
    """Why a successor is needed. Lost and leaked certificates are suspended when the application is opened."""

    LOST = "lost"
    LEAKED = "leaked"
    EXPIRED = "expired"
    PASSWORD_FORGOTTEN = "password_forgotten"  # noqa: S105 - a reason, not a password
    REPLACED = "replaced"


# Nobody may use these meanwhile: suspended at once, which takes a session alone and can be taken back, and revoked as
# soon as identity is proven anew, not only when a successor is accepted. A stolen session ends no certificate.
SUSPENDED_FIRST = frozenset({ReissueReason.LOST, ReissueReason.LEAKED})


# The predecessor ends for the reason its holder gave; without compromise it is simply succeeded.
PREDECESSOR_REASONS: Mapping[ReissueReason, str] = {
    ReissueReason.LOST: "keyCompromise",
    ReissueReason.LEAKED: "keyCompromise",
    ReissueReason.EXPIRED: "superseded",
    ReissueReason.PASSWORD_FORGOTTEN: "superseded",
    ReissueReason.REPLACED: "superseded",
}


class ApplicationState(StrEnum):
    """Where an application stands, and who acts next."""

    PROOFING = "proofing"  # the applicant proves who they are
    IDENTIFIED = "identified"  # the applicant sends public keys
    ISSUED = "issued"  # the applicant accepts the certificates
    COMPLETED = "completed"  # nobody; done
    CANCELLED = "cancelled"  # nobody; the applicant gave up
    EXPIRED = "expired"  # nobody; the window closed
    REFUSED = "refused"  # nobody; identity could not be proven
    FROZEN = "frozen"  # an operator; somebody said "I did not ask for this"


OPEN_STATES = frozenset({ApplicationState.PROOFING, ApplicationState.IDENTIFIED, ApplicationState.ISSUED})


class Validity(StrEnum):
    """Where a certificate's end comes from."""

    ANEW = "anew"  # the chosen years from today
    REMAINING = "remaining"  # the predecessor's own end
    EXTENDED = "extended"  # the chosen years from the predecessor's own end


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One consent given: which text, in which version."""

    text_id: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the applicant commits to. Days are KST; both bounds inclusive."""

    validity: Validity
    years: int
    not_before: datetime
    not_after: datetime
    predecessor_serial: int | None
    predecessor_ends: str | None  # "at_once" (suspended now, revoked once identified), "on_acceptance" or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application. `expires_at` is exclusive; `version` counts changes (optimistic locking)."""

    id: str
    subscriber_id: str
    kind: ApplicationKind
    years: int
    validity: Validity
    reissue_reason: ReissueReason | None
    predecessor_serial: int | None
    predecessor_not_after: datetime | None
    consents: tuple[Consent, ...]
    state: ApplicationState
    opened_at: datetime
    expires_at: datetime
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act on it."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCertificate:
    """A certificate the subscriber holds or held, as far as an application needs to know it.

    Of one on hold: `held_by` ("owner", "office") and `hold_ends_at` (exclusive), when it is revoked.
    """

    serial: int
    not_after: datetime
    state: str  # "good", "held", "revoked"
    succeeded: bool  # a successor has been accepted
    held_by: str | None = None
    hold_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ration:
    """How many live certificates one person may hold, and how many they may have issued in a period. Inclusive maxima.

    Counted by person, whatever accounts they have: at the application as far as the account's person is known, and
    again at issuance, where they are.
    """

    live_per_person: int = 1
    issues_per_period: int = 5
    period_days: int = 90


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityVerified:
    """Identity proofing concluded: the applicant is who they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRefused:
    """Identity proofing concluded: not proven, finally."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesIssued:
    """The certificate set was signed and recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesAccepted:
    """The holder accepted the certificate set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequested:
    """The applicant gave up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRanOut:
    """The window closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisownedByPhone:
    """The person called said: I did not ask for this."""


ApplicationEvent = (
    IdentityVerified
    | IdentityRefused
    | CertificatesIssued
    | CertificatesAccepted
    | CancelRequested
    | TimeRanOut
    | DisownedByPhone
)


# --- effects: one step telling another, carried by the worker -------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceApplication(Effect):
    """Feed an event back to the application. `event` is the event class's name, for example "IdentityVerified"."""

    application_id: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireApplication(Effect):
    """Close the application if its window has passed."""

    application_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeCertificate(Effect):
    """Revoke a certificate set by the serial of its signing certificate. `reason` is an RFC 5280 reason name."""

    serial: int
    reason: str
    application_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendPredecessor(Effect):
    """Suspend a lost or leaked certificate set, by the serial of its signing certificate, in its owner's name."""

    serial: int
    application_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawUnaccepted(Effect):
    """Revoke what was issued for the application if nobody accepted it: the application has ended."""

    application_id: str


# --- errors ---------------------------------------------------------------------------------------------------------


class ApplicationNotFound(DojangError):
    """No such application, or not this subscriber's."""

    code = "application.not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ApplicationAlreadyOpen(DojangError):
    """One open application per person. `application_id` is the open one, when it is the asker's own."""

    code = "application.already_open"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ApplicationClosed(DojangError):
    """The application has ended; `state` says how."""

    code = "application.closed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ApplicationOutOfTurn(DojangError):
    """The step asked for is not the one that comes now; `state` says where the application stands."""

    code = "application.out_of_turn"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ApplicationExpired(DojangError):
    """The application's window (24 hours by default) has closed."""

    code = "application.expired"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class KindElsewhere(DojangError):
    """A renewal is not applied for here: it is asked for with the key that is to be succeeded."""

    code = "application.kind_elsewhere"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ConsentMissing(DojangError):
    """A required consent, in its current version, was not given. `missing` lists text ids."""

    code = "application.consent_missing"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ValidityNotOffered(DojangError):
    """The years asked for are not offered; `offered` lists those that are."""

    code = "application.validity_not_offered"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TooManyIssues(DojangError):
    """The policy's cap of issues in its period is reached; `limit` and `days` say which."""

    code = "application.too_many_issues"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PredecessorRequired(DojangError):
    """A re-issue needs a certificate of the subscriber's that it succeeds."""

    code = "application.predecessor_required"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class HeldUnderAnotherAccount(DojangError):
    """The person holds a live certificate under another of their accounts."""

    code = "application.held_elsewhere"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CertificateAlreadyHeld(DojangError):
    """A new certificate was asked for while a live one is held: re-issue is the way."""

    code = "application.certificate_already_held"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
