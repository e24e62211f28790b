"""Revoke, suspend and resume: load, decide, record, emit."""

from collections.abc import Callable
from datetime import datetime

from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store
from dojang.lifecycle.revocation import rules
from dojang.lifecycle.revocation.model import (
    CertificateNotFound,
    CertificateState,
    IssueCrl,
    IssuedSetRef,
    ResumptionRequested,
    RevocationEvent,
    RevocationRequested,
    Standing,
    SuspensionRequested,
)
from dojang.lifecycle.revocation.ports import RevocationTransaction

_ACTIONS = {
    CertificateState.REVOKED: "revoked",
    CertificateState.HELD: "suspended",
    CertificateState.GOOD: "resumed",
}


def revoke(
    serial: int,
    reason: str,
    *,
    actor: str,
    store: Store[RevocationTransaction],
    now: datetime,
    subscriber_id: str | None = None,
) -> Standing:
    """Revoke the whole set that `serial` (of either certificate) belongs to, finally, for an RFC 5280 `reason`.

    Repeating it changes nothing: the first reason and time stand. `actor` as in the audit log. With `subscriber_id`
    only that subscriber's certificate is found. Raises `CertificateNotFound`, `ReasonNotAllowed`.
    """
    event = RevocationRequested(reason=rules.parse_reason(reason))
    return store.transact(_change(serial, event, actor, subscriber_id, now))


def suspend(
    serial: int, *, actor: str, store: Store[RevocationTransaction], now: datetime, subscriber_id: str | None = None
) -> Standing:
    """Put the set on hold (효력정지). Raises `CertificateNotFound`, `CertificateAlreadyRevoked`."""
    return store.transact(_change(serial, SuspensionRequested(), actor, subscriber_id, now))


def resume(
    serial: int, *, actor: str, store: Store[RevocationTransaction], now: datetime, subscriber_id: str | None = None
) -> Standing:
    """Lift the hold (효력회복). Raises `CertificateNotFound`, `CertificateAlreadyRevoked`, `CertificateNotHeld`."""
    return store.transact(_change(serial, ResumptionRequested(), actor, subscriber_id, now))


def _change(
    serial: int, event: RevocationEvent, actor: str, subscriber_id: str | None, now: datetime
) -> Callable[[RevocationTransaction], Standing]:
    def work(tx: RevocationTransaction) -> Standing:
        found = tx.standings.find_set(serial)
        if found is None or subscriber_id not in (None, found.subscriber_id):
            raise CertificateNotFound()
        before = tx.standings.get_standing(found.issuance_id)
        after = rules.advance(before, event, now)
        if after is not before:
            _keep(tx, found, after, actor, now)
        return after

    return work


def _keep(tx: RevocationTransaction, found: IssuedSetRef, after: Standing, actor: str, now: datetime) -> None:
    tx.standings.save_standing(after, found)
    action = _ACTIONS[after.state]
    tx.record(
        AuditEntry(
            tag=f"revocation:certificate:{action}",
            at=now,
            actor=actor,
            subject=str(found.signing_serial),
            data={"issuance": found.issuance_id, "reason": after.reason.value if after.reason else ""},
        )
    )
    key = f"{found.issuance_id}:{after.version}"
    tx.emit(IssueCrl(), key=key)
    tx.emit(
        NotifySubscriber(
            subscriber_id=found.subscriber_id, template=f"certificate_{action}", reference=str(found.signing_serial)
        ),
        key=f"certificate_{action}:{key}",
    )
