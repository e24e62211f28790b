"""Feeds: enter events for those who watch, read them, begin and end watching, forget what is old."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from dojang.controls.party_events.model import (
    EventsGone,
    FeedEntry,
    PartyEvent,
    SendWebhooks,
    SpreadEvents,
    Watch,
    WatchLimitReached,
)
from dojang.controls.party_events.policy import PartyEventPolicy
from dojang.controls.party_events.ports import PublishingTransaction
from dojang.kernel.transaction import Store

_WATCHES_AT_ONCE = 100
_EVENTS_AT_ONCE = 200
_DROPPED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """A part of a feed. `cursor` is where the next part begins; `more` whether there is one now."""

    entries: Sequence[FeedEntry]
    cursor: int
    more: bool


def carry_out_spread(effect: SpreadEvents, *, store: Store[PublishingTransaction]) -> None:
    """Enter the reference's events into the feed of everybody who watches it, in order, each once.

    It looks at what is missing instead of one event, so that it may run late, twice or beside itself: what an earlier
    event's run could not see, a later one enters.
    """
    after: str | None = ""
    while after is not None:
        after = store.transact(partial(_spread, reference=effect.reference, after=after))


def watch(
    tx: PublishingTransaction,
    client_id: str,
    reference: str,
    *,
    until: datetime,
    policy: PartyEventPolicy,
    now: datetime,
) -> bool:
    """Have the party told of the reference's events from now on, until then (inclusive); return whether that is new.

    The caller holds a lock on what the reference names. Raises `WatchLimitReached`.
    """
    if tx.party_events.find_watch(client_id, reference) is not None:
        return False
    feed = tx.party_events.lock_feed(client_id)
    if tx.party_events.find_watch(client_id, reference) is not None:
        return False  # made while we waited for the feed
    if feed.watched >= policy.watches_per_party:
        raise WatchLimitReached(maximum=policy.watches_per_party)
    seen = tx.party_events.last_sequence(reference)
    tx.party_events.put_watch(Watch(client_id=client_id, reference=reference, seen=seen, since=now, until=until))
    tx.party_events.save_feed(replace(feed, watched=feed.watched + 1))
    return True


def unwatch(tx: PublishingTransaction, client_id: str, reference: str) -> bool:
    """Tell the party no more of the reference; return whether it was told before."""
    if tx.party_events.find_watch(client_id, reference) is None:
        return False
    feed = tx.party_events.lock_feed(client_id)
    if not tx.party_events.drop_watch(client_id, reference):
        return False
    tx.party_events.save_feed(replace(feed, watched=max(0, feed.watched - 1)))
    return True


def list_events(
    client_id: str, after: int, limit: int, *, store: Store[PublishingTransaction], policy: PartyEventPolicy
) -> FeedPage:
    """Return what happened after the cursor `after` (0: from the beginning), at most `limit` events.

    Raises `EventsGone` when some of it was forgotten.
    """
    size = max(1, min(limit, policy.listed_at_once))

    def work(tx: PublishingTransaction) -> FeedPage:
        feed = tx.party_events.lock_feed(client_id)
        if after < feed.dropped_number:
            raise EventsGone(resume_after=str(feed.dropped_number))
        found = tx.party_events.list_entries(client_id, after, size)
        cursor = found[-1].number if found else min(after, feed.last_number)
        return FeedPage(entries=found, cursor=cursor, more=cursor < feed.last_number)

    return store.read(work)


def tidy_events(*, store: Store[PublishingTransaction], policy: PartyEventPolicy, now: datetime) -> None:
    """Forget events older than `keep_days` and watches that ended `watch_grace_days` ago; a bounded part at a time."""
    events_before = now - timedelta(days=policy.keep_days)
    watches_before = now - timedelta(days=policy.watch_grace_days)
    store.transact(lambda tx: tx.party_events.drop_old(events_before, _DROPPED_AT_ONCE))
    store.transact(lambda tx: tx.party_events.drop_ended_watches(watches_before, _DROPPED_AT_ONCE))


def _spread(tx: PublishingTransaction, reference: str, after: str) -> str | None:
    """Serve one page of watches; return the last client id of it, or None when there are no more."""
    watches = tx.party_events.list_watches_of(reference, after, _WATCHES_AT_ONCE)
    for one in watches:
        _bring_up_to_date(tx, one)
    return watches[-1].client_id if len(watches) == _WATCHES_AT_ONCE else None


def _bring_up_to_date(tx: PublishingTransaction, watch: Watch) -> None:
    events = tx.party_events.list_events_of(watch.reference, watch.seen, _EVENTS_AT_ONCE)
    if not events:
        return
    feed = tx.party_events.lock_feed(watch.client_id)
    number, watched = feed.last_number, feed.watched
    for event in events:
        if tx.party_events.append(watch.client_id, number + 1, event.sequence):
            number += 1
        watched += _follow(tx, watch, event)
    tx.party_events.put_watch(replace(watch, seen=events[-1].sequence))
    tx.party_events.save_feed(replace(feed, last_number=number, watched=watched))
    if len(events) == _EVENTS_AT_ONCE:
        tx.emit(SpreadEvents(reference=watch.reference), key=f"{watch.client_id}:{watch.reference}:{number}")
    if number > feed.last_number:
        tx.emit(SendWebhooks(client_id=watch.client_id), key=f"{watch.client_id}:{number}")


def _follow(tx: PublishingTransaction, watch: Watch, event: PartyEvent) -> int:
    """Watch what the event leads to, all its events so far included; return how many watches that added.

    Its events so far are entered by an effect that runs after this commit: one that commits meanwhile is not lost.
    """
    if event.leads_to is None or event.leads_until is None:
        return 0
    if tx.party_events.find_watch(watch.client_id, event.leads_to) is not None:
        return 0
    following = Watch(
        client_id=watch.client_id, reference=event.leads_to, seen=0, since=event.occurred_at, until=event.leads_until
    )
    tx.party_events.put_watch(following)
    tx.emit(SpreadEvents(reference=event.leads_to), key=f"{watch.client_id}:{event.id}")
    return 1
