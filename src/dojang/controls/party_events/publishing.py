"""Publish an event, in the transaction of what happened. What steps of the journey call."""

from dataclasses import replace

from dojang.controls.party_events import rules
from dojang.controls.party_events.model import NewEvent, SendWebhooks, SpreadEvents
from dojang.controls.party_events.ports import PublishingTransaction


def publish(tx: PublishingTransaction, event: NewEvent) -> None:
    """Publish to whoever watches the event's reference. Publishing it again changes nothing.

    The caller holds a lock on what the reference names, so that its events get their sequence numbers in order.
    """
    event_id = rules.event_id(event)
    if tx.party_events.add_event(event_id, event) is not None:
        tx.emit(SpreadEvents(reference=event.reference), key=event_id)


def publish_to(tx: PublishingTransaction, client_id: str, event: NewEvent) -> None:
    """Publish to one party, which watches nothing for it: the answer to something it asked for.

    Publishing it again changes nothing. The party's feed stays locked until the transaction ends.
    """
    feed = tx.party_events.lock_feed(client_id)
    sequence = tx.party_events.add_event(rules.event_id(event), event)
    if sequence is None:
        return
    number = feed.last_number + 1
    if tx.party_events.append(client_id, number, sequence):
        tx.party_events.save_feed(replace(feed, last_number=number))
        tx.emit(SendWebhooks(client_id=client_id), key=f"{client_id}:{number}")
