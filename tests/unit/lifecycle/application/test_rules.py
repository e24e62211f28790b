"""Applications: what is decided when one is opened, and where events lead."""

from datetime import UTC, datetime, timedelta

import pytest

from dojang.lifecycle.application import rules
from dojang.lifecycle.application.model import (
    Application,
    ApplicationClosed,
    ApplicationExpired,
    ApplicationKind,
    ApplicationOutOfTurn,
    ApplicationState,
    CancelRequested,
    CertificateAlreadyHeld,
    CertificatesAccepted,
    CertificatesIssued,
    Consent,
    ConsentMissing,
    DisownedByPhone,
    HeldCertificate,
    IdentityVerified,
    PredecessorRequired,
    ReissueReason,
    TimeRanOut,
    TooManyIssues,
    Validity,
    ValidityNotOffered,
)
from dojang.lifecycle.application.policy import CURRENT_CONSENTS, ApplicationPolicy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = ApplicationPolicy()


def application(state: ApplicationState = ApplicationState.PROOFING) -> Application:
    return Application(
        id="a",
        subscriber_id="s",
        kind=ApplicationKind.NEW,
        years=1,
        validity=Validity.ANEW,
        reissue_reason=None,
        predecessor_serial=None,
        predecessor_not_after=None,
        consents=(),
        state=state,
        opened_at=NOW,
        expires_at=NOW + timedelta(hours=24),
    )


def held(serial: int = 7, *, days: int = 100, state: str = "good", succeeded: bool = False) -> HeldCertificate:
    return HeldCertificate(serial=serial, not_after=NOW + timedelta(days=days), state=state, succeeded=succeeded)


def test_the_happy_road_ends_completed() -> None:
    one = application()
    for event in (IdentityVerified(), CertificatesIssued(), CertificatesAccepted()):
        one = rules.advance(one, event)
    assert (one.state, one.version) == (ApplicationState.COMPLETED, 3)


def test_an_event_that_comes_twice_changes_nothing() -> None:
    one = rules.advance(application(), IdentityVerified())
    assert rules.advance(one, IdentityVerified()) is one
    issued = rules.advance(one, CertificatesIssued())
    assert rules.advance(issued, IdentityVerified()) is issued


def test_an_ended_application_takes_no_events() -> None:
    frozen = rules.advance(application(), DisownedByPhone())
    with pytest.raises(ApplicationClosed) as refusal:
        rules.advance(frozen, IdentityVerified())
    assert refusal.value.fields == {"state": "frozen"}


def test_what_was_issued_can_still_be_cancelled_before_it_is_accepted() -> None:
    assert rules.advance(application(ApplicationState.ISSUED), CancelRequested()).state is ApplicationState.CANCELLED
    with pytest.raises(ApplicationClosed):
        rules.advance(application(ApplicationState.COMPLETED), CancelRequested())


def test_an_event_out_of_turn_is_refused() -> None:
    with pytest.raises(ApplicationOutOfTurn):
        rules.advance(application(), CertificatesAccepted())


def test_the_window_is_exclusive() -> None:
    one = application()
    rules.require_open(one, one.expires_at - timedelta(seconds=1))
    with pytest.raises(ApplicationExpired):
        rules.require_open(one, one.expires_at)
    with pytest.raises(ApplicationExpired):
        rules.require_open(rules.advance(one, TimeRanOut()), NOW)


def test_every_required_consent_counts_in_its_version() -> None:
    rules.require_consents(CURRENT_CONSENTS, CURRENT_CONSENTS)
    older = (*CURRENT_CONSENTS[:-1], Consent(text_id=CURRENT_CONSENTS[-1].text_id, version="2020-01"))
    with pytest.raises(ConsentMissing) as refusal:
        rules.require_consents(older, CURRENT_CONSENTS)
    assert refusal.value.fields["missing"] == [CURRENT_CONSENTS[-1].text_id]


def test_the_cap_of_issues_is_inclusive() -> None:
    rules.require_room(POLICY.issues_per_period - 1, POLICY)
    with pytest.raises(TooManyIssues):
        rules.require_room(POLICY.issues_per_period, POLICY)


def test_no_new_certificate_beside_a_live_one() -> None:
    with pytest.raises(CertificateAlreadyHeld):
        rules.choose_predecessor(ApplicationKind.NEW, None, (held(),), NOW)
    for dead in (held(days=-1), held(state="revoked"), held(succeeded=True)):
        assert rules.choose_predecessor(ApplicationKind.NEW, None, (dead,), NOW) is None


def test_a_reissue_finds_its_predecessor() -> None:
    older, newer = held(1, days=-5), held(2, days=50)
    assert rules.choose_predecessor(ApplicationKind.REISSUE, None, (older, newer), NOW) == newer
    assert rules.choose_predecessor(ApplicationKind.REISSUE, 1, (older, newer), NOW) == older
    with pytest.raises(PredecessorRequired):
        rules.choose_predecessor(ApplicationKind.REISSUE, 3, (older, newer), NOW)
    with pytest.raises(PredecessorRequired):
        rules.choose_predecessor(ApplicationKind.REISSUE, None, (held(succeeded=True),), NOW)


def test_terms_keep_what_remains_or_begin_anew() -> None:
    kept = rules.terms_of(ApplicationKind.REISSUE, 1, ReissueReason.REPLACED, held(days=100), POLICY, NOW)
    assert (kept.validity, kept.not_after, kept.predecessor_ends) == (
        Validity.REMAINING,
        NOW + timedelta(days=100),
        "on_acceptance",
    )
    anew = rules.terms_of(ApplicationKind.REISSUE, 1, ReissueReason.EXPIRED, held(days=-3), POLICY, NOW)
    assert anew.validity is Validity.ANEW
    assert anew.not_after == datetime(2027, 11, 23, 14, 59, 59, tzinfo=UTC)
    lost = rules.terms_of(ApplicationKind.REISSUE, 1, ReissueReason.LOST, held(), POLICY, NOW)
    assert lost.predecessor_ends == "at_once"


def test_only_offered_years() -> None:
    assert rules.terms_of(ApplicationKind.NEW, 3, None, None, POLICY, NOW).not_after.year == 2029
    with pytest.raises(ValidityNotOffered) as refusal:
        rules.terms_of(ApplicationKind.NEW, 2, None, None, POLICY, NOW)
    assert refusal.value.fields["offered"] == ["1", "3"]
