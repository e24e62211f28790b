"""Whom a notice goes to and by which ways; what a code is; how a contact begins and ends. Pure."""

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.notices.model import (
    CodeExpired,
    CodeWrong,
    Contact,
    ContactState,
    Delivery,
    DeliveryState,
    EmailUnsuitable,
    Notice,
    Phone,
    Preferences,
    Reach,
)
from dojang.controls.notices.policy import ContactPolicy
from dojang.controls.notices.templates import Template
from dojang.kernel.notice import Channel

Way = tuple[Channel, str]  # channel, and the id of a contact or a telephone
# Enough to refuse what no mail server takes; whether it is somebody's is what the code proves (RFC 5321 4.5.3.1).
_EMAIL = re.compile(
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
)
LONGEST_EMAIL = 254

CONTACT_TRANSITIONS: Mapping[tuple[ContactState, str], ContactState] = {
    (ContactState.UNVERIFIED, "proven"): ContactState.ACTIVE,
    (ContactState.UNVERIFIED, "removed"): ContactState.ENDED,
    (ContactState.ACTIVE, "removed"): ContactState.ENDED,
    (ContactState.ACTIVE, "replaced"): ContactState.ENDED,
    (ContactState.ACTIVE, "gone"): ContactState.ENDED,
}


def plan(
    notice: Notice,
    template: Template,
    *,
    phones: Sequence[Phone],
    contacts: Iterable[Contact],
    preferences: Preferences,
    policy: ContactPolicy,
) -> tuple[Delivery, ...]:
    """Return the ways a notice takes, in the order they are tried.

    A security notice goes to every contact, each a group of its own, those that ended within `settling_days` included:
    who takes an account over cannot silence its owner by changing the contact first. Anything else goes one way, the
    person's own choice first, and nowhere when its topic is muted.
    """
    now, settling = notice.made_at, timedelta(days=policy.settling_days)
    kept = list(contacts)
    active = [one for one in kept if one.state is ContactState.ACTIVE]
    if template.security:
        trusted = [one.id for one in phones if one.until is None or now < one.until + settling]
        lately = [one for one in kept if _ended_lately(one, now, settling)]
        groups = [_phone_ways(each) for each in trusted]
        groups += [[(one.channel, one.id)] for one in (*active, *lately)]
    elif template.topic in preferences.muted:
        groups = []
    else:
        newest = [one.id for one in phones if one.until is None]
        ways: Mapping[Reach, list[Way]] = {
            Reach.PHONE: [way for each in newest for way in _phone_ways(each)],
            Reach.EMAIL: [(one.channel, one.id) for one in active if one.channel is Channel.EMAIL],
            Reach.PUSH: [(one.channel, one.id) for one in active if one.channel is Channel.PUSH],
        }
        order = sorted(Reach, key=lambda reach: reach is not preferences.reach)
        groups = [[way for reach in order for way in ways[reach]]]
    return tuple(
        Delivery(
            id=f"{notice.id}:{channel.value}:{contact}",
            notice_id=notice.id,
            group=group,
            position=position,
            channel=channel,
            contact=contact,
            state=DeliveryState.DUE,
            changed_at=now,
        )
        for group, ways_of_group in enumerate(groups)
        for position, (channel, contact) in enumerate(ways_of_group)
    )


def next_due(deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """Return the first way still due of every group."""
    first: dict[int, Delivery] = {}
    for one in sorted(deliveries, key=lambda each: (each.group, each.position)):
        if one.state is DeliveryState.DUE:
            first.setdefault(one.group, one)
    return tuple(first.values())


def settle(deliveries: Iterable[Delivery], done: Delivery, state: DeliveryState, now: datetime) -> tuple[Delivery, ...]:
    """Return what changes once `done` is accepted or undeliverable: itself, and what of its group is spared."""
    changed = [replace(done, state=state, changed_at=now)]
    if state is DeliveryState.ACCEPTED:
        changed += [
            replace(one, state=DeliveryState.SPARED, changed_at=now)
            for one in deliveries
            if one.group == done.group and one.id != done.id and one.state is DeliveryState.DUE
        ]
    return tuple(changed)


def normalise_email(text: str) -> str:
    """Return the address with its domain in lower case. Raises `EmailUnsuitable`."""
    address = text.strip()
    if len(address) > LONGEST_EMAIL or not _EMAIL.match(address) or ".." in address:
        raise EmailUnsuitable()
    local, _, domain = address.rpartition("@")
    if local.startswith(".") or local.endswith("."):
        raise EmailUnsuitable()
    return f"{local}@{domain.lower()}"


def code_of(digest: str, digits: int) -> str:
    """Return the decimal code a keyed digest (hex) stands for."""
    return str(int(digest, 16) % 10**digits).zfill(digits)


def with_code_sent(contact: Contact, policy: ContactPolicy, now: datetime) -> Contact:
    """Return the contact with one more code under way; the one before it counts no longer."""
    return replace(
        contact,
        code_number=contact.code_number + 1,
        code_tries=0,
        code_expires_at=now + timedelta(minutes=policy.code_minutes),
        version=contact.version + 1,
    )


def require_code_open(contact: Contact, policy: ContactPolicy, now: datetime) -> None:
    """Raise `CodeExpired` when no code could be right any more."""
    over = contact.code_expires_at is None or now >= contact.code_expires_at or contact.code_tries >= policy.code_tries
    if contact.state is not ContactState.UNVERIFIED or over:
        raise CodeExpired()


def with_code_entered(contact: Contact, entered: str, right: str, now: datetime) -> Contact:
    """Return the contact after a code was entered: active when it was right, else with a try less."""
    if hmac.compare_digest(entered.encode(), right.encode()):
        target = CONTACT_TRANSITIONS[contact.state, "proven"]
        return replace(contact, state=target, verified_at=now, code_expires_at=None, version=contact.version + 1)
    return replace(contact, code_tries=contact.code_tries + 1, version=contact.version + 1)


def code_refusal(contact: Contact, policy: ContactPolicy) -> CodeWrong | CodeExpired:
    """Return what to say after a wrong code."""
    tries_left = policy.code_tries - contact.code_tries
    return CodeWrong(tries_left=tries_left) if tries_left > 0 else CodeExpired()


def end(contact: Contact, why: str, now: datetime) -> Contact:
    """Return the contact ended ("removed", "replaced" or "gone"); one that has ended already is returned unchanged."""
    target = CONTACT_TRANSITIONS.get((contact.state, why))
    return contact if target is None else replace(contact, state=target, ended_at=now, version=contact.version + 1)


def _phone_ways(phone_id: str) -> list[Way]:
    return [(Channel.ALIMTALK, phone_id), (Channel.SMS, phone_id)]


def _ended_lately(contact: Contact, now: datetime, settling: timedelta) -> bool:
    return (
        contact.state is ContactState.ENDED
        and contact.channel is Channel.EMAIL
        and contact.verified_at is not None
        and contact.ended_at is not None
        and now < contact.ended_at + settling
    )
