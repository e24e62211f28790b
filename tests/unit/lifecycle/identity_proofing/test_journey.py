"""The straight road through identity proofing, and what stands at its end."""

from builders.proofing import HONG, ProofingOffice
from dojang.lifecycle.application.model import ApplicationState
from dojang.lifecycle.identity_proofing import conclusion
from dojang.lifecycle.identity_proofing.model import CaseState, Check, CheckState, VerifiedIdentity


def test_every_check_passed_verifies_the_identity() -> None:
    office = ProofingOffice()
    office.prove(HONG)
    shown = office.view(HONG)
    assert {one.check: one.state for one in shown.checks} == dict.fromkeys(Check, CheckState.PASSED)
    assert shown.state is CaseState.VERIFIED
    assert office.application_state(HONG) is ApplicationState.IDENTIFIED
    identity = office.store.read(
        lambda tx: conclusion.load_verified_identity(tx, HONG.application_id, office.clock.now())
    )
    assert isinstance(identity, VerifiedIdentity)
    assert identity.name == HONG.name
    assert set(identity.evidence) == set(Check)
    assert identity.subscriber_id == HONG.subscriber_id
    assert office.bank.books_balance()
    assert len(office.bank.credits(HONG.account)) == 1
    assert office.voice.rung(HONG.phone) == 1
