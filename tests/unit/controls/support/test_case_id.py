"""The number people read out: every slip of one character and every swap of two is noticed."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dojang.adapters.chance import SystemChance
from dojang.controls.support.case_id import ALPHABET, LENGTH, draw_case_id, find_case_id

CHARACTERS = st.integers(0, len(ALPHABET) - 1)


class Drawn:
    """Chance that gives what it is told."""

    def __init__(self, *values: int) -> None:
        self.values = list(values)

    def new_id(self) -> str:
        return "unused"

    def token_bytes(self, length: int) -> bytes:
        return bytes(length)

    def below(self, bound: int) -> int:
        return self.values.pop(0) % bound


@given(st.lists(CHARACTERS, min_size=5, max_size=5))
def test_one_wrong_character_or_two_swapped_never_name_another_ticket(values: list[int]) -> None:
    case_id = draw_case_id(Drawn(*values))
    assert find_case_id(case_id) == case_id
    for place in range(LENGTH):
        for other in ALPHABET:
            if other != case_id[place]:
                assert find_case_id(case_id[:place] + other + case_id[place + 1 :]) is None
    for one, two in combinations(range(LENGTH), 2):
        if case_id[one] != case_id[two]:
            swapped = list(case_id)
            swapped[one], swapped[two] = swapped[two], swapped[one]
            assert find_case_id("".join(swapped)) is None


def test_it_is_read_however_it_is_typed() -> None:
    case_id = draw_case_id(SystemChance())
    assert find_case_id(f" {case_id[:3].lower()}-{case_id[3:]} ") == case_id
    assert not set(ALPHABET) & set("01OIL")


def test_what_is_no_case_id() -> None:
    for text in ("", "AAAAA", "AAAAAAA", "0000IL", "가나다라마바", "A" * 400):
        assert find_case_id(text) is None
