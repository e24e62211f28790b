"""Operators' decisions: events in the same table, never about oneself, always audited."""

import pytest

from builders.proofing import HONG, KIM, ProofingOffice, examination_of, finding
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing import closing
from dojang.lifecycle.identity_proofing.errors import ReviewAlreadyDecided, ReviewNotFound, ReviewOfOneself
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import Decision, FieldName, Side
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState
from dojang.lifecycle.identity_proofing.review import usecases
from dojang.lifecycle.identity_proofing.review.model import RejectionReason, ReviewItem, ReviewState

OPERATOR = "operator-1"


@pytest.fixture
def office() -> ProofingOffice:
    """An office with a doubtful document before an operator, all else proven."""
    office = ProofingOffice()
    office.settle_in(HONG)
    doubt = (finding(FindingCode.LOW_CONFIDENCE, Severity.REVIEW),)
    office.reader.shown[HONG.front] = examination_of(HONG, decision=Decision.REVIEW, findings=doubt)
    office.apply(HONG)
    office.photograph(HONG)
    office.confirm(HONG)
    office.enter(HONG)
    office.submit_account(HONG)
    office.confirm_deposit(HONG, *office.statement(HONG))
    office.answer_call(HONG)
    return office


def only(office: ProofingOffice) -> ReviewItem:
    (item,) = usecases.list_reviews(store=office.store)
    return item


def approve(office: ProofingOffice, review_id: str, operator_id: str = OPERATOR) -> ReviewItem:
    item = usecases.approve_review(
        review_id, operator_id=operator_id, store=office.store, policy=office.policy, now=office.clock.now()
    )
    office.pump()
    return item


def reject(office: ProofingOffice, review_id: str, *, final: bool = False) -> ReviewItem:
    item = usecases.reject_review(
        review_id,
        operator_id=OPERATOR,
        reason=RejectionReason.VALUES_DIFFER,
        final=final,
        store=office.store,
        policy=office.policy,
        now=office.clock.now(),
    )
    office.pump()
    return item


def test_nothing_is_verified_while_an_operator_must_look(office: ProofingOffice) -> None:
    assert office.state(HONG, Check.ID_DOCUMENT) is CheckState.REVIEW
    assert office.case_state(HONG) is CaseState.OPEN


def test_approval_verifies(office: ProofingOffice) -> None:
    item = approve(office, only(office).id)
    assert (item.state, item.decided_by) == (ReviewState.APPROVED, OPERATOR)
    assert office.case_state(HONG) is CaseState.VERIFIED
    assert office.application_state(HONG) is ApplicationState.IDENTIFIED
    approved = [one for one in office.store.entries if one.tag == "identity_proofing:id_document:review_approved"]
    assert approved[0].actor == f"operator:{OPERATOR}"
    assert usecases.list_reviews(store=office.store) == ()


def test_rejection_asks_for_other_evidence(office: ProofingOffice) -> None:
    reject(office, only(office).id)
    assert office.state(HONG, Check.ID_DOCUMENT) is CheckState.REFUSED
    assert office.case_state(HONG) is CaseState.OPEN
    shown = office.view(HONG).checks[0].findings[0]
    assert (shown.code, shown.detail) == ("identity_proofing.review_rejected", "values_differ")
    office.reader.shown[HONG.front] = examination_of(HONG)
    office.photograph(HONG)
    office.confirm(HONG)
    assert office.case_state(HONG) is CaseState.VERIFIED, "nothing else had to be done again"


def test_a_final_rejection_ends_the_application(office: ProofingOffice) -> None:
    reject(office, only(office).id, final=True)
    assert office.case_state(HONG) is CaseState.REFUSED
    assert office.application_state(HONG) is ApplicationState.REFUSED


def test_an_item_is_decided_once(office: ProofingOffice) -> None:
    review_id = only(office).id
    reject(office, review_id)
    with pytest.raises(ReviewAlreadyDecided) as refused:
        approve(office, review_id)
    assert refused.value.fields["state"] == "rejected"


def test_nobody_decides_about_themselves(office: ProofingOffice) -> None:
    with pytest.raises(ReviewOfOneself):
        approve(office, only(office).id, operator_id=HONG.subscriber_id)
    person_key = next(iter(office.store.tables.cases.values())).person_key
    office.store.tables.bindings[OPERATOR] = person_key  # the operator's own account is bound to the same person
    with pytest.raises(ReviewOfOneself):
        approve(office, only(office).id)
    assert office.store.entries[-1].tag == "identity_proofing:review:refused"
    assert only(office).state is ReviewState.OPEN


def test_unknown_items_are_not_found(office: ProofingOffice) -> None:
    with pytest.raises(ReviewNotFound):
        approve(office, "nothing")


def test_the_operator_sees_pictures_and_masked_values(office: ProofingOffice) -> None:
    detail = usecases.show_review(only(office).id, operator_id=OPERATOR, store=office.store, now=office.clock.now())
    values = {one.name: one.value for one in detail.fields}
    assert values[FieldName.RRN] == "900101-2******"
    assert detail.entered["rrn"] == "900101-2******"
    assert detail.pictures == {Side.FRONT: b"rectified"}
    assert HONG.rrn.replace("-", "") not in repr(detail)
    assert HONG.name not in repr(detail)
    assert office.store.entries[-1].tag == "identity_proofing:review:shown"


def test_an_ended_application_withdraws_its_questions(office: ProofingOffice) -> None:
    office.clock.advance(hours=25)
    from dojang.lifecycle.application.usecases import expire_applications

    expire_applications(store=office.store, now=office.clock.now())
    closing.close_ended_cases(store=office.store, now=office.clock.now())
    assert usecases.list_reviews(store=office.store) == ()
    assert office.case_state(HONG) is CaseState.CLOSED


def test_a_rejected_registry_mismatch_opens_the_document_again() -> None:
    office = ProofingOffice()
    office.reader.shown[KIM.front] = examination_of(KIM)
    office.apply(KIM)
    office.photograph(KIM)
    office.confirm(KIM)
    office.enter(KIM)
    office.confirm(KIM)
    office.confirm(KIM)
    assert office.state(KIM, Check.REGISTRY) is CheckState.REVIEW
    reject(office, only(office).id)
    assert office.state(KIM, Check.REGISTRY) is CheckState.REFUSED
    assert office.state(KIM, Check.ID_DOCUMENT) is CheckState.CONFIRMING
