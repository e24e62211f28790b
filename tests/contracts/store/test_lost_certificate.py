"""A re-issue because the certificate is lost, on both databases: what a session alone can do to it, and what not."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from builders.household import Household
from builders.proofing import HONG, Person
from dojang.adapters.chance import SystemChance
from dojang.adapters.store.engine import Database
from dojang.controls.step_up.model import ProofRequired
from dojang.lifecycle.application import usecases as application
from dojang.lifecycle.application.model import ApplicationKind, ReissueReason, RevokeCertificate, SuspendPredecessor
from dojang.lifecycle.application.policy import ApplicationPolicy
from dojang.lifecycle.identity_proofing.model import Check
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.lifecycle.revocation import usecases as revocation
from dojang.lifecycle.revocation.model import CertificateState, HoldParty, RevocationReason, Standing
from dojang.lifecycle.revocation.policy import RevocationPolicy

POLICY = ApplicationPolicy()
S = CertificateState


@dataclass(frozen=True, slots=True, kw_only=True)
class Again(Person):
    """The same person with another application."""

    application: str

    @property
    def application_id(self) -> str:
        return self.application


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Household:
    return Household(database, tmp_path)


@pytest.fixture
def issued(home: Household) -> CertificateSet:
    made = home.certified(HONG)
    for event in ("CertificatesIssued", "CertificatesAccepted"):
        application.advance_application(HONG.application_id, event, store=home.store, now=home.clock.now())
    home.pass_time(minutes=10)
    return made


def applies(home: Household, reason: ReissueReason = ReissueReason.LOST) -> Again:
    """Whoever has the session asks for a successor."""
    request = application.ApplicationRequest(
        subscriber_id=HONG.subscriber_id,
        kind=ApplicationKind.REISSUE,
        years=1,
        consents=POLICY.required_consents,
        reissue_reason=reason,
    )
    known: dict[str, Any] = {"store": home.store, "policy": POLICY, "chance": SystemChance(), "now": home.clock.now()}
    opened = application.open_application(request, **known)
    home.pump()
    return Again(application=opened.id)


def cancels(home: Household, again: Again) -> None:
    application.cancel_application(again.application_id, HONG.subscriber_id, store=home.store, now=home.clock.now())
    home.pump()


def standing(home: Household, issued: CertificateSet) -> Standing:
    found = home.store.read(lambda tx: tx.standings.get_standing(issued.issuance_id))
    assert isinstance(found, Standing)
    return found


def proves(home: Household, again: Again) -> None:
    """Walk the whole road of proofing again."""
    home.photograph(again)
    home.confirm(again)
    home.enter(again)
    home.submit_account(again)
    home.confirm_deposit(again, *home.statement(again))
    home.answer_call(again)


@pytest.mark.parametrize("reason", [ReissueReason.LOST, ReissueReason.LEAKED])
def test_a_session_alone_suspends_and_ends_nothing(
    home: Household, issued: CertificateSet, reason: ReissueReason
) -> None:
    again = applies(home, reason)
    held = standing(home, issued)
    assert (held.state, held.held_by) == (S.HELD, HoldParty.OWNER)
    assert home.told("certificate_suspended") == 1  # on every way there is, so that its owner hears of a thief
    assert not [one for one in home.line.emitted if isinstance(one, RevokeCertificate)]
    cancels(home, again)
    assert standing(home, issued) == held
    assert "revocation:certificate:revoked" not in home.tags()


def test_its_owner_takes_it_back_and_a_session_alone_does_not(home: Household, issued: CertificateSet) -> None:
    cancels(home, applies(home))
    arguments: dict[str, Any] = {
        "subscriber_id": HONG.subscriber_id,
        "store": home.store,
        "now": home.clock.now(),
    }
    with pytest.raises(ProofRequired):
        revocation.resume_own(issued.signing.serial, None, **arguments)
    assert standing(home, issued).state is S.HELD


def test_no_check_of_proofing_alone_ends_it(home: Household, issued: CertificateSet) -> None:
    """All but the telephone: the last thing a thief of session, document and account does not have."""
    again = applies(home)
    home.photograph(again)
    home.confirm(again)
    home.enter(again)
    home.submit_account(again)
    home.confirm_deposit(again, *home.statement(again))
    assert home.state(again, Check.ACCOUNT_DEPOSIT).value == "passed"
    assert standing(home, issued).state is S.HELD


def test_whoever_has_proven_themselves_ends_it_before_there_is_a_successor(
    home: Household, issued: CertificateSet
) -> None:
    again = applies(home)
    proves(home, again)
    ended = standing(home, issued)
    assert (ended.state, ended.reason) == (S.REVOKED, RevocationReason.KEY_COMPROMISE)
    cancels(home, again)
    assert standing(home, issued) == ended


def test_what_was_replaced_stays_good_until_the_successor_is_accepted(home: Household, issued: CertificateSet) -> None:
    again = applies(home, ReissueReason.REPLACED)
    proves(home, again)
    assert standing(home, issued).state is S.GOOD
    assert not [one for one in home.line.emitted if isinstance(one, SuspendPredecessor | RevokeCertificate)]


@pytest.mark.parametrize("before", ["held_by_office", "revoked"])
def test_a_hold_of_the_office_and_an_end_stay_what_they_are(
    home: Household, issued: CertificateSet, before: str
) -> None:
    serial = issued.signing.serial
    known: dict[str, Any] = {"actor": "operator:1", "store": home.store, "now": home.clock.now()}
    if before == "revoked":
        revocation.revoke(serial, "superseded", **known)
    else:
        revocation.suspend(serial, policy=RevocationPolicy(), **known)
    stood = standing(home, issued)
    applies(home)
    assert standing(home, issued) == stood
    effect = SuspendPredecessor(serial=serial, application_id="x")
    home.carry_out(effect)  # and again: effects come at least once
    assert standing(home, issued) == stood
