"""The issue lock on both databases: whose it is, what it turns away, how it opens."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from builders.applicants import client_keys
from builders.household import Household
from builders.office import office
from builders.proofing import HONG, KIM, NOW, Person
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.engine import Database
from dojang.controls.step_up.model import Act, CallProof, CertificateUnusable, ProofRequired, SignatureProof
from dojang.kernel.errors import DojangError
from dojang.lifecycle.application.model import ApplicationKind
from dojang.lifecycle.application.policy import ApplicationPolicy
from dojang.lifecycle.application.usecases import ApplicationRequest, open_application
from dojang.lifecycle.identity_proofing.model import Check, CheckState
from dojang.lifecycle.issuance import usecases as issuance
from dojang.lifecycle.issuance.model import IssuanceAbandoned, IssuanceState
from dojang.lifecycle.issuance.policy import IssuancePolicy
from dojang.lifecycle.issue_lock import usecases as issue_lock
from dojang.lifecycle.issue_lock.model import IssuingLocked, LockState, NotLocked, PersonNotKnown
from dojang.lifecycle.issue_lock.policy import IssueLockPolicy
from dojang.lifecycle.revocation import usecases as revocation
from dojang.lifecycle.revocation.policy import RevocationPolicy

POLICY = IssueLockPolicy()
# The same person with an account of another name.
ALIAS = replace(HONG, subscriber_id="subscriber-3", phone="01099990003")


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Household:
    return Household(database, tmp_path)


def lock(home: Household, person: Person = HONG) -> issue_lock.IssueLock:
    return issue_lock.lock_issuing(person.subscriber_id, store=home.store, chance=SystemChance(), now=home.clock.now())


def view(home: Household, person: Person = HONG) -> issue_lock.LockView:
    return issue_lock.get_lock(person.subscriber_id, store=home.store, now=home.clock.now())


def unlock(home: Household, proof: CallProof | SignatureProof | None, person: Person = HONG) -> issue_lock.IssueLock:
    return issue_lock.request_unlock(person.subscriber_id, proof, store=home.store, policy=POLICY, now=home.clock.now())


def apply(home: Household, person: Person = HONG) -> None:
    request = ApplicationRequest(
        subscriber_id=person.subscriber_id,
        kind=ApplicationKind.NEW,
        years=1,
        consents=ApplicationPolicy().required_consents,
    )
    open_application(request, store=home.store, policy=ApplicationPolicy(), chance=SystemChance(), now=home.clock.now())


def test_an_account_nobody_identified_locks_nothing(home: Household) -> None:
    home.know(HONG)
    assert view(home) == issue_lock.LockView(lock=None, may_lock=False)
    with pytest.raises(PersonNotKnown):
        lock(home)


def test_locked_at_once_and_the_owner_told_once_however_often_it_is_asked(home: Household) -> None:
    home.prove(HONG)
    assert view(home).may_lock
    first = lock(home)
    assert lock(home) == first
    home.pump()
    assert (first.state, home.told("issue_lock_set")) == (LockState.LOCKED, 1)
    with pytest.raises(IssuingLocked):
        home.issue(HONG, client_keys(0))
    with pytest.raises(IssuingLocked):
        apply(home)
    home.pump()
    attempts = [one for one in home.leaves() if one.tag == "issue_lock:attempt:refused"]
    assert [one.subject for one in attempts] == [first.id, first.id]
    assert home.told("issue_attempt_while_locked") == 1
    home.clock.advance(hours=6)
    with pytest.raises(IssuingLocked):
        apply(home)
    home.pump()
    assert home.told("issue_attempt_while_locked") == 2


def test_it_holds_against_another_account_as_soon_as_the_person_is_known(home: Household) -> None:
    home.certified(HONG)
    set_ = lock(home)
    with home.database.writing() as connection:
        connection.exec_driver_sql("UPDATE proofing_case SET state = 'closed'")
    home.settle_in(ALIAS)
    home.apply(ALIAS)  # nobody knows yet who this is
    home.photograph(ALIAS)
    home.confirm(ALIAS)
    with pytest.raises(IssuingLocked):
        home.enter(ALIAS)
    home.pump()
    assert home.state(ALIAS, Check.PERSONAL_DATA) is CheckState.REFUSED
    assert home.findings(ALIAS, Check.PERSONAL_DATA) == ["issue_lock.locked"]
    last = [one for one in home.leaves() if one.tag == "issue_lock:attempt:refused"][-1]
    assert (last.subject, last.actor) == (set_.id, f"subscriber:{ALIAS.subscriber_id}")
    (told,) = [one for one in home.notices if one.template == "issue_attempt_while_locked"]
    assert told.subscriber_id == HONG.subscriber_id


def test_others_are_not_held_up(home: Household) -> None:
    home.certified(HONG)
    lock(home)
    assert home.certified(KIM, client_keys(1)).subscriber_id == KIM.subscriber_id


def test_it_opens_a_day_after_a_call_and_not_a_second_sooner(home: Household) -> None:
    home.prove(HONG)
    set_ = lock(home)
    with pytest.raises(ProofRequired):
        unlock(home, None)
    proof = CallProof(confirmation_id=home.confirmed(HONG, Act.UNLOCK_ISSUING, set_.id))
    cooling = unlock(home, proof)
    assert (cooling.state, cooling.opens_at) == (LockState.COOLING, NOW + timedelta(hours=24))
    assert unlock(home, None) == cooling  # asked again: nothing changes, nothing is needed
    home.clock.time = NOW + timedelta(hours=24, seconds=-1)
    assert issue_lock.open_cooled(store=home.store, policy=POLICY, now=home.clock.now()) == 0
    with pytest.raises(IssuingLocked):
        apply(home)
    home.clock.time = NOW + timedelta(hours=24)
    lock_now = view(home).lock
    assert lock_now is not None
    assert lock_now.state is LockState.OPEN  # whether or not the schedule has run
    assert issue_lock.open_cooled(store=home.store, policy=POLICY, now=home.clock.now()) == 1
    assert issue_lock.open_cooled(store=home.store, policy=POLICY, now=home.clock.now()) == 0
    home.pump()
    assert home.told("issue_lock_unlock_requested") == 1
    assert home.told("issue_lock_removed") == 1
    with pytest.raises(NotLocked):
        issue_lock.cancel_unlock(HONG.subscriber_id, store=home.store, now=home.clock.now())


def test_the_owner_may_think_again(home: Household) -> None:
    home.prove(HONG)
    proof = CallProof(confirmation_id=home.confirmed(HONG, Act.UNLOCK_ISSUING, lock(home).id))
    unlock(home, proof)
    kept = issue_lock.cancel_unlock(HONG.subscriber_id, store=home.store, now=home.clock.now())
    assert kept.state is LockState.LOCKED
    home.at(NOW + timedelta(days=2))
    assert issue_lock.open_cooled(store=home.store, policy=POLICY, now=home.clock.now()) == 0
    assert home.told("issue_lock_unlock_cancelled") == 1


def test_a_signature_unlocks_once_and_only_with_a_good_certificate(home: Household) -> None:
    issued = home.certified(HONG)
    lock(home)

    def signed() -> SignatureProof:
        statement = view(home).statement
        assert statement is not None
        return SignatureProof(serial=issued.signing.serial, signature=client_keys(0).sign(statement))

    replayed = signed()
    assert unlock(home, replayed).state is LockState.COOLING
    lock(home)
    with pytest.raises(DojangError, match=r"step_up\.signature_wrong"):
        unlock(home, replayed)
    fresh = signed()
    revocation.suspend(
        issued.signing.serial, actor="operator:one", store=home.store, policy=RevocationPolicy(), now=NOW
    )
    with pytest.raises(CertificateUnusable):
        unlock(home, fresh)


def test_what_a_crash_left_unsigned_is_not_issued_once_locked(home: Household) -> None:
    class LosesPower(Exception):
        """The machine stops."""

    class DyingSigner:
        issuer = office().authority.issuer
        algorithm = office().authority.signer.algorithm
        certificate_der = None

        def sign_certificate(self, linted: object) -> bytes:
            raise LosesPower

        def sign_crl(self, tbs_der: bytes) -> bytes:
            raise LosesPower

    home.prove(HONG)
    with pytest.raises(LosesPower):
        home.issue(HONG, client_keys(0), authority=replace(office().authority, signer=DyingSigner()))
    lock(home)
    policy = IssuancePolicy(recovery_grace_s=0)
    issuance.complete_prepared(store=home.store, authority=office().authority, policy=policy, now=home.clock.now())
    home.pump()
    found = home.store.read(lambda tx: tx.issuances.find_issuance(HONG.application_id))
    assert found is not None
    assert found.state is IssuanceState.ABANDONED
    assert home.tags().count("revocation:certificate:revoked") == 1
    assert home.told("issue_attempt_while_locked") == 1


def test_locking_and_issuing_at_once_come_one_after_the_other(home: Household) -> None:
    home.prove(HONG)
    gate = Barrier(2)

    def issues() -> str:
        gate.wait()
        try:
            home.issue(HONG, client_keys(0))
        except (IssuingLocked, IssuanceAbandoned) as refusal:
            return refusal.code
        return "issued"

    def locks() -> LockState:
        gate.wait()
        return lock(home).state

    with ThreadPoolExecutor(2) as pool:
        outcome, state = pool.submit(issues), pool.submit(locks)
        assert state.result() is LockState.LOCKED
        said = outcome.result()
    tags = [one.tag for one in home.leaves()]
    issued_first = "issuance:certificate_set:issued" in tags and tags.index(
        "issuance:certificate_set:issued"
    ) < tags.index("issue_lock:lock:set")
    assert (said == "issued") is issued_first
