"""Revoke, suspend and resume: load, decide, record, emit."""

from collections.abc import Callable
from datetime import datetime

from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.party_events.model import NewEvent
from dojang.controls.party_events.publishing import publish
from dojang.controls.step_up.model import Act, Proof
from dojang.controls.step_up.proving import GOOD_OR_HELD, require_proof
from dojang.controls.step_up.rules import act_statement
from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.transaction import Store
from dojang.lifecycle.issuance.model import certificate_reference
from dojang.lifecycle.revocation import rules
from dojang.lifecycle.revocation.model import (
    CertificateNotFound,
    CertificateState,
    HoldParty,
    HoldRanOut,
    HoldReason,
    IssueCrl,
    IssuedSetRef,
    ResumptionRequested,
    RevocationEvent,
    RevocationRequested,
    Standing,
)
from dojang.lifecycle.revocation.policy import RevocationPolicy
from dojang.lifecycle.revocation.ports import RevocationTransaction

SYSTEM = "system"
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

    def work(tx: RevocationTransaction) -> Standing:
        event = RevocationRequested(reason=rules.parse_reason(reason))
        return _change(tx, find_own(tx, serial, subscriber_id), event, actor, now)

    return act(store, work, what="revoke", serial=serial, actor=actor, now=now)


def suspend(
    serial: int,
    *,
    actor: str,
    store: Store[RevocationTransaction],
    policy: RevocationPolicy,
    now: datetime,
    subscriber_id: str | None = None,
    why: HoldReason = HoldReason.OWNER_REQUEST,
) -> Standing:
    """Put the set on hold (효력정지) for as long as the policy says; with `subscriber_id` the hold is its owner's.

    Repeating it changes nothing, except that the office may take over its owner's hold. Raises `CertificateNotFound`,
    `CertificateAlreadyRevoked`.
    """
    by = HoldParty.OFFICE if subscriber_id is None else HoldParty.OWNER

    def work(tx: RevocationTransaction) -> Standing:
        event = rules.suspension(by, policy, now)
        return _change(tx, find_own(tx, serial, subscriber_id), event, actor, now, why=why.value)

    return act(store, work, what="suspend", serial=serial, actor=actor, now=now)


def suspend_for_reissue(
    serial: int,
    *,
    application_id: str,
    store: Store[RevocationTransaction],
    policy: RevocationPolicy,
    now: datetime,
) -> Standing:
    """Suspend a set that its owner says is lost or leaked, as the owner's own hold (effect `SuspendPredecessor`).

    Repeating it changes nothing, nor does it where the set is held or revoked already. Raises `CertificateNotFound`.
    """

    def work(tx: RevocationTransaction) -> Standing:
        found = find_own(tx, serial, None)
        standing = tx.standings.get_standing(found.issuance_id)
        if standing.state is not CertificateState.GOOD:
            return standing
        event = rules.suspension(HoldParty.OWNER, policy, now)
        return _change(tx, found, event, f"application:{application_id}", now, why=HoldReason.OWNER_REQUEST.value)

    return store.transact(work)


def resume(
    serial: int,
    *,
    actor: str,
    store: Store[RevocationTransaction],
    now: datetime,
    why: HoldReason = HoldReason.OWNER_REQUEST,
) -> Standing:
    """Lift the hold (효력회복) on the office's word, whoever set it.

    Raises `CertificateNotFound`, `CertificateAlreadyRevoked`, `CertificateNotHeld`.
    """

    def work(tx: RevocationTransaction) -> Standing:
        event = ResumptionRequested(by=HoldParty.OFFICE)
        return _change(tx, find_own(tx, serial, None), event, actor, now, why=why.value)

    return act(store, work, what="resume", serial=serial, actor=actor, now=now)


def revoke_own(
    serial: int,
    reason: str,
    proof: Proof | None,
    *,
    subscriber_id: str,
    store: Store[RevocationTransaction],
    now: datetime,
) -> Standing:
    """Revoke the subscriber's own set, finally, on a signature with its key or a confirmation call.

    Repeating it changes nothing and needs no proof. Raises `CertificateNotFound`, `ReasonNotAllowed`, and what
    `require_proof` raises; a refusal uses no confirmation up.
    """
    actor = f"subscriber:{subscriber_id}"

    def work(tx: RevocationTransaction) -> Standing:
        event = RevocationRequested(reason=rules.parse_reason(reason))
        found = find_own(tx, serial, subscriber_id)
        standing = tx.standings.get_standing(found.issuance_id)
        if standing.state is CertificateState.REVOKED:
            return standing
        proven = _prove(tx, found, Act.REVOKE, proof, 0, now)
        return _change(tx, found, event, actor, now, proof=proven)

    return act(store, work, what="revoke", serial=serial, actor=actor, now=now)


def resume_own(
    serial: int, proof: Proof | None, *, subscriber_id: str, store: Store[RevocationTransaction], now: datetime
) -> Standing:
    """Lift the owner's hold on a signature with the suspended key or a confirmation call.

    Raises `CertificateNotFound`, `CertificateAlreadyRevoked`, `CertificateNotHeld`, `HeldByOffice`, and what
    `require_proof` raises; a refusal uses no confirmation up.
    """
    actor = f"subscriber:{subscriber_id}"

    def work(tx: RevocationTransaction) -> Standing:
        found = find_own(tx, serial, subscriber_id)
        event = ResumptionRequested(by=HoldParty.OWNER)
        standing = tx.standings.get_standing(found.issuance_id)
        rules.advance(standing, event, now)  # what cannot be resumed is refused before a proof is looked at
        proven = _prove(tx, found, Act.RESUME, proof, standing.version, now)
        return _change(tx, found, event, actor, now, proof=proven)

    return act(store, work, what="resume", serial=serial, actor=actor, now=now)


def get_act_statement(serial: int, act: Act, subscriber_id: str, *, store: Store[RevocationTransaction]) -> bytes:
    """Return what the owner signs with the certificate's key to revoke or resume it. Raises `CertificateNotFound`."""

    def work(tx: RevocationTransaction) -> bytes:
        found = find_own(tx, serial, subscriber_id)
        version = tx.standings.get_standing(found.issuance_id).version
        return act_statement(act, str(found.signing_serial), version if act is Act.RESUME else 0)

    return store.read(work)


def _prove(
    tx: RevocationTransaction, found: IssuedSetRef, act: Act, proof: Proof | None, turn: int, now: datetime
) -> str:
    return require_proof(
        tx,
        proof,
        subscriber_id=found.subscriber_id,
        act=act,
        target=str(found.signing_serial),
        turn=turn,
        certificate_states=GOOD_OR_HELD,
        now=now,
    )


def end_holds(*, store: Store[RevocationTransaction], policy: RevocationPolicy, now: datetime) -> int:
    """Revoke what stayed on hold for too long, and tell owners whose hold ends soon; return how many were revoked.

    At most `holds_per_run` of each; one transaction a certificate, safe to repeat and beside other workers.
    """
    ended = store.read(lambda tx: tx.standings.list_holds_ended(now, policy.holds_per_run))
    for serial in ended:
        store.transact(_end_hold(serial, now))
    due = store.read(lambda tx: tx.standings.list_holds_to_tell(now, policy.holds_per_run))
    for serial in due:
        store.transact(_tell_of_end(serial, now))
    return len(ended)


def act(
    store: Store[RevocationTransaction],
    work: Callable[[RevocationTransaction], Standing],
    *,
    what: str,
    serial: int,
    actor: str,
    now: datetime,
) -> Standing:
    """Run `work` in one transaction; a refusal is audited in another and raised again."""
    try:
        return store.transact(work)
    except DojangError as refusal:
        entry = AuditEntry(
            tag="revocation:certificate:refused",
            at=now,
            actor=actor,
            # A serial number that is not the actor's own is the actor's own text: it is not written down.
            subject="" if isinstance(refusal, CertificateNotFound) else str(serial),
            data={"act": what, "code": refusal.code},
        )
        store.transact(lambda tx: tx.record(entry))
        raise


def find_own(tx: RevocationTransaction, serial: int, subscriber_id: str | None) -> IssuedSetRef:
    """Return the set, locked. Raises `CertificateNotFound`, also for somebody else's."""
    found = tx.standings.find_set(serial)
    if found is None or subscriber_id not in (None, found.subscriber_id):
        raise CertificateNotFound()
    return found


def _change(
    tx: RevocationTransaction, found: IssuedSetRef, event: RevocationEvent, actor: str, now: datetime, **data: str
) -> Standing:
    before = tx.standings.get_standing(found.issuance_id)
    after = rules.advance(before, event, now)
    if after is not before:
        _keep(tx, found, before, after, actor, now, **data)
    return after


def _keep(
    tx: RevocationTransaction,
    found: IssuedSetRef,
    before: Standing,
    after: Standing,
    actor: str,
    now: datetime,
    **data: str,
) -> None:
    tx.standings.save_standing(after, found)
    action = _ACTIONS[after.state]
    reason = after.reason.value if after.reason else ""
    subject = str(found.signing_serial)
    tx.record(
        AuditEntry(
            tag=f"revocation:certificate:{action}",
            at=now,
            actor=actor,
            subject=subject,
            data={"issuance": found.issuance_id, "reason": reason, **data},
        )
    )
    if after.state is before.state:
        return  # the office took over a hold: lists say what they said, and its owner was told
    key = f"{found.issuance_id}:{after.version}"
    tx.emit(IssueCrl(), key=key)
    publish(tx, _event(found, after, action, key, now))
    _notify(tx, found, f"certificate_{action}", key)


def _event(found: IssuedSetRef, after: Standing, action: str, key: str, now: datetime) -> NewEvent:
    """Return what relying parties are told: no more than lists and OCSP answers say."""
    data = {"serial": str(found.signing_serial), "state": after.state.value}
    reason = "certificateHold" if after.state is CertificateState.HELD else after.reason and after.reason.value
    return NewEvent(
        type=f"certificate.{action}",
        reference=certificate_reference(found.signing_serial),
        key=key,
        data={**data, "reason": reason} if reason else data,
        occurred_at=now,
    )


def _notify(tx: RevocationTransaction, found: IssuedSetRef, template: str, key: str) -> None:
    notice = NotifySubscriber(subscriber_id=found.subscriber_id, template=template, reference=str(found.signing_serial))
    tx.emit(notice, key=f"{template}:{key}")


def _end_hold(serial: int, now: datetime) -> Callable[[RevocationTransaction], None]:
    def work(tx: RevocationTransaction) -> None:
        found = find_own(tx, serial, None)
        standing = tx.standings.get_standing(found.issuance_id)
        ends_at = standing.hold_ends_at
        if standing.state is CertificateState.HELD and ends_at is not None and now >= ends_at:
            _change(tx, found, HoldRanOut(), SYSTEM, now, why="hold_ran_out")

    return work


def _tell_of_end(serial: int, now: datetime) -> Callable[[RevocationTransaction], None]:
    def work(tx: RevocationTransaction) -> None:
        found = find_own(tx, serial, None)
        standing = tx.standings.get_standing(found.issuance_id)
        if standing.state is not CertificateState.HELD or standing.hold_notice_at is None:
            return
        told = rules.with_owner_told(standing)
        tx.standings.save_standing(told, found)
        tx.record(
            AuditEntry(
                tag="revocation:hold:ending_told", at=now, actor=SYSTEM, subject=str(found.signing_serial), data={}
            )
        )
        _notify(tx, found, "hold_ending", f"{found.issuance_id}:{told.version}")

    return work
