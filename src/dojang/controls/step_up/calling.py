"""Carrying out `PlaceConfirmationCall`: whose line is it today, ring, record the ending.

A telephone that was proven may have changed hands since: the carrier is asked again before every call. A worker that
finds its call ringing died in the middle: the call counts as interrupted and is never rung again, because nobody knows
what was heard.
"""

from dataclasses import dataclass, field
from datetime import datetime

from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.step_up import rules
from dojang.controls.step_up.model import (
    AlertDisowned,
    Confirmation,
    ConfirmationState,
    ExpireConfirmation,
    PlaceConfirmationCall,
    ProvenTelephone,
)
from dojang.controls.step_up.policy import StepUpPolicy
from dojang.controls.step_up.ports import StepUpTransaction
from dojang.controls.voice_call.ports import VoiceGateway
from dojang.controls.voice_call.ringing import ring
from dojang.kernel.audit import AuditEntry
from dojang.kernel.notice import Channel, Notifier
from dojang.kernel.ports import Clock
from dojang.kernel.transaction import Store

TELEPHONE = "neighbour:telephone"
SYSTEM = "system"
S = ConfirmationState


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    confirmation: Confirmation
    telephone: ProvenTelephone
    number: str = field(repr=False)


def carry_out_place_call(
    effect: PlaceConfirmationCall,
    *,
    store: Store[StepUpTransaction],
    voice: VoiceGateway,
    policy: StepUpPolicy,
    clock: Clock,
) -> None:
    """Ring the owner and record how it ended; a call rung once is never rung again.

    Raises `NeighbourUnavailable` when the carrier does not say whose line it is: call again later.
    """
    errand = store.transact(lambda tx: _load(tx, effect.confirmation_id, policy, clock.now()))
    if errand is None:
        return
    telephone = errand.telephone
    is_own = voice.owner_matches(
        inquiry_id=errand.confirmation.id,
        number=telephone.phone,
        name=telephone.name,
        birth_date=telephone.birth_date,
    )
    if not is_own:
        store.transact(lambda tx: _end(tx, effect.confirmation_id, S.NOT_OWNER, policy, clock.now()))
        return
    if not store.transact(lambda tx: _begin_ringing(tx, effect.confirmation_id, clock.now())):
        return
    ending = ring(
        errand.confirmation.id,
        telephone.phone,
        errand.number,
        voice=voice,
        ring_timeout_s=policy.ring_timeout_s,
        answer_timeout_s=policy.answer_timeout_s,
        script=rules.SCRIPTS[errand.confirmation.act],
    )
    store.transact(lambda tx: _end(tx, effect.confirmation_id, S(ending.value), policy, clock.now()))


def expire_confirmation(
    effect: ExpireConfirmation, *, store: Store[StepUpTransaction], policy: StepUpPolicy, now: datetime
) -> None:
    """End a call that was never placed within its window (effect `ExpireConfirmation`); otherwise do nothing."""

    def work(tx: StepUpTransaction) -> None:
        found = tx.confirmations.find_confirmation(effect.confirmation_id)
        if found is not None and found.state is S.REQUESTED and now >= found.expires_at:
            _end(tx, found.id, S.EXPIRED, policy, now)

    store.transact(work)


def carry_out_alert_disowned(effect: AlertDisowned, *, notifier: Notifier, operators_email: str, language: str) -> None:
    """Tell the operators. Raises `NeighbourUnavailable`."""
    notifier.send(
        notice_id=f"{effect.confirmation_id}:disowned:office",
        channel=Channel.EMAIL,
        to=operators_email,
        language=language,
        template="confirmation_disowned_office",
        params={"case": effect.confirmation_id},
    )


def _load(tx: StepUpTransaction, confirmation_id: str, policy: StepUpPolicy, now: datetime) -> _Errand | None:
    found = tx.confirmations.find_confirmation(confirmation_id)
    if found is None:
        return None
    if found.state is S.RINGING:
        _end(tx, confirmation_id, S.INTERRUPTED, policy, now)
        return None
    if found.state is not S.REQUESTED:
        return None
    telephone = tx.proven_telephones.find_telephone(found.subscriber_id)
    if now >= found.expires_at or telephone is None or found.number is None:
        _end(tx, confirmation_id, S.EXPIRED, policy, now)
        return None
    return _Errand(confirmation=found, telephone=telephone, number=found.number)


def _begin_ringing(tx: StepUpTransaction, confirmation_id: str, now: datetime) -> bool:
    found = tx.confirmations.find_confirmation(confirmation_id)
    if found is None or found.state is not S.REQUESTED:
        return False
    tx.confirmations.update(rules.ring(found, now))
    tx.record(AuditEntry(tag="step_up:confirmation:ringing", at=now, actor=SYSTEM, subject=found.id))
    return True


def _end(
    tx: StepUpTransaction, confirmation_id: str, ending: ConfirmationState, policy: StepUpPolicy, now: datetime
) -> None:
    found = tx.confirmations.find_confirmation(confirmation_id)
    ended = None if found is None else rules.end(found, ending, policy, now)
    if ended is None:
        return
    tx.confirmations.update(ended)
    actor = SYSTEM if ending is S.EXPIRED else TELEPHONE
    tx.record(
        AuditEntry(
            tag=f"step_up:confirmation:{ending.value}",
            at=now,
            actor=actor,
            subject=ended.id,
            data={"act": ended.act.value, "target": ended.target},
        )
    )
    if ending is S.NOT_REQUESTED:
        tx.emit(AlertDisowned(confirmation_id=ended.id), key=ended.id)
        notice = NotifySubscriber(
            subscriber_id=ended.subscriber_id, template="confirmation_disowned", reference=ended.id
        )
        tx.emit(notice, key=f"confirmation_disowned:{ended.id}")
