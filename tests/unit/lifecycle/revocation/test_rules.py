"""The standing's transition table."""

from datetime import timedelta

import pytest

from builders.office import NOW
from dojang.lifecycle.revocation import rules
from dojang.lifecycle.revocation.model import (
    CertificateAlreadyRevoked,
    CertificateNotHeld,
    CertificateState,
    ReasonNotAllowed,
    ResumptionRequested,
    RevocationReason,
    RevocationRequested,
    Standing,
    SuspensionRequested,
)

GOOD = Standing(issuance_id="issuance-1")
LATER = NOW + timedelta(hours=1)
COMPROMISED = RevocationRequested(reason=RevocationReason.KEY_COMPROMISE)


def test_a_good_certificate_is_revoked_with_its_reason() -> None:
    revoked = rules.advance(GOOD, COMPROMISED, NOW)
    assert (revoked.state, revoked.reason, revoked.since, revoked.version) == (
        CertificateState.REVOKED,
        RevocationReason.KEY_COMPROMISE,
        NOW,
        1,
    )


def test_the_first_revocation_stands() -> None:
    revoked = rules.advance(GOOD, COMPROMISED, NOW)
    again = rules.advance(revoked, RevocationRequested(reason=RevocationReason.SUPERSEDED), LATER)
    assert again is revoked


def test_a_hold_is_lifted_or_becomes_final() -> None:
    held = rules.advance(GOOD, SuspensionRequested(), NOW)
    assert held.state is CertificateState.HELD
    assert rules.advance(held, SuspensionRequested(), LATER) is held
    resumed = rules.advance(held, ResumptionRequested(), LATER)
    assert (resumed.state, resumed.since, resumed.version) == (CertificateState.GOOD, LATER, 2)
    assert rules.advance(held, COMPROMISED, LATER).state is CertificateState.REVOKED


def test_revocation_is_final() -> None:
    revoked = rules.advance(GOOD, COMPROMISED, NOW)
    for event in (SuspensionRequested(), ResumptionRequested()):
        with pytest.raises(CertificateAlreadyRevoked):
            rules.advance(revoked, event, LATER)


def test_only_a_hold_can_be_lifted() -> None:
    with pytest.raises(CertificateNotHeld):
        rules.advance(GOOD, ResumptionRequested(), NOW)


@pytest.mark.parametrize("name", ["certificateHold", "removeFromCRL", "cACompromise", "KEYCOMPROMISE", ""])
def test_other_reasons_are_refused_and_the_allowed_ones_listed(name: str) -> None:
    with pytest.raises(ReasonNotAllowed) as refusal:
        rules.parse_reason(name)
    assert "keyCompromise" in refusal.value.fields["allowed"]  # type: ignore[operator]  # a list here


def test_no_row_of_the_table_leaves_revoked() -> None:
    assert [state for state, _ in rules.TRANSITIONS if state is CertificateState.REVOKED] == []
