"""The case an act is about: opened at the first submission, advanced check by check, concluded when all have passed.

Every change of a check goes through `advance`, which stores it with its audit entry, opens reviews, and tells the
application when the case has ended. It must not know how any check is carried out.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.transaction import Store
from dojang.lifecycle.application.model import (
    AdvanceApplication,
    Application,
    ApplicationClosed,
    ApplicationExpired,
    ApplicationNotFound,
    ApplicationOutOfTurn,
    ApplicationState,
)
from dojang.lifecycle.identity_proofing import retention, rules
from dojang.lifecycle.identity_proofing.errors import (
    CaseEnded,
    CheckNotReady,
    CheckNotRequired,
    NotVerified,
    ProofingCaseNotFound,
)
from dojang.lifecycle.identity_proofing.model import (
    ACheckFailed,
    Alert,
    AllChecksPassed,
    AttemptFailed,
    CallDisowned,
    CaseState,
    Check,
    CheckCondemned,
    CheckDoubted,
    CheckEvent,
    CheckPassed,
    CheckState,
    CheckStatus,
    ConfirmationAsked,
    EvidenceOutdated,
    EvidenceRefused,
    EvidenceSubmitted,
    NeighbourFellSilent,
    ProofingCase,
    ProofingFinding,
    RaiseAlert,
    ReviewApproved,
    ReviewRejected,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction
from dojang.lifecycle.identity_proofing.review.model import ReviewItem, ReviewState, ReviewSubject

SYSTEM = "system"
ACTIONS: dict[type[CheckEvent], str] = {
    EvidenceSubmitted: "submitted",
    ConfirmationAsked: "confirmation_asked",
    CheckPassed: "passed",
    AttemptFailed: "attempt_failed",
    EvidenceRefused: "evidence_refused",
    CheckDoubted: "doubted",
    NeighbourFellSilent: "parked",
    ReviewApproved: "review_approved",
    ReviewRejected: "review_rejected",
    CheckCondemned: "failed",
    EvidenceOutdated: "outdated",
}
Result = TypeVar("Result")


def act(
    store: Store[IdentityProofingTransaction],
    work: Callable[[IdentityProofingTransaction], Result | DojangError],
    *,
    what: str,
    application_id: str,
    actor: str,
    now: datetime,
) -> Result:
    """Run `work`; a refusal is audited and raised.

    A refusal that must leave traces (a burned try) is returned by `work` with its traces and committed; one that `work`
    raises leaves nothing but its audit entry `identity_proofing:<what>:refused`.
    """
    try:
        outcome = store.transact(work)
    except DojangError as refusal:
        entry = AuditEntry(
            tag=f"identity_proofing:{what}:refused",
            at=now,
            actor=actor,
            # An id that names no application of the actor's is the actor's own text: it is not written down.
            subject="" if isinstance(refusal, ApplicationNotFound) else application_id,
            data={"code": refusal.code},
        )
        store.transact(lambda tx: tx.record(entry))
        raise
    if isinstance(outcome, DojangError):
        raise outcome
    return outcome


def enter(
    tx: IdentityProofingTransaction,
    application_id: str,
    subscriber_id: str,
    *,
    policy: ProofingPolicy,
    fresh_id: str,
    now: datetime,
) -> ProofingCase:
    """Return the open case of the subscriber's application, opened under `fresh_id` when there is none yet.

    Raises `ApplicationNotFound`, `ApplicationExpired`, `ApplicationClosed`, `ApplicationOutOfTurn`, `CaseEnded`.
    """
    application = _require_proofing(tx, application_id, subscriber_id, now)
    case = tx.proofing_cases.find_case_of(application_id)
    if case is None:
        case = _open(tx, application, policy, fresh_id, now)
    if case.state is not CaseState.OPEN:
        raise CaseEnded(state=case.state.value)
    return case


def find_own_case(tx: IdentityProofingTransaction, application_id: str, subscriber_id: str) -> ProofingCase:
    """Return the case for looking at, whatever its state. Raises `ProofingCaseNotFound`, also for somebody else's."""
    case = tx.proofing_cases.find_case_of(application_id)
    if case is None or case.subscriber_id != subscriber_id:
        raise ProofingCaseNotFound()
    return case


def is_begun(tx: IdentityProofingTransaction, application_id: str, subscriber_id: str) -> bool:
    """Tell whether an application has a case: not before its first photograph. Of somebody else's it always says so."""
    application = tx.applications.find_application(application_id)
    own = application is not None and application.subscriber_id == subscriber_id
    return not own or tx.proofing_cases.find_case_of(application_id) is not None


def require_turn(case: ProofingCase, check: Check) -> CheckStatus:
    """Return the check's status. Raises `CheckNotRequired`, or `CheckNotReady` while another check comes first."""
    status = case.checks.get(check)
    if status is None:
        raise CheckNotRequired(check=check.value)
    unmet = rules.find_unmet_need(case, check)
    if unmet is not None:
        raise CheckNotReady(needs=unmet.value)
    return status


def advance(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    check: Check,
    event: CheckEvent,
    *,
    policy: ProofingPolicy,
    actor: str,
    now: datetime,
) -> ProofingCase:
    """Advance one check, and the case with it when that settles it; return the case as stored.

    Raises `CheckOutOfTurn` when the event does not fit.
    """
    before = case.checks[check]
    case = rules.with_check(case, rules.advance_check(before, event, now))
    tx.record(_check_entry(case, check, event, actor, now))
    if before.state is CheckState.REVIEW and isinstance(event, EvidenceOutdated):
        retention.withdraw_reviews(tx, case.id, now, check=check)
    if isinstance(event, CheckDoubted):
        _open_review(tx, case, check, event, now)
    settled = rules.find_case_event(case)
    if settled is None:
        return save(tx, case)
    case = save(tx, rules.advance_case(case, settled, now))
    if isinstance(settled, AllChecksPassed):
        _conclude(tx, case, policy, now)
    if isinstance(settled, ACheckFailed):
        _end(tx, case, "refused", "IdentityRefused", now)
    return case


def park(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    check: Check,
    findings: tuple[ProofingFinding, ...],
    *,
    policy: ProofingPolicy,
    actor: str,
    now: datetime,
) -> None:
    """Note that a neighbour does not answer; a check parked for the same reason stays as it is, unrecorded."""
    status = case.checks[check]
    if status.state is CheckState.PARKED and status.findings == findings:
        return
    advance(tx, case, check, NeighbourFellSilent(findings=findings), policy=policy, actor=actor, now=now)


def freeze(tx: IdentityProofingTransaction, case: ProofingCase, *, call_id: str, now: datetime) -> ProofingCase:
    """Freeze case and application: the person called did not ask for this. An operator must look."""
    case = save(tx, rules.advance_case(case, CallDisowned(), now))
    _end(tx, case, "frozen", "DisownedByPhone", now, call=call_id)
    tx.emit(RaiseAlert(case_id=case.id, alert=Alert.CALL_DISOWNED.value), key=f"{call_id}:disowned")
    return case


def save(tx: IdentityProofingTransaction, case: ProofingCase) -> ProofingCase:
    """Store a changed case under the next version and return it. Raises `PersonAlreadyApplying` on a lost race."""
    case = replace(case, version=case.version + 1)
    tx.proofing_cases.update(case)
    return case


def record(
    tx: IdentityProofingTransaction, case: ProofingCase, what: str, *, actor: str, now: datetime, **data: str
) -> None:
    """Write the audit entry `identity_proofing:<what>` about the case; `data` holds ids, codes and counts."""
    tx.record(AuditEntry(tag=f"identity_proofing:{what}", at=now, actor=actor, subject=case.id, data=data))


def by_subscriber(subscriber_id: str) -> str:
    """Return the audit actor for a subscriber."""
    return f"subscriber:{subscriber_id}"


def _require_proofing(
    tx: IdentityProofingTransaction, application_id: str, subscriber_id: str, now: datetime
) -> Application:
    application = tx.applications.find_application(application_id)
    if application is None or application.subscriber_id != subscriber_id:
        raise ApplicationNotFound()
    if application.state is ApplicationState.EXPIRED or (application.is_open and now >= application.expires_at):
        raise ApplicationExpired(application_id=application.id)
    if not application.is_open:
        raise ApplicationClosed(state=application.state.value)
    if application.state is not ApplicationState.PROOFING:
        raise ApplicationOutOfTurn(state=application.state.value)
    return application


def _open(
    tx: IdentityProofingTransaction, application: Application, policy: ProofingPolicy, fresh_id: str, now: datetime
) -> ProofingCase:
    required = policy.required[application.kind]
    case = ProofingCase(
        id=fresh_id,
        application_id=application.id,
        subscriber_id=application.subscriber_id,
        kind=application.kind,
        state=CaseState.OPEN,
        checks={check: CheckStatus(check=check, state=CheckState.AWAITED, changed_at=now) for check in required},
        opened_at=now,
        expires_at=application.expires_at,
    )
    tx.proofing_cases.add(case)
    checks = ",".join(check.value for check in required)
    actor = by_subscriber(case.subscriber_id)
    record(tx, case, "case:opened", actor=actor, now=now, application=application.id, checks=checks)
    return case


def _check_entry(case: ProofingCase, check: Check, event: CheckEvent, actor: str, now: datetime) -> AuditEntry:
    status = case.checks[check]
    data = {"state": status.state.value, "tries": str(status.tries)}
    if status.evidence_id is not None:
        data["evidence"] = status.evidence_id
    if status.findings:
        data["findings"] = ",".join(finding.code for finding in status.findings)
    if isinstance(event, CheckDoubted | ReviewApproved | ReviewRejected):
        data["review"] = event.review_id
    tag = f"identity_proofing:{check.value}:{ACTIONS[type(event)]}"
    return AuditEntry(tag=tag, at=now, actor=actor, subject=case.id, data=data)


def _open_review(
    tx: IdentityProofingTransaction, case: ProofingCase, check: Check, event: CheckDoubted, now: datetime
) -> None:
    tx.reviews.add(
        ReviewItem(
            id=event.review_id,
            case_id=case.id,
            subject=ReviewSubject.CHECK,
            check=check,
            evidence_id=case.checks[check].evidence_id,
            findings=event.findings,
            state=ReviewState.OPEN,
            opened_at=now,
        )
    )


def _conclude(tx: IdentityProofingTransaction, case: ProofingCase, policy: ProofingPolicy, now: datetime) -> None:
    data = tx.personal_data.find_personal_data(case.id)
    if data is None or case.person_key is None:
        raise NotVerified()
    verification = rules.record_verification(case, name=data.name, verified_hours=policy.verified_hours, now=now)
    tx.verifications.add(verification)
    tx.person_bindings.bind(case.subscriber_id, case.person_key, now)
    record(tx, case, "case:verified", actor=SYSTEM, now=now, application=case.application_id)
    _advance_application(tx, case, "IdentityVerified")


def _end(
    tx: IdentityProofingTransaction, case: ProofingCase, action: str, event: str, now: datetime, **data: str
) -> None:
    retention.end_live_work(tx, case.id, now)
    record(tx, case, f"case:{action}", actor=SYSTEM, now=now, application=case.application_id, **data)
    _advance_application(tx, case, event)


def _advance_application(tx: IdentityProofingTransaction, case: ProofingCase, event: str) -> None:
    tx.emit(AdvanceApplication(application_id=case.application_id, event=event), key=f"{case.id}:{event}")
