"""Asking to be called: limits counted, a number drawn for the screen, the call handed to the worker."""

from datetime import datetime, timedelta

from dojang.controls.voice_call.ringing import draw_number
from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, limits
from dojang.lifecycle.identity_proofing.ars_call.model import (
    LIVE_CALL,
    ArsCall,
    CallInProgress,
    CallOutsideHours,
    CallState,
    CallTooSoon,
    TooManyCalls,
)
from dojang.lifecycle.identity_proofing.errors import CheckNotReady
from dojang.lifecycle.identity_proofing.model import (
    Check,
    EvidenceSubmitted,
    ExpireCall,
    PlaceCall,
    ProofingCase,
)
from dojang.lifecycle.identity_proofing.policy import CallPolicy, ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import BlindIndex, IdentityProofingTransaction, LimitKind
from dojang.pki.validity import KST


def request_call(
    application_id: str,
    subscriber_id: str,
    *,
    store: Store[IdentityProofingTransaction],
    secrecy: BlindIndex,
    policy: ProofingPolicy,
    chance: Chance,
    now: datetime,
) -> str:
    """Ask for a call to the telephone entered; return the call's id. The number to press shows in the case's view only.

    Raises `CallInProgress`, `CallTooSoon`, `TooManyCalls`, `CallOutsideHours`, `CheckNotRequired`, `CheckNotReady`,
    `CheckOutOfTurn` (already passed), and what `cases.enter` raises.
    """
    case_id, call_id = chance.new_id(), chance.new_id()
    number = draw_number(policy.call.number_digits, chance)
    actor = cases.by_subscriber(subscriber_id)

    def work(tx: IdentityProofingTransaction) -> str | DojangError:
        case = cases.enter(tx, application_id, subscriber_id, policy=policy, fresh_id=case_id, now=now)
        cases.require_turn(case, Check.ARS_CALL)
        _require_hours(policy.call, now)
        data = tx.personal_data.find_personal_data(case.id)
        if data is None:
            raise CheckNotReady(needs=Check.PERSONAL_DATA.value)
        latest = tx.ars_calls.find_latest_call(case.id)
        if latest is not None and latest.state in LIVE_CALL:
            raise CallInProgress()
        phone_key = secrecy.blind_index(data.phone.encode(), purpose="phone")
        _count(tx, case, call_id, phone_key, policy.call, now)
        window = timedelta(minutes=policy.call.window_minutes)
        call = ArsCall(
            id=call_id,
            case_id=case.id,
            phone_key=phone_key,
            state=CallState.REQUESTED,
            number=number,
            requested_at=now,
            expires_at=now + window,
        )
        tx.ars_calls.add(call)
        submitted = EvidenceSubmitted(evidence_id=call_id)
        cases.advance(tx, case, Check.ARS_CALL, submitted, policy=policy, actor=actor, now=now)
        tx.emit(PlaceCall(call_id=call_id), key=call_id)
        tx.emit(ExpireCall(call_id=call_id), key=call_id, delay_s=window.total_seconds())
        return call_id

    return cases.act(store, work, what="call", application_id=application_id, actor=actor, now=now)


def _require_hours(policy: CallPolicy, now: datetime) -> None:
    if not policy.from_hour <= now.astimezone(KST).hour < policy.until_hour:
        raise CallOutsideHours(from_hour=policy.from_hour, until_hour=policy.until_hour)


def _count(
    tx: IdentityProofingTransaction,
    case: ProofingCase,
    call_id: str,
    phone_key: str,
    policy: CallPolicy,
    now: datetime,
) -> None:
    if case.person_key is None:
        raise CheckNotReady(needs=Check.PERSONAL_DATA.value)
    caps = (
        (LimitKind.CALL_PHONE, phone_key, policy.per_phone, "telephone"),
        (LimitKind.CALL_PERSON, case.person_key, policy.per_person, "person"),
    )
    for kind, key, maximum, scope in caps:
        wait_s = limits.seconds_until_room(tx, kind, key, maximum=maximum, now=now)
        if wait_s:
            raise TooManyCalls(scope=scope, retry_after_s=wait_s)
    pause_s = limits.seconds_until_pause_over(tx, LimitKind.CALL_PHONE, phone_key, pauses_s=policy.pauses_s, now=now)
    if pause_s:
        raise CallTooSoon(retry_after_s=pause_s)
    for kind, key, _, _ in caps:
        tx.proofing_limits.add(kind, key, at=now, reference=call_id)
