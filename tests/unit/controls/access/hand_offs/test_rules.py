"""The transition table of hand-offs, walked in full, and its edge in time."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from dojang.controls.access.hand_offs import rules
from dojang.controls.access.hand_offs.model import HandOff, HandOffEnded, HandOffRefused, HandOffState
from dojang.controls.access.policy import HandOffPolicy

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
STORED = [state for state in HandOffState if state is not HandOffState.EXPIRED]


def hand_off(state: HandOffState = HandOffState.WAITING) -> HandOff:
    return HandOff(
        id="h1",
        account_id="a1",
        application_id="p1",
        task="passport",
        secret_digest="s",
        state=state,
        opened_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )


def test_every_stored_state_has_its_place_in_the_table() -> None:
    assert set(rules.TRANSITIONS) == set(STORED)


@pytest.mark.parametrize(("state", "late"), list(product(STORED, [False, True])))
def test_what_may_happen_in_each_state(state: HandOffState, late: bool) -> None:
    now = NOW + timedelta(minutes=10) - (timedelta(0) if late else timedelta(seconds=1))
    one = hand_off(state)
    ends = state in (HandOffState.WAITING, HandOffState.CLAIMED)
    assert rules.standing(one, now) is (HandOffState.EXPIRED if late and ends else state)
    if state is HandOffState.WAITING and not late:
        assert rules.claim(one, "t", now).token_digest == "t"
    else:
        with pytest.raises(HandOffRefused):
            rules.claim(one, "t", now)
    if state is HandOffState.CLAIMED and not late:
        assert rules.require_claimed(one, now) is one
        assert rules.end(one, HandOffState.FINISHED, now) is not None
    else:
        with pytest.raises(HandOffEnded):
            rules.require_claimed(one, now)
        assert rules.end(one, HandOffState.FINISHED, now) is None
    assert (rules.end(one, HandOffState.REVOKED, now) is not None) is (ends and not late)


def test_it_opens_for_as_long_as_the_policy_says() -> None:
    opened = rules.open_hand_off(
        "h", account_id="a", application_id="p", task="t", secret_digest="s", policy=HandOffPolicy(minutes=3), now=NOW
    )
    assert opened.expires_at == NOW + timedelta(minutes=3)
    with pytest.raises(HandOffRefused):
        rules.claim(None, "t", NOW)
