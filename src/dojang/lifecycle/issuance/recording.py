"""What is recorded before and after signing. Both are transactions; neither signs.

Recording is where exactly-once is decided: before signing by unique constraints, after signing by the issuance's state.
"""

from datetime import datetime, timedelta

from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store
from dojang.lifecycle.application.model import (
    AdvanceApplication,
    Application,
    ApplicationKind,
    Ration,
    RevokeCertificate,
)
from dojang.lifecycle.issuance import rules
from dojang.lifecycle.issuance.assembly import Draft
from dojang.lifecycle.issuance.model import (
    CertificateSet,
    Issuance,
    IssuanceAbandoned,
    IssuanceState,
    IssuedCertificate,
    PreparedIssuance,
)
from dojang.lifecycle.issuance.ports import IssuanceTransaction
from dojang.lifecycle.issuance.rules import SigningDone
from dojang.lifecycle.issue_lock.model import IssueLock


def record_intent(drafted: Draft, store: Store[IssuanceTransaction], *, ration: Ration, now: datetime) -> None:
    """Record what is about to be signed (step 6 of `issue`), in one transaction.

    The application is locked and looked at once more, and so is what a renewal succeeds. Raises what
    `IssuanceRepository.add_prepared` and
    `SubjectRegistry.add_subject` raise, and `ApplicationClosed`, `ApplicationExpired`, `ApplicationOutOfTurn`,
    `TooManyIssues` and `CertificateAlreadyHeld` by what the person holds under any account, and for a renewal what
    `ProvenRenewals` raises.
    """
    prepared = drafted.prepared
    issuance = prepared.issuance

    def work(tx: IssuanceTransaction) -> None:
        application = rules.require_own(
            tx.applications.find_application(issuance.application_id), issuance.subscriber_id
        )
        rules.require_identified(application, now)
        rules.require_unlocked(tx.issue_locks.find_lock(issuance.person_key), now)
        if application.kind is ApplicationKind.RENEWAL:
            proof = tx.proven_renewals.get_proven_renewal(application.id, now)
            rules.require_renewal_proof(proof, application, issuance.request_digest)
        if drafted.new_subject is not None:
            tx.subjects.add_subject(drafted.new_subject)
        tx.subjects.lock_person(issuance.person_key)
        tx.issuances.add_prepared(prepared)
        _require_ration(tx, prepared, ration, now)
        tx.record(
            AuditEntry(
                tag="issuance:certificate_set:prepared",
                at=now,
                actor=f"subscriber:{issuance.subscriber_id}",
                subject=issuance.id,
                data=_serials(prepared) | {"application": issuance.application_id},
            )
        )

    store.transact(work)


def _require_ration(tx: IssuanceTransaction, prepared: PreparedIssuance, ration: Ration, now: datetime) -> None:
    """After it was added, so that a twin of the request is told apart from somebody who holds enough."""
    issuance = prepared.issuance
    since = now - timedelta(days=ration.period_days)
    live = tx.issuances.list_live(issuance.person_key, now)
    rules.require_ration(
        tuple(serial for serial in live if serial != prepared.signing.serial),
        tx.issuances.count_issued(issuance.person_key, since),
        issuance.predecessor_serial,
        ration,
    )


def record_signed(
    prepared: PreparedIssuance,
    certificates: tuple[IssuedCertificate, IssuedCertificate],
    *,
    store: Store[IssuanceTransaction],
    actor: str,
    now: datetime,
) -> CertificateSet:
    """Record the signed set and what follows from it (step 8 of `issue`), in one transaction; return it, chainless.

    When somebody else recorded the same bytes first, theirs stand. Raises `IssuanceAbandoned` when the application had
    ended or issuing was locked meanwhile: the set is then on record and about to be revoked.
    """

    def work(tx: IssuanceTransaction) -> tuple[IssuanceState, CertificateSet]:
        application = tx.applications.find_application(prepared.issuance.application_id)
        issuance = tx.issuances.lock_issuance(prepared.issuance.id)
        if issuance.state is not IssuanceState.PREPARED:
            return issuance.state, tx.issuances.get_certificate_set(issuance.id)
        lock = tx.issue_locks.find_lock(issuance.person_key)
        locked = lock is not None and lock.holds(now)
        if lock is not None and locked:
            _tell_of_attempt(tx, lock, issuance, actor, now)
        in_time = rules.is_open(application, now) and not locked
        issuance = rules.conclude(issuance, SigningDone.IN_TIME if in_time else SigningDone.TOO_LATE, now)
        tx.issuances.add_issued(issuance, *certificates)
        tx.record(
            AuditEntry(
                tag=f"issuance:certificate_set:{issuance.state}",
                at=now,
                actor=actor,
                subject=issuance.id,
                data=_serials(prepared) | {"application": issuance.application_id},
            )
        )
        if in_time and application is not None:
            _emit_issued(tx, application, prepared)
        else:
            _emit_abandoned(tx, prepared)
        return issuance.state, _set_of(issuance, certificates, now)

    state, issued = store.transact(work)
    if state is IssuanceState.ABANDONED:
        raise IssuanceAbandoned(application_id=issued.application_id)
    return issued


def _tell_of_attempt(tx: IssuanceTransaction, lock: IssueLock, issuance: Issuance, actor: str, now: datetime) -> None:
    tx.record(lock.attempt_entry("sign", actor, now, application=issuance.application_id))
    notice, key = lock.attempt_notice(now)
    tx.emit(notice, key=key)


def _emit_issued(tx: IssuanceTransaction, application: Application, prepared: PreparedIssuance) -> None:
    tx.emit(
        AdvanceApplication(application_id=application.id, event="CertificatesIssued"),
        key=f"{application.id}:CertificatesIssued",
    )
    tx.emit(
        NotifySubscriber(
            subscriber_id=application.subscriber_id,
            template="certificate_issued",
            reference=str(prepared.signing.serial),
        ),
        key=f"certificate_issued:{application.id}",
    )


def _emit_abandoned(tx: IssuanceTransaction, prepared: PreparedIssuance) -> None:
    issuance = prepared.issuance
    tx.emit(
        RevokeCertificate(
            serial=prepared.signing.serial, reason="cessationOfOperation", application_id=issuance.application_id
        ),
        key=f"{issuance.application_id}:abandoned",
    )


def _set_of(
    issuance: Issuance, certificates: tuple[IssuedCertificate, IssuedCertificate], now: datetime
) -> CertificateSet:
    signing, key_management = certificates
    return CertificateSet(
        issuance_id=issuance.id,
        application_id=issuance.application_id,
        subscriber_id=issuance.subscriber_id,
        person_key=issuance.person_key,
        predecessor_serial=issuance.predecessor_serial,
        issued_at=now,
        signing=signing,
        key_management=key_management,
    )


def _serials(prepared: PreparedIssuance) -> dict[str, str]:
    return {
        "signing_serial": str(prepared.signing.serial),
        "key_management_serial": str(prepared.key_management.serial),
    }
