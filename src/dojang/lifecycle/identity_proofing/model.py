"""The proofing case: required checks and their states, events, the proof they add up to, and effects.

A case belongs to one application. Each required check stands in one state; the words in the comments say who acts
next. Nothing here knows how a check is carried out. Personal data never stands in a repr.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dojang.kernel.effects import Effect
from dojang.lifecycle.application.model import ApplicationKind


class Check(StrEnum):
    """The checks a policy may require, in the order they become possible."""

    ID_DOCUMENT = "id_document"  # photographs, read, confirmed by the applicant
    PERSONAL_DATA = "personal_data"  # entered, compared with the document
    REGISTRY = "registry"  # the issuer's record (진위확인)
    ACCOUNT_DEPOSIT = "account_deposit"  # owned account, micro-deposit confirmed (소액이체)
    ARS_CALL = "ars_call"  # own telephone answered and the number pressed


class CheckState(StrEnum):
    """Where a check stands, and who acts next."""

    AWAITED = "awaited"  # the applicant begins
    RUNNING = "running"  # a worker
    PARKED = "parked"  # a worker, again and again: a neighbour is down; nothing is retyped
    CONFIRMING = "confirming"  # the applicant confirms what was read or what arrived
    RETRY = "retry"  # the applicant tries again; findings say why
    REFUSED = "refused"  # the applicant brings other evidence: this document, account or telephone will not do
    REVIEW = "review"  # an operator
    PASSED = "passed"  # nobody
    FAILED = "failed"  # nobody; it cannot be passed any more and the application ends


class CaseState(StrEnum):
    """Where a case stands, and who acts next."""

    OPEN = "open"  # whoever its checks say
    VERIFIED = "verified"  # issuance
    REFUSED = "refused"  # nobody; a check failed for good
    FROZEN = "frozen"  # an operator; somebody said "I did not ask for this". Until then the person cannot apply anew
    CLOSED = "closed"  # nobody; the application ended, codes and originals are purged


LIVE_CASE_STATES = frozenset({CaseState.OPEN, CaseState.VERIFIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofingFinding:
    """Why a check stands where it does. `code` is in the catalogue; `detail` never holds personal data."""

    code: str
    field: str | None = None  # a document field or an entered field
    detail: str | None = None  # an expiry date, a count


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStatus:
    """One check of one case. `tries` counts the applicant's own faults; `evidence_id` is the record last judged."""

    check: Check
    state: CheckState
    changed_at: datetime
    findings: tuple[ProofingFinding, ...] = ()
    tries: int = 0
    evidence_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofingCase:
    """One case. `checks` holds exactly the required ones; `person_key` is a blind index, known once data agree.

    `expires_at` is exclusive (the application's own window); `version` counts changes.
    """

    id: str
    application_id: str
    subscriber_id: str
    kind: ApplicationKind
    state: CaseState
    checks: Mapping[Check, CheckStatus]
    opened_at: datetime
    expires_at: datetime
    person_key: str | None = None
    verified_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRecord:
    """What is stored of a concluded case: the record that a `VerifiedIdentity` points to. `expires_at` is exclusive."""

    case_id: str
    application_id: str
    subscriber_id: str
    person_key: str
    name: str = field(repr=False)
    evidence: Mapping[Check, str]
    verified_at: datetime
    expires_at: datetime


_SEAL = object()  # handed out by `rules.affirm` alone


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedIdentity:
    """Proof that every required check of a case passed. Only `rules.affirm` makes one; issuance demands one.

    `case_id` names the stored `VerificationRecord`; `evidence` has the evidence record's id per check; `expires_at` is
    exclusive. Raises `TypeError` when constructed anywhere else.
    """

    case_id: str
    application_id: str
    subscriber_id: str
    person_key: str
    name: str = field(repr=False)
    evidence: Mapping[Check, str]
    verified_at: datetime
    expires_at: datetime
    seal: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("a VerifiedIdentity comes from identity_proofing.rules only")


# --- events of one check --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSubmitted:
    """The applicant handed something in, and work on it began."""

    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationAsked:
    """The applicant must now confirm: fields as read, or the deposit that was sent."""

    findings: tuple[ProofingFinding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPassed:
    """The check passed on `evidence_id`."""

    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed:
    """This attempt did not succeed, another may. `burns_try` only when the fault was the applicant's."""

    findings: tuple[ProofingFinding, ...]
    burns_try: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRefused:
    """No further attempt with the same document, account or telephone will succeed."""

    findings: tuple[ProofingFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDoubted:
    """An operator must look. `review_id` is the fresh id of the review item to open."""

    review_id: str
    findings: tuple[ProofingFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourFellSilent:
    """A neighbour did not answer; the work is repeated until it does."""

    findings: tuple[ProofingFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewApproved:
    """An operator was convinced."""

    review_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRejected:
    """An operator was not convinced; other evidence may convince."""

    review_id: str
    findings: tuple[ProofingFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCondemned:
    """The check can never be passed: tries used up, a document reported lost, a final rejection."""

    findings: tuple[ProofingFinding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceOutdated:
    """What the check relied on changed (another name, number or telephone): it begins anew."""


CheckEvent = (
    EvidenceSubmitted
    | ConfirmationAsked
    | CheckPassed
    | AttemptFailed
    | EvidenceRefused
    | CheckDoubted
    | NeighbourFellSilent
    | ReviewApproved
    | ReviewRejected
    | CheckCondemned
    | EvidenceOutdated
)


# --- events of the case ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AllChecksPassed:
    """Every required check stands at PASSED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ACheckFailed:
    """A required check can never be passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDisowned:
    """The person called pressed 0#: they did not ask for this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationEnded:
    """The application was completed, cancelled, refused, frozen elsewhere, or its window closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeLifted:
    """An operator has cleared up with the person called what happened."""


CaseEvent = AllChecksPassed | ACheckFailed | CallDisowned | ApplicationEnded | FreezeLifted


# --- effects: ids only ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamineDocument(Effect):
    """Have the document reader look at the photographs of one submission."""

    case_id: str
    document_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRegistry(Effect):
    """Ask the issuer's registry about the confirmed document; `attempt` counts from 1."""

    case_id: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InquireOwnership(Effect):
    """Ask the bank whose account it is."""

    case_id: str
    deposit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDeposit(Effect):
    """Send the micro-deposit under its stored reference."""

    deposit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleDeposit(Effect):
    """Ask what became of a deposit whose outcome is unknown; `turn` counts from 1."""

    deposit_id: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireDeposit(Effect):
    """End a deposit whose window has passed unconfirmed."""

    deposit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCall(Effect):
    """Ring the applicant and hold the dialogue."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireCall(Effect):
    """End a call that was never placed within its window."""

    call_id: str


class Alert(StrEnum):
    """What somebody must be told at once; also the notice template's name."""

    DOCUMENT_LOST = "proofing_document_lost"  # a document reported lost was shown
    CALL_DISOWNED = "proofing_call_disowned"  # 0#: the application is frozen
    DEPOSIT_STRANDED = "proofing_deposit_stranded"  # an unknown transfer went over midnight
    DEPOSIT_BUDGET_SPENT = "proofing_deposit_budget_spent"  # no more deposits today


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlert(Effect):
    """Tell the office's operators; for `CALL_DISOWNED` also the telephone's owner. `alert` is an `Alert` value."""

    case_id: str
    alert: str
