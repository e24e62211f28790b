"""Events for relying parties: what happened to something they watch or asked for, and how far each has been told.

An event is published once, in the transaction of what happened, and entered into the feed of every party it concerns.
A feed is numbered without gaps; parties read it (poll) and have it sent to them (webhook). Must not know what an event
is about: a reference names that, for example "certificate:9007199254740993".
Source: Standard Webhooks 1.0 (standardwebhooks.com) for how events are sent and signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """Something that happened. `key` tells it from others of its type and reference: the same three are one event.

    `data` holds ids, codes and signed statements, never personal data. Whoever watches `reference` watches `leads_to`
    too from this event on, until `leads_until` (inclusive).
    """

    type: str  # "certificate.revoked"
    reference: str
    key: str
    data: Mapping[str, str]
    occurred_at: datetime
    leads_to: str | None = None
    leads_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyEvent:
    """A published event. `sequence` grows from event to event, with gaps; `data_json` is a JSON object."""

    id: str
    sequence: int
    type: str
    reference: str
    data_json: str
    occurred_at: datetime
    leads_to: str | None = None
    leads_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An event in a party's feed, under its number there."""

    number: int
    event: PartyEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A party is told of a reference's events after the sequence number `seen`. `until` is inclusive."""

    client_id: str
    reference: str
    seen: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """How far a party has been told.

    Entries are numbered from 1 to `last_number`; those up to `dropped_number` are forgotten, those up to
    `delivered_number` were taken by its webhook or passed over. `watched` counts its watches. Of the webhook: how many
    tries failed one after the other and since when, since when the entry in front waits, when the next try is, until
    when whoever is sending has the turn (exclusive), and when it was given up.
    """

    client_id: str
    last_number: int = 0
    dropped_number: int = 0
    watched: int = 0
    delivered_number: int = 0
    failures: int = 0
    failing_since: datetime | None = None
    stuck_since: datetime | None = None
    next_at: datetime | None = None
    leased_until: datetime | None = None
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecrets:
    """What a party's webhook is signed with. The previous secret signs beside the new one until then (exclusive)."""

    client_id: str
    secret: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)
    previous_until: datetime | None = None


class Reception(StrEnum):
    """What a party's webhook made of an event."""

    TAKEN = "taken"  # 2xx
    REFUSED = "refused"  # it answered, and will not have this one: 4xx, but for those below
    AWAY = "away"  # no answer, too slow, 408, 425, 429, 3xx, 5xx, an address we do not go to
    GONE = "gone"  # 410: do not come again


# --- effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadEvents(Effect):
    """Enter a reference's events into the feeds of the relying parties that watch it."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendWebhooks(Effect):
    """Send a relying party's webhook what it was not sent yet."""

    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWebhookDisabled(Effect):
    """Tell the office's operators that a relying party's webhook was given up. `at` is in seconds since the epoch."""

    client_id: str
    at: int


# --- errors ---------------------------------------------------------------------------------------------------------


class EventsGone(DojangError):
    """Events after this cursor were forgotten; `resume_after` is the cursor from which they are complete."""

    code: ClassVar[str] = "party_events.gone"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class WebhookMissing(DojangError):
    """The party has no webhook address, or nothing to resume."""

    code: ClassVar[str] = "party_events.no_webhook"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class WatchLimitReached(DojangError):
    """The party watches as much as it may; `maximum` says how much that is."""

    code: ClassVar[str] = "party_events.watch_limit"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
