"""Send webhooks: one party at a time by one worker, in the order of its feed, until it has everything or fails.

At least once: a crash between a party's answer and our note of it sends the event again, under the same id. Nothing is
sent inside a transaction. A party that fails waits by itself and holds nobody else up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from dojang.controls.party_events import rules
from dojang.controls.party_events.model import (
    AlertWebhookDisabled,
    Feed,
    FeedEntry,
    Reception,
    SendWebhooks,
    WebhookSecrets,
)
from dojang.controls.party_events.policy import PartyEventPolicy
from dojang.controls.party_events.ports import PartyEventTransaction, WebhookPost
from dojang.controls.relying_parties.model import PartyState
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Clock
from dojang.kernel.transaction import Store

_DUE_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """The right to send to one party until `leased_until`, and what that takes."""

    client_id: str
    uri: str
    secrets: WebhookSecrets = field(repr=False)
    leased_until: datetime


def carry_out_send(
    effect: SendWebhooks,
    *,
    store: Store[PartyEventTransaction],
    way: WebhookPost,
    policy: PartyEventPolicy,
    clock: Clock,
) -> None:
    """Send the party what it was not sent yet; do nothing when somebody else is at it or it has to wait.

    1. A lease is taken: one sender a party.
    2. Each entry is sent, and what became of it noted; a failure ends the turn and says when the next one is.
    3. A turn ends after `sent_per_turn` entries or `turn_s` seconds too; an effect goes on with the rest.
    """
    began = clock.now()
    turn = store.transact(lambda tx: _begin(tx, effect.client_id, policy, began))
    sent = 0
    while turn is not None:
        current = turn
        entry = store.transact(partial(_next, turn=current))
        if entry is None:
            return
        now = clock.now()
        body = rules.body_of(entry.event)
        headers = rules.headers_of(entry.event.id, body, rules.secrets_in_use(turn.secrets, now), now)
        reception = way.post(turn.uri, headers, body)
        after = clock.now()
        sent += 1
        is_last = sent >= policy.sent_per_turn or (after - began).total_seconds() >= policy.turn_s
        settle = partial(
            _settle, turn=current, entry=entry, reception=reception, is_last=is_last, policy=policy, now=after
        )
        turn = store.transact(settle)


def queue_due(*, store: Store[PartyEventTransaction], now: datetime) -> int:
    """Have every webhook that is due sent to, because the worker that was at it died. Return how many."""
    due = store.read(lambda tx: tx.party_events.list_due(now, _DUE_AT_ONCE))
    if due:
        store.transact(partial(_queue, due=due, now=now))
    return len(due)


def _queue(tx: PartyEventTransaction, due: Sequence[str], now: datetime) -> None:
    moment = int(now.timestamp())  # two workers that look at the same moment do not queue the same twice
    for one in due:
        tx.emit(SendWebhooks(client_id=one), key=f"{one}:due:{moment}")


def _begin(tx: PartyEventTransaction, client_id: str, policy: PartyEventPolicy, now: datetime) -> _Turn | None:
    party = tx.parties.find_party(client_id)
    secrets = tx.webhook_secrets.find_secrets(client_id)
    if party is None or party.state is not PartyState.ACTIVE or party.webhook_uri is None or secrets is None:
        return None
    feed = tx.party_events.lock_feed(client_id)
    if not rules.may_send(feed, now):
        return None
    leased_until = now + timedelta(seconds=policy.lease_s)
    tx.party_events.save_feed(replace(feed, leased_until=leased_until))
    return _Turn(client_id=client_id, uri=party.webhook_uri, secrets=secrets, leased_until=leased_until)


def _next(tx: PartyEventTransaction, turn: _Turn) -> FeedEntry | None:
    """Return the entry in front; without one, or without the lease any more, end the turn."""
    feed = tx.party_events.lock_feed(turn.client_id)
    if feed.leased_until != turn.leased_until:
        return None
    found = tx.party_events.list_entries(turn.client_id, feed.delivered_number, 1)
    if not found:
        tx.party_events.save_feed(replace(feed, leased_until=None))
        return None
    return found[0]


def _settle(
    tx: PartyEventTransaction,
    turn: _Turn,
    entry: FeedEntry,
    reception: Reception,
    is_last: bool,
    policy: PartyEventPolicy,
    now: datetime,
) -> _Turn | None:
    """Note what became of the entry; return the turn when it goes on."""
    feed = tx.party_events.lock_feed(turn.client_id)
    if feed.leased_until != turn.leased_until:
        return None  # somebody else took over, or the address was changed
    if reception is not Reception.TAKEN:
        _note_failure(tx, feed, entry, reception, policy, now)
        return None
    after = rules.taken(feed, entry.number)
    if is_last:
        tx.party_events.save_feed(replace(after, leased_until=None))
        tx.emit(SendWebhooks(client_id=turn.client_id), key=f"{turn.client_id}:after:{entry.number}")
        return None
    leased_until = now + timedelta(seconds=policy.lease_s)
    tx.party_events.save_feed(replace(after, leased_until=leased_until))
    return replace(turn, leased_until=leased_until)


def _note_failure(
    tx: PartyEventTransaction,
    feed: Feed,
    entry: FeedEntry,
    reception: Reception,
    policy: PartyEventPolicy,
    now: datetime,
) -> None:
    after = rules.failed(feed, entry.number, reception, policy, now)
    tx.party_events.save_feed(after)
    if feed.failing_since is None:
        tx.record(_entry(feed.client_id, "failing", entry, now))
    if after.disabled_at is not None:
        tx.record(_entry(feed.client_id, "disabled", entry, now))
        moment = int(now.timestamp())
        tx.emit(AlertWebhookDisabled(client_id=feed.client_id, at=moment), key=f"{feed.client_id}:{moment}")
        return
    if after.delivered_number > feed.delivered_number:
        tx.record(_entry(feed.client_id, "passed_over", entry, now))
    again = SendWebhooks(client_id=feed.client_id)
    pause_s = 0.0 if after.next_at is None else (after.next_at - now).total_seconds()
    tx.emit(again, key=f"{feed.client_id}:again:{int(now.timestamp())}", delay_s=pause_s)


def _entry(client_id: str, action: str, entry: FeedEntry, now: datetime) -> AuditEntry:
    data = {"event": entry.event.id, "number": str(entry.number)}
    return AuditEntry(tag=f"party_events:webhook:{action}", at=now, actor="system", subject=client_id, data=data)
