"""The voice dialogue: who calls and why, press the number on your screen, what came of it.

Pure code over a `LiveCall`. The number itself never comes here: pressed keys go to a callback that compares keyed
digests in constant time. Source: integrations notes, section 5 (two tries a call, `0#` says "I did not ask").
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from dojang.controls.voice_call.model import HungUp, Prompt
from dojang.controls.voice_call.ports import LiveCall
from dojang.kernel.neighbour import NeighbourUnavailable

TRIES_PER_CALL = 2
_NOT_ASKED_FOR = "0"


class DialogueOutcome(StrEnum):
    """How an answered call ended."""

    CONFIRMED = "confirmed"  # the right number was pressed
    NOT_REQUESTED = "not_requested"  # the callee says they did not ask
    WRONG_NUMBER = "wrong_number"  # both tries used, at least one with wrong keys
    NO_INPUT = "no_input"  # nothing was pressed: perhaps nobody listened (voicemail)
    HUNG_UP = "hung_up"  # the callee left before an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What differs from call to call: the words that say what is being asked, and what follows when it was not."""

    greeting: Prompt
    disowned: Prompt


APPLICATION = Script(greeting=Prompt.GREETING, disowned=Prompt.NOT_REQUESTED)


def hold_dialogue(
    call: LiveCall,
    *,
    matches: Callable[[str], bool],
    number_length: int = 2,
    answer_timeout_s: float = 15.0,
    script: Script = APPLICATION,
) -> DialogueOutcome:
    """Lead the dialogue and end the call.

    `matches` is asked at most `TRIES_PER_CALL` times, with 1 to `number_length + 1` keys, and must compare in constant
    time. `answer_timeout_s` is per try. The outcome stands even when the callee or the network leaves during the
    closing sentences; before that, `NeighbourUnavailable` passes through after hanging up.
    """
    try:
        outcome = _ask(call, matches, number_length, answer_timeout_s, script.greeting)
        if outcome is not DialogueOutcome.HUNG_UP:
            _close(call, outcome, script)
    finally:
        call.hang_up()
    return outcome


def _ask(
    call: LiveCall, matches: Callable[[str], bool], number_length: int, answer_timeout_s: float, greeting: Prompt
) -> DialogueOutcome:
    outcome = DialogueOutcome.NO_INPUT
    try:
        call.play(greeting)
        for attempt in range(TRIES_PER_CALL):
            call.play(Prompt.PRESS_NUMBER if attempt == 0 else Prompt.TRY_AGAIN)
            # One key more than the number has, so that its '#' is taken with it and not left for the next try.
            keys = call.read_digits(max_digits=number_length + 1, timeout_s=answer_timeout_s)
            if keys == _NOT_ASKED_FOR:
                return DialogueOutcome.NOT_REQUESTED
            if keys and matches(keys):
                return DialogueOutcome.CONFIRMED
            if keys:
                outcome = DialogueOutcome.WRONG_NUMBER
    except HungUp:
        return DialogueOutcome.HUNG_UP
    return outcome


def _close(call: LiveCall, outcome: DialogueOutcome, script: Script) -> None:
    closing = {
        DialogueOutcome.CONFIRMED: Prompt.CONFIRMED,
        DialogueOutcome.NOT_REQUESTED: script.disowned,
    }
    with contextlib.suppress(HungUp, NeighbourUnavailable):
        call.play(closing.get(outcome, Prompt.FAILED))
        call.play(Prompt.GOODBYE)
