"""From readings to decisions: every finding code has a reading that raises it, and the heaviest one decides."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from dojang.lifecycle.identity_proofing.id_document.decision import Judgement, judge
from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode
from dojang.lifecycle.identity_proofing.id_document.measures import Measure
from dojang.lifecycle.identity_proofing.id_document.model import (
    Agreement,
    Decision,
    DocumentKind,
    DocumentReading,
    FieldName,
    FieldSource,
    ReadField,
    Side,
)
from dojang.lifecycle.identity_proofing.id_document.rrn import check_digit
from dojang.lifecycle.identity_proofing.id_document.thresholds import DEFAULT_THRESHOLDS

TODAY = date(2026, 11, 23)
RRN = f"900101-197012{check_digit('900101197012', is_foreigner=False)}"
GOOD = {
    Measure.LOCATED: 0.95,
    Measure.WIDTH_PX: 1400.0,
    Measure.SHARPNESS: 0.75,
    Measure.BRIGHTNESS: 180.0,
    Measure.CONTRAST: 150.0,
    Measure.GLARE: 0.0,
    Measure.GLARE_ON_TEXT: 0.0,
    Measure.OUTSIDE: 0.0,
    Measure.TEXT_LINES: 9.0,
}
RESIDENT = {
    FieldName.NAME: "홍길동",
    FieldName.RRN: RRN,
    FieldName.BIRTH_DATE: "1990-01-01",
    FieldName.SEX: "M",
    FieldName.ADDRESS: "서울특별시 중구 세종대로 1",
    FieldName.ISSUED_ON: "2019-07-15",
    FieldName.AUTHORITY: "서울특별시 중구청장",
}
LICENCE = {
    **RESIDENT,
    FieldName.LICENCE_NUMBER: "11-19-123456-01",
    FieldName.SERIAL: "1A2B3C",
    FieldName.EXPIRES_ON: "2029-12-31",
}
PASSPORT = {
    FieldName.NAME: "홍길동",
    FieldName.PASSPORT_NUMBER: "L898902C3",
    FieldName.BIRTH_DATE: "1974-08-12",
    FieldName.EXPIRES_ON: "2012-04-15",
    FieldName.ISSUED_ON: "2002-04-15",
    FieldName.SURNAME: "ERIKSSON",
    FieldName.GIVEN_NAMES: "ANNA MARIA",
    FieldName.MRZ_LINE_1: "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    FieldName.MRZ_LINE_2: "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
}


def reading(
    kind: DocumentKind | None,
    values: Mapping[FieldName, str],
    *,
    side: Side | None = Side.FRONT,
    confidence: float = 0.98,
    **measures: float,
) -> DocumentReading:
    fields = {
        name: ReadField(value=value, confidence=confidence, source=FieldSource.VISUAL) for name, value in values.items()
    }
    quality = {name.value: value for name, value in GOOD.items()} | measures
    return DocumentReading(kind=kind, side=side if kind else None, fields=fields, quality=quality)


def judged(
    front: DocumentReading, back: DocumentReading | None = None, expected: DocumentKind | None = None
) -> Judgement:
    return judge(front, back, today=TODAY, expected=expected, thresholds=DEFAULT_THRESHOLDS)


resident = DocumentKind.RESIDENT_CARD
licence = DocumentKind.DRIVER_LICENCE


@pytest.mark.parametrize(("kind", "values"), [(resident, RESIDENT), (licence, LICENCE)])
def test_a_sound_front_is_accepted(kind: DocumentKind, values: Mapping[FieldName, str]) -> None:
    judgement = judged(reading(kind, values), expected=kind)
    assert judgement.decision is Decision.ACCEPT
    assert judgement.reasons == ()
    assert judgement.agreement is Agreement.NOT_COMPARABLE


@pytest.mark.parametrize(
    ("measures", "code"),
    [
        ({"sharpness": 0.3}, FindingCode.BLURRED),
        ({"glare": 0.5}, FindingCode.GLARE),
        ({"glare_on_text": 0.5}, FindingCode.GLARE),
        ({"brightness": 20.0, "contrast": 30.0}, FindingCode.TOO_DARK),
        ({"outside": 0.2}, FindingCode.CUT_OFF),
        ({"width_px": 300.0}, FindingCode.TOO_SMALL),
        ({"text_px": 15.0}, FindingCode.TOO_SMALL),
        ({"text_lines": 0.0}, FindingCode.NO_DOCUMENT),
        ({"second_document": 0.7}, FindingCode.SEVERAL_DOCUMENTS),
        ({"detail_least": 1.3, "detail_most": 1.4}, FindingCode.BLURRED),
        ({"detail_least": 1.3, "detail_most": 2.4}, FindingCode.SHAKEN),
        ({"sharpness": 0.3, "detail_least": 1.3, "detail_most": 2.4}, FindingCode.SHAKEN),
    ],
)
def test_each_flaw_calls_for_another_photograph(measures: dict[str, float], code: FindingCode) -> None:
    judgement = judged(reading(resident, RESIDENT, **measures))
    assert judgement.decision is Decision.RETAKE
    assert judgement.reasons == (code.value,)


@pytest.mark.parametrize(
    ("measures", "code"),
    [
        ({"stripes": 2.0}, FindingCode.SCREEN_SUSPECTED),
        ({"lattice": 4.5}, FindingCode.SCREEN_SUSPECTED),
        ({"colour": 0.02}, FindingCode.COPY_SUSPECTED),
    ],
)
def test_a_picture_of_a_document_is_looked_at_by_a_person(measures: dict[str, float], code: FindingCode) -> None:
    judgement = judged(reading(resident, RESIDENT, **measures))
    assert judgement.decision is Decision.REVIEW
    assert judgement.reasons == (code.value,)
    flawed = judged(reading(resident, RESIDENT, **measures, brightness=20.0, contrast=30.0))
    assert flawed.reasons == (FindingCode.TOO_DARK.value,)


def test_where_the_outline_is_a_guess_it_does_not_speak_first() -> None:
    tiny = judged(reading(resident, RESIDENT, text_px=15.0, width_px=300.0, outside=0.2))
    assert tiny.reasons == (FindingCode.TOO_SMALL.value, FindingCode.CUT_OFF.value)
    guessed = judged(reading(resident, RESIDENT, text_span_px=440.0, width_px=1260.0, outside=0.2))
    assert guessed.reasons == (FindingCode.TOO_SMALL.value, FindingCode.CUT_OFF.value)
    washed_out = judged(reading(resident, RESIDENT, text_span_px=440.0, text_lines=2.0, glare=0.3))
    assert washed_out.reasons == (FindingCode.GLARE.value,)
    smeared = {"whole_least": 1.3, "whole_most": 2.4, "text_lines": 2.0, "located": 0.6}
    assert judged(reading(None, {}, outside=0.2, **smeared)).reasons[0] == FindingCode.SHAKEN
    unfocused = {"whole_least": 1.3, "whole_most": 1.4, "text_lines": 5.0, "located": 0.4}
    assert judged(reading(None, {}, text_px=13.0, **unfocused)).reasons[0] == FindingCode.BLURRED


def test_few_lines_without_an_outline_are_no_document_unless_the_dark_or_an_unsharp_photograph_explains_it() -> None:
    def first(**measures: float) -> str:
        return judged(reading(None, {}, **{"text_lines": 2.0} | measures)).reasons[0]

    smeared, unfocused = {"whole_least": 1.3, "whole_most": 2.4}, {"whole_least": 1.3, "whole_most": 1.4}
    assert first(located=0.3) == FindingCode.NO_DOCUMENT
    assert first(located=0.3, brightness=20.0, contrast=30.0) == FindingCode.TOO_DARK
    assert first(located=0.3, brightness=20.0, contrast=5.0) == FindingCode.NO_DOCUMENT
    assert first(located=0.3, **smeared) == FindingCode.SHAKEN
    assert first(located=0.3, **unfocused) == FindingCode.BLURRED
    assert (
        first(located=0.6, detail_least=1.3, detail_most=2.4, whole_least=2.4, whole_most=3.0)
        == "id_document.no_document"
    )
    assert first(text_lines=0.0, **smeared) == FindingCode.SHAKEN
    assert first(text_lines=0.0, located=0.5, **unfocused) == FindingCode.BLURRED
    assert first(text_lines=0.0, located=0.5, whole_least=1.5, whole_most=1.8) == FindingCode.NO_DOCUMENT  # cloth
    assert first(text_lines=0.0, located=0.8, **unfocused) == FindingCode.BLURRED
    assert first(text_lines=0.0, brightness=35.0, contrast=30.0) == FindingCode.NO_DOCUMENT
    assert first(text_lines=0.0, brightness=18.0, contrast=30.0) == FindingCode.TOO_DARK


def test_what_looks_like_print_on_a_cluttered_table_is_no_document_though_it_is_unsharp_and_near_the_frame() -> None:
    guess = {"located": 0.47, "text_lines": 10.0, "sharpness": 0.33, "detail_least": 1.3, "detail_most": 1.4}
    sharp, unsharp = {"whole_least": 2.6, "whole_most": 4.0}, {"whole_least": 1.3, "whole_most": 1.4}
    assert judged(reading(None, {}, outside=0.02, **guess, **sharp)).reasons == (FindingCode.NO_DOCUMENT.value,)
    assert judged(reading(None, {}, **guess, **unsharp)).reasons[0] == FindingCode.BLURRED
    lit = guess | {"detail_least": 1.6, "detail_most": 1.8, "glare_on_text": 0.3}
    assert judged(reading(None, {}, **lit, **sharp)).reasons[0] == FindingCode.GLARE
    few = judged(reading(None, {}, **lit | {"text_lines": 3.0}, **sharp))
    assert few.reasons == (FindingCode.NO_DOCUMENT.value,)


def test_what_looks_smeared_in_the_dark_is_noise() -> None:
    noise = {"text_lines": 1.0, "located": 0.3, "detail_least": 4.2, "detail_most": 5.8, "contrast": 20.0}
    assert judged(reading(None, {}, brightness=11.0, **noise)).reasons[0] == FindingCode.TOO_DARK
    assert judged(reading(None, {}, brightness=90.0, **noise)).reasons == (FindingCode.NO_DOCUMENT.value,)


def test_a_card_without_detail_on_a_sharp_table_is_blurred_whatever_direction_the_table_has() -> None:
    planks = {"whole_least": 2.2, "whole_most": 3.4, "located": 0.8}
    judgement = judged(reading(None, {}, detail_least=1.3, detail_most=1.4, **planks))
    assert judgement.reasons[0] == FindingCode.BLURRED


def test_a_certain_flaw_is_told_before_a_possible_one() -> None:
    blurred = judged(reading(None, {}, glare=0.07, sharpness=0.36, detail_least=1.35, detail_most=1.44))
    assert blurred.reasons == (FindingCode.BLURRED.value, FindingCode.GLARE.value)


def test_a_dark_ground_beside_something_bright_is_not_the_dark() -> None:
    lamp = reading(None, {}, located=0.3, brightness=42.0, contrast=220.0, glare=0.3)
    assert judged(lamp).reasons[0] == FindingCode.GLARE
    assert judged(reading(resident, RESIDENT, brightness=42.0, contrast=30.0)).reasons == ("id_document.too_dark",)


def test_bright_light_all_over_a_card_matters_only_when_reading_suffered() -> None:
    assert judged(reading(resident, RESIDENT, washed_out=0.7)).decision is Decision.ACCEPT
    without_name = {name: value for name, value in RESIDENT.items() if name is not FieldName.NAME}
    assert judged(reading(resident, without_name, washed_out=0.7)).reasons[0] == FindingCode.GLARE


def test_glare_over_the_words_that_tell_the_side_is_told_first() -> None:
    seems_back = replace(reading(licence, LICENCE, glare=0.3), side=Side.BACK)
    judgement = judged(seems_back)
    assert judgement.decision is Decision.RETAKE
    assert judgement.reasons == (FindingCode.GLARE.value, FindingCode.WRONG_SIDE.value)


def test_soft_edges_are_no_flaw_of_a_crisp_card() -> None:
    without_name = {name: value for name, value in RESIDENT.items() if name is not FieldName.NAME}
    crisp = judged(reading(resident, without_name, sharpness=0.58, detail_least=2.5, detail_most=2.8))
    soft = judged(reading(resident, without_name, sharpness=0.58, detail_least=2.2, detail_most=2.5))
    assert FindingCode.BLURRED.value not in crisp.reasons
    assert soft.reasons[0] == FindingCode.BLURRED


def test_a_slight_flaw_matters_only_when_reading_suffered() -> None:
    slight = {"sharpness": 0.55}
    assert judged(reading(resident, RESIDENT, **slight)).decision is Decision.ACCEPT
    without_name = {name: value for name, value in RESIDENT.items() if name is not FieldName.NAME}
    judgement = judged(reading(resident, without_name, **slight))
    assert judgement.reasons == (FindingCode.BLURRED.value, FindingCode.UNREADABLE_FIELD.value)


def test_an_unknown_picture_is_no_document() -> None:
    assert judged(reading(None, {})).reasons == (FindingCode.NO_DOCUMENT.value,)


def test_another_kind_is_refused_and_another_side_retaken() -> None:
    other = judged(reading(licence, LICENCE), expected=resident)
    assert (other.decision, other.reasons) == (Decision.REFUSE, (FindingCode.WRONG_DOCUMENT.value,))
    back = judged(reading(resident, {}, side=Side.BACK), expected=resident)
    assert (back.decision, back.reasons) == (Decision.RETAKE, (FindingCode.WRONG_SIDE.value,))


def test_an_expired_licence_is_refused_with_its_date() -> None:
    judgement = judged(reading(licence, LICENCE | {FieldName.EXPIRES_ON: "2026-11-22"}))
    assert judgement.decision is Decision.REFUSE
    assert judgement.findings[0].code is FindingCode.EXPIRED
    assert judgement.findings[0].detail == "2026-11-22"


def test_the_last_day_still_counts() -> None:
    assert judged(reading(licence, LICENCE | {FieldName.EXPIRES_ON: "2026-11-23"})).decision is Decision.ACCEPT


def test_a_flawed_photograph_never_refuses_by_a_date_read_off_it() -> None:
    judgement = judged(reading(licence, LICENCE | {FieldName.EXPIRES_ON: "2020-01-01"}, glare=0.4))
    assert (judgement.decision, judgement.reasons) == (Decision.RETAKE, (FindingCode.GLARE.value,))


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        (resident, {FieldName.RRN: "901301-1970121"}, FindingCode.RRN_MALFORMED),
        (resident, {FieldName.RRN: RRN[:-1] + str((int(RRN[-1]) + 1) % 10)}, FindingCode.RRN_CHECKSUM),
        (resident, {FieldName.BIRTH_DATE: "1990-01-02"}, FindingCode.RRN_CONTRADICTS),
        (resident, {FieldName.SEX: "F"}, FindingCode.RRN_CONTRADICTS),
        (resident, {FieldName.ISSUED_ON: "2027-01-01"}, FindingCode.ISSUE_DATE_INVALID),
        (resident, {FieldName.ISSUED_ON: "1989-12-31"}, FindingCode.ISSUE_DATE_INVALID),
        (licence, {FieldName.LICENCE_NUMBER: "99-19-123456-01"}, FindingCode.LICENCE_NUMBER_MALFORMED),
        (licence, {FieldName.ISSUED_ON: "2026-01-01", FieldName.EXPIRES_ON: "2026-12-31"}, None),
    ],
)
def test_doubtful_values_go_to_review(
    kind: DocumentKind, change: Mapping[FieldName, str], code: FindingCode | None
) -> None:
    values = (RESIDENT if kind is resident else LICENCE) | change
    judgement = judged(reading(kind, values))
    assert judgement.decision is (Decision.REVIEW if code else Decision.ACCEPT)
    assert judgement.reasons == ((code.value,) if code else ())


def test_a_failed_check_digit_is_told_apart_by_the_cards_age() -> None:
    wrong = RRN[:-1] + str((int(RRN[-1]) + 1) % 10)
    old = judged(reading(resident, RESIDENT | {FieldName.RRN: wrong}))
    new = judged(reading(resident, RESIDENT | {FieldName.RRN: wrong, FieldName.ISSUED_ON: "2022-01-01"}))
    assert old.findings[0].detail == "must_hold"
    assert new.findings[0].detail == "may_be_new_number"


def test_a_missing_critical_field_is_retaken_an_important_one_reviewed() -> None:
    without = {name: value for name, value in LICENCE.items() if name is not FieldName.LICENCE_NUMBER}
    assert judged(reading(licence, without)).decision is Decision.RETAKE
    without = {name: value for name, value in LICENCE.items() if name is not FieldName.SERIAL}
    judgement = judged(reading(licence, without))
    assert judgement.decision is Decision.REVIEW
    assert judgement.findings[0].field == "serial"


def test_unsure_reading_goes_to_review() -> None:
    judgement = judged(reading(resident, RESIDENT, confidence=0.3))
    assert judgement.decision is Decision.REVIEW
    assert judgement.reasons == (FindingCode.LOW_CONFIDENCE.value,)


def test_half_of_a_passports_print_is_small_by_nature() -> None:
    passport = DocumentKind.PASSPORT
    assert FindingCode.TOO_SMALL.value not in judged(reading(passport, PASSPORT, text_px=25.0)).reasons
    assert judged(reading(passport, PASSPORT, text_px=16.0)).reasons == (FindingCode.TOO_SMALL.value,)
    assert judged(reading(resident, RESIDENT, text_px=25.0)).reasons == (FindingCode.TOO_SMALL.value,)


def test_a_passport_is_checked_against_its_machine_readable_zone() -> None:
    passport = DocumentKind.PASSPORT
    assert judged(reading(passport, PASSPORT)).reasons == (FindingCode.EXPIRED.value,)
    misread = PASSPORT | {FieldName.MRZ_LINE_2: "L898902C37UTO7408122F1204159ZE184226B<<<<<10"}
    reasons = judged(reading(passport, misread)).reasons
    assert FindingCode.MRZ_CHECK_DIGIT.value in reasons
    other = PASSPORT | {FieldName.BIRTH_DATE: "1974-08-13"}
    assert FindingCode.MRZ_CONTRADICTS.value in judged(reading(passport, other)).reasons
    short = PASSPORT | {FieldName.MRZ_LINE_1: "P<UTO"}
    assert FindingCode.MRZ_MALFORMED.value in judged(reading(passport, short)).reasons
    korean = {name: value.replace("UTO", "KOR") for name, value in PASSPORT.items()}
    assert FindingCode.PASSPORT_NUMBER_MALFORMED.value in judged(reading(passport, korean)).reasons


def test_sides_of_two_people_are_refused() -> None:
    back = reading(
        licence, {FieldName.LICENCE_NUMBER: "12-20-654321-02", FieldName.BIRTH_DATE: "1985-05-05"}, side=Side.BACK
    )
    judgement = judged(reading(licence, LICENCE), back)
    assert judgement.agreement is Agreement.DISAGREE
    assert (judgement.decision, judgement.reasons) == (Decision.REFUSE, (FindingCode.SIDES_DISAGREE.value,))


def test_one_of_two_shared_values_may_be_misread_and_goes_to_review() -> None:
    back = reading(
        licence, {FieldName.LICENCE_NUMBER: "11-19-123456-07", FieldName.BIRTH_DATE: "1990-01-01"}, side=Side.BACK
    )
    assert judged(reading(licence, LICENCE), back).decision is Decision.REVIEW


def test_sides_that_share_a_number_agree_and_a_bare_back_is_not_comparable() -> None:
    same = reading(licence, {FieldName.LICENCE_NUMBER: "11-19-123456-01"}, side=Side.BACK)
    assert judged(reading(licence, LICENCE), same).agreement is Agreement.AGREE
    bare = reading(resident, {}, side=Side.BACK)
    assert judged(reading(resident, RESIDENT), bare).agreement is Agreement.NOT_COMPARABLE


def test_a_back_of_another_kind_is_the_wrong_document() -> None:
    judgement = judged(reading(licence, LICENCE), reading(resident, {}, side=Side.BACK))
    assert judgement.decision is Decision.REFUSE
    assert FindingCode.WRONG_DOCUMENT.value in judgement.reasons


def test_a_required_back_that_is_missing_is_asked_for() -> None:
    strict = replace(DEFAULT_THRESHOLDS, back_required_for=frozenset({resident}))
    judgement = judge(reading(resident, RESIDENT), None, today=TODAY, expected=None, thresholds=strict)
    assert (judgement.decision, judgement.reasons) == (Decision.RETAKE, (FindingCode.BACK_MISSING.value,))


def test_no_personal_data_in_reprs_and_findings() -> None:
    judgement = judged(reading(resident, RESIDENT | {FieldName.RRN: "901301-1970121"}))
    assert "홍길동" not in repr(judgement)
    assert "1970121" not in repr(judgement)
