"""Confirmations: transition table, limits, what is signed instead, and when a confirmation counts. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.step_up.model import (
    FREE_OF_CHARGE,
    LIVE,
    Act,
    CallsPaused,
    CallTooSoon,
    CertificateUnusable,
    Confirmation,
    ConfirmationExpired,
    ConfirmationInProgress,
    ConfirmationNotFound,
    ConfirmationState,
    ConfirmationUsed,
    NotConfirmed,
    OwnCertificate,
    TooManyCalls,
)
from dojang.controls.step_up.policy import StepUpPolicy
from dojang.controls.voice_call.dialogue import Script
from dojang.controls.voice_call.model import Prompt

S = ConfirmationState
DAY = timedelta(hours=24)
_PROVEN = frozenset({ConfirmationState.CONFIRMED, ConfirmationState.USED})

TRANSITIONS: Mapping[ConfirmationState, frozenset[ConfirmationState]] = {
    S.REQUESTED: frozenset({S.RINGING, S.NOT_OWNER, S.EXPIRED}),
    S.RINGING: frozenset(
        {
            S.CONFIRMED,
            S.WRONG_NUMBER,
            S.NO_ANSWER,
            S.BUSY,
            S.DECLINED,
            S.UNREACHABLE,
            S.HUNG_UP,
            S.SILENCE,
            S.NOT_REQUESTED,
            S.INTERRUPTED,
        }
    ),
    S.CONFIRMED: frozenset({S.USED}),
    # Given up by a worker that found it ringing, yet the line was open: only `0#` still counts.
    S.INTERRUPTED: frozenset({S.NOT_REQUESTED}),
}

SCRIPTS: Mapping[Act, Script] = {
    Act.REVOKE: Script(greeting=Prompt.CONFIRM_REVOCATION, disowned=Prompt.NOTHING_DONE),
    Act.RESUME: Script(greeting=Prompt.CONFIRM_RESUMPTION, disowned=Prompt.NOTHING_DONE),
    Act.UNLOCK_ISSUING: Script(greeting=Prompt.CONFIRM_UNLOCK, disowned=Prompt.NOTHING_DONE),
}


def act_statement(act: Act, target: str, turn: int) -> bytes:
    """Return the canonical JSON that is signed in order to prove an act, naming exactly what is to be done.

    `turn` counts the target's changes, so that a signature proves one act once; it is 0 for a revocation, which happens
    once anyway and may therefore be signed before it is needed.
    """
    document = {"act": act.value, "target": target, "turn": str(turn), "type": "dojang.act.v1"}
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode("ascii")


def begin(
    confirmation_id: str,
    subscriber_id: str,
    act: Act,
    target: str,
    *,
    phone_key: str,
    number: str,
    policy: StepUpPolicy,
    now: datetime,
) -> Confirmation:
    """Return a confirmation that was just asked for."""
    return Confirmation(
        id=confirmation_id,
        subscriber_id=subscriber_id,
        act=act,
        target=target,
        phone_key=phone_key,
        state=S.REQUESTED,
        number=number,
        requested_at=now,
        expires_at=now + timedelta(minutes=policy.window_minutes),
    )


def require_room(
    recent: Sequence[Confirmation], to_phone: Sequence[datetime], policy: StepUpPolicy, now: datetime
) -> None:
    """Raise unless the person may be called once more.

    `recent` are their confirmations of the last day or disowned pause, `to_phone` the counted calls to the telephone in
    the last day, both oldest first. Raises `ConfirmationInProgress`, `CallsPaused`, `TooManyCalls`, `CallTooSoon`.
    """
    if any(is_live(one, now) for one in recent):
        raise ConfirmationInProgress()
    pause = timedelta(hours=policy.disowned_pause_hours)
    for one in recent:
        if one.state is S.NOT_REQUESTED and one.ended_at is not None and now < one.ended_at + pause:
            raise CallsPaused(retry_after_s=_seconds(one.ended_at + pause - now))
    counted = [one.requested_at for one in recent if one.state not in FREE_OF_CHARGE]
    for of_the_day, maximum in ((counted, policy.per_subscriber), (to_phone, policy.per_phone)):
        times = [one for one in of_the_day if one > now - DAY]
        if len(times) >= maximum:
            freed_by = times[len(times) - maximum] if maximum else now
            raise TooManyCalls(retry_after_s=_seconds(freed_by + DAY - now))
    vain = [one.requested_at for one in recent if one.state not in FREE_OF_CHARGE | _PROVEN]
    today = [one for one in vain if one > now - DAY]
    if today:  # whoever pressed the number need not wait for the next call
        opens_at = today[-1] + timedelta(seconds=policy.pauses_s[min(len(today), len(policy.pauses_s)) - 1])
        if now < opens_at:
            raise CallTooSoon(retry_after_s=_seconds(opens_at - now))


def is_live(confirmation: Confirmation, now: datetime) -> bool:
    """Whether a call is under way, or about to be."""
    if confirmation.state is S.REQUESTED:
        return now < confirmation.expires_at
    return confirmation.state in LIVE


def shows_number(confirmation: Confirmation, now: datetime) -> bool:
    """Whether the number to press stands on the screen."""
    return is_live(confirmation, now) and confirmation.number is not None


def ring(confirmation: Confirmation, now: datetime) -> Confirmation:
    """Return the confirmation as ringing."""
    return replace(confirmation, state=S.RINGING, rung_at=now)


def end(
    confirmation: Confirmation, ending: ConfirmationState, policy: StepUpPolicy, now: datetime
) -> Confirmation | None:
    """Return the confirmation as it ended, its number gone, or None when that ending means nothing any more."""
    if ending not in TRANSITIONS.get(confirmation.state, frozenset()):
        return None
    confirmed = ending is S.CONFIRMED
    expires_at = now + timedelta(minutes=policy.use_minutes) if confirmed else confirmation.expires_at
    return replace(confirmation, state=ending, number=None, ended_at=now, expires_at=expires_at)


def use(confirmation: Confirmation | None, *, subscriber_id: str, act: Act, target: str, now: datetime) -> Confirmation:
    """Return the confirmation as used for the act.

    Raises `ConfirmationNotFound` (also for another person's, act's or target's), `ConfirmationUsed`, `NotConfirmed`,
    `ConfirmationExpired`.
    """
    if confirmation is None or confirmation.subscriber_id != subscriber_id:
        raise ConfirmationNotFound()
    if (confirmation.act, confirmation.target) != (act, target):
        raise ConfirmationNotFound()
    if confirmation.state is S.USED:
        raise ConfirmationUsed()
    if confirmation.state is not S.CONFIRMED:
        raise NotConfirmed(state=confirmation.state.value)
    if now >= confirmation.expires_at:
        raise ConfirmationExpired()
    return replace(confirmation, state=S.USED)


def require_usable(certificate: OwnCertificate | None, states: frozenset[str], now: datetime) -> OwnCertificate:
    """Return the certificate when it may prove the act. Raises `CertificateUnusable`."""
    if certificate is None or certificate.state not in states or now > certificate.not_after:
        raise CertificateUnusable()
    return certificate


def _seconds(wait: timedelta) -> int:
    return max(1, int(wait.total_seconds()))
