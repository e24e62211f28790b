"""Ringing: every way a call can go has its ending, and the number to press is drawn fairly."""

from datetime import date

import pytest

from dojang.controls.voice_call.dialogue import DialogueOutcome, Script
from dojang.controls.voice_call.model import CallEnding, CallProgress, Prompt
from dojang.controls.voice_call.ringing import (
    ENDING_OF_DIALOGUE,
    ENDING_OF_PROGRESS,
    draw_number,
    is_number,
    ring,
)
from fakes.identity_proofing import SeededChance
from fakes.mishap import Mishap
from fakes.telephony import FakeTelephony

PHONE = "01000000001"
BORN = date(1990, 1, 1)


def ringing(voice: FakeTelephony, **changes: Script) -> CallEnding:
    return ring("call-1", PHONE, "47", voice=voice, ring_timeout_s=1.0, answer_timeout_s=1.0, **changes)


def line(
    *presses: str, progress: CallProgress = CallProgress.ANSWERED, hangs_up_on: Prompt | None = None
) -> FakeTelephony:
    voice = FakeTelephony()
    voice.connect(PHONE, "홍가람", BORN, presses=presses, progress=progress, hangs_up_on=hangs_up_on)
    return voice


@pytest.mark.parametrize(
    ("presses", "ending"),
    [
        (("47#",), CallEnding.CONFIRMED),
        (("48#", "47#"), CallEnding.CONFIRMED),
        (("48#", "74#"), CallEnding.WRONG_NUMBER),
        (("0#",), CallEnding.NOT_REQUESTED),
        ((), CallEnding.SILENCE),
    ],
)
def test_what_is_pressed_decides(presses: tuple[str, ...], ending: CallEnding) -> None:
    assert ringing(line(*presses)) is ending


@pytest.mark.parametrize("progress", [one for one in CallProgress if one is not CallProgress.ANSWERED])
def test_a_call_nobody_takes_says_why(progress: CallProgress) -> None:
    assert ringing(line(progress=progress)) == ENDING_OF_PROGRESS[progress]


def test_hanging_up_and_a_broken_network_are_told_apart() -> None:
    assert ringing(line(hangs_up_on=Prompt.GREETING)) is CallEnding.HUNG_UP
    voice = line("47#")
    voice.mishaps.expect(Mishap.DOWN)
    assert ringing(voice) is CallEnding.INTERRUPTED


def test_a_script_has_its_own_first_and_last_words() -> None:
    voice = line("0#")
    ringing(voice, script=Script(greeting=Prompt.CONFIRM_UNLOCK, disowned=Prompt.NOTHING_DONE))
    (call,) = voice._calls.values()
    assert not isinstance(call, CallProgress)
    assert call.heard == [Prompt.CONFIRM_UNLOCK, Prompt.PRESS_NUMBER, Prompt.NOTHING_DONE, Prompt.GOODBYE]


def test_every_outcome_and_progress_has_an_ending() -> None:
    assert ENDING_OF_DIALOGUE.keys() == set(DialogueOutcome)
    assert ENDING_OF_PROGRESS.keys() == set(CallProgress)


def test_only_the_number_itself_is_the_number() -> None:
    assert is_number("47", "47")
    assert [one for one in ("", "4", "477", "047", "74") if is_number("47", one)] == []


def test_numbers_never_begin_with_zero() -> None:
    chance = SeededChance()
    drawn = {draw_number(2, chance) for _ in range(2000)}
    assert drawn == {str(number) for number in range(10, 100)}
