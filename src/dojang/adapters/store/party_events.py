"""Stored events for relying parties, who watches what, and feeds."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.engine import is_reading
from dojang.adapters.store.locking import for_update
from dojang.adapters.store.tables.party_events import (
    party_event,
    party_feed,
    party_feed_entry,
    party_watch,
    webhook_secret,
)
from dojang.adapters.store.tables.relying_parties import relying_party
from dojang.controls.party_events import rules
from dojang.controls.party_events.model import Feed, FeedEntry, NewEvent, PartyEvent, Watch
from dojang.controls.relying_parties.model import PartyState

_ADD_WATCH = InsertUnlessThere.into(party_watch)
_ADD_FEED = InsertUnlessThere.into(party_feed)
_ADD_ENTRY = InsertUnlessThere.into(party_feed_entry)


class SqlPartyEvents:
    """Implements `controls.party_events.ports.PartyEventRepository` on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add_event(self, event_id: str, event: NewEvent) -> int | None:
        """See the port."""
        known = sa.select(party_event.c.sequence).where(party_event.c.id == event_id)
        if self._connection.execute(known).one_or_none() is not None:
            return None
        values = {
            "id": event_id,
            "type": event.type,
            "reference": event.reference,
            "data_json": rules.data_json(event),
            "occurred_at": event.occurred_at,
            "leads_to": event.leads_to,
            "leads_until": event.leads_until,
        }
        added = party_event.insert().values(**values).returning(party_event.c.sequence)
        sequence: int = self._connection.execute(added).scalar_one()
        return sequence

    def last_sequence(self, reference: str) -> int:
        """See the port."""
        query = sa.select(sa.func.max(party_event.c.sequence)).where(party_event.c.reference == reference)
        return self._connection.execute(query).scalar_one() or 0

    def list_events_of(self, reference: str, after: int, limit: int) -> list[PartyEvent]:
        """See the port."""
        query = (
            sa.select(party_event)
            .where(party_event.c.reference == reference, party_event.c.sequence > after)
            .order_by(party_event.c.sequence)
            .limit(limit)
        )
        return [PartyEvent(**row._asdict()) for row in self._connection.execute(query)]

    def find_watch(self, client_id: str, reference: str) -> Watch | None:
        """See the port."""
        query = sa.select(party_watch).where(_same_watch(client_id, reference))
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return None if row is None else Watch(**row._asdict())

    def list_watches_of(self, reference: str, after: str, limit: int) -> list[Watch]:
        """See the port."""
        these = party_watch.c.reference == reference, party_watch.c.client_id > after
        return self._watches(sa.select(party_watch).where(*these).order_by(party_watch.c.client_id).limit(limit))

    def list_watches_by(self, client_id: str, after: str, limit: int) -> list[Watch]:
        """See the port."""
        these = party_watch.c.client_id == client_id, party_watch.c.reference > after
        return self._watches(sa.select(party_watch).where(*these).order_by(party_watch.c.reference).limit(limit))

    def put_watch(self, watch: Watch) -> bool:
        """See the port."""
        if _ADD_WATCH.run(self._connection, asdict(watch)):
            return True
        same = _same_watch(watch.client_id, watch.reference)
        self._connection.execute(party_watch.update().where(same).values(**asdict(watch)))
        return False

    def drop_watch(self, client_id: str, reference: str) -> bool:
        """See the port."""
        return self._connection.execute(party_watch.delete().where(_same_watch(client_id, reference))).rowcount == 1

    def drop_ended_watches(self, before: datetime, limit: int) -> int:
        """See the port."""
        query = sa.select(party_watch).where(party_watch.c.until < before).order_by(party_watch.c.until).limit(limit)
        ended = self._watches(query)
        for one in sorted(ended, key=lambda watch: watch.client_id):
            self._connection.execute(party_watch.delete().where(_same_watch(one.client_id, one.reference)))
            fewer = party_feed.update().where(party_feed.c.client_id == one.client_id, party_feed.c.watched > 0)
            self._connection.execute(fewer.values(watched=party_feed.c.watched - 1))
        return len(ended)

    def lock_feed(self, client_id: str) -> Feed:
        """See the port."""
        empty = Feed(client_id=client_id)
        if not is_reading(self._connection):
            _ADD_FEED.run(self._connection, asdict(empty))
        query = sa.select(party_feed).where(party_feed.c.client_id == client_id)
        row = self._connection.execute(for_update(query, self._connection)).one_or_none()
        return empty if row is None else Feed(**row._asdict())

    def save_feed(self, feed: Feed) -> None:
        """See the port."""
        same = party_feed.c.client_id == feed.client_id
        self._connection.execute(party_feed.update().where(same).values(**asdict(feed)))

    def append(self, client_id: str, number: int, sequence: int) -> bool:
        """See the port."""
        entry = {"client_id": client_id, "number": number, "sequence": sequence}
        return _ADD_ENTRY.run(self._connection, entry) == 1

    def list_entries(self, client_id: str, after: int, limit: int) -> list[FeedEntry]:
        """See the port."""
        query = (
            sa.select(party_feed_entry.c.number, party_event)
            .join(party_event, party_event.c.sequence == party_feed_entry.c.sequence)
            .where(party_feed_entry.c.client_id == client_id, party_feed_entry.c.number > after)
            .order_by(party_feed_entry.c.number)
            .limit(limit)
        )
        return [_entry(row) for row in self._connection.execute(query)]

    def list_due(self, now: datetime, limit: int) -> list[str]:
        """See the port."""
        query = (
            sa.select(party_feed.c.client_id)
            .join(relying_party, relying_party.c.client_id == party_feed.c.client_id)
            .join(webhook_secret, webhook_secret.c.client_id == party_feed.c.client_id)
            .where(
                relying_party.c.state == PartyState.ACTIVE.value,
                relying_party.c.webhook_uri.is_not(None),
                party_feed.c.disabled_at.is_(None),
                party_feed.c.delivered_number < party_feed.c.last_number,
                sa.or_(party_feed.c.next_at.is_(None), party_feed.c.next_at <= now),
                sa.or_(party_feed.c.leased_until.is_(None), party_feed.c.leased_until <= now),
            )
            .order_by(sa.func.coalesce(party_feed.c.next_at, 0), party_feed.c.client_id)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def drop_old(self, before: datetime, limit: int) -> int:
        """See the port."""
        old = sa.select(party_event.c.sequence).where(party_event.c.occurred_at < before)
        sequences = list(self._connection.execute(old.order_by(party_event.c.sequence).limit(limit)).scalars())
        if not sequences:
            return 0
        entries = party_feed_entry.c.sequence.in_(sequences)
        dropped = sa.select(party_feed_entry.c.client_id, sa.func.max(party_feed_entry.c.number)).where(entries)
        counted = self._connection.execute(dropped.group_by(party_feed_entry.c.client_id)).all()
        self._connection.execute(party_feed_entry.delete().where(entries))
        for client_id, number in sorted(counted):
            self._drop_up_to(client_id, number)
        self._connection.execute(party_event.delete().where(party_event.c.sequence.in_(sequences)))
        return len(sequences)

    def _drop_up_to(self, client_id: str, number: int) -> None:
        """Note what a feed no longer has. An older event entered late may leave a gap behind it: that is gone too."""
        earlier = party_feed_entry.c.client_id == client_id, party_feed_entry.c.number <= number
        self._connection.execute(party_feed_entry.delete().where(*earlier))
        same = party_feed.c.client_id == client_id
        for column in (party_feed.c.dropped_number, party_feed.c.delivered_number):
            behind = party_feed.update().where(same, column < number)
            self._connection.execute(behind.values({column.name: number}))

    def _watches(self, query: sa.Select[Any]) -> list[Watch]:
        found = self._connection.execute(for_update(query, self._connection))
        return [Watch(**row._asdict()) for row in found]


def _same_watch(client_id: str, reference: str) -> sa.ColumnElement[bool]:
    return sa.and_(party_watch.c.reference == reference, party_watch.c.client_id == client_id)


def _entry(row: sa.Row[Any]) -> FeedEntry:
    values = row._asdict()
    number = values.pop("number")
    return FeedEntry(number=number, event=PartyEvent(**values))
