"""What telling relying parties needs: of the store, and a way to their webhooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dojang.controls.party_events.model import Feed, FeedEntry, NewEvent, PartyEvent, Reception, Watch, WebhookSecrets
from dojang.controls.relying_parties.ports import PartyRepository
from dojang.kernel.transaction import Transaction


class PartyEventRepository(Protocol):
    """Events, who watches what, and feeds."""

    def add_event(self, event_id: str, event: NewEvent) -> int | None:
        """Store an event and return its sequence number; None when the id is known. Callers lock the reference."""
        ...

    def last_sequence(self, reference: str) -> int:
        """Return the sequence number of the reference's newest event, 0 without one."""
        ...

    def list_events_of(self, reference: str, after: int, limit: int) -> Sequence[PartyEvent]:
        """Return the reference's events after a sequence number, in order."""
        ...

    def find_watch(self, client_id: str, reference: str) -> Watch | None:
        """Return the watch, locked against concurrent change until the transaction ends, or None."""
        ...

    def list_watches_of(self, reference: str, after: str, limit: int) -> Sequence[Watch]:
        """Return the reference's watches by client id, after the id `after`; locked as above."""
        ...

    def list_watches_by(self, client_id: str, after: str, limit: int) -> Sequence[Watch]:
        """Return the party's watches by reference, after the reference `after`; locked as above."""
        ...

    def put_watch(self, watch: Watch) -> bool:
        """Store a watch, new or changed; return whether it is new."""
        ...

    def drop_watch(self, client_id: str, reference: str) -> bool:
        """Forget a watch; return whether there was one."""
        ...

    def drop_ended_watches(self, before: datetime, limit: int) -> int:
        """Forget watches whose `until` is before then, counted out of their feeds; return how many."""
        ...

    def lock_feed(self, client_id: str) -> Feed:
        """Return the party's feed, locked until the transaction ends (read only: unlocked); an empty one at first."""
        ...

    def save_feed(self, feed: Feed) -> None:
        """Store a feed that was locked."""
        ...

    def append(self, client_id: str, number: int, sequence: int) -> bool:
        """Enter an event into a feed as its entry `number`; return False when it is in it already."""
        ...

    def list_entries(self, client_id: str, after: int, limit: int) -> Sequence[FeedEntry]:
        """Return entries after a number, in order."""
        ...

    def list_due(self, now: datetime, limit: int) -> Sequence[str]:
        """Return client ids of active parties whose webhook is to be sent something now, longest due first."""
        ...

    def drop_old(self, before: datetime, limit: int) -> int:
        """Forget events that occurred before then, in feeds too, oldest first; return how many."""
        ...


class WebhookSecretRepository(Protocol):
    """Secrets of webhooks, sealed where they lie."""

    def find_secrets(self, client_id: str) -> WebhookSecrets | None:
        """Return the party's secrets, or None."""
        ...

    def put_secrets(self, secrets: WebhookSecrets) -> None:
        """Store the party's secrets in place of those before."""
        ...


class PublishingTransaction(Transaction, Protocol):
    """A transaction in which events can be published."""

    @property
    def party_events(self) -> PartyEventRepository:
        """Events for relying parties."""
        ...


class PartyEventTransaction(PublishingTransaction, Protocol):
    """A transaction with everything that telling relying parties reads and stores."""

    @property
    def parties(self) -> PartyRepository:
        """Relying parties."""
        ...

    @property
    def webhook_secrets(self) -> WebhookSecretRepository:
        """Secrets of webhooks."""
        ...


class WebhookPost(Protocol):
    """The way to a webhook."""

    def post(self, uri: str, headers: Mapping[str, str], body: bytes) -> Reception:
        """Send `body` to `uri` once, within bounds of time and size; whatever goes wrong is `Reception.AWAY`."""
        ...
