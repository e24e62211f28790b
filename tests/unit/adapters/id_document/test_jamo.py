"""The alphabet: every syllable survives being taken apart, and nothing else composes."""

import pytest

from dojang.adapters.id_document.jamo import BLANK, HANJA, ROLES, SYMBOLS, Role, compose, is_legal, spell


def _syllables() -> list[str]:
    return [chr(0xAC00 + at) for at in range(11172)]


def test_every_syllable_is_composed_again_from_its_classes() -> None:
    for syllable in _syllables():
        initial, medial, *final = spell(syllable)
        assert compose(initial, medial, final[0] if final else None) == syllable


def test_the_classes_are_the_jamo_unicode_takes_a_syllable_apart_into() -> None:
    import unicodedata

    for syllable in ("각", "뷁", "힣", "가", "의"):
        assert [SYMBOLS[at] for at in spell(syllable)] == list(unicodedata.normalize("NFD", syllable))


def test_classes_are_unique_and_blank_is_none_of_them() -> None:
    assert SYMBOLS[BLANK] == ""
    assert len(set(SYMBOLS)) == len(SYMBOLS)
    counts = {role: sum(is_role is role for is_role in ROLES[1:]) for role in Role}
    assert (counts[Role.INITIAL], counts[Role.MEDIAL], counts[Role.FINAL]) == (19, 21, 27)


def test_hanja_share_one_class_whatever_they_are() -> None:
    assert spell("金") == spell("李") == spell(HANJA)


def test_what_has_no_class_is_refused() -> None:
    with pytest.raises(ValueError, match="alphabet"):
        spell("가🙂")


@pytest.mark.parametrize(
    ("parts", "legal"),
    [("각1", True), ("가나 (다)", True), ("12-34", True), ("", True)],
)
def test_spelled_text_is_legal(parts: str, legal: bool) -> None:
    assert is_legal(spell(parts)) is legal


def test_lone_jamo_are_not_legal() -> None:
    initial, medial, final = spell("각")
    assert not is_legal([initial])
    assert not is_legal([medial])
    assert not is_legal([initial, final])
    assert not is_legal([initial, medial, medial])
    assert not is_legal([initial, medial, final, final])
    assert not is_legal([final])


def test_parts_in_the_wrong_places_do_not_compose() -> None:
    initial, medial, final = spell("각")
    with pytest.raises(ValueError, match="syllable"):
        compose(medial, initial, None)
    with pytest.raises(ValueError, match="syllable"):
        compose(initial, medial, initial)
    assert compose(initial, medial, final) == "각"
