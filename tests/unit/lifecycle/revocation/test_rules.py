"""The standing's transition table."""

from datetime import datetime, timedelta

import pytest

from builders.office import NOW
from dojang.lifecycle.revocation import rules
from dojang.lifecycle.revocation.model import (
    CertificateAlreadyRevoked,
    CertificateNotHeld,
    CertificateState,
    HeldByOffice,
    HoldParty,
    HoldRanOut,
    ReasonNotAllowed,
    ResumptionRequested,
    RevocationReason,
    RevocationRequested,
    Standing,
    SuspensionRequested,
)
from dojang.lifecycle.revocation.policy import RevocationPolicy

GOOD = Standing(issuance_id="issuance-1")
LATER = NOW + timedelta(hours=1)
COMPROMISED = RevocationRequested(reason=RevocationReason.KEY_COMPROMISE)
ENDS = NOW + timedelta(days=181)
HOLD = SuspensionRequested(by=HoldParty.OWNER, ends_at=ENDS, notice_at=ENDS - timedelta(days=7))
OFFICE_HOLD = SuspensionRequested(by=HoldParty.OFFICE, ends_at=ENDS, notice_at=ENDS - timedelta(days=7))


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
    held = rules.advance(GOOD, HOLD, NOW)
    assert held.state is CertificateState.HELD
    assert rules.advance(held, HOLD, LATER) is held
    resumed = rules.advance(held, ResumptionRequested(by=HoldParty.OWNER), LATER)
    assert (resumed.state, resumed.since, resumed.version) == (CertificateState.GOOD, LATER, 2)
    assert rules.advance(held, COMPROMISED, LATER).state is CertificateState.REVOKED


def test_revocation_is_final() -> None:
    revoked = rules.advance(GOOD, COMPROMISED, NOW)
    for event in (HOLD, ResumptionRequested(by=HoldParty.OWNER)):
        with pytest.raises(CertificateAlreadyRevoked):
            rules.advance(revoked, event, LATER)


def test_only_a_hold_can_be_lifted() -> None:
    with pytest.raises(CertificateNotHeld):
        rules.advance(GOOD, ResumptionRequested(by=HoldParty.OWNER), NOW)


@pytest.mark.parametrize("name", ["certificateHold", "removeFromCRL", "cACompromise", "KEYCOMPROMISE", ""])
def test_other_reasons_are_refused_and_the_allowed_ones_listed(name: str) -> None:
    with pytest.raises(ReasonNotAllowed) as refusal:
        rules.parse_reason(name)
    assert "keyCompromise" in refusal.value.fields["allowed"]  # type: ignore[operator]  # a list here


def test_no_row_of_the_table_leaves_revoked() -> None:
    assert [state for state, _ in rules.TRANSITIONS if state is CertificateState.REVOKED] == []


def test_a_hold_remembers_its_party_and_its_end_and_forgets_them_when_lifted() -> None:
    held = rules.advance(GOOD, HOLD, NOW)
    assert (held.held_by, held.hold_ends_at, held.hold_notice_at) == (HoldParty.OWNER, ENDS, ENDS - timedelta(days=7))
    resumed = rules.advance(held, ResumptionRequested(by=HoldParty.OWNER), LATER)
    assert (resumed.held_by, resumed.hold_ends_at, resumed.hold_notice_at) == (None, None, None)


def test_a_hold_that_ran_out_is_final_and_says_out_of_use() -> None:
    revoked = rules.advance(rules.advance(GOOD, HOLD, NOW), HoldRanOut(), ENDS)
    assert (revoked.state, revoked.reason) == (CertificateState.REVOKED, RevocationReason.CESSATION_OF_OPERATION)
    assert rules.advance(revoked, HoldRanOut(), ENDS) is revoked


def test_the_office_takes_over_a_hold_and_then_the_owner_cannot_lift_it() -> None:
    held = rules.advance(rules.advance(GOOD, HOLD, NOW), OFFICE_HOLD, LATER)
    assert (held.held_by, held.since, held.hold_ends_at) == (HoldParty.OFFICE, NOW, ENDS)
    with pytest.raises(HeldByOffice):
        rules.advance(held, ResumptionRequested(by=HoldParty.OWNER), LATER)
    assert rules.advance(held, HOLD, LATER) is held
    assert rules.advance(held, ResumptionRequested(by=HoldParty.OFFICE), LATER).state is CertificateState.GOOD


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2026-11-23T01:00:00+00:00", "2027-05-23T01:00:00+00:00"),
        ("2026-08-31T03:00:00+00:00", "2027-02-28T03:00:00+00:00"),  # no 31st of February
        ("2026-08-30T16:00:00+00:00", "2027-02-27T16:00:00+00:00"),  # the 31st in Korea already
        ("2027-08-31T03:00:00+00:00", "2028-02-29T03:00:00+00:00"),
    ],
)
def test_a_hold_ends_six_months_later_by_the_korean_calendar(begins: str, ends: str) -> None:
    event = rules.suspension(HoldParty.OWNER, RevocationPolicy(), datetime.fromisoformat(begins))
    assert event.ends_at == datetime.fromisoformat(ends)
    assert event.notice_at == event.ends_at - timedelta(days=7)


@pytest.mark.parametrize(
    "wrong", [{"hold_months": 0}, {"hold_notice_days": 0}, {"hold_months": 1, "hold_notice_days": 28}]
)
def test_a_policy_without_room_for_its_notice_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="hold"):
        RevocationPolicy(**wrong)
