"""Notices to subscribers: the effect every step emits when the owner of a certificate must be told something.

A notice is one fact told to one person; its deliveries are the ways it takes. Within a group of deliveries one is
enough: the next is tried when the one before cannot reach anybody. Must not know any provider.
Source: RFC 3647 section 4.3.2 (notification to the subscriber).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault
from dojang.kernel.notice import Channel


class Topic(StrEnum):
    """What a notice is about: what a person may turn off, and what not."""

    SECURITY = "security"  # something happened to a certificate or an account: everywhere, always
    EXPIRY = "expiry"  # reminders before and at the end of a certificate
    SUPPORT = "support"  # an answer to a question
    PROOF = "proof"  # a code that proves a contact; no notice
    OFFICE = "office"  # to operators, or to somebody who is no subscriber

    @property
    def is_optional(self) -> bool:
        """Whether a person may turn these off."""
        return self in (Topic.EXPIRY, Topic.SUPPORT)


class Reach(StrEnum):
    """Where a person wants what need not go everywhere."""

    PHONE = "phone"  # Alimtalk, else a text message
    EMAIL = "email"  # the confirmed address
    PUSH = "push"  # the browsers that agreed


class ContactState(StrEnum):
    """How far a contact is. A telephone is no contact of this kind: identity proofing proves it."""

    UNVERIFIED = "unverified"  # the person, who has a code to enter
    ACTIVE = "active"  # nobody: notices go there
    ENDED = "ended"  # nobody: removed, replaced or gone; security notices still go there for some days


class DeliveryState(StrEnum):
    """How far one way of a notice is."""

    DUE = "due"  # the worker, which has to hand it over
    ACCEPTED = "accepted"  # the provider took it
    UNDELIVERABLE = "undeliverable"  # nobody is there: the next way of the group is tried
    SPARED = "spared"  # nobody: another way of the group was enough


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySubscriber(Effect):
    """Send the subscriber the notice `template` about `reference` (an id or a serial number)."""

    subscriber_id: str
    template: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendContactCode(Effect):
    """Send the code that proves a contact; `number` counts the codes sent to it, from 1."""

    contact_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An e-mail address or a browser's push subscription (JSON). `code_expires_at` is exclusive.

    `digest` is keyed: of the address in lower case, or of the subscription's endpoint.
    """

    id: str
    subscriber_id: str
    channel: Channel
    value: str = field(repr=False)
    digest: str = field(repr=False)
    state: ContactState
    added_at: datetime
    verified_at: datetime | None = None
    ended_at: datetime | None = None
    code_number: int = 0
    code_tries: int = 0
    code_expires_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A telephone that identity proofing proved, called after the case that first did.

    `until` is when another one took its place; None for the newest.
    """

    id: str
    number: str = field(repr=False)
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a person chose. `muted` holds optional topics only."""

    reach: Reach = Reach.PHONE
    muted: frozenset[Topic] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One fact told to one person, once: `id` is that of the effect. `params` hold nothing secret."""

    id: str
    subscriber_id: str
    template: str
    reference: str
    params: Mapping[str, str]
    language: str
    made_at: datetime
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One way a notice takes. `id` is what the provider knows it by; `contact` a contact's or telephone's id."""

    id: str
    notice_id: str
    group: int
    position: int
    channel: Channel
    contact: str
    state: DeliveryState
    changed_at: datetime
    unsubscribe_digest: str | None = field(default=None, repr=False)


class TemplateUnknown(DojangError):
    """A notice was asked for that there are no words for: code and words are of different ages."""

    code = "notices.template_unknown"
    fault: ClassVar[Fault] = Fault.OURS


class ContactNotFound(DojangError):
    """No such contact of this person."""

    code = "notices.contact_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class NoticeNotFound(DojangError):
    """No such notice of this person."""

    code = "notices.notice_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class EmailUnsuitable(DojangError):
    """This is no e-mail address that mail could be sent to."""

    code = "notices.email_unsuitable"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CodeWrong(DojangError):
    """The code is not the one that was sent. `tries_left` says how often it may still be entered."""

    code = "notices.code_wrong"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CodeExpired(DojangError):
    """The code's time, or its tries, are over; another one can be sent."""

    code = "notices.code_expired"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CodesTooMany(DojangError):
    """Too many codes were sent; `retry_after_s` says when there is room again."""

    code = "notices.codes_too_many"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class ContactsTooMany(DojangError):
    """A person has only so many contacts of one kind."""

    code = "notices.contacts_too_many"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PushRefused(DojangError):
    """The push service of this browser is not one the office talks to, or the subscription is malformed."""

    code = "notices.push_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class LinkSpent(DojangError):
    """The link to turn notices off was used already, or its time has passed."""

    code = "notices.link_spent"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TopicNotOptional(DojangError):
    """This kind of notice cannot be turned off."""

    code = "notices.topic_not_optional"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
