"""Latin spellings of Hangul given names: the rule against the specimens' own, and the spellings people keep."""

import pytest

from dojang.lifecycle.identity_proofing.id_document.romanised_name import is_spelt_by_rule, may_be_spelt
from dojang.sandbox.specimen.names import SYLLABLES, romanise_syllable


def test_the_rule_is_the_one_passports_are_drawn_by() -> None:
    for syllable in SYLLABLES:
        assert is_spelt_by_rule(syllable, romanise_syllable(syllable))
        assert may_be_spelt(syllable, romanise_syllable(syllable)), syllable


@pytest.mark.parametrize(
    ("hangul", "latin"), [("길동", "GILDONG"), ("은근", "EUN-GEUN"), ("슬나", "SEUL NA"), ("희은", "HUIEUN")]
)
def test_hyphens_and_spaces_do_not_count(hangul: str, latin: str) -> None:
    assert is_spelt_by_rule(hangul, latin)


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [("승호", "SUNGHO"), ("영희", "YOUNGHEE"), ("경숙", "KYUNGSOOK"), ("은", "UN"), ("현우", "HYUNWOO"),
     ("준서", "JOONSUH"), ("정은", "JUNGEUN"), ("수빈", "SOOBIN"), ("석진", "SUKJIN"), ("지훈", "JIHOON")],
)  # fmt: skip
def test_spellings_in_use_are_no_contradiction(hangul: str, latin: str) -> None:
    assert may_be_spelt(hangul, latin)
    assert not is_spelt_by_rule(hangul, latin)


@pytest.mark.parametrize(
    ("misread", "latin"),
    [("온근", "EUNGEUN"), ("온슐나", "ONSEULNA"), ("혼수", "HUNSU"), ("보튤리", "BODEULRI"), ("회은", "HUIEUN")],
)
def test_a_misread_syllable_is_one(misread: str, latin: str) -> None:
    assert not may_be_spelt(misread, latin)


def test_what_holds_no_syllables_is_neither() -> None:
    assert not is_spelt_by_rule("", "")
    assert not is_spelt_by_rule("A", "A")
    assert may_be_spelt("", "KIM")
    assert may_be_spelt("A1", "KIM")
