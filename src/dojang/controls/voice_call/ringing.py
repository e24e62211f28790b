"""Ring somebody, hold the dialogue, say how it ended; and the number they are to press. Outside any transaction."""

import hmac
from collections.abc import Mapping

from dojang.controls.voice_call.dialogue import APPLICATION, DialogueOutcome, Script, hold_dialogue
from dojang.controls.voice_call.model import CallEnding, CallProgress, HungUp
from dojang.controls.voice_call.ports import VoiceGateway
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.kernel.ports import Chance

ENDING_OF_PROGRESS: Mapping[CallProgress, CallEnding] = {
    CallProgress.BUSY: CallEnding.BUSY,
    CallProgress.DECLINED: CallEnding.DECLINED,
    CallProgress.NO_ANSWER: CallEnding.NO_ANSWER,
    CallProgress.UNREACHABLE: CallEnding.UNREACHABLE,
    CallProgress.ANSWERED: CallEnding.INTERRUPTED,  # answered without a line to speak on: the network's fault
}
ENDING_OF_DIALOGUE: Mapping[DialogueOutcome, CallEnding] = {
    DialogueOutcome.CONFIRMED: CallEnding.CONFIRMED,
    DialogueOutcome.WRONG_NUMBER: CallEnding.WRONG_NUMBER,
    DialogueOutcome.NO_INPUT: CallEnding.SILENCE,
    DialogueOutcome.HUNG_UP: CallEnding.HUNG_UP,
    DialogueOutcome.NOT_REQUESTED: CallEnding.NOT_REQUESTED,
}


def ring(
    call_id: str,
    phone: str,
    number: str,
    *,
    voice: VoiceGateway,
    ring_timeout_s: float,
    answer_timeout_s: float,
    script: Script = APPLICATION,
) -> CallEnding:
    """Ring `phone` (digits) and have `number` pressed; return how it ended. Never raises for what the network does.

    `answer_timeout_s` is per try. A network that fails in the middle interrupts the call.
    """
    try:
        line = voice.place_call(call_id=call_id, number=phone, ring_timeout_s=ring_timeout_s)
        if isinstance(line, CallProgress):
            return ENDING_OF_PROGRESS[line]
        outcome = hold_dialogue(
            line,
            matches=lambda pressed: is_number(number, pressed),
            number_length=len(number),
            answer_timeout_s=answer_timeout_s,
            script=script,
        )
    except NeighbourUnavailable:
        return CallEnding.INTERRUPTED
    except HungUp:
        return CallEnding.HUNG_UP
    return ENDING_OF_DIALOGUE[outcome]


def draw_number(digits: int, chance: Chance) -> str:
    """Draw the number to press. It never begins with 0: `0#` means "I did not ask"."""
    least = 10 ** (digits - 1)
    return str(least + chance.below(9 * least))


def is_number(expected: str, pressed: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(expected.encode(), pressed.encode())
