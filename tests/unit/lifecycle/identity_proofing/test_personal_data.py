"""Entered data against the document, the person they make, and what one person may do."""

from dataclasses import replace
from datetime import date

import pytest

from builders.proofing import HONG, KIM, ProofingOffice, examination_of
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing import personal_data
from dojang.lifecycle.identity_proofing.errors import (
    CheckNotReady,
    DocumentNotAccepted,
    FieldInvalid,
    OtherPersonsAccount,
    PersonalDataDiffer,
    PersonAlreadyApplying,
    RrnRequired,
)
from dojang.lifecycle.identity_proofing.id_document.model import (
    DocumentExamination,
    DocumentKind,
    DocumentReading,
    FieldName,
    FieldSource,
    ReadField,
    Side,
)
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState
from dojang.lifecycle.identity_proofing.neighbours import DocumentClaim
from dojang.lifecycle.identity_proofing.person import normal_phone
from dojang.lifecycle.identity_proofing.policy import DocumentPolicy, ProofingPolicy
from dojang.lifecycle.identity_proofing.review import usecases

DATA = Check.PERSONAL_DATA


@pytest.fixture
def office() -> ProofingOffice:
    office = ProofingOffice()
    office.settle_in(HONG)
    office.apply(HONG)
    office.photograph(HONG)
    office.confirm(HONG)
    return office


def test_agreeing_data_pass_and_set_the_registry_to_work(office: ProofingOffice) -> None:
    assert office.enter(HONG) is CheckState.PASSED
    assert office.state(HONG, Check.REGISTRY) is CheckState.PASSED


@pytest.mark.parametrize("name", ["홍가람", " 홍 가람 ", "\u1112\u1169\u11bc\u1100\u1161\u1105\u1161\u11b7"])
def test_names_are_compared_in_normal_form(office: ProofingOffice, name: str) -> None:
    assert office.enter(HONG, name=name) is CheckState.PASSED


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"name": "홍나람"}, ["personal_data.name_differs"]),
        ({"birth_date": date(1990, 1, 2)}, ["personal_data.birth_date_differs"]),
        ({"sex": "M"}, ["personal_data.sex_differs"]),
        ({"name": "홍나람", "sex": "M"}, ["personal_data.name_differs", "personal_data.sex_differs"]),
    ],
)
def test_each_difference_has_its_own_code_and_costs_one_try(
    office: ProofingOffice, change: dict[str, object], codes: list[str]
) -> None:
    with pytest.raises(PersonalDataDiffer) as refused:
        office.enter(HONG, **change)
    assert refused.value.fields == {"findings": codes, "tries_left": 4}
    assert office.findings(HONG, DATA) == codes
    assert HONG.name not in str(refused.value)


def test_the_last_difference_refuses_the_application(office: ProofingOffice) -> None:
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(PersonalDataDiffer) as refused:
            office.enter(HONG, sex="M")
        assert refused.value.fields["tries_left"] == left
    office.pump()
    assert office.case_state(HONG) is CaseState.REFUSED
    assert office.application_state(HONG) is ApplicationState.REFUSED


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"sex": "X", "phone": "12345"}, ["sex", "phone"]),
        ({"phone": "0212345678"}, ["phone"]),
        ({"rrn": "900101-29781"}, ["rrn"]),
        ({"birth_date": date(2030, 1, 1)}, ["birth_date"]),
    ],
)
def test_malformed_data_are_refused_by_name_and_cost_nothing(
    office: ProofingOffice, change: dict[str, object], fields: list[str]
) -> None:
    with pytest.raises(FieldInvalid) as refused:
        office.enter(HONG, **change)
    assert refused.value.fields["fields"] == fields
    assert office.view(HONG).checks[1].tries_left == 5


def test_the_document_comes_first() -> None:
    office = ProofingOffice()
    office.settle_in(HONG)
    office.apply(HONG)
    office.photograph(HONG)
    with pytest.raises(CheckNotReady) as refused:
        office.enter(HONG)
    assert refused.value.fields["needs"] == "id_document"


def test_the_documents_own_number_goes_before_an_entered_one(office: ProofingOffice) -> None:
    office.enter(HONG, rrn="900101-2978199")
    stored = next(iter(office.store.tables.personal_data.values()))
    assert (stored.rrn, stored.rrn_typed) == (HONG.rrn.replace("-", ""), False)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("010-9999-0001", "01099990001"),
        ("+82 10 9999 0001", "01099990001"),
        ("011-999-0001", "0119990001"),
        ("０１０９９９９０００１", None),
        ("01099990001x", None),
        ("02-123-4567", None),
    ],
)
def test_telephones_take_one_form(text: str, normal: str | None) -> None:
    assert normal_phone(text) == normal


# --- one person, one application, one account ---


def test_the_same_person_under_another_account_is_refused_while_one_is_open(office: ProofingOffice) -> None:
    office.enter(HONG)
    double = replace(HONG, subscriber_id="subscriber-double")
    office.settle_in(double)
    office.apply(double)
    office.photograph(double)
    office.confirm(double)
    with pytest.raises(PersonAlreadyApplying):
        office.enter(double)
    assert office.findings(double, DATA) == ["identity_proofing.person_already_applying"]
    assert office.state(double, DATA) is CheckState.REFUSED


def test_an_application_that_ran_out_no_longer_stands_in_the_way(office: ProofingOffice) -> None:
    office.enter(HONG)
    office.clock.advance(hours=25)
    double = replace(HONG, subscriber_id="subscriber-double")
    office.settle_in(double)
    office.apply(double)
    office.photograph(double)
    office.confirm(double)
    assert office.enter(double) is CheckState.PASSED
    assert office.case_state(HONG) is CaseState.CLOSED


def test_an_account_bound_to_one_person_takes_no_other(office: ProofingOffice) -> None:
    office.enter(HONG)
    office.submit_account(HONG)
    office.confirm_deposit(HONG, *office.statement(HONG))
    office.answer_call(HONG)
    assert office.case_state(HONG) is CaseState.VERIFIED
    other = replace(KIM, subscriber_id=HONG.subscriber_id)
    ended = office.store.tables.applications.pop(HONG.application_id)
    case = next(iter(office.store.tables.cases.values()))
    office.store.tables.cases[case.id] = replace(case, application_id="an earlier one", state=CaseState.CLOSED)
    office.store.tables.applications["an earlier one"] = replace(ended, id="an earlier one")
    office.settle_in(other)
    office.apply(other)
    office.photograph(other)
    office.confirm(other)
    with pytest.raises(OtherPersonsAccount):
        office.enter(other)


# --- passports bear no number ---


def passport_of(office: ProofingOffice) -> None:
    values = {
        FieldName.NAME: HONG.name,
        FieldName.PASSPORT_NUMBER: "M123A4567",
        FieldName.BIRTH_DATE: "1990-01-01",
        FieldName.SEX: "F",
        FieldName.ISSUED_ON: "2022-01-01",
        FieldName.EXPIRES_ON: "2032-01-01",
    }
    front = DocumentReading(
        kind=DocumentKind.PASSPORT,
        side=Side.FRONT,
        fields={
            name: ReadField(value=value, confidence=0.99, source=FieldSource.MRZ) for name, value in values.items()
        },
        quality={},
    )
    seen: DocumentExamination = replace(examination_of(HONG), readings=(front,), masked=(None,), crops={})
    office.reader.shown[HONG.front] = seen
    office.registry.enter(
        DocumentClaim(
            kind="passport",
            name=HONG.name,
            birth_date=HONG.birth_date,
            rrn=HONG.rrn.replace("-", ""),
            issued_on=date(2022, 1, 1),
            expires_on=date(2032, 1, 1),
            passport_number="M123A4567",
        )
    )


@pytest.fixture
def with_passport() -> ProofingOffice:
    return shows_passport(ProofingPolicy())


def shows_passport(policy: ProofingPolicy) -> ProofingOffice:
    office = ProofingOffice(policy=policy)
    office.settle_in(HONG)
    office.apply(HONG)
    passport_of(office)
    office.photograph(HONG, kind=DocumentKind.PASSPORT)
    office.confirm(HONG)
    return office


def test_a_passport_needs_the_number_entered(with_passport: ProofingOffice) -> None:
    with pytest.raises(RrnRequired):
        with_passport.enter(HONG)


def test_a_typed_number_goes_to_an_operator_while_the_rest_goes_on(with_passport: ProofingOffice) -> None:
    assert with_passport.enter(HONG, rrn=HONG.rrn) is CheckState.REVIEW
    assert with_passport.findings(HONG, DATA) == ["identity_proofing.typed_rrn"]
    assert with_passport.state(HONG, Check.REGISTRY) is CheckState.PASSED
    with_passport.submit_account(HONG)
    assert with_passport.state(HONG, Check.ACCOUNT_DEPOSIT) is CheckState.CONFIRMING


def test_a_bank_may_let_the_register_alone_vouch_for_a_typed_number() -> None:
    """The register still compares the number with the passport: another one of the same day is not let through."""
    trusting = ProofingPolicy(document=DocumentPolicy(review_typed_rrn=False))
    office = shows_passport(trusting)
    assert office.enter(HONG, rrn=HONG.rrn) is CheckState.PASSED
    assert office.state(HONG, Check.REGISTRY) is CheckState.PASSED
    another = shows_passport(trusting)
    another.enter(HONG, rrn=f"{HONG.rrn[:-1]}{(int(HONG.rrn[-1]) + 1) % 10}")
    assert another.state(HONG, Check.REGISTRY) is not CheckState.PASSED


def test_a_bank_that_takes_no_passport_refuses_one_and_says_what_it_takes() -> None:
    """A passport of after 20 December 2020 is no real-name document by itself: a bank may do without."""
    cards = (DocumentKind.RESIDENT_CARD, DocumentKind.DRIVER_LICENCE)
    office = ProofingOffice(policy=ProofingPolicy(document=DocumentPolicy(accepted=cards)))
    office.settle_in(HONG)
    office.apply(HONG)
    passport_of(office)
    with pytest.raises(DocumentNotAccepted) as refused:
        office.photograph(HONG, kind=DocumentKind.PASSPORT)
    assert refused.value.fields["accepted"] == ["resident_card", "driver_licence"]


def test_without_an_operators_approval_a_typed_number_proves_nobody(with_passport: ProofingOffice) -> None:
    with_passport.enter(HONG, rrn=HONG.rrn)
    with_passport.submit_account(HONG)
    with_passport.confirm_deposit(HONG, *with_passport.statement(HONG))
    with_passport.answer_call(HONG)
    assert with_passport.case_state(HONG) is CaseState.OPEN
    (item,) = usecases.list_reviews(store=with_passport.store)
    decided = {"store": with_passport.store, "policy": with_passport.policy, "now": with_passport.clock.now()}
    usecases.approve_review(item.id, operator_id="operator-1", **decided)
    with_passport.pump()
    assert with_passport.state(HONG, DATA) is CheckState.PASSED
    assert with_passport.case_state(HONG) is CaseState.VERIFIED


@pytest.mark.parametrize("rrn", ["900102-2978124", "900101-1978124"])
def test_a_typed_number_must_agree_with_birth_date_and_sex(with_passport: ProofingOffice, rrn: str) -> None:
    with pytest.raises(PersonalDataDiffer) as refused:
        with_passport.enter(HONG, rrn=rrn)
    assert refused.value.fields["findings"] == ["personal_data.rrn_differs"]


def test_card_and_passport_make_the_same_person(office: ProofingOffice, with_passport: ProofingOffice) -> None:
    office.enter(HONG)
    with_passport.enter(HONG, rrn=HONG.rrn)
    keys = {next(iter(one.store.tables.cases.values())).person_key for one in (office, with_passport)}
    assert len(keys) == 1
    assert HONG.rrn.replace("-", "") not in str(keys)


# --- another telephone ---


def change_phone(office: ProofingOffice, phone: str) -> None:
    means = office.means()
    del means["secrecy"]
    personal_data.change_phone(HONG.application_id, HONG.subscriber_id, phone=phone, **means)
    office.pump()


def test_another_telephone_begins_the_call_check_anew_and_nothing_else(office: ProofingOffice) -> None:
    office.enter(HONG)
    office.answer_call(HONG)
    assert office.state(HONG, Check.ARS_CALL) is CheckState.PASSED
    change_phone(office, "010-9999-7777")
    assert office.state(HONG, Check.ARS_CALL) is CheckState.AWAITED
    assert office.state(HONG, DATA) is CheckState.PASSED
    assert office.view(HONG).person.phone == "010-****-7777"  # type: ignore[union-attr]  # entered above


def test_the_same_telephone_changes_nothing(office: ProofingOffice) -> None:
    office.enter(HONG)
    office.answer_call(HONG)
    change_phone(office, "010 9999 0001")
    assert office.state(HONG, Check.ARS_CALL) is CheckState.PASSED


def test_a_telephone_needs_a_person_first(office: ProofingOffice) -> None:
    with pytest.raises(CheckNotReady):
        change_phone(office, "01099997777")
