"""What relying parties are told: which certificates they know, the feed of events, and their webhook.

Serial numbers and cursors are text, as everywhere in this interface.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from dojang.bootstrap import Office
from dojang.controls.party_events import feeds, rules, webhooks
from dojang.controls.relying_parties import usecases as parties
from dojang.controls.relying_parties.model import RelyingParty
from dojang.lifecycle.reliance.known_certificates import usecases as known
from dojang.web.desk import Now, OfficeDep, SerialNumber
from dojang.web.party_desk import Party

router = APIRouter(prefix="/v1", tags=["relying parties"])

Cursor = Annotated[str, Query(pattern=r"^(0|[1-9][0-9]{0,15})$", description="Where the part before ended; 0 at first")]
Limit = Annotated[int, Query(ge=1, le=1000)]


class KnownCertificateView(BaseModel):
    """Where a certificate stands ("good", "held", "revoked"). Its events with a greater `sequence` come after this."""

    serial: str
    state: str
    since: datetime | None
    reason: str | None
    not_after: datetime
    sequence: int
    successor_serial: str | None


@router.put("/known-certificates/{serial}")
def know_certificate(serial: SerialNumber, party: Party, office: OfficeDep, now: Now) -> KnownCertificateView:
    """Be told of what happens to this certificate and to those that succeed it; the answer says where it stands."""
    _count_change(party, office, now)
    policy = office.settings.policy.party_events
    found = known.know_certificate(party.client_id, int(serial), store=office.store, policy=policy, now=now)
    successor = found.successor_serial
    return KnownCertificateView(
        serial=str(found.serial),
        state=found.state,
        since=found.since,
        reason=found.reason,
        not_after=found.not_after,
        sequence=found.sequence,
        successor_serial=None if successor is None else str(successor),
    )


@router.delete("/known-certificates/{serial}", status_code=204)
def forget_certificate(serial: SerialNumber, party: Party, office: OfficeDep, now: Now) -> None:
    """Be told of this certificate no more."""
    _count_change(party, office, now)
    known.forget_certificate(party.client_id, int(serial), store=office.store, now=now)


class KnownCertificatesView(BaseModel):
    """Serial numbers, in the order of their text. The next part begins after the last one; there is none after []."""

    serials: list[str]


@router.get("/known-certificates")
def list_known_certificates(
    party: Party, office: OfficeDep, now: Now, after: Cursor = "0", limit: Limit = 100
) -> KnownCertificatesView:
    """List the certificates this party is told of."""
    _count_poll(party, office, now)
    policy = office.settings.policy.party_events
    found = known.list_known(party.client_id, int(after), limit, store=office.store, policy=policy)
    return KnownCertificatesView(serials=[str(one) for one in found])


class EventView(BaseModel):
    """Something that happened, as webhooks say it too. `sequence` grows from event to event of one `reference`."""

    id: str
    type: str
    timestamp: str
    reference: str
    sequence: int
    data: dict[str, str]


class EventsView(BaseModel):
    """A part of the feed. `cursor` is the `after` of the next part; `more` whether there is one already."""

    events: list[EventView]
    cursor: str
    more: bool


@router.get("/events")
def list_events(party: Party, office: OfficeDep, now: Now, after: Cursor = "0", limit: Limit = 100) -> EventsView:
    """Read what happened, in the order this party was told of it."""
    _count_poll(party, office, now)
    policy = office.settings.policy.party_events
    page = feeds.list_events(party.client_id, int(after), limit, store=office.store, policy=policy)
    events = [EventView.model_validate(rules.document(one.event)) for one in page.entries]
    return EventsView(events=events, cursor=str(page.cursor), more=page.more)


class WebhookView(BaseModel):
    """Where the webhook stands. Events up to `delivered` of the feed were taken by it, or passed over."""

    address: str | None
    has_secret: bool
    delivered: str
    waiting: int
    failing_since: datetime | None
    next_try_at: datetime | None
    disabled_at: datetime | None


@router.get("/webhook")
def show_webhook(party: Party, office: OfficeDep, now: Now) -> WebhookView:
    """Say where this party's webhook stands."""
    _count_poll(party, office, now)
    standing = webhooks.get_webhook(party.client_id, store=office.store)
    feed = standing.feed
    return WebhookView(
        address=standing.uri,
        has_secret=standing.has_secret,
        delivered=str(feed.delivered_number),
        waiting=feed.last_number - feed.delivered_number,
        failing_since=feed.failing_since,
        next_try_at=feed.next_at,
        disabled_at=feed.disabled_at,
    )


class WebhookSecretView(BaseModel):
    """The webhook's new secret, shown this once. Until then the one before signs beside it."""

    secret: str
    previous_until: datetime | None


@router.post("/webhook/secret")
def renew_webhook_secret(party: Party, office: OfficeDep, now: Now) -> WebhookSecretView:
    """Give this party's webhook a new secret."""
    _count_change(party, office, now)
    shown = webhooks.renew_webhook_secret(
        party.client_id,
        actor=_actor(party),
        store=office.store,
        chance=office.chance,
        policy=office.settings.policy.party_events,
        now=now,
    )
    return WebhookSecretView(secret=shown.secret, previous_until=shown.previous_until)


@router.post("/webhook/resume", status_code=204)
def resume_webhook(party: Party, office: OfficeDep, now: Now) -> None:
    """Send to the webhook again at once, after it was given up or while it waits for its next try."""
    _count_change(party, office, now)
    webhooks.resume_webhook(party.client_id, actor=_actor(party), store=office.store, now=now)


def _actor(party: RelyingParty) -> str:
    return f"relying_party:{party.client_id}"


def _count_change(party: RelyingParty, office: Office, now: datetime) -> None:
    parties.count_change(party, store=office.store, policy=office.settings.policy.relying_parties, now=now)


def _count_poll(party: RelyingParty, office: Office, now: datetime) -> None:
    parties.count_poll(party, store=office.store, policy=office.settings.policy.relying_parties, now=now)
