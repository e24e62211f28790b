"""Confirmation calls on both databases: who is called, what a confirmation is worth, and what it is not worth twice."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from builders.applicants import client_keys
from builders.household import Household
from builders.proofing import HONG, KIM, NOW, Person
from dojang.adapters.store.engine import Database
from dojang.controls.step_up.model import (
    Act,
    CallProof,
    CallsPaused,
    CallTooSoon,
    CertificateUnusable,
    ConfirmationExpired,
    ConfirmationInProgress,
    ConfirmationNotFound,
    ConfirmationState,
    ConfirmationUsed,
    NotConfirmed,
    Proof,
    ProofRequired,
    SignatureProof,
    SignatureWrong,
    TelephoneUnproven,
    TooManyCalls,
)
from dojang.controls.step_up.policy import StepUpPolicy
from dojang.controls.step_up.rules import act_statement
from dojang.controls.voice_call.model import CallProgress, Prompt
from dojang.kernel.errors import DojangError
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.revocation import usecases as revocation
from dojang.lifecycle.revocation.model import (
    CertificateNotHeld,
    CertificateState,
    HeldByOffice,
    Standing,
)
from dojang.lifecycle.revocation.policy import RevocationPolicy
from fakes.mishap import Mishap

S = ConfirmationState
POLICY = RevocationPolicy()


class AnotherTime(Person):
    """The same person, applying a second time."""

    @property
    def application_id(self) -> str:
        return f"second-application-of-{self.subscriber_id}"


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Household:
    return Household(database, tmp_path)


@pytest.fixture
def issued(home: Household) -> CertificateSet:
    made = home.certified(HONG)
    home.pump()
    return made


def revoke(home: Household, serial: int, proof: Proof | None) -> Standing:
    return revocation.revoke_own(
        serial, "keyCompromise", proof, subscriber_id=HONG.subscriber_id, store=home.store, now=home.clock.now()
    )


def resume(home: Household, serial: int, proof: Proof | None) -> Standing:
    return revocation.resume_own(
        serial, proof, subscriber_id=HONG.subscriber_id, store=home.store, now=home.clock.now()
    )


def suspend(home: Household, serial: int, by_office: bool = False) -> Standing:
    return revocation.suspend(
        serial,
        actor="test:somebody",
        store=home.store,
        policy=POLICY,
        now=home.clock.now(),
        subscriber_id=None if by_office else HONG.subscriber_id,
    )


def state(home: Household, issued: CertificateSet) -> CertificateState:
    found = home.store.read(lambda tx: tx.standings.get_standing(issued.issuance_id))
    return CertificateState(found.state)


def signed(issued: CertificateSet, act: Act, turn: int = 0, keys: int = 0) -> SignatureProof:
    statement = act_statement(act, str(issued.signing.serial), turn)
    return SignatureProof(serial=issued.signing.serial, signature=client_keys(keys).sign(statement))


# --- the call ---


def test_without_the_device_a_call_revokes_once(home: Household, issued: CertificateSet) -> None:
    serial = issued.signing.serial
    with pytest.raises(ProofRequired):
        revoke(home, serial, None)
    confirmation_id = home.confirmed(HONG, Act.REVOKE, serial)
    assert home.shown(HONG, confirmation_id).state is S.CONFIRMED
    revoked = revoke(home, serial, CallProof(confirmation_id=confirmation_id))
    assert (revoked.state, revoked.version) == (CertificateState.REVOKED, 1)
    assert home.shown(HONG, confirmation_id).state is S.USED
    assert revoke(home, serial, CallProof(confirmation_id=confirmation_id)) == revoked  # a lost answer asked for again
    told = [one for one in home.leaves() if one.tag.startswith(("step_up:", "revocation:"))]
    assert [one.tag for one in told] == [
        "revocation:certificate:refused",
        "step_up:confirmation:requested",
        "step_up:confirmation:ringing",
        "step_up:confirmation:confirmed",
        "step_up:confirmation:used",
        "revocation:certificate:revoked",
    ]
    assert '"proof":"call"' in told[-1].data


def test_the_number_is_on_the_screen_while_the_call_is_live_and_nowhere_else(
    home: Household, issued: CertificateSet
) -> None:
    asked = home.ask(HONG, Act.REVOKE, issued.signing.serial)
    assert (asked.state, asked.phone, asked.expires_at) == (S.REQUESTED, "010-****-0001", NOW + timedelta(minutes=3))
    assert asked.number is not None
    assert asked.number.isdigit()
    assert "number=" not in repr(asked)
    written = [json.loads(one.data) for one in home.leaves() if one.tag == "step_up:confirmation:requested"]
    assert written == [{"act": "revoke", "target": str(issued.signing.serial)}]
    home.answers(HONG, f"{asked.number}#")
    assert home.shown(HONG, asked.id).number is None


def test_the_call_says_what_is_asked_and_warns(home: Household, issued: CertificateSet) -> None:
    asked = home.ask(HONG, Act.REVOKE, issued.signing.serial)
    home.answers(HONG, f"{asked.number}#")
    call = home.voice._calls[asked.id]
    assert not isinstance(call, CallProgress)
    assert call.heard == [Prompt.CONFIRM_REVOCATION, Prompt.PRESS_NUMBER, Prompt.CONFIRMED, Prompt.GOODBYE]


@pytest.mark.parametrize(
    ("progress", "presses", "ending"),
    [
        (CallProgress.BUSY, (), S.BUSY),
        (CallProgress.DECLINED, (), S.DECLINED),
        (CallProgress.NO_ANSWER, (), S.NO_ANSWER),
        (CallProgress.UNREACHABLE, (), S.UNREACHABLE),
        (CallProgress.ANSWERED, (), S.SILENCE),
        (CallProgress.ANSWERED, ("1#", "1#"), S.WRONG_NUMBER),
    ],
)
def test_every_other_ending_confirms_nothing(
    home: Household, issued: CertificateSet, progress: CallProgress, presses: tuple[str, ...], ending: S
) -> None:
    asked = home.ask(HONG, Act.REVOKE, issued.signing.serial)
    home.voice.connect(HONG.phone, HONG.name, HONG.birth_date, progress=progress, presses=presses)
    home.pump()
    assert home.shown(HONG, asked.id).state is ending
    with pytest.raises(NotConfirmed):
        revoke(home, issued.signing.serial, CallProof(confirmation_id=asked.id))
    assert state(home, issued) is CertificateState.GOOD


def test_disowning_changes_nothing_alerts_and_stops_further_calls(home: Household, issued: CertificateSet) -> None:
    asked = home.ask(HONG, Act.REVOKE, issued.signing.serial)
    home.answers(HONG, "0#")
    assert home.shown(HONG, asked.id).state is S.NOT_REQUESTED
    assert state(home, issued) is CertificateState.GOOD
    assert home.told("confirmation_disowned") == 1
    (alert,) = home.mailbox.delivered_to("operators@example.test")
    assert (alert.template, alert.params) == ("confirmation_disowned_office", {"case": asked.id})
    home.clock.advance(hours=23, minutes=59)
    with pytest.raises(CallsPaused):
        home.ask(HONG, Act.REVOKE, issued.signing.serial)
    home.clock.advance(minutes=1)
    home.ask(HONG, Act.REVOKE, issued.signing.serial)


def test_a_line_that_changed_hands_is_never_rung(home: Household, issued: CertificateSet) -> None:
    before = home.voice.rung(HONG.phone)
    asked = home.ask(HONG, Act.REVOKE, issued.signing.serial)
    home.voice.connect(HONG.phone, "남의이름", HONG.birth_date, presses=(f"{asked.number}#",))
    home.pump()
    assert home.shown(HONG, asked.id).state is S.NOT_OWNER
    assert home.voice.rung(HONG.phone) == 0 < before


def test_a_telephone_only_entered_and_never_called_is_not_on_record(home: Household, issued: CertificateSet) -> None:
    """A re-issue under way with another number: the proven one is rung all the same."""
    del issued
    with home.database.writing() as connection:
        connection.exec_driver_sql("UPDATE application SET state = 'completed'")
        connection.exec_driver_sql("UPDATE proofing_case SET state = 'closed'")
    home.know(AnotherTime(phone="01099990009"))
    asked = home.ask(HONG, Act.UNLOCK_ISSUING, "lock-1")
    assert asked.phone == "010-****-0001"


def test_nobody_is_called_before_a_telephone_was_proven(home: Household) -> None:
    home.know(HONG)
    with pytest.raises(TelephoneUnproven):
        home.ask(HONG, Act.UNLOCK_ISSUING, "lock-1")
    assert home.tags()[-1] == "step_up:confirmation:refused"


# --- bound, timely, once ---


def test_a_confirmation_is_for_one_person_act_and_target(home: Household, issued: CertificateSet) -> None:
    serial = issued.signing.serial
    theirs = home.certified(KIM, client_keys(1))
    with pytest.raises(CertificateUnusable):
        home.ask(HONG, Act.REVOKE, theirs.signing.serial)
    suspend(home, serial)
    proof = CallProof(confirmation_id=home.confirmed(HONG, Act.RESUME, serial))
    with pytest.raises(ConfirmationNotFound):
        revoke(home, serial, proof)
    with pytest.raises(ConfirmationNotFound):
        revocation.revoke_own(
            theirs.signing.serial, "unspecified", proof, subscriber_id=KIM.subscriber_id, store=home.store, now=NOW
        )
    with pytest.raises(ConfirmationNotFound):
        home.shown(KIM, proof.confirmation_id)
    with pytest.raises(ConfirmationNotFound):
        revoke(home, serial, CallProof(confirmation_id="none"))
    assert resume(home, serial, proof).state is CertificateState.GOOD
    suspend(home, serial)
    with pytest.raises(ConfirmationUsed):
        resume(home, serial, proof)


def test_a_confirmation_waits_ten_minutes(home: Household, issued: CertificateSet) -> None:
    proof = CallProof(confirmation_id=home.confirmed(HONG, Act.REVOKE, issued.signing.serial))
    home.clock.advance(minutes=10)
    with pytest.raises(ConfirmationExpired):
        revoke(home, issued.signing.serial, proof)


def test_a_refused_act_uses_no_confirmation_up(home: Household, issued: CertificateSet) -> None:
    serial = issued.signing.serial
    proof = CallProof(confirmation_id=home.confirmed(HONG, Act.RESUME, serial))
    with pytest.raises(CertificateNotHeld):
        resume(home, serial, proof)
    suspend(home, serial)
    assert resume(home, serial, proof).state is CertificateState.GOOD


def test_what_the_office_suspended_no_proof_of_the_owners_lifts(home: Household, issued: CertificateSet) -> None:
    serial = issued.signing.serial
    held = suspend(home, serial, by_office=True)
    for proof in (
        CallProof(confirmation_id=home.confirmed(HONG, Act.RESUME, serial)),
        signed(issued, Act.RESUME, held.version),
    ):
        with pytest.raises(HeldByOffice):
            resume(home, serial, proof)


def test_one_confirmation_raced_for_is_used_once(home: Household, issued: CertificateSet) -> None:
    """Two acts of the same kind on the same target, at once: one takes the confirmation, the other sees it done."""
    serial = issued.signing.serial
    suspend(home, serial)
    proof = CallProof(confirmation_id=home.confirmed(HONG, Act.RESUME, serial))
    gate = Barrier(3)

    def attempt() -> str:
        gate.wait()
        try:
            return resume(home, serial, proof).state.value
        except DojangError as refusal:
            return refusal.code

    with ThreadPoolExecutor(3) as pool:
        outcomes = sorted(one.result() for one in [pool.submit(attempt) for _ in range(3)])
    assert outcomes == ["good", "revocation.not_held", "revocation.not_held"]
    assert home.tags().count("step_up:confirmation:used") == 1


# --- limits and mishaps ---


def test_one_call_at_a_time_with_growing_pauses_and_a_days_cap(home: Household, issued: CertificateSet) -> None:
    serial = issued.signing.serial
    asked = home.ask(HONG, Act.REVOKE, serial)
    with pytest.raises(ConfirmationInProgress):
        home.ask(HONG, Act.REVOKE, serial)
    home.answers(HONG)
    assert home.shown(HONG, asked.id).state is S.SILENCE
    for pause_s in (30, 300, 1800, 1800):
        with pytest.raises(CallTooSoon) as refusal:
            home.ask(HONG, Act.REVOKE, serial)
        assert refusal.value.fields["retry_after_s"] == pause_s
        home.clock.advance(seconds=pause_s)
        home.ask(HONG, Act.REVOKE, serial)
        home.pump()
    home.clock.advance(hours=1)
    with pytest.raises(TooManyCalls) as full:
        home.ask(HONG, Act.REVOKE, serial)
    home.clock.advance(seconds=int(str(full.value.fields["retry_after_s"])))
    home.ask(HONG, Act.REVOKE, serial)


def test_several_asking_at_once_get_one_call(home: Household, issued: CertificateSet) -> None:
    gate = Barrier(4)

    def attempt() -> str:
        gate.wait()
        try:
            return home.ask(HONG, Act.REVOKE, issued.signing.serial).state.value
        except DojangError as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(one.result() for one in [pool.submit(attempt) for _ in range(4)])
    assert outcomes == ["requested", "step_up.in_progress", "step_up.in_progress", "step_up.in_progress"]


def test_a_telephone_shared_by_accounts_is_rung_no_more_often(database: Database, tmp_path: Path) -> None:
    home = Household(database, tmp_path, step_up=StepUpPolicy(per_phone=1))
    issued = home.certified(HONG)
    brother = replace(KIM, phone=HONG.phone)
    home.clock.advance(minutes=1)
    theirs = home.certified(brother, client_keys(1))
    home.voice.connect(HONG.phone, HONG.name, HONG.birth_date)
    home.ask(HONG, Act.REVOKE, issued.signing.serial)
    home.pump()
    with pytest.raises(TooManyCalls):
        home.ask(brother, Act.REVOKE, theirs.signing.serial)


def test_a_network_that_is_down_is_waited_for_and_counts_nothing(home: Household, issued: CertificateSet) -> None:
    serial = issued.signing.serial
    asked = home.ask(HONG, Act.REVOKE, serial)
    home.voice.mishaps.expect(Mishap.DOWN, count=2)
    home.voice.connect(HONG.phone, HONG.name, HONG.birth_date, presses=(f"{asked.number}#",))
    home.pump()
    assert home.shown(HONG, asked.id).state is S.REQUESTED
    home.pass_time(seconds=5)
    home.pass_time(seconds=5)
    assert home.shown(HONG, asked.id).state is S.CONFIRMED


def test_a_call_never_placed_expires_and_counts_nothing(home: Household, issued: CertificateSet) -> None:
    serial = issued.signing.serial
    asked = home.ask(HONG, Act.REVOKE, serial)
    home.voice.mishaps.expect(Mishap.DOWN, count=1000)
    home.pass_time(minutes=3)
    shown = home.shown(HONG, asked.id)
    assert (shown.state, shown.number) == (S.EXPIRED, None)
    home.ask(HONG, Act.REVOKE, serial)  # at once: no pause


def test_a_worker_that_died_in_the_middle_rings_nobody_twice(home: Household, issued: CertificateSet) -> None:
    class Died(Exception):
        """The worker's machine stops."""

    asked = home.ask(HONG, Act.REVOKE, issued.signing.serial)
    rung = home.voice.rung(HONG.phone)
    placing: Callable[..., object] = home.voice.place_call

    def dies(**_: object) -> object:
        raise Died

    home.voice.place_call = dies  # type: ignore[method-assign]  # the worker dies here
    effect = home.line.take_due()
    assert effect is not None
    with pytest.raises(Died):
        home.carry_out(effect)
    home.voice.place_call = placing  # type: ignore[assignment]  # the next worker
    home.carry_out(effect)
    assert home.shown(HONG, asked.id).state is S.INTERRUPTED
    assert home.voice.rung(HONG.phone) == rung
    home.ask(HONG, Act.REVOKE, issued.signing.serial)  # at once: nothing counted


# --- the signature ---


def test_the_key_itself_revokes_also_with_a_signature_made_long_before(home: Household, issued: CertificateSet) -> None:
    proof = signed(issued, Act.REVOKE)
    suspend(home, issued.signing.serial)
    home.clock.advance(days=30)
    assert revoke(home, issued.signing.serial, proof).state is CertificateState.REVOKED


def test_a_signature_resumes_once(home: Household, issued: CertificateSet) -> None:
    serial = issued.signing.serial
    first = suspend(home, serial)
    proof = signed(issued, Act.RESUME, first.version)
    assert resume(home, serial, proof).state is CertificateState.GOOD
    suspend(home, serial)
    with pytest.raises(SignatureWrong):
        resume(home, serial, proof)  # replayed
    assert state(home, issued) is CertificateState.HELD


def test_what_is_signed_is_what_the_office_shows(home: Household, issued: CertificateSet) -> None:
    serial = issued.signing.serial
    held = suspend(home, serial)

    def shown(act: Act) -> bytes:
        return revocation.get_act_statement(serial, act, HONG.subscriber_id, store=home.store)

    assert shown(Act.RESUME) == act_statement(Act.RESUME, str(serial), held.version)
    assert shown(Act.REVOKE) == b'{"act":"revoke","target":"%d","turn":"0","type":"dojang.act.v1"}' % serial


@pytest.mark.parametrize("wrong", ["another act", "another key", "another certificate", "noise"])
def test_a_wrong_signature_proves_nothing(home: Household, issued: CertificateSet, wrong: str) -> None:
    theirs = home.certified(KIM, client_keys(1))
    proof = {
        "another act": signed(issued, Act.RESUME),
        "another key": signed(issued, Act.REVOKE, keys=1),
        "another certificate": SignatureProof(
            serial=issued.signing.serial,
            signature=client_keys(0).sign(act_statement(Act.REVOKE, str(theirs.signing.serial), 0)),
        ),
        "noise": SignatureProof(serial=issued.signing.serial, signature=b"\x00" * 70),
    }[wrong]
    with pytest.raises(SignatureWrong):
        revoke(home, issued.signing.serial, proof)
    with pytest.raises(CertificateUnusable):
        revoke(home, issued.signing.serial, SignatureProof(serial=theirs.signing.serial, signature=proof.signature))
    assert state(home, issued) is CertificateState.GOOD
    assert home.tags()[-1] == "revocation:certificate:refused"
