"""The registry check (진위확인): asked once the person is known, answered by the issuer's record.

Only a match passes. Which field differs is never told. A registry that does not answer parks the check; what was
entered stays, and the same inquiry is repeated until there is an answer.
"""

from dataclasses import replace
from datetime import datetime

from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.kernel.ports import Chance, Clock
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, limits
from dojang.lifecycle.identity_proofing.document import InquiryState, RegistryInquiry
from dojang.lifecycle.identity_proofing.facts import facts_of
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.model import (
    Alert,
    AttemptFailed,
    CaseState,
    Check,
    CheckCondemned,
    CheckDoubted,
    CheckEvent,
    CheckPassed,
    CheckRegistry,
    CheckState,
    ConfirmationAsked,
    EvidenceSubmitted,
    ProofingCase,
    ProofingFinding,
    RaiseAlert,
)
from dojang.lifecycle.identity_proofing.neighbours import ClaimIncomplete, DocumentClaim, RegistryGateway, TruthAnswer
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction, LimitKind
from dojang.pki.validity import KST

REGISTRY = "neighbour:registry"
_MAY_ASK = frozenset({CheckState.AWAITED, CheckState.RETRY, CheckState.REFUSED})
_FINDINGS = {
    TruthAnswer.MISMATCH: ProofingFindingCode.REGISTRY_MISMATCH,
    TruthAnswer.SERIAL_MISMATCH: ProofingFindingCode.REGISTRY_SERIAL_MISMATCH,
    TruthAnswer.LOST_OR_CANCELLED: ProofingFindingCode.REGISTRY_LOST,
}


def ask(
    tx: IdentityProofingTransaction, case: ProofingCase, *, policy: ProofingPolicy, review_id: str, now: datetime
) -> ProofingCase:
    """Have the registry asked about the confirmed document, if the check is required and not at work or passed.

    Counted before it is asked; over the person's daily cap an operator looks instead.
    """
    status = case.checks.get(Check.REGISTRY)
    document, person_key = tx.id_documents.find_latest_document(case.id), case.person_key
    if status is None or status.state not in _MAY_ASK or document is None or person_key is None:
        return case
    _withdraw_asked(tx, case.id, now)
    attempt = len(tx.registry_inquiries.list_inquiries(case.id)) + 1
    inquiry = RegistryInquiry(
        case_id=case.id, attempt=attempt, document_id=document.id, state=InquiryState.ASKED, asked_at=now
    )
    wait_s = limits.seconds_until_room(
        tx, LimitKind.REGISTRY_PERSON, person_key, maximum=policy.registry_checks_per_person, now=now
    )
    submitted = EvidenceSubmitted(evidence_id=inquiry.inquiry_id)
    case = cases.advance(tx, case, Check.REGISTRY, submitted, policy=policy, actor=cases.SYSTEM, now=now)
    if wait_s:
        finding = ProofingFinding(code=ProofingFindingCode.REGISTRY_TOO_MANY.value)
        doubted = CheckDoubted(review_id=review_id, findings=(finding,))
        return cases.advance(tx, case, Check.REGISTRY, doubted, policy=policy, actor=cases.SYSTEM, now=now)
    tx.registry_inquiries.put(inquiry)
    tx.proofing_limits.add(LimitKind.REGISTRY_PERSON, person_key, at=now, reference=inquiry.inquiry_id)
    tx.emit(CheckRegistry(case_id=case.id, attempt=attempt), key=inquiry.inquiry_id)
    return case


def carry_out_check_registry(
    effect: CheckRegistry,
    *,
    store: Store[IdentityProofingTransaction],
    registry: RegistryGateway,
    policy: ProofingPolicy,
    chance: Chance,
    clock: Clock,
) -> None:
    """Ask the registry and record its answer; repeating it after that does nothing.

    Raises `NeighbourUnavailable` when the registry does not answer: the check is parked, call again later.
    """
    review_id = chance.new_id()
    now = clock.now()
    claim = store.transact(lambda tx: _load_claim(tx, effect, now))
    if claim is None:
        return
    inquiry_id = f"{effect.case_id}-{effect.attempt}"
    try:
        answer = registry.check_document(inquiry_id=inquiry_id, claim=claim)
    except NeighbourUnavailable:
        store.transact(lambda tx: park(tx, effect, policy, clock.now()))
        raise
    except ClaimIncomplete as incomplete:
        code = incomplete.code
        store.transact(lambda tx: _record_incomplete(tx, effect, code, policy, clock.now()))
        return
    store.transact(lambda tx: record_answer(tx, effect, answer, policy=policy, review_id=review_id, now=clock.now()))


def record_answer(
    tx: IdentityProofingTransaction,
    effect: CheckRegistry,
    answer: TruthAnswer,
    *,
    policy: ProofingPolicy,
    review_id: str,
    now: datetime,
) -> None:
    """Record what the registry said, unless the inquiry was answered or withdrawn before."""
    found = _find_asked(tx, effect)
    if found is None:
        return
    case, inquiry = found
    tx.registry_inquiries.put(replace(inquiry, state=InquiryState(answer.value), answered_at=now))
    event = _event_of(case, inquiry, answer, policy, review_id)
    case = cases.advance(tx, case, Check.REGISTRY, event, policy=policy, actor=REGISTRY, now=now)
    if isinstance(event, AttemptFailed):
        reopen_document(tx, case, event.findings, policy=policy, now=now)
    if answer is TruthAnswer.LOST_OR_CANCELLED:
        tx.emit(RaiseAlert(case_id=case.id, alert=Alert.DOCUMENT_LOST.value), key=f"{inquiry.inquiry_id}:lost")


def reopen_document(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    findings: tuple[ProofingFinding, ...],
    *,
    policy: ProofingPolicy,
    now: datetime,
) -> ProofingCase:
    """Have the applicant look at the document's values again, or photograph it anew: perhaps it was misread."""
    if case.checks[Check.ID_DOCUMENT].state is not CheckState.PASSED:
        return case
    event = ConfirmationAsked(findings=findings)
    return cases.advance(tx, case, Check.ID_DOCUMENT, event, policy=policy, actor=cases.SYSTEM, now=now)


def _event_of(
    case: ProofingCase, inquiry: RegistryInquiry, answer: TruthAnswer, policy: ProofingPolicy, review_id: str
) -> CheckEvent:
    if answer is TruthAnswer.MATCH:
        return CheckPassed(evidence_id=inquiry.inquiry_id)
    findings = (ProofingFinding(code=_FINDINGS[answer].value),)
    if answer is TruthAnswer.LOST_OR_CANCELLED:
        return CheckCondemned(findings=findings)
    # A document already before an operator stays there, and the answer goes with it.
    under_review = case.checks[Check.ID_DOCUMENT].state is CheckState.REVIEW
    if under_review or case.checks[Check.REGISTRY].tries + 1 >= policy.registry_tries:
        return CheckDoubted(review_id=review_id, findings=findings)
    return AttemptFailed(findings=findings, burns_try=True)


def _find_asked(tx: IdentityProofingTransaction, effect: CheckRegistry) -> tuple[ProofingCase, RegistryInquiry] | None:
    """Return case (locked) and inquiry while the answer is still wanted."""
    case = tx.proofing_cases.find_case(effect.case_id)
    inquiry = tx.registry_inquiries.find_inquiry(effect.case_id, effect.attempt)
    if case is None or inquiry is None or case.state is not CaseState.OPEN:
        return None
    return (case, inquiry) if inquiry.state is InquiryState.ASKED else None


def _load_claim(tx: IdentityProofingTransaction, effect: CheckRegistry, now: datetime) -> DocumentClaim | None:
    found = _find_asked(tx, effect)
    if found is None:
        return None
    case, inquiry = found
    document = tx.id_documents.find_document(inquiry.document_id)
    data = tx.personal_data.find_personal_data(case.id)
    if document is None or data is None:
        return None
    facts = facts_of(document.kind, tx.id_documents.list_fields(document.id), today=now.astimezone(KST).date())
    return DocumentClaim(
        kind=facts.kind.value,
        name=facts.name,
        birth_date=facts.birth_date,
        rrn=data.rrn,
        issued_on=facts.issued_on,
        expires_on=facts.expires_on,
        licence_number=facts.licence_number,
        serial=facts.serial,
        passport_number=facts.passport_number,
    )


def park(tx: IdentityProofingTransaction, effect: CheckRegistry, policy: ProofingPolicy, now: datetime) -> None:
    """Note that the registry does not answer, while its answer is still wanted."""
    found = _find_asked(tx, effect)
    if found is not None:
        findings = (ProofingFinding(code=ProofingFindingCode.REGISTRY_UNAVAILABLE.value),)
        cases.park(tx, found[0], Check.REGISTRY, findings, policy=policy, actor=REGISTRY, now=now)


def _record_incomplete(
    tx: IdentityProofingTransaction, effect: CheckRegistry, code: str, policy: ProofingPolicy, now: datetime
) -> None:
    """The registry asks for a value the document's did not have: nobody was asked, the applicant adds it."""
    found = _find_asked(tx, effect)
    if found is None:
        return
    case, inquiry = found
    tx.registry_inquiries.put(replace(inquiry, state=InquiryState.WITHDRAWN, answered_at=now))
    tx.proofing_limits.remove(inquiry.inquiry_id, (LimitKind.REGISTRY_PERSON,))
    event = AttemptFailed(findings=(ProofingFinding(code=code),), burns_try=False)
    case = cases.advance(tx, case, Check.REGISTRY, event, policy=policy, actor=cases.SYSTEM, now=now)
    reopen_document(tx, case, event.findings, policy=policy, now=now)


def _withdraw_asked(tx: IdentityProofingTransaction, case_id: str, now: datetime) -> None:
    for inquiry in tx.registry_inquiries.list_inquiries(case_id):
        if inquiry.state is InquiryState.ASKED:
            tx.registry_inquiries.put(replace(inquiry, state=InquiryState.WITHDRAWN, answered_at=now))
