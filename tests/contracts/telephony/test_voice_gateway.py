"""What every network behind `VoiceGateway` keeps: whose line it is, how a call goes, and one ring per call id."""

import secrets

import pytest

from contracts.telephony.worlds import BORN, NAME, FakeWorld, SandboxWorld, VoiceWorld, new_number
from dojang.controls.voice_call.dialogue import DialogueOutcome, hold_dialogue
from dojang.controls.voice_call.model import CallProgress, HungUp, Prompt
from dojang.controls.voice_call.ports import LiveCall
from dojang.kernel.neighbour import NeighbourUnavailable
from fakes.mishap import Mishap


@pytest.fixture(params=["fake", "sandbox"])
def world(request: pytest.FixtureRequest) -> VoiceWorld:
    if request.param == "fake":
        return FakeWorld()
    return SandboxWorld(request.getfixturevalue("steering"))


def place(world: VoiceWorld, number: str, call_id: str | None = None) -> LiveCall | CallProgress:
    return world.gateway.place_call(call_id=call_id or secrets.token_hex(8), number=number, ring_timeout_s=0.05)


def answered(world: VoiceWorld, number: str, call_id: str | None = None) -> LiveCall:
    call = place(world, number, call_id)
    assert not isinstance(call, CallProgress)
    return call


@pytest.mark.parametrize(
    ("presses", "outcome"),
    [
        (("47#",), DialogueOutcome.CONFIRMED),
        (("47",), DialogueOutcome.CONFIRMED),
        (("74#", "47#"), DialogueOutcome.CONFIRMED),
        (("74#", "48#"), DialogueOutcome.WRONG_NUMBER),
        (("471#", "4#"), DialogueOutcome.WRONG_NUMBER),
        (("0#",), DialogueOutcome.NOT_REQUESTED),
        (("74#", "0#"), DialogueOutcome.NOT_REQUESTED),
        ((), DialogueOutcome.NO_INPUT),
        (("74#",), DialogueOutcome.WRONG_NUMBER),
        (("#", "47#"), DialogueOutcome.CONFIRMED),
    ],
)
def test_an_answered_call(world: VoiceWorld, presses: tuple[str, ...], outcome: DialogueOutcome) -> None:
    number = new_number()
    world.connect(number, NAME, BORN, presses=presses)
    call = answered(world, number)
    assert hold_dialogue(call, matches=lambda keys: keys == "47", answer_timeout_s=0.05) is outcome
    with pytest.raises(HungUp):
        call.play(Prompt.GOODBYE)


@pytest.mark.parametrize(
    "progress", [CallProgress.BUSY, CallProgress.DECLINED, CallProgress.NO_ANSWER, CallProgress.UNREACHABLE]
)
def test_a_call_nobody_answers_says_why(world: VoiceWorld, progress: CallProgress) -> None:
    number, call_id = new_number(), secrets.token_hex(8)
    world.connect(number, NAME, BORN, progress=progress)
    assert place(world, number, call_id) is progress
    assert place(world, number, call_id) is progress, "the same call id tells the same"


def test_a_number_nobody_has_is_unreachable(world: VoiceWorld) -> None:
    assert place(world, new_number()) is CallProgress.UNREACHABLE


@pytest.mark.parametrize("prompt", [Prompt.GREETING, Prompt.PRESS_NUMBER])
def test_a_callee_who_leaves_ends_the_dialogue(world: VoiceWorld, prompt: Prompt) -> None:
    number = new_number()
    world.connect(number, NAME, BORN, presses=("47#",), hangs_up_on=prompt)

    def matches(keys: str) -> bool:
        raise AssertionError("nobody is there to be asked")

    assert hold_dialogue(answered(world, number), matches=matches, answer_timeout_s=0.05) is DialogueOutcome.HUNG_UP


def test_leaving_during_the_thanks_changes_nothing(world: VoiceWorld) -> None:
    number = new_number()
    world.connect(number, NAME, BORN, presses=("47#",), hangs_up_on=Prompt.CONFIRMED)
    outcome = hold_dialogue(answered(world, number), matches=lambda keys: keys == "47", answer_timeout_s=0.05)
    assert outcome is DialogueOutcome.CONFIRMED


def test_the_same_call_id_never_rings_twice(world: VoiceWorld) -> None:
    number, call_id = new_number(), secrets.token_hex(8)
    world.connect(number, NAME, BORN, presses=("47#",))
    hold_dialogue(answered(world, number, call_id), matches=lambda keys: keys == "47", answer_timeout_s=0.05)
    again = answered(world, number, call_id)
    with pytest.raises(HungUp):
        again.play(Prompt.GREETING)
    assert world.rung(number) == 1


def test_a_live_call_is_joined_under_its_id(world: VoiceWorld) -> None:
    number, call_id = new_number(), secrets.token_hex(8)
    world.connect(number, NAME, BORN, presses=("47#",))
    answered(world, number, call_id).play(Prompt.GREETING)
    again = answered(world, number, call_id)
    assert hold_dialogue(again, matches=lambda keys: keys == "47") is DialogueOutcome.CONFIRMED
    assert world.rung(number) == 1


def test_digits_stop_at_the_limit(world: VoiceWorld) -> None:
    number = new_number()
    world.connect(number, NAME, BORN, presses=("12345#",))
    call = answered(world, number)
    call.play(Prompt.PRESS_NUMBER)
    assert [call.read_digits(max_digits=3, timeout_s=0.05) for _ in range(3)] == ["123", "45", ""]
    call.hang_up()
    call.hang_up()


def test_whose_line_it_is(world: VoiceWorld) -> None:
    number = new_number()
    world.connect(number, NAME, BORN)

    def asks(number: str, name: str = NAME, born_on: int = 2) -> bool:
        born = BORN.replace(day=born_on)
        return world.gateway.owner_matches(inquiry_id=secrets.token_hex(8), number=number, name=name, birth_date=born)

    assert asks(number)
    assert not asks(number, name="나래")
    assert not asks(number, born_on=3)
    assert not asks(new_number())


@pytest.mark.parametrize("mishap", [Mishap.DOWN, Mishap.REQUEST_LOST])
def test_a_network_that_fails_is_unavailable(world: VoiceWorld, mishap: Mishap) -> None:
    number, call_id = new_number(), secrets.token_hex(8)
    world.connect(number, NAME, BORN, presses=("47#",))
    world.meets(mishap)
    with pytest.raises(NeighbourUnavailable):
        world.gateway.owner_matches(inquiry_id="1", number=number, name=NAME, birth_date=BORN)
    world.meets(mishap)
    with pytest.raises(NeighbourUnavailable):
        place(world, number, call_id)
    call = answered(world, number, call_id)
    world.meets(mishap)
    with pytest.raises(NeighbourUnavailable):
        hold_dialogue(call, matches=lambda keys: keys == "47")


def test_a_lost_answer_to_placing_rings_once_and_goes_on(world: VoiceWorld) -> None:
    number = new_number()
    world.connect(number, NAME, BORN, presses=("47#",))
    world.meets(Mishap.ANSWER_LOST)
    assert hold_dialogue(answered(world, number), matches=lambda keys: keys == "47") is DialogueOutcome.CONFIRMED
    assert world.rung(number) == 1


@pytest.mark.parametrize("number", ["", "123", "010-9999-0000", "0109999000012"])
def test_what_is_no_number_is_a_programming_error(world: VoiceWorld, number: str) -> None:
    with pytest.raises(ValueError, match="number"):
        place(world, number)
    with pytest.raises(ValueError, match="number"):
        world.gateway.owner_matches(inquiry_id="1", number=number, name=NAME, birth_date=BORN)
