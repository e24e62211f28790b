"""The transition tables of checks and case, what needs what, and the only maker of `VerifiedIdentity`. Pure.

An operator's review is an event in the same table as a passed check. The diagram in `docs/` is drawn from these tables.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.lifecycle.identity_proofing.errors import CaseEnded, CheckOutOfTurn, NotVerified, VerificationExpired
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.model import (
    _SEAL,
    ACheckFailed,
    AllChecksPassed,
    ApplicationEnded,
    AttemptFailed,
    CallDisowned,
    CaseEvent,
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
    FreezeLifted,
    NeighbourFellSilent,
    ProofingCase,
    ProofingFinding,
    ReviewApproved,
    ReviewRejected,
    VerificationRecord,
    VerifiedIdentity,
)

S = CheckState
_APPLICANT = (S.AWAITED, S.RETRY, S.REFUSED, S.CONFIRMING)  # the applicant may hand something in
_AT_WORK = (S.RUNNING, S.PARKED)
_JUDGED = (*_AT_WORK, S.CONFIRMING)
_UNFINISHED = (S.AWAITED, S.RUNNING, S.PARKED, S.CONFIRMING, S.RETRY, S.REFUSED, S.REVIEW)


def _rows(
    sources: tuple[CheckState, ...], event: type[CheckEvent], target: CheckState
) -> dict[tuple[CheckState, type[CheckEvent]], CheckState]:
    return {(source, event): target for source in sources}


CHECK_TRANSITIONS: Mapping[tuple[CheckState, type[CheckEvent]], CheckState] = {
    **_rows(_APPLICANT, EvidenceSubmitted, S.RUNNING),
    **_rows(_AT_WORK, NeighbourFellSilent, S.PARKED),
    # PASSED to CONFIRMING: the registry disagreed, so the applicant looks at the document's values again.
    **_rows((*_AT_WORK, S.CONFIRMING, S.PASSED), ConfirmationAsked, S.CONFIRMING),
    **_rows(_JUDGED, CheckPassed, S.PASSED),
    # PASSED to RETRY: a document confirmed anew no longer agrees with what was entered.
    **_rows((*_JUDGED, S.PASSED), AttemptFailed, S.RETRY),
    **_rows(_JUDGED, EvidenceRefused, S.REFUSED),
    **_rows(_JUDGED, CheckDoubted, S.REVIEW),
    (S.REVIEW, ReviewApproved): S.PASSED,
    (S.REVIEW, ReviewRejected): S.REFUSED,
    **_rows(_UNFINISHED, CheckCondemned, S.FAILED),
    **_rows((*_UNFINISHED, S.PASSED), EvidenceOutdated, S.AWAITED),
}

CASE_TRANSITIONS: Mapping[tuple[CaseState, type[CaseEvent]], CaseState] = {
    (CaseState.OPEN, AllChecksPassed): CaseState.VERIFIED,
    (CaseState.OPEN, ACheckFailed): CaseState.REFUSED,
    (CaseState.OPEN, CallDisowned): CaseState.FROZEN,
    (CaseState.VERIFIED, CallDisowned): CaseState.FROZEN,
    (CaseState.OPEN, ApplicationEnded): CaseState.CLOSED,
    (CaseState.VERIFIED, ApplicationEnded): CaseState.CLOSED,
    (CaseState.REFUSED, ApplicationEnded): CaseState.CLOSED,
    (CaseState.FROZEN, FreezeLifted): CaseState.CLOSED,
}

# A check may begin once each of these stands in one of the states named. A document under review is confirmed already:
# the applicant goes on while the operator looks.
CONFIRMED = frozenset({S.PASSED, S.REVIEW})
_NOT_CONTRADICTED = frozenset({S.RUNNING, S.PARKED, S.PASSED, S.REVIEW})
NEEDS: Mapping[Check, Mapping[Check, frozenset[CheckState]]] = {
    Check.ID_DOCUMENT: {},
    Check.PERSONAL_DATA: {Check.ID_DOCUMENT: CONFIRMED},
    Check.REGISTRY: {Check.ID_DOCUMENT: CONFIRMED, Check.PERSONAL_DATA: CONFIRMED},
    Check.ACCOUNT_DEPOSIT: {
        Check.ID_DOCUMENT: CONFIRMED,
        Check.PERSONAL_DATA: CONFIRMED,
        Check.REGISTRY: _NOT_CONTRADICTED,
    },
    Check.ARS_CALL: {
        Check.ID_DOCUMENT: CONFIRMED,
        Check.PERSONAL_DATA: CONFIRMED,
        Check.REGISTRY: _NOT_CONTRADICTED,
    },
}


def advance_check(status: CheckStatus, event: CheckEvent, now: datetime) -> CheckStatus:
    """Return the check after `event`. Raises `CheckOutOfTurn` when the event does not fit its state."""
    target = CHECK_TRANSITIONS.get((status.state, type(event)))
    if target is None:
        raise CheckOutOfTurn(check=status.check.value, state=status.state.value)
    burned = 1 if isinstance(event, AttemptFailed | EvidenceRefused) and getattr(event, "burns_try", True) else 0
    evidence_id = event.evidence_id if isinstance(event, EvidenceSubmitted | CheckPassed) else status.evidence_id
    return replace(
        status,
        state=target,
        changed_at=now,
        findings=getattr(event, "findings", ()),
        tries=status.tries + burned,
        evidence_id=None if isinstance(event, EvidenceOutdated) else evidence_id,
    )


def attempt_failed(
    status: CheckStatus, findings: tuple[ProofingFinding, ...], *, limit: int
) -> AttemptFailed | CheckCondemned:
    """Return the event of an attempt that failed by the applicant's fault: the last of `limit` ends the check."""
    if status.tries + 1 < limit:
        return AttemptFailed(findings=findings, burns_try=True)
    return CheckCondemned(findings=(*findings, ProofingFinding(code=ProofingFindingCode.TRIES_USED_UP.value)))


def evidence_refused(
    status: CheckStatus, findings: tuple[ProofingFinding, ...], *, limit: int
) -> EvidenceRefused | CheckCondemned:
    """Return the event of evidence that will not do: the last of `limit` tries ends the check."""
    event = attempt_failed(status, findings, limit=limit)
    return event if isinstance(event, CheckCondemned) else EvidenceRefused(findings=findings)


def advance_case(case: ProofingCase, event: CaseEvent, now: datetime) -> ProofingCase:
    """Return the case after `event`. Raises `CaseEnded` when it takes no such event any more."""
    target = CASE_TRANSITIONS.get((case.state, type(event)))
    if target is None:
        raise CaseEnded(state=case.state.value)
    verified_at = now if target is CaseState.VERIFIED else case.verified_at
    return replace(case, state=target, verified_at=verified_at)


def with_check(case: ProofingCase, status: CheckStatus) -> ProofingCase:
    """Return the case with one check's status replaced."""
    return replace(case, checks={**case.checks, status.check: status})


def find_case_event(case: ProofingCase) -> CaseEvent | None:
    """Return what the checks add up to: every one passed, one failed for good, or nothing yet."""
    states = [status.state for status in case.checks.values()]
    if CheckState.FAILED in states:
        return ACheckFailed()
    if all(state is CheckState.PASSED for state in states):
        return AllChecksPassed()
    return None


def find_unmet_need(case: ProofingCase, check: Check) -> Check | None:
    """Return the required check that must come before `check` and has not, or None when `check` may begin."""
    for needed, states in NEEDS[check].items():
        status = case.checks.get(needed)
        if status is not None and status.state not in states:
            return needed
    return None


def record_verification(case: ProofingCase, *, name: str, verified_hours: int, now: datetime) -> VerificationRecord:
    """Return the record of a verified case, good until `verified_hours` from now or the application's end.

    Raises `NotVerified` unless the case is VERIFIED, every check PASSED on named evidence, and the person known.
    """
    passed = {check: status.evidence_id for check, status in case.checks.items() if status.state is CheckState.PASSED}
    evidence = {check: evidence_id for check, evidence_id in passed.items() if evidence_id is not None}
    if case.state is not CaseState.VERIFIED or case.person_key is None or set(evidence) != set(case.checks):
        raise NotVerified()
    return VerificationRecord(
        case_id=case.id,
        application_id=case.application_id,
        subscriber_id=case.subscriber_id,
        person_key=case.person_key,
        name=name,
        evidence=evidence,
        verified_at=now,
        expires_at=min(now + timedelta(hours=verified_hours), case.expires_at),
    )


def affirm(record: VerificationRecord, case: ProofingCase, now: datetime) -> VerifiedIdentity:
    """Return the proof that `record` stands for, checked against its case as it is now.

    Raises `NotVerified` when the case does not stand at VERIFIED or the record is not its own, `VerificationExpired`.
    """
    own = record.case_id == case.id and record.application_id == case.application_id
    whole = set(record.evidence) == set(case.checks) and record.person_key == case.person_key
    if case.state is not CaseState.VERIFIED or not own or not whole or find_case_event(case) != AllChecksPassed():
        raise NotVerified()
    if now >= record.expires_at:
        raise VerificationExpired()
    return VerifiedIdentity(
        case_id=record.case_id,
        application_id=record.application_id,
        subscriber_id=record.subscriber_id,
        person_key=record.person_key,
        name=record.name,
        evidence=dict(record.evidence),
        verified_at=record.verified_at,
        expires_at=record.expires_at,
        seal=_SEAL,
    )
