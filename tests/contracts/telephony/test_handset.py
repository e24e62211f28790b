"""A person at the sandbox's handset, over HTTP, and the office at the other end."""

import logging
import secrets
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from contracts.sandbox_client import Steering
from contracts.telephony.worlds import BORN, NAME, http_voice, new_number
from dojang.controls.voice_call.dialogue import DialogueOutcome, hold_dialogue
from dojang.controls.voice_call.model import CallProgress, HungUp
from dojang.kernel.neighbour import NeighbourRefusedUs, SandboxInProduction

MANUAL = {"behaviour": "manual", "playback_rate": 400.0}


def call_and_ask(steering: Steering, number: str, ring_timeout_s: float = 5.0) -> DialogueOutcome | CallProgress:
    gateway = http_voice(steering.base_url)
    call = gateway.place_call(call_id=secrets.token_hex(8), number=number, ring_timeout_s=ring_timeout_s)
    if isinstance(call, CallProgress):
        return call
    return hold_dialogue(call, matches=lambda keys: keys == "47", answer_timeout_s=3.0)


class Person:
    """Somebody holding the handset of `number`."""

    def __init__(self, steering: Steering, number: str) -> None:
        self._steering = steering
        self._base = f"/telephony/handset/{number}/calls"

    def ringing(self) -> dict[str, Any]:
        """Wait for the telephone to ring."""
        call = self._steering.get(f"{self._base}?wait_s=5")["calls"][-1]
        assert isinstance(call, dict)
        return call

    def does(self, call: dict[str, Any], act: str, **body: str) -> None:
        """Answer, decline, hang up, press."""
        self._steering.post(f"{self._base}/{call['call_id']}/{act}", **body)

    def hears(self, call: dict[str, Any], prompt: str) -> dict[str, Any]:
        """Listen until a prompt begins."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            seen = self._steering.get(f"{self._base}/{call['call_id']}")
            if seen["heard"] and seen["heard"][-1]["prompt"] == prompt:
                return seen
            time.sleep(0.005)
        raise AssertionError("never heard")


@pytest.fixture
def number(steering: Steering) -> str:
    number = new_number()
    facts = {"number": number, "owner_name": NAME, "birth_date": BORN.isoformat()}
    steering.post("/sandbox/telephony/lines", **facts, handset=MANUAL)
    return number


def begin(steering: Steering, number: str) -> "Future[DialogueOutcome | CallProgress]":
    pool = ThreadPoolExecutor(1)
    future = pool.submit(call_and_ask, steering, number)
    pool.shutdown(wait=False)
    return future


def test_a_person_answers_listens_and_presses(steering: Steering, number: str) -> None:
    office, person = begin(steering, number), Person(steering, number)
    call = person.ringing()
    assert (call["state"], call["caller"]) == ("ringing", "15880000")
    person.does(call, "answer")
    heard = person.hears(call, "press_number")["heard"]
    assert [one["prompt"] for one in heard] == ["greeting", "press_number"]
    sound = httpx.get(steering.base_url + heard[0]["wav"], trust_env=False)
    assert (sound.status_code, sound.content[:4], sound.headers["content-type"]) == (200, b"RIFF", "audio/wav")
    person.does(call, "press", keys="4")
    person.does(call, "press", keys="7#")
    assert office.result(5) is DialogueOutcome.CONFIRMED


def test_the_owner_tells_the_handset_what_the_screen_shows(steering: Steering, number: str) -> None:
    office, person = begin(steering, number), Person(steering, number)
    call = person.ringing()
    person.does(call, "answer")
    steering.post(f"/sandbox/telephony/lines/{number}/keys", keys="0#")
    assert office.result(5) is DialogueOutcome.NOT_REQUESTED


def test_a_key_cuts_the_sentence_short(steering: Steering, number: str) -> None:
    facts = {"number": number, "owner_name": NAME, "birth_date": BORN.isoformat()}
    steering.post("/sandbox/telephony/lines", **facts, handset={"behaviour": "manual", "playback_rate": 0.01})
    office, person = begin(steering, number), Person(steering, number)
    call = person.ringing()
    person.does(call, "answer")
    person.hears(call, "greeting")  # which would take twenty minutes at this rate
    person.does(call, "press", keys="47#")
    person.hears(call, "confirmed")
    person.does(call, "hang-up")
    assert office.result(5) is DialogueOutcome.CONFIRMED


@pytest.mark.parametrize(
    ("acts", "outcome"),
    [(["decline"], CallProgress.DECLINED), (["answer", "hang-up"], DialogueOutcome.HUNG_UP)],
)
def test_a_person_turns_away(steering: Steering, number: str, acts: list[str], outcome: str) -> None:
    office, person = begin(steering, number), Person(steering, number)
    call = person.ringing()
    for act in acts:
        person.does(call, act)
    assert office.result(5) is outcome


def test_hanging_up_while_keys_are_waited_for(steering: Steering, number: str) -> None:
    person, gateway = Person(steering, number), http_voice(steering.base_url)
    with ThreadPoolExecutor(1) as pool:
        placed = pool.submit(gateway.place_call, call_id=secrets.token_hex(8), number=number, ring_timeout_s=5.0)
        call = person.ringing()
        person.does(call, "answer")
        live = placed.result(5)
        assert not isinstance(live, CallProgress)
        reading = pool.submit(live.read_digits, max_digits=3, timeout_s=5.0)
        person.does(call, "hang-up")
        with pytest.raises(HungUp):
            reading.result(5)


def test_a_second_call_meets_an_engaged_line(steering: Steering, number: str) -> None:
    office, person = begin(steering, number), Person(steering, number)
    call = person.ringing()
    person.does(call, "answer")
    assert call_and_ask(steering, number) is CallProgress.BUSY
    person.does(call, "hang-up")
    assert office.result(5) is DialogueOutcome.HUNG_UP


def test_acts_that_come_too_late_change_nothing(steering: Steering, number: str) -> None:
    assert call_and_ask(steering, number, ring_timeout_s=0.02) is CallProgress.NO_ANSWER
    person = Person(steering, number)
    call = steering.get(f"/telephony/handset/{number}/calls")["calls"][-1]
    for act, body in (("answer", {}), ("decline", {}), ("hang-up", {}), ("press", {"keys": "1"})):
        with pytest.raises(httpx.HTTPStatusError, match="409"):
            person.does(call, act, **body)


def test_a_wrong_key_is_refused_and_production_refuses_a_sandbox(steering: Steering, number: str) -> None:
    for gateway, error in (
        (http_voice(steering.base_url, api_key="wrong"), NeighbourRefusedUs),
        (http_voice(steering.base_url, production=True), SandboxInProduction),
    ):
        with pytest.raises(error):
            gateway.owner_matches(inquiry_id="1", number=number, name=NAME, birth_date=BORN)
        assert gateway.is_sandbox() if error is NeighbourRefusedUs else True


def test_no_number_in_what_is_logged(steering: Steering, number: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = http_voice(steering.base_url)
    gateway.owner_matches(inquiry_id="1", number=number, name=NAME, birth_date=BORN)
    gateway.place_call(call_id=secrets.token_hex(8), number=number, ring_timeout_s=0.02)
    said = "".join(record.getMessage() for record in caplog.records)
    assert "/v1/calls/" in said
    assert number not in said
    assert NAME not in said
