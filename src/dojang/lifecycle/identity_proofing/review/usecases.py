"""What operators do with review items: list, look, approve, reject. Who may is decided at the edge.

A decision is an event in the same table as a passed check. Nobody decides about themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, registry
from dojang.lifecycle.identity_proofing.document import ImageForm
from dojang.lifecycle.identity_proofing.errors import ReviewAlreadyDecided, ReviewNotFound, ReviewOfOneself
from dojang.lifecycle.identity_proofing.fields import ShownField, shown_fields
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, Side
from dojang.lifecycle.identity_proofing.masking import masked_rrn
from dojang.lifecycle.identity_proofing.model import (
    CaseState,
    Check,
    CheckCondemned,
    CheckEvent,
    CheckStatus,
    ProofingCase,
    ProofingFinding,
    ReviewApproved,
    ReviewRejected,
)
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction
from dojang.lifecycle.identity_proofing.review.model import RejectionReason, ReviewItem, ReviewState, ReviewSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDetail:
    """All an operator sees: the question, how the case stands, the document's values beside its masked pictures.

    `entered` are the applicant's own data, the RRN masked.
    """

    item: ReviewItem
    application_id: str
    case_state: CaseState
    checks: Mapping[Check, CheckStatus]
    document_kind: DocumentKind | None
    fields: tuple[ShownField, ...] = field(repr=False)
    pictures: Mapping[Side, bytes] = field(repr=False)
    entered: Mapping[str, str] = field(repr=False)


def list_reviews(*, store: Store[IdentityProofingTransaction], limit: int = 100) -> tuple[ReviewItem, ...]:
    """Return open items, oldest first."""
    return store.read(lambda tx: tx.reviews.list_open_reviews(limit))


def show_review(
    review_id: str, *, operator_id: str, store: Store[IdentityProofingTransaction], now: datetime
) -> ReviewDetail:
    """Return what the operator needs to decide; that it was looked at is audited. Raises `ReviewNotFound`."""

    def work(tx: IdentityProofingTransaction) -> ReviewDetail:
        item, case = _get(tx, review_id)
        cases.record(tx, case, "review:shown", actor=f"operator:{operator_id}", now=now, review=item.id)
        return _detail(tx, item, case)

    return store.transact(work)


def approve_review(
    review_id: str,
    *,
    operator_id: str,
    store: Store[IdentityProofingTransaction],
    policy: ProofingPolicy,
    now: datetime,
) -> ReviewItem:
    """Pass the check under review; of a stranded deposit, note that it is settled.

    Raises `ReviewNotFound`, `ReviewAlreadyDecided`, `ReviewOfOneself`.
    """

    def work(tx: IdentityProofingTransaction) -> ReviewItem:
        item, case = _get_open(tx, review_id, operator_id)
        decided = _decide(tx, item, case, ReviewState.APPROVED, operator_id, None, now)
        if item.subject is ReviewSubject.CHECK:
            event = ReviewApproved(review_id=item.id)
            cases.advance(tx, case, item.check, event, policy=policy, actor=f"operator:{operator_id}", now=now)
        return decided

    return _act(store, work, review_id, operator_id, now)


def reject_review(
    review_id: str,
    *,
    operator_id: str,
    reason: RejectionReason,
    final: bool = False,
    store: Store[IdentityProofingTransaction],
    policy: ProofingPolicy,
    now: datetime,
) -> ReviewItem:
    """Refuse the evidence under review. The applicant may bring other evidence; `final` ends the application instead.

    Raises `ReviewNotFound`, `ReviewAlreadyDecided`, `ReviewOfOneself`.
    """

    def work(tx: IdentityProofingTransaction) -> ReviewItem:
        item, case = _get_open(tx, review_id, operator_id)
        decided = _decide(tx, item, case, ReviewState.REJECTED, operator_id, reason, now)
        if item.subject is not ReviewSubject.CHECK:
            return decided
        findings = (ProofingFinding(code=ProofingFindingCode.REVIEW_REJECTED.value, detail=reason.value),)
        event: CheckEvent = ReviewRejected(review_id=item.id, findings=findings)
        if final:
            event = CheckCondemned(findings=findings)
        actor = f"operator:{operator_id}"
        case = cases.advance(tx, case, item.check, event, policy=policy, actor=actor, now=now)
        if item.check is Check.REGISTRY and not final:
            registry.reopen_document(tx, case, findings, policy=policy, now=now)
        return decided

    return _act(store, work, review_id, operator_id, now)


def _act(
    store: Store[IdentityProofingTransaction],
    work: Callable[[IdentityProofingTransaction], ReviewItem],
    review_id: str,
    operator_id: str,
    now: datetime,
) -> ReviewItem:
    """Run a decision; a refused one is audited too."""
    try:
        return store.transact(work)
    except DojangError as refusal:
        entry = AuditEntry(
            tag="identity_proofing:review:refused",
            at=now,
            actor=f"operator:{operator_id}",
            subject="" if isinstance(refusal, ReviewNotFound) else review_id,
            data={"code": refusal.code},
        )
        store.transact(lambda tx: tx.record(entry))
        raise


def _get(tx: IdentityProofingTransaction, review_id: str) -> tuple[ReviewItem, ProofingCase]:
    found = tx.reviews.find_review(review_id)
    case = None if found is None else tx.proofing_cases.find_case(found.case_id)
    item = tx.reviews.find_review(review_id)  # again: the lock on the case was waited for
    if item is None or case is None:
        raise ReviewNotFound()
    return item, case


def _get_open(tx: IdentityProofingTransaction, review_id: str, operator_id: str) -> tuple[ReviewItem, ProofingCase]:
    item, case = _get(tx, review_id)
    if item.state is not ReviewState.OPEN:
        raise ReviewAlreadyDecided(state=item.state.value)
    operators_person = tx.person_bindings.find_person_key(operator_id)
    if operator_id == case.subscriber_id or (operators_person is not None and operators_person == case.person_key):
        raise ReviewOfOneself()
    return item, case


def _decide(
    tx: IdentityProofingTransaction,
    item: ReviewItem,
    case: ProofingCase,
    state: ReviewState,
    operator_id: str,
    reason: RejectionReason | None,
    now: datetime,
) -> ReviewItem:
    decided = replace(item, state=state, decided_at=now, decided_by=operator_id, reason=reason)
    tx.reviews.update(decided)
    data = {} if reason is None else {"reason": reason.value}
    actor = f"operator:{operator_id}"
    cases.record(tx, case, f"review:{state.value}", actor=actor, now=now, review=item.id, **data)
    return decided


def _detail(tx: IdentityProofingTransaction, item: ReviewItem, case: ProofingCase) -> ReviewDetail:
    document = tx.id_documents.find_latest_document(case.id)
    kept = () if document is None else tx.id_documents.list_fields(document.id)
    found = {
        side: tx.id_documents.find_image(document.id, side, ImageForm.RECTIFIED)
        for side in Side
        if document is not None
    }
    data = tx.personal_data.find_personal_data(case.id)
    entered = {}
    if data is not None:
        entered = {"name": data.name, "birth_date": data.birth_date.isoformat(), "sex": data.sex}
        if data.rrn is not None:
            entered["rrn"] = masked_rrn(data.rrn)
    return ReviewDetail(
        item=item,
        application_id=case.application_id,
        case_state=case.state,
        checks=case.checks,
        document_kind=None if document is None else document.kind,
        fields=shown_fields(kept),
        pictures={side: picture for side, picture in found.items() if picture is not None},
        entered=entered,
    )
