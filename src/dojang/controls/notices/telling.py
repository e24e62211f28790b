"""Tell a subscriber: decide the ways once, take each until one of every group is accepted, record what became of it.

A crash anywhere repeats a way under the same id, which the provider knows it by; nothing is told twice that a provider
has taken. A provider that is away holds up its own ways only: the others are taken first, then the effect waits.
"""

import hashlib
from dataclasses import replace

from dojang.controls.notices import rules, wording
from dojang.controls.notices.model import (
    Contact,
    ContactState,
    Delivery,
    DeliveryState,
    Notice,
    NotifySubscriber,
    Preferences,
    SendContactCode,
    TemplateUnknown,
)
from dojang.controls.notices.policy import NoticePolicy
from dojang.controls.notices.ports import NoticeTransaction
from dojang.controls.notices.templates import Template, load_templates
from dojang.kernel.audit import AuditEntry
from dojang.kernel.neighbour import NeighbourUnavailable
from dojang.kernel.notice import Channel, NoticeAnswer, Notifier
from dojang.kernel.ports import Clock, FieldCipher
from dojang.kernel.transaction import Store

CODE_PURPOSE = "contact-code"
UNSUBSCRIBE_PURPOSE = "unsubscribe"
_STATES = {NoticeAnswer.ACCEPTED: DeliveryState.ACCEPTED, NoticeAnswer.UNDELIVERABLE: DeliveryState.UNDELIVERABLE}


def carry_out_notify(
    effect: NotifySubscriber,
    effect_id: str,
    *,
    store: Store[NoticeTransaction],
    notifier: Notifier,
    cipher: FieldCipher,
    policy: NoticePolicy,
    clock: Clock,
) -> None:
    """Tell the subscriber, on every way the rules say.

    1. The notice and its ways are stored, once per effect id; the person sees it in the app from then on.
    2. Each way that is due is taken, outside any transaction.
    3. What became of it is recorded; a way nobody is at leads to the next of its group.

    Raises `TemplateUnknown`, and `NeighbourUnavailable` while a way is still due because its provider is away.
    """
    template = load_templates().find_template(effect.template)
    if template is None:
        raise TemplateUnknown(template=effect.template)

    def begin(tx: NoticeTransaction) -> Notice:
        return _begin(tx, effect, effect_id, template, cipher, policy, clock)

    notice = store.transact(begin)
    away: NeighbourUnavailable | None = None
    tried: set[str] = set()
    while ways := [
        one
        for one in rules.next_due(store.read(lambda tx: tx.notices.list_deliveries(notice.id)))
        if one.id not in tried
    ]:
        for one in ways:
            tried.add(one.id)
            try:
                _take(one, notice, store=store, notifier=notifier, clock=clock)
            except NeighbourUnavailable as error:
                away = error
    if away is not None:
        raise away


def carry_out_send_code(
    effect: SendContactCode,
    *,
    store: Store[NoticeTransaction],
    notifier: Notifier,
    cipher: FieldCipher,
    policy: NoticePolicy,
    clock: Clock,
) -> None:
    """Send the newest code of a contact; an older one, or one whose time has passed, is not sent any more.

    The code is computed, never stored: what waits in the queue says nothing about it. Raises `NeighbourUnavailable`.
    """
    contact, language = store.read(lambda tx: _contact_to_prove(tx, effect.contact_id))
    now = clock.now()
    if contact is None or contact.code_number != effect.number:
        return
    if (
        contact.state is not ContactState.UNVERIFIED
        or contact.code_expires_at is None
        or now >= contact.code_expires_at
    ):
        return
    answer = notifier.send(
        notice_id=f"code:{contact.id}:{effect.number}",
        channel=contact.channel,
        to=contact.value,
        language=language,
        template="contact_code",
        params={
            "code": contact_code(contact, cipher, policy.contacts.code_digits),
            "minutes": str(policy.contacts.code_minutes),
        },
    )
    entry = AuditEntry(
        tag="notices:code:sent" if answer is NoticeAnswer.ACCEPTED else "notices:code:undeliverable",
        at=now,
        actor="system",
        subject=contact.id,
        data={"number": str(effect.number)},
    )
    store.transact(lambda tx: tx.record(entry))


def contact_code(contact: Contact, cipher: FieldCipher, digits: int) -> str:
    """Return the code of the contact's newest sending."""
    digest = cipher.blind_index(f"{contact.id}:{contact.code_number}".encode(), purpose=CODE_PURPOSE)
    return rules.code_of(digest, digits)


def unsubscribe_token(delivery_id: str, cipher: FieldCipher) -> str:
    """Return what stands in an e-mail's link to turn its topic off: 64 hex digits, the same at every try."""
    return cipher.blind_index(delivery_id.encode(), purpose=UNSUBSCRIBE_PURPOSE)


def token_digest(token: str) -> str:
    """Return what the store knows of such a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def _begin(
    tx: NoticeTransaction,
    effect: NotifySubscriber,
    effect_id: str,
    template: Template,
    cipher: FieldCipher,
    policy: NoticePolicy,
    clock: Clock,
) -> Notice:
    known = tx.notices.find_notice(effect_id)
    if known is not None:
        return known
    now = clock.now()
    language = tx.contacts.find_language(effect.subscriber_id)
    is_number = effect.reference.isascii() and effect.reference.isdecimal()
    not_after = tx.certificate_ends.find_not_after(int(effect.reference)) if is_number else None
    notice = Notice(
        id=effect_id,
        subscriber_id=effect.subscriber_id,
        template=template.name,
        reference=effect.reference,
        params=wording.params_of(effect.reference, language, not_after=not_after, now=now),
        language=language,
        made_at=now,
    )
    ways = rules.plan(
        notice,
        template,
        phones=tx.contacts.list_phones(effect.subscriber_id),
        contacts=tx.contacts.list_contacts(effect.subscriber_id),
        preferences=tx.contacts.find_preferences(effect.subscriber_id) or Preferences(reach=policy.default_reach),
        policy=policy.contacts,
    )
    if template.is_optional:
        ways = tuple(_with_link(one, cipher) for one in ways)
    tx.notices.add_notice(notice, ways)
    tx.record(
        AuditEntry(
            tag="notices:notice:made",
            at=now,
            actor="system",
            subject=effect.subscriber_id,
            data={"notice": notice.id, "template": template.name, "ways": str(len(ways))},
        )
    )
    return notice


def _with_link(way: Delivery, cipher: FieldCipher) -> Delivery:
    if way.channel is not Channel.EMAIL:
        return way
    return replace(way, unsubscribe_digest=token_digest(unsubscribe_token(way.id, cipher)))


def _take(way: Delivery, notice: Notice, *, store: Store[NoticeTransaction], notifier: Notifier, clock: Clock) -> None:
    to = store.read(lambda tx: _address(tx, way, notice))
    answer = NoticeAnswer.UNDELIVERABLE
    if to is not None:
        answer = notifier.send(
            notice_id=way.id,
            channel=way.channel,
            to=to,
            language=notice.language,
            template=notice.template,
            params=notice.params,
        )
    store.transact(lambda tx: _settle(tx, way, _STATES[answer], notice, clock))


def _settle(tx: NoticeTransaction, way: Delivery, state: DeliveryState, notice: Notice, clock: Clock) -> None:
    now = clock.now()
    ways = tx.notices.list_deliveries(notice.id)
    stored = next((one for one in ways if one.id == way.id), None)
    if stored is None or stored.state is not DeliveryState.DUE:
        return
    tx.notices.update_deliveries(rules.settle(ways, stored, state, now))
    if state is DeliveryState.UNDELIVERABLE and way.channel is Channel.PUSH:
        _end_subscription(tx, way.contact, clock)
    tx.record(
        AuditEntry(
            tag=f"notices:delivery:{state.value}",
            at=now,
            actor="system",
            subject=notice.subscriber_id,
            data={"notice": notice.id, "channel": way.channel.value},
        )
    )


def _end_subscription(tx: NoticeTransaction, contact_id: str, clock: Clock) -> None:
    """A push service that no longer knows a subscription never will again (RFC 8030 section 7.3)."""
    contact = tx.contacts.find_contact_by_id(contact_id)
    if contact is not None:
        tx.contacts.put_contact(rules.end(contact, "gone", clock.now()))


def _address(tx: NoticeTransaction, way: Delivery, notice: Notice) -> str | None:
    if way.channel in (Channel.ALIMTALK, Channel.SMS):
        phones = tx.contacts.list_phones(notice.subscriber_id)
        return next((one.number for one in phones if one.id == way.contact), None)
    contact = tx.contacts.find_contact_by_id(way.contact)
    return None if contact is None else contact.value


def _contact_to_prove(tx: NoticeTransaction, contact_id: str) -> tuple[Contact | None, str]:
    contact = tx.contacts.find_contact_by_id(contact_id)
    return contact, "ko" if contact is None else tx.contacts.find_language(contact.subscriber_id)
