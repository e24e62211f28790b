"""What a hand-off may still become. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.access.hand_offs.model import HandOff, HandOffEnded, HandOffRefused, HandOffState
from dojang.controls.access.policy import HandOffPolicy

# Which state follows which; what is not here does not happen.
TRANSITIONS: Mapping[HandOffState, frozenset[HandOffState]] = {
    HandOffState.WAITING: frozenset({HandOffState.CLAIMED, HandOffState.REVOKED}),
    HandOffState.CLAIMED: frozenset({HandOffState.FINISHED, HandOffState.REVOKED}),
    HandOffState.FINISHED: frozenset(),
    HandOffState.REVOKED: frozenset(),
}


def open_hand_off(
    hand_off_id: str,
    *,
    account_id: str,
    application_id: str,
    task: str,
    secret_digest: str,
    policy: HandOffPolicy,
    now: datetime,
) -> HandOff:
    """Return a new hand-off that waits for its device."""
    return HandOff(
        id=hand_off_id,
        account_id=account_id,
        application_id=application_id,
        task=task,
        secret_digest=secret_digest,
        state=HandOffState.WAITING,
        opened_at=now,
        expires_at=now + timedelta(minutes=policy.minutes),
    )


def standing(hand_off: HandOff, now: datetime) -> HandOffState:
    """Return where it stands: `EXPIRED` when its time passed before anything came of it."""
    return HandOffState.EXPIRED if TRANSITIONS[hand_off.state] and now >= hand_off.expires_at else hand_off.state


def claim(hand_off: HandOff | None, token_digest: str, now: datetime) -> HandOff:
    """Return it claimed by the one device that has the token. Raises `HandOffRefused`."""
    if hand_off is None or standing(hand_off, now) is not HandOffState.WAITING:
        raise HandOffRefused()
    return replace(hand_off, state=HandOffState.CLAIMED, token_digest=token_digest)


def require_claimed(hand_off: HandOff | None, now: datetime) -> HandOff:
    """Return it while its device may do the task. Raises `HandOffEnded`."""
    if hand_off is None or standing(hand_off, now) is not HandOffState.CLAIMED:
        raise HandOffEnded()
    return hand_off


def end(hand_off: HandOff, state: HandOffState, now: datetime) -> HandOff | None:
    """Return it finished or revoked; None where it has ended already."""
    current = standing(hand_off, now)
    if state not in TRANSITIONS.get(current, frozenset()):
        return None
    return replace(hand_off, state=state)
