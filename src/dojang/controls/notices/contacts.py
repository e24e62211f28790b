"""Where a person is reached: add, prove, replace and remove contacts.

One proven e-mail address at a time: a new one takes the old one's place once its code was entered, and the old one is
told. Codes are counted for the account and for the address, so that nobody is flooded with them by way of the office.
"""

import base64
import binascii
import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from dojang.controls.access.model import AttemptKind
from dojang.controls.notices import rules
from dojang.controls.notices.model import (
    CodesTooMany,
    Contact,
    ContactNotFound,
    ContactState,
    ContactsTooMany,
    NotifySubscriber,
    PushRefused,
    SendContactCode,
)
from dojang.controls.notices.policy import ContactPolicy, NoticePolicy
from dojang.controls.notices.ports import NoticeTransaction
from dojang.controls.notices.telling import contact_code
from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.notice import Channel
from dojang.kernel.ports import Chance, FieldCipher
from dojang.kernel.transaction import Store

ADDRESS_PURPOSE = "contact-address"
_DAY = timedelta(days=1)
_LONGEST_ENDPOINT = 2048
_POINT_BYTES, _AUTH_BYTES = 65, 16  # RFC 8291 section 3.1, 3.2


def add_email(
    subscriber_id: str,
    address: str,
    *,
    store: Store[NoticeTransaction],
    cipher: FieldCipher,
    policy: ContactPolicy,
    chance: Chance,
    now: datetime,
) -> Contact:
    """Begin to prove an address: a code goes there. An address under proof before is given up, a proven one returned.

    Raises `EmailUnsuitable`, `CodesTooMany`.
    """
    email = rules.normalise_email(address)
    digest = cipher.blind_index(email.lower().encode(), purpose=ADDRESS_PURPOSE)

    def work(tx: NoticeTransaction) -> Contact | CodesTooMany:
        mine = [one for one in tx.contacts.list_contacts(subscriber_id) if one.channel is Channel.EMAIL]
        known = next((one for one in mine if one.digest == digest and one.state is not ContactState.ENDED), None)
        if known is not None and known.state is ContactState.ACTIVE:
            return known
        for other in mine:
            if other.state is ContactState.UNVERIFIED and other.digest != digest:
                tx.contacts.put_contact(rules.end(other, "removed", now))
        if known is None:
            known = Contact(
                id=chance.new_id(),
                subscriber_id=subscriber_id,
                channel=Channel.EMAIL,
                value=email,
                digest=digest,
                state=ContactState.UNVERIFIED,
                added_at=now,
            )
            tx.contacts.put_contact(known)
            tx.record(_entry("contact:added", known, now))
        return _send_code(tx, known, policy, cipher, now)

    return _raised(store.transact(work))


def send_code_again(
    contact_id: str,
    subscriber_id: str,
    *,
    store: Store[NoticeTransaction],
    cipher: FieldCipher,
    policy: ContactPolicy,
    now: datetime,
) -> Contact:
    """Send another code; the one before it works no longer. Raises `ContactNotFound`, `CodesTooMany`."""

    def work(tx: NoticeTransaction) -> Contact | CodesTooMany:
        contact = _own(tx, contact_id, subscriber_id)
        if contact.state is not ContactState.UNVERIFIED:
            raise ContactNotFound()
        return _send_code(tx, contact, policy, cipher, now)

    return _raised(store.transact(work))


def confirm_email(
    contact_id: str,
    subscriber_id: str,
    code: str,
    *,
    store: Store[NoticeTransaction],
    cipher: FieldCipher,
    policy: ContactPolicy,
    now: datetime,
) -> Contact:
    """Enter the code. Raises `ContactNotFound`, `CodeWrong` with the tries left, `CodeExpired`.

    Every contact there was is told; the address before it ends and is still told of security for some days.
    """

    def work(tx: NoticeTransaction) -> Contact | DojangError:
        contact = _own(tx, contact_id, subscriber_id)
        if contact.state is ContactState.ACTIVE:
            return contact
        rules.require_code_open(contact, policy, now)
        right = contact_code(contact, cipher, policy.code_digits)
        entered = rules.with_code_entered(contact, code.strip(), right, now)
        tx.contacts.put_contact(entered)
        if entered.state is not ContactState.ACTIVE:
            tx.record(_entry("code:refused", entered, now))
            return rules.code_refusal(entered, policy)
        for other in tx.contacts.list_contacts(subscriber_id):
            if other.id != contact.id and other.channel is Channel.EMAIL and other.state is ContactState.ACTIVE:
                tx.contacts.put_contact(rules.end(other, "replaced", now))
        tx.record(_entry("contact:proven", entered, now))
        _tell(tx, "contact_added", entered)
        return entered

    return _raised(store.transact(work))


def add_push(
    subscriber_id: str,
    subscription: str,
    *,
    store: Store[NoticeTransaction],
    cipher: FieldCipher,
    policy: NoticePolicy,
    chance: Chance,
    now: datetime,
) -> Contact:
    """Have a browser told: `subscription` is its PushSubscription as JSON. The same browser again changes nothing.

    Whoever else used that browser before is told there no longer. Raises `PushRefused`, `ContactsTooMany`.
    """
    endpoint, value = parse_subscription(subscription, policy.push_hosts)
    digest = cipher.blind_index(endpoint.encode(), purpose=ADDRESS_PURPOSE)

    def work(tx: NoticeTransaction) -> Contact:
        for other in tx.contacts.list_active_elsewhere(digest, subscriber_id):
            tx.contacts.put_contact(rules.end(other, "replaced", now))
        mine = [
            one
            for one in tx.contacts.list_contacts(subscriber_id)
            if one.channel is Channel.PUSH and one.state is ContactState.ACTIVE
        ]
        known = next((one for one in mine if one.digest == digest and one.value == value), None)
        if known is not None:
            return known
        for old in (one for one in mine if one.digest == digest):  # the browser has drawn new keys
            tx.contacts.put_contact(rules.end(old, "replaced", now))
            mine.remove(old)
        if len(mine) >= policy.contacts.pushes:
            raise ContactsTooMany(most=policy.contacts.pushes)
        contact = Contact(
            id=chance.new_id(),
            subscriber_id=subscriber_id,
            channel=Channel.PUSH,
            value=value,
            digest=digest,
            state=ContactState.ACTIVE,
            added_at=now,
            verified_at=now,
        )
        tx.contacts.put_contact(contact)
        tx.record(_entry("contact:added", contact, now))
        _tell(tx, "contact_added", contact)
        return contact

    return store.transact(work)


def remove_contact(contact_id: str, subscriber_id: str, *, store: Store[NoticeTransaction], now: datetime) -> None:
    """End a contact; one that has ended is no error. Raises `ContactNotFound`. A proven address is told of its end."""

    def work(tx: NoticeTransaction) -> None:
        contact = _own(tx, contact_id, subscriber_id)
        if contact.state is ContactState.ENDED:
            return
        tx.contacts.put_contact(rules.end(contact, "removed", now))
        tx.record(_entry("contact:removed", contact, now))
        if contact.channel is Channel.EMAIL and contact.state is ContactState.ACTIVE:
            _tell(tx, "contact_removed", contact)

    store.transact(work)


def parse_subscription(text: str, hosts: tuple[str, ...]) -> tuple[str, str]:
    """Return (endpoint, subscription as kept). Raises `PushRefused` unless it is https at one of `hosts` or below it.

    The address is the caller's own: nothing but the push services named in the settings is ever asked (RFC 8030
    section 8; the keys are those of RFC 8291 section 3).
    """
    try:
        found = json.loads(text)
        endpoint, keys = str(found["endpoint"]), found["keys"]
        p256dh, auth = _octets(keys["p256dh"], _POINT_BYTES), _octets(keys["auth"], _AUTH_BYTES)
        parts = urlsplit(endpoint)
        port = parts.port
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise PushRefused() from None
    host = (parts.hostname or "").lower()
    usual = port in (None, 443) or f"{host}:{port}" in hosts
    plain = parts.scheme == "https" and not parts.username and not parts.password and usual
    if not plain or len(endpoint) > _LONGEST_ENDPOINT or not endpoint.isascii() or p256dh[0] != 4:
        raise PushRefused()
    if not any(host == one or host.endswith(f".{one}") or f"{host}:{port}" == one for one in hosts):
        raise PushRefused()
    kept = {"endpoint": endpoint, "keys": {"p256dh": keys["p256dh"], "auth": keys["auth"]}}
    del auth
    return endpoint, json.dumps(kept, sort_keys=True, separators=(",", ":"))


def _octets(text: object, length: int) -> bytes:
    if not isinstance(text, str):
        raise ValueError("not text")
    octets = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    if len(octets) != length:
        raise ValueError("wrong length")
    return octets


def _send_code(
    tx: NoticeTransaction, contact: Contact, policy: ContactPolicy, cipher: FieldCipher, now: datetime
) -> Contact | CodesTooMany:
    account = cipher.blind_index(contact.subscriber_id.encode(), purpose=ADDRESS_PURPOSE)
    counted = [
        (tx.attempts.count(AttemptKind.CONTACT_CODE, account, now=now, window=_DAY), policy.codes_per_day),
        (
            tx.attempts.count(AttemptKind.CONTACT_ADDRESS, contact.digest, now=now, window=_DAY),
            policy.codes_per_address_per_day,
        ),
    ]
    waits = [int((one.ends_at - now).total_seconds()) for one, most in counted if one.count > most]
    if waits:
        tx.record(_entry("code:limited", contact, now))
        return CodesTooMany(retry_after_s=max(1, *waits))
    sent = rules.with_code_sent(contact, policy, now)
    tx.contacts.put_contact(sent)
    tx.emit(SendContactCode(contact_id=sent.id, number=sent.code_number), key=f"{sent.id}:{sent.code_number}")
    return sent


def _own(tx: NoticeTransaction, contact_id: str, subscriber_id: str) -> Contact:
    contact = tx.contacts.find_contact_by_id(contact_id)
    if contact is None or contact.subscriber_id != subscriber_id:
        raise ContactNotFound()
    return contact


def _raised(outcome: Contact | DojangError) -> Contact:
    """Raise a refusal outside its transaction, so that what was counted stays counted."""
    if isinstance(outcome, DojangError):
        raise outcome
    return outcome


def _tell(tx: NoticeTransaction, template: str, contact: Contact) -> None:
    tx.emit(
        NotifySubscriber(subscriber_id=contact.subscriber_id, template=template, reference=contact.id),
        key=f"{template}:{contact.id}",
    )


def _entry(what: str, contact: Contact, now: datetime) -> AuditEntry:
    return AuditEntry(
        tag=f"notices:{what}",
        at=now,
        actor=f"subscriber:{contact.subscriber_id}",
        subject=contact.id,
        data={"channel": contact.channel.value},
    )
