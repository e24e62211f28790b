"""Register relying parties, renew their secrets, bar them; let them in, and count what they ask for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.access.model import AttemptKind
from dojang.controls.relying_parties import rules
from dojang.controls.relying_parties.model import (
    PartyNotFound,
    PartyRefused,
    PartyState,
    QuotaSpent,
    Registration,
    RelyingParty,
)
from dojang.controls.relying_parties.policy import PartyPolicy
from dojang.controls.relying_parties.ports import PartyTransaction
from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store

SECRET_BYTES = 32


def register_party(
    name: str,
    *,
    redirect_uris: Sequence[str] = (),
    webhook_uri: str | None = None,
    actor: str,
    store: Store[PartyTransaction],
    chance: Chance,
    now: datetime,
) -> Registration:
    """Register a party and return it with its secret, shown this once. Raises `AddressRefused`."""
    secret = chance.token_bytes(SECRET_BYTES).hex()
    party = RelyingParty(
        client_id=chance.new_id(),
        name=name.strip(),
        secret_digest=rules.digest_of(secret),
        redirect_uris=tuple(rules.check_address(one, "redirect_uri") for one in redirect_uris),
        webhook_uri=None if webhook_uri is None else rules.check_address(webhook_uri, "webhook_uri"),
        registered_at=now,
    )

    def work(tx: PartyTransaction) -> None:
        tx.parties.add(party)
        tx.record(_entry(party.client_id, "registered", actor, now))

    store.transact(work)
    return Registration(party=party, secret=secret)


def renew_secret(
    client_id: str, *, actor: str, store: Store[PartyTransaction], chance: Chance, now: datetime
) -> Registration:
    """Give a party a new secret; the old one is refused from now on. Raises `PartyNotFound`."""
    secret = chance.token_bytes(SECRET_BYTES).hex()
    digest = rules.digest_of(secret)
    party = _change(client_id, lambda one: replace(one, secret_digest=digest), "secret_renewed", actor, store, now)
    return Registration(party=party, secret=secret)


def set_party_state(
    client_id: str, state: PartyState, *, actor: str, store: Store[PartyTransaction], now: datetime
) -> RelyingParty:
    """Bar a party or let it in again. Raises `PartyNotFound`."""
    return _change(client_id, lambda one: replace(one, state=state), state.value, actor, store, now)


def list_parties(*, store: Store[PartyTransaction]) -> Sequence[RelyingParty]:
    """Return all parties by name."""
    return store.read(lambda tx: tx.parties.list_parties())


def authenticate_party(client_id: str, secret: str, *, store: Store[PartyTransaction]) -> RelyingParty:
    """Return the active party these credentials prove. Raises `PartyRefused`, whatever part of them is wrong."""
    if len(client_id) > 64 or len(secret) > 256 or "\x00" in client_id:
        raise PartyRefused()
    return rules.prove(store.read(lambda tx: tx.parties.find_party(client_id)), secret)


def count_verification(
    party: RelyingParty, *, store: Store[PartyTransaction], policy: PartyPolicy, now: datetime
) -> None:
    """Count one verification. Raises `QuotaSpent`."""
    _count(AttemptKind.VERIFICATION, party, policy.verifications_per_minute, timedelta(minutes=1), store=store, now=now)


def count_identity_check(
    party: RelyingParty, *, store: Store[PartyTransaction], policy: PartyPolicy, now: datetime
) -> None:
    """Count one identity check: each is a guess at somebody's number. Raises `QuotaSpent`."""
    _count(AttemptKind.IDENTITY_CHECK, party, policy.identity_checks_per_hour, timedelta(hours=1), store=store, now=now)


def count_recipient(party: RelyingParty, *, store: Store[PartyTransaction], policy: PartyPolicy, now: datetime) -> None:
    """Count one question for a recipient, known or not. Raises `QuotaSpent`."""
    _count(AttemptKind.RECIPIENT, party, policy.recipients_per_hour, timedelta(hours=1), store=store, now=now)


def count_timestamp(party: RelyingParty, *, store: Store[PartyTransaction], policy: PartyPolicy, now: datetime) -> None:
    """Count one time-stamp asked for. Raises `QuotaSpent`."""
    _count(AttemptKind.TIMESTAMP, party, policy.timestamps_per_minute, timedelta(minutes=1), store=store, now=now)


def count_change(party: RelyingParty, *, store: Store[PartyTransaction], policy: PartyPolicy, now: datetime) -> None:
    """Count one change of what the party is told of, or where. Raises `QuotaSpent`."""
    _count(AttemptKind.PARTY_CHANGE, party, policy.changes_per_minute, timedelta(minutes=1), store=store, now=now)


def count_poll(party: RelyingParty, *, store: Store[PartyTransaction], policy: PartyPolicy, now: datetime) -> None:
    """Count one look at the feed, or at what the party is told of. Raises `QuotaSpent`."""
    _count(AttemptKind.PARTY_POLL, party, policy.polls_per_minute, timedelta(minutes=1), store=store, now=now)


def count_signature_request(
    party: RelyingParty, *, store: Store[PartyTransaction], policy: PartyPolicy, now: datetime
) -> None:
    """Count one signature asked for. Raises `QuotaSpent`."""
    limit = policy.signature_requests_per_minute
    _count(AttemptKind.SIGNATURE_REQUEST, party, limit, timedelta(minutes=1), store=store, now=now)


def _count(
    kind: AttemptKind,
    party: RelyingParty,
    maximum: int,
    window: timedelta,
    *,
    store: Store[PartyTransaction],
    now: datetime,
) -> None:
    counted = store.transact(lambda tx: tx.attempts.count(kind, party.client_id, now=now, window=window))
    if counted.count > maximum:
        raise QuotaSpent(retry_after_s=max(1, int((counted.ends_at - now).total_seconds())))


def _change(
    client_id: str,
    change: Callable[[RelyingParty], RelyingParty],
    action: str,
    actor: str,
    store: Store[PartyTransaction],
    now: datetime,
) -> RelyingParty:
    def work(tx: PartyTransaction) -> RelyingParty:
        found = tx.parties.find_party(client_id)
        if found is None:
            raise PartyNotFound()
        changed = change(found)
        if changed != found:
            tx.parties.update(changed)
            tx.record(_entry(client_id, action, actor, now))
        return changed

    return store.transact(work)


def _entry(client_id: str, action: str, actor: str, now: datetime) -> AuditEntry:
    return AuditEntry(tag=f"relying_parties:party:{action}", at=now, actor=actor, subject=client_id, data={})
