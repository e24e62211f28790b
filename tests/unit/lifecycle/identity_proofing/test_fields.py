"""Values shown, corrected, confirmed; and which corrections an operator must see."""

from dataclasses import replace
from typing import Any

import pytest

from builders.proofing import HONG, TODAY, ProofingOffice, examination_of, finding
from dojang.lifecycle.application.model import ApplicationKind
from dojang.lifecycle.identity_proofing import fields
from dojang.lifecycle.identity_proofing.document import KeptField
from dojang.lifecycle.identity_proofing.errors import CheckOutOfTurn, FieldFixed, FieldInvalid, FieldMissing
from dojang.lifecycle.identity_proofing.facts import facts_of, merge_corrections, normal_value
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import (
    Decision,
    DocumentKind,
    FieldName,
    FieldSource,
    ReadField,
)
from dojang.lifecycle.identity_proofing.model import Check, CheckState
from dojang.lifecycle.identity_proofing.policy import ProofingPolicy
from fakes.identity_proofing import with_fields

DOCUMENT = Check.ID_DOCUMENT


@pytest.fixture
def office() -> ProofingOffice:
    office = ProofingOffice()
    office.settle_in(HONG)
    office.apply(HONG)
    return office


def read(office: ProofingOffice) -> dict[FieldName, Any]:
    shown = fields.get_read_fields(HONG.application_id, HONG.subscriber_id, store=office.store)
    return {one.name: one for one in shown}


def test_the_number_is_shown_masked_and_nothing_stands_in_a_repr(office: ProofingOffice) -> None:
    office.photograph(HONG)
    shown = read(office)
    assert shown[FieldName.RRN].value == "900101-2******"
    assert shown[FieldName.NAME].value == HONG.name
    assert shown[FieldName.NAME].crop_jpeg == b"crop"
    assert HONG.name not in repr(shown)


def test_values_as_read_pass(office: ProofingOffice) -> None:
    office.photograph(HONG)
    assert office.confirm(HONG) is CheckState.PASSED


def test_an_address_is_corrected_without_an_operator_and_marked_typed(office: ProofingOffice) -> None:
    office.photograph(HONG)
    assert office.confirm(HONG, {FieldName.ADDRESS: "가상시 견본구 시험로 2"}) is CheckState.PASSED
    assert read(office)[FieldName.ADDRESS].source is FieldSource.TYPED


@pytest.mark.parametrize(
    "corrections",
    [
        {FieldName.RRN: "900101-2978131"},
        {FieldName.NAME: "홍나람별"},
        {FieldName.NAME: "홍나람", FieldName.RRN: "900101-2978131"},
    ],
)
def test_a_typed_identifier_goes_to_an_operator(office: ProofingOffice, corrections: dict[FieldName, str]) -> None:
    office.photograph(HONG)
    assert office.confirm(HONG, corrections) is CheckState.REVIEW
    assert set(office.findings(HONG, DOCUMENT)) == {"identity_proofing.corrected_identifier"}


def test_one_doubtful_syllable_of_the_name_is_left_to_the_registry(office: ProofingOffice) -> None:
    office.photograph(HONG)
    assert office.confirm(HONG, {FieldName.NAME: "홍나람"}) is CheckState.PASSED


def test_a_syllable_the_reader_was_sure_of_is_not(office: ProofingOffice) -> None:
    sure = ReadField(value=HONG.name, confidence=0.99, source=FieldSource.VISUAL)
    office.reader.shown[HONG.front] = with_fields(examination_of(HONG), {FieldName.NAME: sure})
    office.photograph(HONG)
    assert office.confirm(HONG, {FieldName.NAME: "홍나람"}) is CheckState.REVIEW


def test_without_a_registry_check_every_typed_name_is_reviewed() -> None:
    required = {ApplicationKind.NEW: (Check.ID_DOCUMENT, Check.PERSONAL_DATA)}
    office = ProofingOffice(policy=ProofingPolicy(required=required))
    office.settle_in(HONG)
    office.apply(HONG)
    office.photograph(HONG)
    assert office.confirm(HONG, {FieldName.NAME: "홍나람"}) is CheckState.REVIEW


def test_typing_what_was_read_is_no_correction(office: ProofingOffice) -> None:
    office.photograph(HONG)
    assert office.confirm(HONG, {FieldName.RRN: HONG.rrn.replace("-", "")}) is CheckState.PASSED
    assert read(office)[FieldName.RRN].source is FieldSource.VISUAL


def test_a_typed_value_stays_typed_when_confirmed_again() -> None:
    kept = KeptField(name=FieldName.NAME, value="홍나람", read_value="홍가람", confidence=0.5, source=FieldSource.TYPED)
    others = [
        KeptField(name=name, value=value, read_value=value, confidence=0.9, source=FieldSource.VISUAL)
        for name, value in {FieldName.RRN: HONG.rrn, FieldName.ISSUED_ON: "2019-07-15"}.items()
    ]
    again = merge_corrections(DocumentKind.RESIDENT_CARD, [kept, *others], {FieldName.NAME: "홍나람"}, today=TODAY)
    assert again[0].source is FieldSource.TYPED
    back = merge_corrections(DocumentKind.RESIDENT_CARD, [kept, *others], {FieldName.NAME: "홍가람"}, today=TODAY)
    assert back[0].source is FieldSource.VISUAL


def test_doubtful_reads_go_to_an_operator_even_when_confirmed(office: ProofingOffice) -> None:
    doubt = (finding(FindingCode.LOW_CONFIDENCE, Severity.REVIEW),)
    office.reader.shown[HONG.front] = examination_of(HONG, decision=Decision.REVIEW, findings=doubt)
    office.photograph(HONG)
    assert office.state(HONG, DOCUMENT) is CheckState.CONFIRMING
    assert office.confirm(HONG) is CheckState.REVIEW
    assert office.findings(HONG, DOCUMENT) == ["id_document.low_confidence"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (FieldName.RRN, "901301-2978124"),
        (FieldName.RRN, "900101-297812"),
        (FieldName.ISSUED_ON, "2019.7.15."),
        (FieldName.SEX, "여"),
        (FieldName.NAME, "   "),
        (FieldName.NAME, "홍\x00가람"),
        (FieldName.ADDRESS, "가" * 121),
    ],
)
def test_malformed_corrections_are_refused_by_name(office: ProofingOffice, field: FieldName, value: str) -> None:
    office.photograph(HONG)
    with pytest.raises(FieldInvalid) as refused:
        office.confirm(HONG, {field: value})
    assert refused.value.fields["fields"] == [field.value]
    assert value.strip() not in str(refused.value) or not value.strip()


def test_what_a_machine_made_is_not_typed_over(office: ProofingOffice) -> None:
    office.photograph(HONG)
    with pytest.raises(FieldFixed):
        office.confirm(HONG, {FieldName.MRZ_LINE_1: "P<"})


def test_a_missing_needed_field_is_asked_for(office: ProofingOffice) -> None:
    seen = examination_of(HONG, decision=Decision.REVIEW)
    front = replace(
        seen.readings[0],
        fields={name: one for name, one in seen.readings[0].fields.items() if name is not FieldName.ISSUED_ON},
    )
    office.reader.shown[HONG.front] = replace(seen, readings=(front, seen.readings[1]))
    office.photograph(HONG)
    with pytest.raises(FieldMissing) as refused:
        office.confirm(HONG)
    assert refused.value.fields["fields"] == ["issued_on"]
    assert office.confirm(HONG, {FieldName.ISSUED_ON: "2019-07-15"}) is CheckState.REVIEW


def test_a_document_that_expires_by_its_typed_date_is_refused(office: ProofingOffice) -> None:
    office.photograph(HONG)
    assert office.confirm(HONG, {FieldName.EXPIRES_ON: "2026-11-22"}) is CheckState.REFUSED
    shown = office.view(HONG).checks[0].findings[0]
    assert (shown.code, shown.detail) == ("id_document.expired", "2026-11-22")


def test_the_last_valid_day_still_counts(office: ProofingOffice) -> None:
    office.photograph(HONG)
    assert office.confirm(HONG, {FieldName.EXPIRES_ON: TODAY.isoformat()}) is CheckState.REVIEW


def test_nothing_is_confirmed_twice(office: ProofingOffice) -> None:
    office.photograph(HONG)
    office.confirm(HONG)
    with pytest.raises(CheckOutOfTurn):
        office.confirm(HONG)


def test_a_typed_number_takes_derived_birth_date_and_sex_with_it() -> None:
    kept = [
        KeptField(name=name, value=value, read_value=value, confidence=0.9, source=source)
        for name, value, source in (
            (FieldName.NAME, "홍가람", FieldSource.VISUAL),
            (FieldName.RRN, "900101-2978124", FieldSource.VISUAL),
            (FieldName.BIRTH_DATE, "1990-01-01", FieldSource.DERIVED),
            (FieldName.SEX, "F", FieldSource.DERIVED),
            (FieldName.ISSUED_ON, "2019-07-15", FieldSource.VISUAL),
        )
    ]
    merged = merge_corrections(DocumentKind.RESIDENT_CARD, kept, {FieldName.RRN: "910203-1978124"}, today=TODAY)
    facts = facts_of(DocumentKind.RESIDENT_CARD, merged, today=TODAY)
    assert (facts.birth_date.isoformat(), facts.sex) == ("1991-02-03", "M")


@pytest.mark.parametrize(
    ("name", "text", "normal"),
    [
        (FieldName.LICENCE_NUMBER, "서울 12 345678 90", "11-12-345678-90"),
        (FieldName.LICENCE_NUMBER, "99-12-345678-90", None),
        (FieldName.SERIAL, " ab12c3 ", "AB12C3"),
        (FieldName.PASSPORT_NUMBER, "m123a4567", "M123A4567"),
        (FieldName.PASSPORT_NUMBER, "12345", None),
        (FieldName.NAME, "홍  가람", "홍 가람"),
    ],
)
def test_typed_values_take_the_form_of_their_field(name: FieldName, text: str, normal: str | None) -> None:
    assert normal_value(name, text, today=TODAY) == normal
