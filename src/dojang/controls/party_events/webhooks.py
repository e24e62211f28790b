"""A party's webhook: where it stands, its secret, and using it again after it was given up."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dojang.controls.party_events import rules
from dojang.controls.party_events.model import Feed, SendWebhooks, WebhookMissing, WebhookSecrets
from dojang.controls.party_events.policy import PartyEventPolicy
from dojang.controls.party_events.ports import PartyEventTransaction
from dojang.controls.relying_parties import rules as party_rules
from dojang.controls.relying_parties.model import PartyNotFound, RelyingParty
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookStanding:
    """Where a party's webhook stands. `has_secret`: without one nothing is sent."""

    uri: str | None
    has_secret: bool
    feed: Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSecret:
    """A webhook's secret, which nobody can look up again."""

    secret: str = field(repr=False)
    previous_until: datetime | None


def get_webhook(client_id: str, *, store: Store[PartyEventTransaction]) -> WebhookStanding:
    """Return where the party's webhook stands. Raises `PartyNotFound`."""

    def work(tx: PartyEventTransaction) -> WebhookStanding:
        return WebhookStanding(
            uri=_party(tx, client_id).webhook_uri,
            has_secret=tx.webhook_secrets.find_secrets(client_id) is not None,
            feed=tx.party_events.lock_feed(client_id),
        )

    return store.read(work)


def renew_webhook_secret(
    client_id: str,
    *,
    actor: str,
    store: Store[PartyEventTransaction],
    chance: Chance,
    policy: PartyEventPolicy,
    now: datetime,
) -> ShownSecret:
    """Give the party's webhook a new secret, shown this once; the one before signs beside it for a while.

    Raises `PartyNotFound`, `WebhookMissing`.
    """
    secret = chance.token_bytes(rules.SECRET_BYTES)

    def work(tx: PartyEventTransaction) -> datetime | None:
        if _party(tx, client_id).webhook_uri is None:
            raise WebhookMissing()
        feed = tx.party_events.lock_feed(client_id)  # one renewal at a time
        before = tx.webhook_secrets.find_secrets(client_id)
        until = None if before is None else now + timedelta(hours=policy.previous_secret_hours)
        previous = None if before is None else before.secret
        renewed = WebhookSecrets(client_id=client_id, secret=secret, previous=previous, previous_until=until)
        tx.webhook_secrets.put_secrets(renewed)
        tx.record(_entry(client_id, "secret_renewed", actor, now))
        if before is None and feed.last_number > feed.delivered_number:
            tx.emit(SendWebhooks(client_id=client_id), key=f"{client_id}:secret:{int(now.timestamp())}")
        return until

    return ShownSecret(previous_until=store.transact(work), secret=rules.shown_secret(secret))


def resume_webhook(client_id: str, *, actor: str, store: Store[PartyEventTransaction], now: datetime) -> Feed:
    """Send to a webhook again that was given up or has to wait, at once. Raises `PartyNotFound`, `WebhookMissing`."""

    def work(tx: PartyEventTransaction) -> Feed:
        if _party(tx, client_id).webhook_uri is None:
            raise WebhookMissing()
        before = tx.party_events.lock_feed(client_id)
        after = rules.resumed(before)
        if after != before:
            tx.party_events.save_feed(after)
            tx.record(_entry(client_id, "resumed", actor, now))
            tx.emit(SendWebhooks(client_id=client_id), key=f"{client_id}:resumed:{int(now.timestamp())}")
        return after

    return store.transact(work)


def set_webhook(
    client_id: str, uri: str | None, *, actor: str, store: Store[PartyEventTransaction], now: datetime
) -> RelyingParty:
    """Send the party's events there from now on, or to no webhook. Raises `AddressRefused`, `PartyNotFound`."""
    address = None if uri is None else party_rules.check_address(uri, "webhook_uri")

    def work(tx: PartyEventTransaction) -> RelyingParty:
        party = _party(tx, client_id)
        changed = replace(party, webhook_uri=address)
        if changed != party:
            feed = tx.party_events.lock_feed(client_id)
            # A new address is told what happens from now on; what was before, a poll still says.
            # Whoever is sending to the old one finds the lease gone.
            moved = replace(rules.resumed(feed), delivered_number=feed.last_number, leased_until=None)
            tx.party_events.save_feed(moved)
            tx.parties.update(changed)
            tx.record(_entry(client_id, "address_set" if address else "address_removed", actor, now))
        return changed

    return store.transact(work)


def _party(tx: PartyEventTransaction, client_id: str) -> RelyingParty:
    party = tx.parties.find_party(client_id)
    if party is None:
        raise PartyNotFound()
    return party


def _entry(client_id: str, action: str, actor: str, now: datetime) -> AuditEntry:
    return AuditEntry(tag=f"party_events:webhook:{action}", at=now, actor=actor, subject=client_id, data={})
