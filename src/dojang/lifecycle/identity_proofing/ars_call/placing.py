"""Carrying out `PlaceCall`: whose line is it, ring, hold the dialogue, record the ending.

1. the carrier is asked whose line it is; 2. the call is stored as ringing; 3. it is placed under its own id, and the
dialogue held; 4. the ending is recorded. A worker that finds its call ringing died in the middle: the call counts as
interrupted and is never rung again, because nobody knows what was heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from dojang.controls.voice_call.ports import VoiceGateway
from dojang.controls.voice_call.ringing import ring
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.kernel.ports import Clock
from dojang.kernel.transaction import Store
from dojang.lifecycle.identity_proofing import cases, retention
from dojang.lifecycle.identity_proofing.ars_call import rules
from dojang.lifecycle.identity_proofing.ars_call.model import LIVE_CALL, ArsCall, CallState
from dojang.lifecycle.identity_proofing.finding import ProofingFindingCode
from dojang.lifecycle.identity_proofing.model import (
    LIVE_CASE_STATES,
    AttemptFailed,
    CaseState,
    Check,
    ExpireCall,
    PlaceCall,
    ProofingCase,
    ProofingFinding,
)
from dojang.lifecycle.identity_proofing.policy import CallPolicy, ProofingPolicy
from dojang.lifecycle.identity_proofing.ports import IdentityProofingTransaction, LimitKind

TELEPHONE = "neighbour:telephone"
_COUNTED: Sequence[LimitKind] = (LimitKind.CALL_PHONE, LimitKind.CALL_PERSON)
_UNAVAILABLE = (ProofingFinding(code=ProofingFindingCode.NETWORK_UNAVAILABLE.value),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    call: ArsCall
    phone: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)


def carry_out_place_call(
    effect: PlaceCall,
    *,
    store: Store[IdentityProofingTransaction],
    voice: VoiceGateway,
    policy: ProofingPolicy,
    clock: Clock,
) -> None:
    """Ring the applicant and record how it ended; a call rung once is never rung again.

    Raises `NeighbourUnavailable` when the carrier does not say whose line it is: the check is parked, call again later.
    """
    errand = store.transact(lambda tx: _load(tx, effect.call_id, policy, clock.now()))
    if errand is None:
        return
    try:
        is_own = voice.owner_matches(
            inquiry_id=errand.call.id, number=errand.phone, name=errand.name, birth_date=errand.birth_date
        )
    except NeighbourUnavailable:
        store.transact(lambda tx: park(tx, effect.call_id, policy, clock.now()))
        raise
    if not is_own:
        store.transact(lambda tx: record_ending(tx, effect.call_id, CallState.NOT_OWNER, policy, clock.now()))
        return
    if store.transact(lambda tx: _begin_ringing(tx, effect.call_id, clock.now())):
        ending = _ring(errand, voice, policy.call)
        store.transact(lambda tx: record_ending(tx, effect.call_id, ending, policy, clock.now()))


def expire_call(
    effect: ExpireCall, *, store: Store[IdentityProofingTransaction], policy: ProofingPolicy, now: datetime
) -> None:
    """End a call that was never placed within its window (effect `ExpireCall`); otherwise do nothing."""

    def work(tx: IdentityProofingTransaction) -> None:
        found = _find(tx, effect.call_id)
        if found is not None and found[1].state is CallState.REQUESTED and now >= found[1].expires_at:
            record_ending(tx, effect.call_id, CallState.EXPIRED, policy, now)

    store.transact(work)


def record_ending(
    tx: IdentityProofingTransaction, call_id: str, ending: CallState, policy: ProofingPolicy, now: datetime
) -> None:
    """Record how a call ended. `0#` counts while there is something to freeze, even of a call given up before."""
    found = _find(tx, call_id)
    if found is None:
        return
    case, call = found
    if ending not in rules.TRANSITIONS.get(call.state, frozenset()):
        return
    was_live = call.state in LIVE_CALL
    tx.ars_calls.update(retention.ended_call(call, ending, now))
    cases.record(tx, case, f"call:{ending.value}", actor=TELEPHONE, now=now, call=call.id)
    if ending in rules.FREE_OF_CHARGE:
        tx.proofing_limits.remove(call.id, _COUNTED)
    if was_live and case.state is CaseState.OPEN:
        event = rules.event_of_ending(ending, call.id)
        if ending is CallState.INTERRUPTED and call.rung_at is None:
            event = AttemptFailed(findings=_UNAVAILABLE, burns_try=False)
        case = cases.advance(tx, case, Check.ARS_CALL, event, policy=policy, actor=TELEPHONE, now=now)
    if ending is CallState.NOT_REQUESTED and case.state in LIVE_CASE_STATES:
        cases.freeze(tx, case, call_id=call.id, now=now)


def _find(tx: IdentityProofingTransaction, call_id: str) -> tuple[ProofingCase, ArsCall] | None:
    """Return case (locked) and call."""
    found = tx.ars_calls.find_call(call_id)
    case = None if found is None else tx.proofing_cases.find_case(found.case_id)
    call = tx.ars_calls.find_call(call_id)  # again: the lock on the case was waited for
    return None if case is None or call is None else (case, call)


def _load(tx: IdentityProofingTransaction, call_id: str, policy: ProofingPolicy, now: datetime) -> _Errand | None:
    found = _find(tx, call_id)
    if found is None or found[0].state is not CaseState.OPEN:
        return None
    case, call = found
    if call.state is CallState.RINGING:
        record_ending(tx, call_id, CallState.INTERRUPTED, policy, now)
        return None
    if call.state is not CallState.REQUESTED:
        return None
    data = tx.personal_data.find_personal_data(case.id)
    if now >= call.expires_at or data is None:
        record_ending(tx, call_id, CallState.EXPIRED, policy, now)
        return None
    return _Errand(call=call, phone=data.phone, name=data.name, birth_date=data.birth_date)


def _begin_ringing(tx: IdentityProofingTransaction, call_id: str, now: datetime) -> bool:
    found = _find(tx, call_id)
    if found is None or found[0].state is not CaseState.OPEN or found[1].state is not CallState.REQUESTED:
        return False
    case, call = found
    ringing = rules.require_ending(call.state, CallState.RINGING)
    tx.ars_calls.update(replace(call, state=ringing, rung_at=now))
    cases.record(tx, case, "call:ringing", actor=cases.SYSTEM, now=now, call=call.id)
    return True


def _ring(errand: _Errand, voice: VoiceGateway, policy: CallPolicy) -> CallState:
    """Ring and speak, outside any transaction. A network that fails in the middle interrupts; nothing is burned."""
    number = errand.call.number
    if number is None:
        return CallState.INTERRUPTED
    ending = ring(
        errand.call.id,
        errand.phone,
        number,
        voice=voice,
        ring_timeout_s=policy.ring_timeout_s,
        answer_timeout_s=policy.answer_timeout_s,
    )
    return CallState(ending.value)


def park(tx: IdentityProofingTransaction, call_id: str, policy: ProofingPolicy, now: datetime) -> None:
    """Note that the carrier does not answer, while the call still waits to be placed."""
    found = _find(tx, call_id)
    if found is not None and found[0].state is CaseState.OPEN and found[1].state is CallState.REQUESTED:
        cases.park(tx, found[0], Check.ARS_CALL, _UNAVAILABLE, policy=policy, actor=TELEPHONE, now=now)
