"""Say which certificates a party knows, and take that back; the steps they happen in publish events about them."""

from collections.abc import Sequence
from datetime import datetime

from dojang.controls.party_events import feeds
from dojang.controls.party_events.policy import PartyEventPolicy
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store
from dojang.lifecycle.issuance.model import CERTIFICATE_REFERENCE, certificate_reference
from dojang.lifecycle.reliance.known_certificates.model import KnownCertificate, UnknownCertificate
from dojang.lifecycle.reliance.known_certificates.ports import KnownCertificateTransaction
from dojang.lifecycle.revocation.model import CertificateState, IssuedSetRef

HOLD_REASON = "certificateHold"  # RFC 5280 section 5.3.1


def know_certificate(
    client_id: str,
    serial: int,
    *,
    store: Store[KnownCertificateTransaction],
    policy: PartyEventPolicy,
    now: datetime,
) -> KnownCertificate:
    """Have the party told of what happens to the set of `serial` (either certificate's) and to its successors.

    Returns where it stands; what is published later has a greater sequence number, nothing falls between. Repeating it
    changes nothing and says where the certificate stands now. Raises `UnknownCertificate`, `WatchLimitReached`.
    """

    def work(tx: KnownCertificateTransaction) -> KnownCertificate:
        found = _find(tx, serial)
        reference = certificate_reference(found.signing_serial)
        if feeds.watch(tx, client_id, reference, until=found.not_after, policy=policy, now=now):
            tx.record(_entry(client_id, "known", found, now))
        standing = tx.standings.get_standing(found.issuance_id)
        is_held = standing.state is CertificateState.HELD
        reason = HOLD_REASON if is_held else standing.reason and standing.reason.value
        return KnownCertificate(
            serial=found.signing_serial,
            state=standing.state.value,
            since=None if standing.state is CertificateState.GOOD else standing.since,
            reason=reason,
            not_after=found.not_after,
            sequence=tx.party_events.last_sequence(reference),
            successor_serial=tx.deliveries.find_successor(found.signing_serial),
        )

    return store.transact(work)


def forget_certificate(
    client_id: str, serial: int, *, store: Store[KnownCertificateTransaction], now: datetime
) -> None:
    """Tell the party no more of this certificate. Repeating it changes nothing. Raises `UnknownCertificate`."""

    def work(tx: KnownCertificateTransaction) -> None:
        found = _find(tx, serial)
        if feeds.unwatch(tx, client_id, certificate_reference(found.signing_serial)):
            tx.record(_entry(client_id, "forgotten", found, now))

    store.transact(work)


def list_known(
    client_id: str, after: int, limit: int, *, store: Store[KnownCertificateTransaction], policy: PartyEventPolicy
) -> Sequence[int]:
    """Return serial numbers the party knows, in the order of their decimal text, after `after` (0: from the first)."""
    size = max(1, min(limit, policy.listed_at_once))
    last = certificate_reference(after) if after else CERTIFICATE_REFERENCE
    watches = store.read(lambda tx: tx.party_events.list_watches_by(client_id, last, size))
    return [int(one.reference.removeprefix(CERTIFICATE_REFERENCE)) for one in watches]


def _find(tx: KnownCertificateTransaction, serial: int) -> IssuedSetRef:
    found = tx.standings.find_set(serial)
    if found is None:
        raise UnknownCertificate()
    return found


def _entry(client_id: str, action: str, found: IssuedSetRef, now: datetime) -> AuditEntry:
    return AuditEntry(
        tag=f"reliance:certificate:{action}",
        at=now,
        actor=f"relying_party:{client_id}",
        subject=client_id,
        data={"serial": str(found.signing_serial)},
    )
