"""What the registry says, and what becomes of it."""

from dataclasses import replace

import pytest

from builders.proofing import HONG, ProofingOffice, examination_of, finding
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing.document import InquiryState
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import (
    Decision,
    DocumentExamination,
    DocumentKind,
    FieldName,
    FieldSource,
    ReadField,
)
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckRegistry, CheckState, RaiseAlert
from dojang.lifecycle.identity_proofing.neighbours import DocumentClaim
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from dojang.lifecycle.identity_proofing.review import usecases as review
from dojang.lifecycle.identity_proofing.review.model import RejectionReason
from fakes.identity_proofing import with_fields
from fakes.mishap import Mishap

REGISTRY = Check.REGISTRY


def claim(**other: object) -> DocumentClaim:
    values = {
        "kind": "resident_card",
        "name": HONG.name,
        "birth_date": HONG.birth_date,
        "rrn": HONG.rrn.replace("-", ""),
        "issued_on": HONG.issued_on,
    }
    return DocumentClaim(**{**values, **other})  # type: ignore[arg-type]  # a table of keywords


def office_with(*records: tuple[DocumentClaim, bool], policy: ProofingPolicy | None = None) -> ProofingOffice:
    """Return an office where the applicant's data are about to be entered."""
    office = ProofingOffice(policy=policy)
    office.reader.shown[HONG.front] = examination_of(HONG)
    for record, alive in records:
        office.registry.enter(record, alive=alive)
    office.bank.open_account(HONG.account, HONG.name, HONG.birth_date)
    office.voice.connect(HONG.phone, HONG.name, HONG.birth_date)
    office.apply(HONG)
    office.photograph(HONG)
    office.confirm(HONG)
    return office


def test_a_match_passes() -> None:
    office = office_with((claim(), True))
    office.enter(HONG)
    assert office.state(HONG, REGISTRY) is CheckState.PASSED
    inquiry = next(iter(office.store.tables.inquiries.values()))
    assert inquiry.state is InquiryState.MATCH


def test_an_unknown_document_has_the_applicant_look_again() -> None:
    office = office_with()
    office.enter(HONG)
    assert office.state(HONG, REGISTRY) is CheckState.RETRY
    assert office.findings(HONG, REGISTRY) == ["registry_check.mismatch"]
    assert office.state(HONG, Check.ID_DOCUMENT) is CheckState.CONFIRMING
    assert office.view(HONG).next_check is Check.ID_DOCUMENT


def test_after_correcting_nothing_is_retyped_and_the_registry_is_asked_again() -> None:
    office = office_with((claim(issued_on=HONG.issued_on.replace(day=16)), True))
    office.enter(HONG)
    assert office.state(HONG, REGISTRY) is CheckState.RETRY
    assert office.confirm(HONG, {FieldName.ISSUED_ON: "2019-07-16"}) is CheckState.PASSED
    assert office.state(HONG, REGISTRY) is CheckState.PASSED
    assert office.state(HONG, Check.PERSONAL_DATA) is CheckState.PASSED
    assert sorted(office.registry.inquiries) == sorted(one.inquiry_id for one in office.store.tables.inquiries.values())


def test_a_new_photograph_answers_a_mismatch_too() -> None:
    office = office_with((claim(issued_on=HONG.issued_on.replace(day=16)), True))
    office.enter(HONG)
    office.reader.shown[HONG.front] = with_fields(
        examination_of(HONG),
        {FieldName.ISSUED_ON: ReadField(value="2019-07-16", confidence=0.9, source=FieldSource.VISUAL)},
    )
    office.photograph(HONG)
    assert office.confirm(HONG) is CheckState.PASSED
    assert office.state(HONG, REGISTRY) is CheckState.PASSED


def test_mismatches_end_with_an_operator() -> None:
    office = office_with()
    office.enter(HONG)
    office.confirm(HONG)
    assert office.state(HONG, REGISTRY) is CheckState.RETRY
    office.confirm(HONG)
    assert office.state(HONG, REGISTRY) is CheckState.REVIEW
    assert [one.check for one in office.store.tables.reviews.values()] == [REGISTRY]


def test_a_persons_daily_checks_are_counted_before_asking() -> None:
    office = office_with(policy=ProofingPolicy(registry_checks_per_person=1))
    office.enter(HONG)
    office.confirm(HONG)
    assert office.state(HONG, REGISTRY) is CheckState.REVIEW
    assert office.findings(HONG, REGISTRY) == ["registry_check.too_many"]
    assert len(office.registry.inquiries) == 1


def test_a_document_reported_lost_ends_the_application_and_alerts() -> None:
    office = office_with((claim(), False))
    office.enter(HONG)
    assert office.state(HONG, REGISTRY) is CheckState.FAILED
    assert office.findings(HONG, REGISTRY) == ["registry_check.lost_or_cancelled"]
    assert office.case_state(HONG) is CaseState.REFUSED
    assert office.application_state(HONG) is ApplicationState.REFUSED
    assert [one.alert for one in office.line.emitted if isinstance(one, RaiseAlert)] == ["proofing_document_lost"]
    assert [one.template for one in office.mailbox.delivered_to("operators@example.test")] == [
        "proofing_document_lost_office"
    ]
    assert not office.mailbox.delivered_to(HONG.phone), "the telephone is not known to be the document holder's"
    assert "identity_proofing:registry:failed" in [one.tag for one in office.store.entries]


def test_a_registry_that_is_down_parks_and_nothing_is_lost() -> None:
    office = office_with((claim(), True))
    office.registry.mishaps.expect(Mishap.DOWN, count=3)
    office.enter(HONG)
    assert office.state(HONG, REGISTRY) is CheckState.PARKED
    assert office.findings(HONG, REGISTRY) == ["registry_check.unavailable"]
    office.submit_account(HONG)  # the rest goes on meanwhile
    for _ in range(4):
        office.pass_time(seconds=6)
    assert office.state(HONG, REGISTRY) is CheckState.PASSED
    assert office.view(HONG).checks[2].tries_left == 3
    assert len(office.registry.inquiries) == 1


def test_an_answer_is_recorded_once() -> None:
    office = office_with()
    office.enter(HONG)
    office.carry_out(CheckRegistry(case_id=office.view(HONG).case_id, attempt=1))
    assert office.view(HONG).checks[2].tries_left == 2


def test_an_answer_about_a_document_that_changed_counts_for_nothing() -> None:
    office = office_with((claim(), True))
    office.registry.mishaps.expect(Mishap.DOWN)
    office.enter(HONG)
    case_id = office.view(HONG).case_id
    inquiry = office.store.tables.inquiries[case_id, 1]
    office.store.tables.inquiries[case_id, 1] = replace(inquiry, state=InquiryState.WITHDRAWN)
    office.pass_time(seconds=6)
    assert office.state(HONG, REGISTRY) is CheckState.PARKED


# --- licences: the card's own serial ---


def licence(serial: str) -> DocumentExamination:
    seen = examination_of(HONG)
    values = {
        FieldName.NAME: HONG.name,
        FieldName.RRN: HONG.rrn,
        FieldName.LICENCE_NUMBER: "11-12-345678-90",
        FieldName.SERIAL: serial,
        FieldName.EXPIRES_ON: "2030-12-31",
    }
    front = replace(
        seen.readings[0],
        kind=DocumentKind.DRIVER_LICENCE,
        fields={
            name: ReadField(value=value, confidence=0.9, source=FieldSource.VISUAL) for name, value in values.items()
        },
    )
    return replace(seen, readings=(front, seen.readings[1]))


@pytest.mark.parametrize(("serial", "state"), [("AB12C3", CheckState.PASSED), ("AB12C8", CheckState.RETRY)])
def test_only_the_newest_licence_passes(serial: str, state: CheckState) -> None:
    office = ProofingOffice()
    office.reader.shown[HONG.front] = licence(serial)
    office.registry.enter(
        claim(kind="driver_licence", licence_number="11-12-345678-90", serial="AB12C3", issued_on=None)
    )
    office.apply(HONG)
    office.photograph(HONG, kind=DocumentKind.DRIVER_LICENCE)
    office.confirm(HONG)
    office.enter(HONG)
    assert office.state(HONG, REGISTRY) is state
    expected = [] if state is CheckState.PASSED else ["registry_check.serial_mismatch"]
    assert office.findings(HONG, REGISTRY) == expected


# --- when the document or the person changes ---


def office_under_review(**records: bool) -> ProofingOffice:
    """Return an office where a doubtful document waits for an operator while the data are entered."""
    office = ProofingOffice()
    office.settle_in(HONG)
    doubt = (finding(FindingCode.LOW_CONFIDENCE, Severity.REVIEW),)
    office.reader.shown[HONG.front] = examination_of(HONG, decision=Decision.REVIEW, findings=doubt)
    if records.get("down"):
        office.registry.mishaps.expect(Mishap.DOWN)
    office.apply(HONG)
    office.photograph(HONG)
    office.confirm(HONG)
    office.enter(HONG)
    return office


def bring_another_document(office: ProofingOffice) -> None:
    (item,) = review.list_reviews(store=office.store)
    review.reject_review(
        item.id,
        operator_id="operator",
        reason=RejectionReason.UNREADABLE,
        store=office.store,
        policy=office.policy,
        now=office.clock.now(),
    )
    office.reader.shown[HONG.front] = examination_of(HONG)
    office.photograph(HONG)
    office.confirm(HONG)


def test_another_document_is_asked_about_again() -> None:
    office = office_under_review()
    assert office.state(HONG, REGISTRY) is CheckState.PASSED
    bring_another_document(office)
    assert office.state(HONG, REGISTRY) is CheckState.PASSED
    asked = list(office.store.tables.inquiries.values())
    assert [one.state for one in asked] == [InquiryState.MATCH, InquiryState.MATCH]
    assert [one.document_id for one in asked] == list(office.store.tables.documents)


def test_an_inquiry_that_waits_is_withdrawn_with_its_document() -> None:
    office = office_under_review(down=True)
    assert office.state(HONG, REGISTRY) is CheckState.PARKED
    bring_another_document(office)
    states = [one.state for one in office.store.tables.inquiries.values()]
    assert states == [InquiryState.WITHDRAWN, InquiryState.MATCH]
    office.pass_time(seconds=6)  # the first inquiry comes again, and nobody is asked
    assert len(office.registry.inquiries) == 1


def test_a_number_corrected_afterwards_makes_another_person_and_voids_the_rest() -> None:
    office = office_with()
    office.enter(HONG)
    first_key = next(iter(office.store.tables.cases.values())).person_key
    # Account and telephone had been proven for the number as it was misread.
    case = next(iter(office.store.tables.cases.values()))
    passed = {
        check: replace(case.checks[check], state=CheckState.PASSED, evidence_id="old")
        for check in (Check.ACCOUNT_DEPOSIT, Check.ARS_CALL)
    }
    office.store.tables.cases[case.id] = replace(case, checks={**case.checks, **passed})
    assert office.confirm(HONG, {FieldName.RRN: "900101-2978199"}) is CheckState.REVIEW
    assert next(iter(office.store.tables.cases.values())).person_key != first_key
    assert office.state(HONG, Check.ACCOUNT_DEPOSIT) is CheckState.AWAITED
    assert office.state(HONG, Check.ARS_CALL) is CheckState.AWAITED
    assert office.state(HONG, REGISTRY) is CheckState.REVIEW, "asked about the typed number, and not known"


def test_a_birth_date_corrected_afterwards_has_the_data_entered_again() -> None:
    office = office_with()
    office.enter(HONG)
    office.confirm(HONG, {FieldName.RRN: "900202-2978199"})
    assert office.state(HONG, Check.PERSONAL_DATA) is CheckState.RETRY
    assert office.findings(HONG, Check.PERSONAL_DATA) == ["personal_data.birth_date_differs"]
