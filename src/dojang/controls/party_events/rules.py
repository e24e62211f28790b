"""How events are named, written down, signed and retried. Pure.

Source: Standard Webhooks 1.0: the signature is HMAC-SHA256 over `id.timestamp.body`, base64 after "v1,"; several stand
side by side while a secret is being replaced.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.party_events.model import Feed, NewEvent, PartyEvent, Reception, WebhookSecrets
from dojang.controls.party_events.policy import PartyEventPolicy

SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins, not one


def event_id(event: NewEvent) -> str:
    """Return the event's id: the same for the same event, however often it is published."""
    return "evt_" + hashlib.sha256(f"{event.type}\n{event.reference}\n{event.key}".encode()).hexdigest()[:32]


def data_json(event: NewEvent) -> str:
    """Return the event's data as a JSON object with sorted keys."""
    return json.dumps(dict(event.data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def document(event: PartyEvent) -> dict[str, object]:
    """Return the event as parties are told of it, in polls and webhooks alike. The time is RFC 3339 UTC."""
    return {
        "id": event.id,
        "type": event.type,
        "timestamp": event.occurred_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reference": event.reference,
        "sequence": event.sequence,
        "data": json.loads(event.data_json),
    }


def body_of(event: PartyEvent) -> bytes:
    """Return what a webhook is sent: UTF-8 JSON."""
    return json.dumps(document(event), ensure_ascii=False, separators=(",", ":")).encode()


def shown_secret(secret: bytes) -> str:
    """Return a secret as a party is given it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def secrets_in_use(secrets: WebhookSecrets, now: datetime) -> tuple[bytes, ...]:
    """Return the secrets that sign now, the newest first."""
    if secrets.previous is None or secrets.previous_until is None or now >= secrets.previous_until:
        return (secrets.secret,)
    return secrets.secret, secrets.previous


def headers_of(event_id: str, body: bytes, secrets: tuple[bytes, ...], now: datetime) -> Mapping[str, str]:
    """Return the headers a webhook is sent with, signed with each of `secrets`."""
    timestamp = str(int(now.timestamp()))
    signed = f"{event_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.new(one, signed, hashlib.sha256).digest()).decode() for one in secrets)
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }


def may_send(feed: Feed, now: datetime) -> bool:
    """Whether the webhook is to be sent something now and nobody is at it."""
    return (
        feed.disabled_at is None
        and feed.delivered_number < feed.last_number
        and (feed.next_at is None or now >= feed.next_at)
        and (feed.leased_until is None or now >= feed.leased_until)
    )


def taken(feed: Feed, number: int) -> Feed:
    """Return the feed after its webhook took the entry."""
    delivered = max(feed.delivered_number, number)
    return replace(feed, delivered_number=delivered, failures=0, failing_since=None, stuck_since=None, next_at=None)


def failed(feed: Feed, number: int, reception: Reception, policy: PartyEventPolicy, now: datetime) -> Feed:
    """Return the feed after its webhook did not take the entry `number`, the one in front.

    The next try comes after a pause that doubles. An entry that is refused for `pass_over_after_hours` is passed over,
    so that those behind it have their turn; a webhook that takes nothing for `disable_after_days`, or says that it is
    gone, is sent nothing more.
    """
    failing_since, stuck_since = feed.failing_since or now, feed.stuck_since or now
    pause_s = min(policy.first_pause_s * 2 ** min(feed.failures, 30), policy.longest_pause_s)
    after = replace(
        feed,
        failures=feed.failures + 1,
        failing_since=failing_since,
        stuck_since=stuck_since,
        next_at=now + timedelta(seconds=pause_s),
        leased_until=None,
    )
    if reception is Reception.GONE or now - failing_since >= timedelta(days=policy.disable_after_days):
        return replace(after, disabled_at=now)
    if reception is Reception.REFUSED and now - stuck_since >= timedelta(hours=policy.pass_over_after_hours):
        return replace(after, delivered_number=number, stuck_since=None)
    return after


def resumed(feed: Feed) -> Feed:
    """Return the feed with its webhook in use again, at once."""
    return replace(feed, disabled_at=None, failures=0, failing_since=None, stuck_since=None, next_at=None)
