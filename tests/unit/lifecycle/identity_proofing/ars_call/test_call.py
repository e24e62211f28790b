"""The voice call from request to ending: each ending its own code, limits, and way on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders.proofing import HONG, NOW, ProofingOffice
from dojang.controls.voice_call.model import CallProgress, Prompt
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing import closing
from dojang.lifecycle.identity_proofing.ars_call import placing
from dojang.lifecycle.identity_proofing.ars_call.model import (
    CallInProgress,
    CallOutsideHours,
    CallState,
    CallTooSoon,
    TooManyCalls,
)
from dojang.lifecycle.identity_proofing.errors import CaseEnded, CheckNotReady, CheckOutOfTurn
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState, ExpireCall, PlaceCall
from dojang.lifecycle.identity_proofing.policy import CallPolicy, ProofingPolicy
from fakes.mishap import Mishap

CALL = Check.ARS_CALL


def known(**changes: object) -> ProofingOffice:
    office = ProofingOffice(policy=ProofingPolicy(call=CallPolicy(**changes)))  # type: ignore[arg-type]  # keywords
    office.know(HONG)
    return office


@pytest.fixture
def office() -> ProofingOffice:
    return known()


def latest(office: ProofingOffice) -> CallState:
    return list(office.store.tables.calls.values())[-1].state


def other_number(office: ProofingOffice) -> str:
    shown = office.view(HONG).call
    assert shown is not None
    return "11" if shown.number != "11" else "12"


def test_the_number_shows_on_the_screen_while_the_call_is_live_only(office: ProofingOffice) -> None:
    office.request_call(HONG)
    shown = office.view(HONG).call
    assert shown is not None
    assert shown.number is not None
    assert shown.number.isdigit()
    assert len(shown.number) == 2
    assert shown.phone == "010-****-0001"
    assert shown.number not in repr(shown)
    office.clock.advance(minutes=3)
    assert office.view(HONG).call.number is None  # type: ignore[union-attr]  # there is one


def test_pressing_the_number_passes_and_forgets_it(office: ProofingOffice) -> None:
    office.answer_call(HONG)
    assert office.state(HONG, CALL) is CheckState.PASSED
    assert next(iter(office.store.tables.calls.values())).number is None
    office.clock.advance(minutes=2)
    with pytest.raises(CheckOutOfTurn):
        office.request_call(HONG)


def test_a_second_press_may_be_the_right_one(office: ProofingOffice) -> None:
    office.request_call(HONG)
    right = office.view(HONG).call.number  # type: ignore[union-attr]  # just requested
    office.voice.connect(HONG.phone, HONG.name, HONG.birth_date, presses=(f"{other_number(office)}#", f"{right}#"))
    office.pump()
    assert office.state(HONG, CALL) is CheckState.PASSED


@pytest.mark.parametrize(
    ("progress", "code"),
    [
        (CallProgress.BUSY, "ars_call.busy"),
        (CallProgress.DECLINED, "ars_call.declined"),
        (CallProgress.NO_ANSWER, "ars_call.no_answer"),
        (CallProgress.UNREACHABLE, "ars_call.unreachable"),
    ],
)
def test_calls_not_answered_each_have_their_code(office: ProofingOffice, progress: CallProgress, code: str) -> None:
    office.voice.connect(HONG.phone, HONG.name, HONG.birth_date, progress=progress)
    office.request_call(HONG)
    office.pump()
    assert office.state(HONG, CALL) is CheckState.RETRY
    assert office.findings(HONG, CALL) == [code]
    office.clock.advance(seconds=61)
    office.answer_call(HONG)
    assert office.state(HONG, CALL) is CheckState.PASSED


def test_silence_hanging_up_and_wrong_numbers_each_have_their_code(office: ProofingOffice) -> None:
    office.request_call(HONG)
    office.voice.connect(HONG.phone, HONG.name, HONG.birth_date, presses=())
    office.pump()
    assert office.findings(HONG, CALL) == ["ars_call.silence"]
    office.clock.advance(seconds=61)
    office.request_call(HONG)
    office.voice.connect(HONG.phone, HONG.name, HONG.birth_date, hangs_up_on=Prompt.PRESS_NUMBER)
    office.pump()
    assert office.findings(HONG, CALL) == ["ars_call.hung_up"]
    office.clock.advance(seconds=301)
    office.request_call(HONG)
    wrong = other_number(office)
    office.voice.connect(HONG.phone, HONG.name, HONG.birth_date, presses=(f"{wrong}#", f"{wrong}#"))
    office.pump()
    assert office.findings(HONG, CALL) == ["ars_call.wrong_number"]


def test_a_line_that_is_not_theirs_is_never_rung(office: ProofingOffice) -> None:
    office.voice.connect(HONG.phone, "남의이름", HONG.birth_date)
    office.request_call(HONG)
    office.pump()
    assert office.state(HONG, CALL) is CheckState.REFUSED
    assert office.findings(HONG, CALL) == ["ars_call.not_your_line"]
    assert office.voice.rung(HONG.phone) == 0


# --- "I did not ask for this" ---


def test_zero_freezes_everything_and_alerts(office: ProofingOffice) -> None:
    office.submit_account(HONG)
    office.answer_call(HONG, presses=("0#",))
    assert office.case_state(HONG) is CaseState.FROZEN
    assert office.application_state(HONG) is ApplicationState.FROZEN
    assert office.findings(HONG, CALL) == ["ars_call.not_requested"]
    assert [one.template for one in office.mailbox.delivered_to(HONG.phone)] == ["proofing_call_disowned"]
    assert office.mailbox.delivered_to("operators@example.test")
    deposit = next(iter(office.store.tables.deposits.values()))
    assert deposit.state.value == "abandoned"
    assert deposit.code_digest == ""
    tags = [one.tag for one in office.store.entries]
    assert "identity_proofing:call:not_requested" in tags
    assert "identity_proofing:case:frozen" in tags


def test_a_frozen_case_takes_nothing_more(office: ProofingOffice) -> None:
    office.answer_call(HONG, presses=("0#",))
    application = office.store.tables.applications[HONG.application_id]
    office.store.tables.applications[HONG.application_id] = replace(application, state=ApplicationState.PROOFING)
    with pytest.raises(CaseEnded):
        office.submit_account(HONG)


def test_zero_counts_even_after_the_call_was_given_up(office: ProofingOffice) -> None:
    call_id = office.request_call(HONG)
    call = office.store.tables.calls[call_id]
    office.store.tables.calls[call_id] = replace(call, state=CallState.INTERRUPTED, number=None)
    office.store.transact(
        lambda tx: placing.record_ending(tx, call_id, CallState.NOT_REQUESTED, office.policy, office.clock.now())
    )
    assert office.case_state(HONG) is CaseState.FROZEN


def test_nothing_else_counts_after_the_call_was_given_up(office: ProofingOffice) -> None:
    call_id = office.request_call(HONG)
    call = office.store.tables.calls[call_id]
    office.store.tables.calls[call_id] = replace(call, state=CallState.ABANDONED, number=None)
    before = office.store.tables.cases
    office.store.transact(
        lambda tx: placing.record_ending(tx, call_id, CallState.CONFIRMED, office.policy, office.clock.now())
    )
    assert office.store.tables.cases == before


# --- our side and the network ---


def test_a_worker_that_died_mid_call_burns_nothing_and_never_rings_twice(office: ProofingOffice) -> None:
    call_id = office.request_call(HONG)
    call = office.store.tables.calls[call_id]
    office.store.tables.calls[call_id] = replace(call, state=CallState.RINGING, rung_at=NOW)
    office.pump()
    assert latest(office) is CallState.INTERRUPTED
    assert office.findings(HONG, CALL) == ["ars_call.interrupted"]
    assert office.voice.rung(HONG.phone) == 0
    office.answer_call(HONG)  # at once: nothing was counted
    assert office.state(HONG, CALL) is CheckState.PASSED


def test_a_carrier_that_is_down_parks_the_check(office: ProofingOffice) -> None:
    office.voice.mishaps.expect(Mishap.DOWN)
    call_id = office.request_call(HONG)
    with pytest.raises(NeighbourUnavailable):
        office.carry_out(PlaceCall(call_id=call_id))
    assert office.state(HONG, CALL) is CheckState.PARKED
    assert office.findings(HONG, CALL) == ["ars_call.network_unavailable"]


def test_a_carrier_down_for_the_whole_window_costs_nothing(office: ProofingOffice) -> None:
    office.voice.mishaps.expect(Mishap.DOWN, count=1)
    office.request_call(HONG)
    office.pump()
    office.pass_time(minutes=3)
    assert office.findings(HONG, CALL) == ["ars_call.expired"]
    office.answer_call(HONG)
    assert office.state(HONG, CALL) is CheckState.PASSED


def test_a_network_that_fails_in_the_middle_burns_nothing(office: ProofingOffice) -> None:
    call_id = office.request_call(HONG)
    real = office.voice.owner_matches

    class FailsWhenRinging:
        owner_matches = staticmethod(real)

        @staticmethod
        def place_call(**_: object) -> object:
            raise NeighbourUnavailable(neighbour="telephony")

    placing.carry_out_place_call(
        PlaceCall(call_id=call_id),
        store=office.store,
        voice=FailsWhenRinging(),  # type: ignore[arg-type]  # a line that breaks
        policy=office.policy,
        clock=office.clock,
    )
    assert latest(office) is CallState.INTERRUPTED
    assert not [kind for kind, _ in office.store.tables.limits if kind.value.startswith("call")]


def test_expiry_leaves_a_ringing_call_alone(office: ProofingOffice) -> None:
    call_id = office.request_call(HONG)
    call = office.store.tables.calls[call_id]
    office.store.tables.calls[call_id] = replace(call, state=CallState.RINGING, rung_at=NOW)
    office.clock.advance(minutes=4)
    office.carry_out(ExpireCall(call_id=call_id))
    assert latest(office) is CallState.RINGING


# --- limits ---


def test_one_call_at_a_time(office: ProofingOffice) -> None:
    office.request_call(HONG)
    with pytest.raises(CallInProgress):
        office.request_call(HONG)


def test_pauses_grow_and_the_day_is_capped(office: ProofingOffice) -> None:
    office.voice.connect(HONG.phone, HONG.name, HONG.birth_date, progress=CallProgress.NO_ANSWER)
    for pause_s in (60, 300, None):
        office.request_call(HONG)
        office.pump()
        if pause_s is None:
            break
        with pytest.raises(CallTooSoon) as refused:
            office.request_call(HONG)
        assert refused.value.fields["retry_after_s"] == pause_s
        office.clock.advance(seconds=pause_s)
    office.clock.advance(hours=1)
    with pytest.raises(TooManyCalls) as capped:
        office.request_call(HONG)
    assert capped.value.fields["scope"] == "telephone"
    assert office.voice.rung(HONG.phone) == 3


def test_closed_hours_are_korean(office: ProofingOffice) -> None:
    office.policy = ProofingPolicy(call=CallPolicy(from_hour=8, until_hour=21))
    office.clock.time = NOW.replace(hour=12)  # 21:00 KST
    with pytest.raises(CallOutsideHours) as refused:
        office.request_call(HONG)
    assert refused.value.fields == {"from_hour": 8, "until_hour": 21}
    office.clock.time = NOW.replace(hour=11, minute=59)
    office.request_call(HONG)


def test_the_person_comes_first() -> None:
    office = ProofingOffice()
    office.settle_in(HONG)
    office.apply(HONG)
    office.photograph(HONG)
    with pytest.raises(CheckNotReady):
        office.request_call(HONG)


def test_a_cancelled_application_ends_the_call_and_its_number(office: ProofingOffice) -> None:
    office.request_call(HONG)
    application = office.store.tables.applications[HONG.application_id]
    office.store.tables.applications[HONG.application_id] = replace(application, state=ApplicationState.CANCELLED)
    assert closing.close_ended_cases(store=office.store, now=office.clock.now()) == 1
    call = next(iter(office.store.tables.calls.values()))
    assert (call.state, call.number) == (CallState.ABANDONED, None)
    office.pump()
    assert office.voice.rung(HONG.phone) == 0


def test_the_window_is_three_minutes(office: ProofingOffice) -> None:
    office.request_call(HONG)
    assert office.view(HONG).call.expires_at == NOW + timedelta(minutes=3)  # type: ignore[union-attr]  # just requested
