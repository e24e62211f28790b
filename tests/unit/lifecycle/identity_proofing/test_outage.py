"""A neighbour known to be away costs the applicant nothing: a check is parked before its work begins, and goes on."""

from collections.abc import Callable

import pytest

from builders.proofing import HONG, ProofingOffice
from dojang.kernel.effects import Effect
from dojang.lifecycle.identity_proofing.id_document.errors import ReaderBroken
from dojang.lifecycle.identity_proofing.id_document.model import Side
from dojang.lifecycle.identity_proofing.model import Check, CheckState, ExpireCall, ExpireDeposit
from dojang.lifecycle.identity_proofing.parking import park_effect


class HeldOffice(ProofingOffice):
    """An office whose worker carries nothing out while it is held."""

    held = False

    def pump(self, limit: int = 200) -> None:
        if not self.held:
            super().pump(limit)


def photographs(office: HeldOffice) -> None:
    office.settle_in(HONG)
    office.apply(HONG)
    office.submit_side(HONG, Side.FRONT, HONG.front)
    office.submit_side(HONG, Side.BACK, HONG.back)


def enters(office: HeldOffice) -> None:
    office.settle_in(HONG)
    office.apply(HONG)
    office.photograph(HONG)
    office.confirm(HONG)
    office.held = True
    office.enter(HONG)
    office.held = False


def names_account(office: HeldOffice) -> None:
    office.know(HONG)
    office.held = True
    office.submit_account(HONG)
    office.held = False


def asks_for_call(office: HeldOffice) -> None:
    office.know(HONG)
    office.request_call(HONG)
    shown = office.view(HONG).call
    assert shown is not None
    office.voice.connect(HONG.phone, HONG.name, HONG.birth_date, presses=(f"{shown.number}#",))


STORIES: dict[Check, tuple[Callable[[HeldOffice], None], CheckState]] = {
    Check.ID_DOCUMENT: (photographs, CheckState.CONFIRMING),
    Check.REGISTRY: (enters, CheckState.PASSED),
    Check.ACCOUNT_DEPOSIT: (names_account, CheckState.CONFIRMING),
    Check.ARS_CALL: (asks_for_call, CheckState.PASSED),
}


def rests(office: HeldOffice, times: int = 9) -> list[Effect]:
    """Do what the worker does while a neighbour is away: park what is due, again and again; carry nothing out."""
    resting: list[Effect] = []
    while (effect := office.line.take_due()) is not None:
        resting.append(effect)
    for _ in range(times):
        for effect in resting:
            park_effect(effect, store=office.store, policy=office.policy, now=office.clock.now())
    return resting


def goes_on(office: HeldOffice, resting: list[Effect]) -> None:
    for effect in resting:
        office.line.put(effect, 0)
    office.pump()


def tries(office: HeldOffice, check: Check) -> int:
    case = office.store.read(lambda tx: tx.proofing_cases.find_case_of(HONG.application_id))
    burned: int = case.checks[check].tries
    return burned


@pytest.mark.parametrize("check", STORIES)
def test_a_check_waits_out_an_outage_and_goes_on_with_every_try_left(check: Check) -> None:
    office = HeldOffice()
    begin, afterwards = STORIES[check]
    begin(office)
    left = {one.check: one.tries_left for one in office.view(HONG).checks}
    resting = rests(office)
    assert office.state(HONG, check) is CheckState.PARKED
    parked = [one.tag for one in office.store.entries].count(f"identity_proofing:{check.value}:parked")
    assert parked == 1  # said once, however often it rests
    goes_on(office, resting)
    assert office.state(HONG, check) is afterwards
    assert tries(office, check) == 0
    assert {one.check: one.tries_left for one in office.view(HONG).checks} == left


def test_no_run_of_the_reader_is_counted_while_it_is_away() -> None:
    office = HeldOffice()
    photographs(office)
    resting = rests(office, times=office.policy.document.reader_runs * 3)
    good = office.reader.shown[HONG.front]
    office.reader.shown[HONG.front] = ReaderBroken(part="process")
    goes_on(office, resting)
    for _ in range(office.policy.document.reader_runs - 2):
        office.pass_time(seconds=30)
    assert office.reader.looks == office.policy.document.reader_runs - 1  # every run it had is still there
    office.reader.shown[HONG.front] = good
    office.pass_time(seconds=30)
    assert office.state(HONG, Check.ID_DOCUMENT) is CheckState.CONFIRMING


def test_nothing_was_sent_and_nobody_was_rung_meanwhile() -> None:
    office = HeldOffice()
    names_account(office)
    rests(office)
    assert office.bank.credits(HONG.account) == []
    office = HeldOffice()
    asks_for_call(office)
    rests(office)
    assert office.voice.rung(HONG.phone) == 0


def test_a_call_whose_window_closed_during_the_outage_is_free() -> None:
    office = HeldOffice()
    asks_for_call(office)
    resting = rests(office)
    office.clock.advance(minutes=4)
    goes_on(office, resting)
    assert office.findings(HONG, Check.ARS_CALL) == ["ars_call.expired"]
    assert tries(office, Check.ARS_CALL) == 0
    office.answer_call(HONG)  # at once: no pause is owed for a call that never rang
    assert office.state(HONG, Check.ARS_CALL) is CheckState.PASSED


def test_what_is_none_of_this_steps_is_left_alone() -> None:
    office = HeldOffice()
    names_account(office)
    before = len(office.store.entries)
    for effect in (ExpireCall(call_id="x"), ExpireDeposit(deposit_id="x")):
        park_effect(effect, store=office.store, policy=office.policy, now=office.clock.now())
    assert len(office.store.entries) == before
