"""What the training lines say: everything can be spelled, and nothing is copied from the specimens."""

import random
from collections import Counter
from pathlib import Path

from dojang.adapters.id_document.jamo import is_syllable, spell
from training.lines import words
from training.lines.words import COMMON_SYLLABLES, PLAIN_SYLLABLES, invent, invent_plain


def test_every_invented_line_can_be_spelled_and_is_short_enough() -> None:
    draw = random.Random(1)
    for _ in range(3000):
        text = invent(draw, longest=22)
        assert 1 <= len(text) <= 22
        assert text == text.strip()
        assert spell(text)


def test_many_different_syllables_appear() -> None:
    draw = random.Random(2)
    seen = Counter(char for _ in range(6000) for char in invent(draw, longest=22) if is_syllable(char))
    assert len(seen) > 5000


def test_plain_lines_are_common_syllables_only() -> None:
    draw = random.Random(3)
    assert all(set(invent_plain(draw, longest=12)) <= set(COMMON_SYLLABLES) for _ in range(200))
    assert len(COMMON_SYLLABLES) == 2350
    assert set(PLAIN_SYLLABLES) < set(COMMON_SYLLABLES)


def test_the_same_seed_says_the_same() -> None:
    first, second = random.Random(4), random.Random(4)
    assert [invent(first, longest=20) for _ in range(50)] == [invent(second, longest=20) for _ in range(50)]


def test_no_module_of_the_training_uses_the_sandbox() -> None:
    for file in Path(words.__file__).parents[1].rglob("*.py"):
        assert "dojang.sandbox" not in file.read_text(encoding="utf-8"), file.name
