"""Feeds on both databases: who is told what, in which order, and once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from contracts.party_events.conftest import NOW, World
from dojang.controls.party_events import feeds
from dojang.controls.party_events.model import EventsGone, NewEvent, SendWebhooks, SpreadEvents, WatchLimitReached
from dojang.controls.party_events.policy import PartyEventPolicy
from dojang.controls.party_events.publishing import publish, publish_to

A, B = "certificate:1", "certificate:2"


def test_who_watches_is_told_and_nobody_else(world: World) -> None:
    world.watch(world.shop, A)
    world.happen("suspended", A)
    world.happen("suspended", B)
    world.spread()
    assert world.told(world.shop) == [("suspended", A)]
    assert world.told(world.cafe) == []


def test_a_watch_begins_where_it_begins(world: World) -> None:
    world.happen("suspended", A, "1")
    assert world.watch(world.shop, A)
    world.happen("resumed", A, "2")
    world.spread()
    assert world.told(world.shop) == [("resumed", A)]
    assert not world.watch(world.shop, A)


def test_what_is_published_twice_is_told_once(world: World) -> None:
    world.watch(world.shop, A)
    for _ in range(2):
        world.happen("suspended", A)
        world.spread()
    feeds.carry_out_spread(SpreadEvents(reference=A), store=world.store)
    assert world.told(world.shop) == [("suspended", A)]


def test_events_of_one_reference_keep_their_order_whenever_they_are_spread(world: World) -> None:
    world.watch(world.shop, A)
    for number in range(5):
        world.happen(f"e{number}", A, str(number))
    late = world.due(SpreadEvents)
    for one in reversed(late):
        feeds.carry_out_spread(one, store=world.store)
    page = feeds.list_events(world.shop, 0, 100, store=world.store, policy=world.policy)
    assert [one.event.type for one in page.entries] == ["e0", "e1", "e2", "e3", "e4"]
    assert [one.number for one in page.entries] == [1, 2, 3, 4, 5]
    sequences = [one.event.sequence for one in page.entries]
    assert sequences == sorted(set(sequences))


def test_numbers_have_no_gaps_when_many_spread_and_publish_at_once(world: World) -> None:
    references = [f"certificate:{number}" for number in range(8)]
    for one in references:
        world.watch(world.shop, one)
        world.happen("revoked", one)
    direct = [
        NewEvent(type="signature.completed", reference=f"signature:{number}", key="1", data={}, occurred_at=NOW)
        for number in range(8)
    ]

    def publish_direct(event: NewEvent) -> None:
        world.store.transact(lambda tx: publish_to(tx, world.shop, event))

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(feeds.carry_out_spread, one, store=world.store) for one in world.due(SpreadEvents) * 2]
        jobs += [pool.submit(publish_direct, one) for one in direct * 2]
        for one in jobs:
            one.result()
    page = feeds.list_events(world.shop, 0, 100, store=world.store, policy=world.policy)
    assert [one.number for one in page.entries] == list(range(1, 17))
    assert len({one.event.id for one in page.entries}) == 16


def test_a_successor_is_followed_with_what_happened_to_it_before(world: World) -> None:
    world.watch(world.shop, A)
    world.happen("suspended", B)
    world.spread()
    world.happen("renewed", A, leads_to=B)
    world.spread()
    world.happen("revoked", B)
    world.spread()
    assert world.told(world.shop) == [("renewed", A), ("suspended", B), ("revoked", B)]
    assert world.told(world.cafe) == []


def test_the_feed_is_read_in_parts(world: World) -> None:
    world.watch(world.shop, A)
    for number in range(5):
        world.happen(f"e{number}", A, str(number))
    world.spread()
    read = partial(feeds.list_events, world.shop, store=world.store, policy=world.policy)
    first = read(0, 2)
    assert ([one.number for one in first.entries], first.cursor, first.more) == ([1, 2], 2, True)
    last = read(first.cursor, 100)
    assert ([one.number for one in last.entries], last.cursor, last.more) == ([3, 4, 5], 5, False)
    assert (read(5, 10).cursor, read(10**9, 10).cursor) == (5, 5)


def test_who_watches_no_more_is_told_no_more(world: World) -> None:
    world.watch(world.shop, A)
    assert world.store.transact(lambda tx: feeds.unwatch(tx, world.shop, A))
    assert not world.store.transact(lambda tx: feeds.unwatch(tx, world.shop, A))
    world.happen("revoked", A)
    world.spread()
    assert world.told(world.shop) == []
    assert world.store.read(lambda tx: tx.party_events.lock_feed(world.shop)).watched == 0


def test_there_is_a_limit(world: World) -> None:
    world.policy = PartyEventPolicy(watches_per_party=1)
    world.watch(world.shop, A)
    with pytest.raises(WatchLimitReached) as refused:
        world.watch(world.shop, B)
    assert refused.value.fields["maximum"] == 1
    assert world.watch(world.cafe, B)


def test_old_events_go_and_a_poll_that_missed_some_is_told_so(world: World) -> None:
    world.watch(world.shop, A)
    world.happen("e1", A, "1")
    world.now = NOW + timedelta(days=20)
    world.happen("e2", A, "2")
    world.spread()
    world.now = NOW + timedelta(days=31)
    feeds.tidy_events(store=world.store, policy=world.policy, now=world.now)
    with pytest.raises(EventsGone) as gone:
        world.told(world.shop)
    assert gone.value.fields["resume_after"] == "1"
    assert world.told(world.shop, after=1) == [("e2", A)]
    world.happen("e3", A, "3")
    world.spread()
    assert world.told(world.shop, after=1) == [("e2", A), ("e3", A)]


def test_sequence_numbers_do_not_come_again_when_all_events_are_forgotten(world: World) -> None:
    world.happen("e1", A, "1")
    before = world.store.read(lambda tx: tx.party_events.last_sequence(A))
    world.now = NOW + timedelta(days=40)
    feeds.tidy_events(store=world.store, policy=world.policy, now=world.now)
    world.happen("e2", A, "2")
    assert world.store.read(lambda tx: tx.party_events.last_sequence(A)) > before


def test_watches_that_ended_go(world: World) -> None:
    world.watch(world.shop, A)
    later = NOW + timedelta(days=365 + 31)
    feeds.tidy_events(store=world.store, policy=world.policy, now=later)
    assert world.store.read(lambda tx: tx.party_events.lock_feed(world.shop)).watched == 0
    assert world.watch(world.shop, A)


def test_what_is_rolled_back_was_never_said(world: World) -> None:
    world.watch(world.shop, A)
    event = NewEvent(type="revoked", reference=A, key="1", data={}, occurred_at=NOW)

    def fail(tx: object) -> None:
        publish(tx, event)  # type: ignore[arg-type]  # the store's own transaction
        raise LookupError

    with pytest.raises(LookupError):
        world.store.transact(fail)
    assert world.emitted(SpreadEvents) == 0
    feeds.carry_out_spread(SpreadEvents(reference=A), store=world.store)
    assert world.told(world.shop) == []


def test_an_answer_to_one_party_is_sent_to_that_one(world: World) -> None:
    event = NewEvent(type="signature.completed", reference="signature:1", key="1", data={}, occurred_at=NOW)
    for _ in range(2):
        world.store.transact(lambda tx: publish_to(tx, world.cafe, event))
    assert world.told(world.cafe) == [("signature.completed", "signature:1")]
    assert world.told(world.shop) == []
    assert [one.client_id for one in world.due(SendWebhooks)] == [world.cafe]
