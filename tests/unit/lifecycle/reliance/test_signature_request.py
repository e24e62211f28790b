"""The signature request's rules: every state and event, in any order; what is told; what counts as the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.office import NOW
from dojang.lifecycle.reliance.signature_request import rules
from dojang.lifecycle.reliance.signature_request.model import (
    OVER,
    AssemblyFailed,
    CustomerDeclined,
    DocumentMalformed,
    RequestOpened,
    SignableKind,
    SignatureAssembled,
    SignatureHeld,
    SignatureRefused,
    SignatureRequest,
    SignatureRequestEvent,
    SignatureRequestOver,
    SignatureRequestState,
    SignatureRequestTaken,
    Terms,
    TimePassed,
)

S = SignatureRequestState
EVENTS: list[SignatureRequestEvent] = [
    RequestOpened(subscriber_id="gildong"),
    RequestOpened(subscriber_id="somebody"),
    SignatureHeld(serial=7, signed_at=NOW),
    SignatureRefused(at=NOW),
    CustomerDeclined(at=NOW),
    TimePassed(at=NOW),
    SignatureAssembled(at=NOW),
    AssemblyFailed(at=NOW, reason="REVOKED"),
]


def request(**changes: object) -> SignatureRequest:
    plain = SignatureRequest(
        id="0" * 32,
        client_id="shop",
        party_name="견본 상점",
        kind=SignableKind.TEXT,
        terms=Terms(purpose="계약", amount_krw=1000),
        sha256="0" * 64,
        size_bytes=4,
        idempotency_key="basket-0001",
        fingerprint="0" * 64,
        made_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        tries_left=3,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # names of fields


@given(st.lists(st.sampled_from(EVENTS), max_size=30))
def test_whatever_comes_a_request_ends_once_and_is_signed_by_whom_it_is_bound_to(
    events: list[SignatureRequestEvent],
) -> None:
    current, ends = request(), 0
    for event in events:
        try:
            after = rules.advance(current, event)
        except (SignatureRequestOver, SignatureRequestTaken):
            continue
        assert current.state not in OVER
        assert current.subscriber_id in (None, after.subscriber_id)
        ends += after.state in OVER
        current = after
    assert ends == (current.state in OVER)
    assert (current.ended_at is not None) == (current.state in OVER)
    if current.state in (S.SIGNED, S.COMPLETED):
        assert current.subscriber_id is not None
        assert current.serial == 7
    assert current.tries_left >= 0


@pytest.mark.parametrize("state", list(S))
def test_what_is_over_stays_over(state: SignatureRequestState) -> None:
    for event in EVENTS:
        if (state, type(event)) not in rules.TRANSITIONS:
            with pytest.raises(SignatureRequestOver):
                rules.advance(request(state=state, subscriber_id="gildong"), event)


def test_what_has_run_out_is_shown_as_expired_before_anybody_wrote_it_down() -> None:
    waiting = request(state=S.BOUND)
    assert rules.shown_state(waiting, NOW + timedelta(minutes=59)) is S.BOUND
    assert rules.shown_state(waiting, NOW + timedelta(hours=1)) is S.EXPIRED
    assert rules.shown_state(request(state=S.SIGNED), NOW + timedelta(hours=2)) is S.SIGNED


@pytest.mark.parametrize("text", ["", " \n", "a\x00b", "a\u202eb", "a\u200bb", "a\x9fb"])
def test_a_text_that_shows_something_else_is_refused(text: str) -> None:
    with pytest.raises(DocumentMalformed):
        rules.check_text(text.encode())


def test_the_description_says_purpose_and_amount() -> None:
    assert Terms(purpose="계약", amount_krw=3_200_000).description == "계약 (KRW 3,200,000)"
    assert Terms(purpose="계약").description == "계약"
