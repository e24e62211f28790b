"""The voice dialogue against scripted callees: what is played, how often is asked, and that the call always ends."""

from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.controls.voice_call.dialogue import TRIES_PER_CALL, DialogueOutcome, hold_dialogue
from dojang.controls.voice_call.model import HungUp, Prompt
from dojang.kernel.neighbour import NeighbourUnavailable

type_of_end = HungUp | NeighbourUnavailable


@dataclass(slots=True, kw_only=True)
class ScriptedCall:
    """A callee who keys `answers` in turn and from whom the line is gone at `ends_at` with `end`."""

    answers: deque[str]
    ends_at: Prompt | None = None
    end: type_of_end = field(default_factory=HungUp)
    played: list[Prompt] = field(default_factory=list)
    limits: list[tuple[int, float]] = field(default_factory=list)
    hung_up: int = 0

    def play(self, prompt: Prompt) -> None:
        """Play, or find the line gone."""
        if prompt is self.ends_at:
            raise self.end
        self.played.append(prompt)

    def read_digits(self, *, max_digits: int, timeout_s: float) -> str:
        """Give the next answer."""
        self.limits.append((max_digits, timeout_s))
        return self.answers.popleft() if self.answers else ""

    def hang_up(self) -> None:
        """Count."""
        self.hung_up += 1


def hold(*answers: str, number: str = "47", ends_at: Prompt | None = None) -> tuple[DialogueOutcome, ScriptedCall]:
    call = ScriptedCall(answers=deque(answers), ends_at=ends_at)
    return hold_dialogue(call, matches=lambda keys: keys == number, number_length=len(number)), call


@pytest.mark.parametrize(
    ("answers", "outcome", "asked", "closing"),
    [
        (("47",), DialogueOutcome.CONFIRMED, [Prompt.PRESS_NUMBER], Prompt.CONFIRMED),
        (("", "47"), DialogueOutcome.CONFIRMED, [Prompt.PRESS_NUMBER, Prompt.TRY_AGAIN], Prompt.CONFIRMED),
        (("0",), DialogueOutcome.NOT_REQUESTED, [Prompt.PRESS_NUMBER], Prompt.NOT_REQUESTED),
        (("12", "0"), DialogueOutcome.NOT_REQUESTED, [Prompt.PRESS_NUMBER, Prompt.TRY_AGAIN], Prompt.NOT_REQUESTED),
        (("12", "13"), DialogueOutcome.WRONG_NUMBER, [Prompt.PRESS_NUMBER, Prompt.TRY_AGAIN], Prompt.FAILED),
        (("12", ""), DialogueOutcome.WRONG_NUMBER, [Prompt.PRESS_NUMBER, Prompt.TRY_AGAIN], Prompt.FAILED),
        (("", "12"), DialogueOutcome.WRONG_NUMBER, [Prompt.PRESS_NUMBER, Prompt.TRY_AGAIN], Prompt.FAILED),
        (("", ""), DialogueOutcome.NO_INPUT, [Prompt.PRESS_NUMBER, Prompt.TRY_AGAIN], Prompt.FAILED),
        (("471", "4"), DialogueOutcome.WRONG_NUMBER, [Prompt.PRESS_NUMBER, Prompt.TRY_AGAIN], Prompt.FAILED),
    ],
)
def test_what_is_said_and_what_comes_of_it(
    answers: tuple[str, ...], outcome: DialogueOutcome, asked: list[Prompt], closing: Prompt
) -> None:
    got, call = hold(*answers)
    assert got is outcome
    assert call.played == [Prompt.GREETING, *asked, closing, Prompt.GOODBYE]
    assert call.hung_up == 1


def test_a_third_answer_is_never_asked_for() -> None:
    outcome, call = hold("12", "13", "47")
    assert outcome is DialogueOutcome.WRONG_NUMBER
    assert list(call.answers) == ["47"]


def test_zero_is_not_a_number_on_the_screen_but_numbers_may_begin_with_it() -> None:
    assert hold("0", number="0")[0] is DialogueOutcome.NOT_REQUESTED
    assert hold("07", number="07")[0] is DialogueOutcome.CONFIRMED


def test_one_key_more_than_the_number_is_read_so_that_its_end_is_taken_too() -> None:
    _, call = hold("12", "13", number="4711")
    assert [limit for limit, _ in call.limits] == [5, 5]


@pytest.mark.parametrize("prompt", [Prompt.GREETING, Prompt.PRESS_NUMBER, Prompt.TRY_AGAIN])
def test_hanging_up_before_an_answer(prompt: Prompt) -> None:
    outcome, call = hold("12", "47", ends_at=prompt)
    assert outcome is DialogueOutcome.HUNG_UP
    assert call.hung_up == 1


@pytest.mark.parametrize("end", [HungUp(), NeighbourUnavailable(neighbour="telephony", reason="answer_lost")])
@pytest.mark.parametrize("prompt", [Prompt.CONFIRMED, Prompt.GOODBYE])
def test_an_outcome_stands_when_the_line_goes_during_the_closing(prompt: Prompt, end: type_of_end) -> None:
    call = ScriptedCall(answers=deque(["47"]), ends_at=prompt, end=end)
    assert hold_dialogue(call, matches=lambda keys: keys == "47") is DialogueOutcome.CONFIRMED
    assert call.hung_up == 1


def test_a_network_that_fails_in_the_middle_is_heard_of_after_hanging_up() -> None:
    gone = NeighbourUnavailable(neighbour="telephony", reason="answer_lost")
    call = ScriptedCall(answers=deque(["12"]), ends_at=Prompt.TRY_AGAIN, end=gone)
    with pytest.raises(NeighbourUnavailable):
        hold_dialogue(call, matches=lambda keys: keys == "47")
    assert call.hung_up == 1


@given(st.lists(st.text("0123456789*", max_size=4), max_size=4), st.sampled_from([None, *Prompt]))
def test_whatever_is_pressed(answers: list[str], ends_at: Prompt | None) -> None:
    asked: list[str] = []

    def matches(keys: str) -> bool:
        asked.append(keys)
        return keys == "47"

    call = ScriptedCall(answers=deque(answers), ends_at=ends_at)
    outcome = hold_dialogue(call, matches=matches)
    assert call.hung_up == 1
    assert len(asked) <= TRIES_PER_CALL
    assert "" not in asked
    assert (outcome is DialogueOutcome.CONFIRMED) == ("47" in asked)
    assert outcome is not DialogueOutcome.NOT_REQUESTED or "0" in answers[:TRIES_PER_CALL]
