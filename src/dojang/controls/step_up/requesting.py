"""Asking to be called, and looking how it goes: limits counted, a number drawn for the screen, the call handed over."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dojang.controls.step_up import rules
from dojang.controls.step_up.model import (
    Act,
    CertificateUnusable,
    Confirmation,
    ConfirmationNotFound,
    ConfirmationState,
    ExpireConfirmation,
    PlaceConfirmationCall,
    ProvenTelephone,
    TelephoneUnproven,
)
from dojang.controls.step_up.policy import StepUpPolicy
from dojang.controls.step_up.ports import BlindIndex, StepUpTransaction
from dojang.controls.voice_call.ringing import draw_number
from dojang.controls.voice_call.telephone import masked_phone
from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store

_OF_CERTIFICATES = frozenset({Act.REVOKE, Act.RESUME})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationView:
    """A confirmation for the screen: the telephone masked, the number there while the call is live."""

    id: str
    act: Act
    target: str
    state: ConfirmationState
    phone: str
    number: str | None = field(repr=False)
    expires_at: datetime


def request_confirmation(
    subscriber_id: str,
    act: Act,
    target: str,
    *,
    store: Store[StepUpTransaction],
    secrecy: BlindIndex,
    policy: StepUpPolicy,
    chance: Chance,
    now: datetime,
) -> ConfirmationView:
    """Ask for a call to the telephone on record; return the confirmation with the number to press.

    Raises `CertificateUnusable` when the target is a certificate that is not the subscriber's, `TelephoneUnproven`, and
    what `rules.require_room` raises. A refusal is audited.
    """
    confirmation_id, number = chance.new_id(), draw_number(policy.number_digits, chance)
    actor = f"subscriber:{subscriber_id}"

    def work(tx: StepUpTransaction) -> ConfirmationView:
        if act in _OF_CERTIFICATES and tx.own_certificates.find_own(_serial_of(target), subscriber_id) is None:
            raise CertificateUnusable()
        telephone = tx.proven_telephones.find_telephone(subscriber_id)
        if telephone is None:
            raise TelephoneUnproven()
        phone_key = secrecy.blind_index(telephone.phone.encode(), purpose="phone")
        longest = max(rules.DAY, timedelta(hours=policy.disowned_pause_hours) + rules.DAY)
        recent = tx.confirmations.list_since(subscriber_id, now - longest)
        rules.require_room(recent, tx.confirmations.list_requested_to(phone_key, now - rules.DAY), policy, now)
        confirmation = rules.begin(
            confirmation_id, subscriber_id, act, target, phone_key=phone_key, number=number, policy=policy, now=now
        )
        tx.confirmations.add(confirmation)
        tx.record(
            AuditEntry(
                tag="step_up:confirmation:requested",
                at=now,
                actor=actor,
                subject=confirmation.id,
                data={"act": act.value, "target": target},
            )
        )
        window_s = (confirmation.expires_at - now).total_seconds()
        tx.emit(PlaceConfirmationCall(confirmation_id=confirmation.id), key=confirmation.id)
        tx.emit(ExpireConfirmation(confirmation_id=confirmation.id), key=confirmation.id, delay_s=window_s)
        return _view(confirmation, telephone, now)

    try:
        return store.transact(work)
    except DojangError as refusal:
        data = {"act": act.value, "code": refusal.code}
        entry = AuditEntry(tag="step_up:confirmation:refused", at=now, actor=actor, subject=subscriber_id, data=data)
        store.transact(lambda tx: tx.record(entry))
        raise


def get_confirmation(
    confirmation_id: str, subscriber_id: str, *, store: Store[StepUpTransaction], now: datetime
) -> ConfirmationView:
    """Return the subscriber's confirmation for the screen. Raises `ConfirmationNotFound`, also for somebody else's."""

    def work(tx: StepUpTransaction) -> ConfirmationView:
        found = tx.confirmations.find_confirmation(confirmation_id)
        if found is None or found.subscriber_id != subscriber_id:
            raise ConfirmationNotFound()
        return _view(found, tx.proven_telephones.find_telephone(subscriber_id), now)

    return store.read(work)


def _view(confirmation: Confirmation, telephone: ProvenTelephone | None, now: datetime) -> ConfirmationView:
    return ConfirmationView(
        id=confirmation.id,
        act=confirmation.act,
        target=confirmation.target,
        state=confirmation.state,
        phone="" if telephone is None else masked_phone(telephone.phone),
        number=confirmation.number if rules.shows_number(confirmation, now) else None,
        expires_at=confirmation.expires_at,
    )


def _serial_of(target: str) -> int:
    """Return a serial number, or 0, which nothing has, for text that is none."""
    return int(target) if target.isascii() and target.isdecimal() and len(target) <= len(str(2**53)) else 0
