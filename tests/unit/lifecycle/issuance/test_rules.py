"""Admission, repeated requests, digits and validity."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from builders.applicants import HONG, ProvenIdentities, ScriptedChance, application_of
from builders.office import NOW
from dojang.lifecycle.application.model import (
    ApplicationClosed,
    ApplicationExpired,
    ApplicationKind,
    ApplicationNotFound,
    ApplicationOutOfTurn,
    ApplicationState,
    Validity,
)
from dojang.lifecycle.issuance import rules
from dojang.lifecycle.issuance.model import (
    AlreadyRequested,
    IdempotencyKeyMalformed,
    IdempotencyKeyReused,
    IdentityNotProven,
    Issuance,
    IssuanceRequest,
    IssuanceState,
)
from dojang.lifecycle.issuance.rules import SigningDone
from dojang.pki.validity import PredecessorExpired

REQUEST = IssuanceRequest(
    application_id="application-1",
    subscriber_id="subscriber-1",
    idempotency_key="idempotency-1",
    signing_request_der=b"s",
    key_management_request_der=b"k",
    sealed_r=b"r",
)
KNOWN = Issuance(
    id="issuance-1",
    application_id="application-1",
    subscriber_id="subscriber-1",
    person_key=HONG.person_key,
    idempotency_key="idempotency-1",
    request_digest=REQUEST.digest,
    predecessor_serial=None,
    state=IssuanceState.PREPARED,
    prepared_at=NOW,
)


def test_the_same_request_again_is_known() -> None:
    assert rules.require_same_request(KNOWN, REQUEST) is KNOWN


@pytest.mark.parametrize(
    "changed",
    [
        {"signing_request_der": b"x"},
        {"key_management_request_der": b"x"},
        {"sealed_r": b"x"},
        {"application_id": "application-2"},
        {"signing_request_der": b"sk", "key_management_request_der": b""},  # the same bytes, cut elsewhere
    ],
)
def test_the_same_key_with_other_content_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(IdempotencyKeyReused):
        rules.require_same_request(KNOWN, replace(REQUEST, **changed))


def test_another_key_for_a_served_application_is_refused() -> None:
    with pytest.raises(AlreadyRequested):
        rules.require_same_request(KNOWN, replace(REQUEST, idempotency_key="idempotency-2"))


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space", "quote'or1", "한글한글한글한글"])
def test_malformed_idempotency_keys_are_refused(key: str) -> None:
    with pytest.raises(IdempotencyKeyMalformed):
        rules.require_key_form(key)


def test_somebody_elses_application_is_not_found() -> None:
    with pytest.raises(ApplicationNotFound):
        rules.require_own(application_of(), "subscriber-2")
    with pytest.raises(ApplicationNotFound):
        rules.require_own(None, "subscriber-1")


@pytest.mark.parametrize("state", [ApplicationState.PROOFING, ApplicationState.ISSUED])
def test_keys_before_or_after_their_turn_are_refused(state: ApplicationState) -> None:
    with pytest.raises(ApplicationOutOfTurn):
        rules.require_identified(application_of(state=state), NOW)


@pytest.mark.parametrize("state", [ApplicationState.CANCELLED, ApplicationState.FROZEN, ApplicationState.COMPLETED])
def test_an_ended_application_is_refused(state: ApplicationState) -> None:
    with pytest.raises(ApplicationClosed):
        rules.require_identified(application_of(state=state), NOW)


def test_the_window_is_exclusive_at_its_end() -> None:
    application = application_of()
    rules.require_identified(application, application.expires_at - timedelta(seconds=1))
    with pytest.raises(ApplicationExpired):
        rules.require_identified(application, application.expires_at)


def test_a_proof_of_another_application_does_not_serve() -> None:
    identities = ProvenIdentities()
    application = application_of()
    identities.prove(application)
    identity = identities.get_verified_identity(application.id, NOW)
    assert rules.require_proof(identity, application, NOW) is identity
    with pytest.raises(IdentityNotProven):
        rules.require_proof(identity, replace(application, id="application-2"), NOW)
    with pytest.raises(IdentityNotProven):
        rules.require_proof(identity, replace(application, subscriber_id="subscriber-2"), NOW)


def test_validity_begins_anew_or_keeps_what_remains() -> None:
    anew = rules.validity_for(application_of(years=3), NOW)
    assert anew.not_before == datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert anew.not_after == datetime(2029, 11, 23, 14, 59, 59, tzinfo=UTC)
    end = datetime(2027, 3, 1, 14, 59, 59, tzinfo=UTC)
    reissue = application_of(
        kind=ApplicationKind.REISSUE, predecessor_serial=5, predecessor_not_after=end, validity=Validity.REMAINING
    )
    assert rules.validity_for(reissue, NOW).not_after == end
    with pytest.raises(PredecessorExpired):
        rules.validity_for(replace(reissue, predecessor_not_after=NOW - timedelta(days=1)), NOW)


def test_digits_are_drawn_within_nine_places_for_the_korean_day() -> None:
    evening = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # already the 24th in Korea
    lowest = rules.draw_subject("key", ScriptedChance([0]), evening)
    assert (lowest.registered_on, lowest.sequence) == (date(2026, 11, 24), 1)
    assert rules.draw_subject("key", ScriptedChance([10**9 - 2]), evening).sequence == 999_999_999


def test_what_is_prepared_concludes_once() -> None:
    issued = rules.conclude(KNOWN, SigningDone.IN_TIME, NOW)
    assert (issued.state, issued.issued_at) == (IssuanceState.ISSUED, NOW)
    assert rules.conclude(KNOWN, SigningDone.TOO_LATE, NOW).state is IssuanceState.ABANDONED
    with pytest.raises(KeyError):
        rules.conclude(issued, SigningDone.IN_TIME, NOW)


def test_neither_r_nor_its_seal_shows_in_a_repr() -> None:
    assert "sealed_r" not in repr(REQUEST)
