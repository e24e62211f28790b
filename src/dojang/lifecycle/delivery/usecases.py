"""Download, accept, withdraw, and state the succession: load, decide, record, emit."""

from datetime import datetime

from dojang.controls.notices.model import NotifySubscriber
from dojang.controls.party_events.publishing import publish
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store
from dojang.lifecycle.application.model import (
    PREDECESSOR_REASONS,
    AdvanceApplication,
    Application,
    ApplicationKind,
    ApplicationState,
    RevokeCertificate,
)
from dojang.lifecycle.delivery import rules
from dojang.lifecycle.delivery.model import (
    AcceptanceSignatureWrong,
    AcceptanceWindowClosed,
    Accepted,
    CertificateSetNotFound,
    Delivery,
    DeliveryState,
    Downloaded,
    NotReadyToAccept,
    SignedSuccession,
    StateSuccession,
    SuccessionNotFound,
    SuccessionStatement,
    TimeToAcceptRanOut,
)
from dojang.lifecycle.delivery.ports import DeliveryTransaction, StatementSigner
from dojang.lifecycle.issuance.model import CertificateSet
from dojang.pki.certificate import parse_certificate
from dojang.pki.detached_signature import is_signed_by
from dojang.pki.name import display_name


def get_certificate_set(
    application_id: str,
    subscriber_id: str,
    *,
    store: Store[DeliveryTransaction],
    chain_der: tuple[bytes, ...],
    now: datetime,
) -> CertificateSet:
    """Return the issued set with the chain above it (issuing CA first); the first download is recorded.

    Raises `CertificateSetNotFound`, also for somebody else's.
    """

    def work(tx: DeliveryTransaction) -> CertificateSet:
        issued = _own(tx, application_id, subscriber_id)
        before = tx.deliveries.find_delivery(application_id) or rules.begin(issued)
        after = rules.advance(before, Downloaded(at=now))
        if after is not before:
            tx.deliveries.save_delivery(after)
            tx.record(_entry("downloaded", issued, now))
        return issued

    issued = store.transact(work)
    return CertificateSet(
        issuance_id=issued.issuance_id,
        application_id=issued.application_id,
        subscriber_id=issued.subscriber_id,
        person_key=issued.person_key,
        predecessor_serial=issued.predecessor_serial,
        issued_at=issued.issued_at,
        signing=issued.signing,
        key_management=issued.key_management,
        chain_der=chain_der,
    )


def accept(
    application_id: str, subscriber_id: str, signature: bytes, *, store: Store[DeliveryTransaction], now: datetime
) -> Delivery:
    """Accept the set: `signature` (RSASSA-PKCS1-v1_5 or ECDSA-DER, SHA-256) is made with the new signing key over
    `rules.acceptance_statement`.

    Repeating it changes nothing. The predecessor of a re-issue or renewal is now revoked, unless it was before, and the
    succession is stated. Raises `CertificateSetNotFound`, `NotReadyToAccept`, `AcceptanceWindowClosed`,
    `PredecessorEnded` (of a renewal), `AcceptanceSignatureWrong` (which is audited).
    """

    def work(tx: DeliveryTransaction) -> Delivery | None:
        issued = _own(tx, application_id, subscriber_id)
        application = _application(tx, application_id)
        before = tx.deliveries.find_delivery(application_id) or rules.begin(issued)
        if before.state is DeliveryState.ACCEPTED:
            return before
        _require_acceptable(application, now)
        if application.kind is ApplicationKind.RENEWAL and issued.predecessor_serial is not None:
            rules.require_predecessor_good(tx.issued_sets.lock_state(issued.predecessor_serial))
        statement = rules.acceptance_statement(issued)
        if not is_signed_by(issued.signing.certificate_der, statement, signature):
            tx.record(_entry("acceptance_refused", issued, now))
            return None
        after = rules.advance(before, Accepted(at=now, statement=statement, signature=signature))
        tx.deliveries.save_delivery(after)
        tx.record(_entry("accepted", issued, now))
        _emit_accepted(tx, issued, application)
        return after

    delivery = store.transact(work)
    if delivery is None:
        raise AcceptanceSignatureWrong()
    return delivery


def withdraw_unaccepted(application_id: str, *, store: Store[DeliveryTransaction], now: datetime) -> None:
    """Revoke a set that was not accepted in its application's window (effect `WithdrawUnaccepted`); else do nothing."""

    def work(tx: DeliveryTransaction) -> None:
        issued = tx.issued_sets.find_certificate_set(application_id)
        if issued is None:
            return
        application = _application(tx, application_id)
        before = tx.deliveries.find_delivery(application_id) or rules.begin(issued)
        if before.state is not DeliveryState.AVAILABLE or (application.is_open and now < application.expires_at):
            return
        tx.deliveries.save_delivery(rules.advance(before, TimeToAcceptRanOut(at=now)))
        tx.record(_entry("withdrawn", issued, now))
        tx.emit(_revocation(issued.signing.serial, "cessationOfOperation", application_id), key=application_id)

    store.transact(work)


def state_succession(
    application_id: str,
    *,
    store: Store[DeliveryTransaction],
    signer: StatementSigner,
    issuer_name: str,
    now: datetime,
) -> None:
    """Sign and store the statement that an accepted set succeeds its predecessor (effect `StateSuccession`).

    `issuer_name` is the issuing CA's name in display form. Repeating it changes nothing.
    """
    found = store.transact(lambda tx: _succession_due(tx, application_id))
    if found is None:
        return
    issued, accepted_at, predecessor_serial = found
    statement = SuccessionStatement(
        predecessor_serial=predecessor_serial,
        successor_serial=issued.signing.serial,
        subject=display_name(parse_certificate(issued.signing.certificate_der).subject.public_bytes()),
        issuer=issuer_name,
        accepted_at=accepted_at,
    )
    signed = SignedSuccession(
        predecessor_serial=predecessor_serial,
        successor_serial=issued.signing.serial,
        signed_at=now,
        statement_der=signer.sign_statement(statement.to_json(), now),
    )

    def keep(tx: DeliveryTransaction) -> None:
        tx.issued_sets.lock_state(predecessor_serial)  # its events are numbered in order
        if tx.deliveries.add_succession(signed):
            renewed = _application(tx, application_id).kind is ApplicationKind.RENEWAL
            publish(tx, rules.succession_event(signed, issued, renewed=renewed))
            tx.record(_entry("succession_stated", issued, now, predecessor=str(predecessor_serial)))

    store.transact(keep)


def get_succession(serial: int, *, store: Store[DeliveryTransaction]) -> SignedSuccession:
    """Return the statement in which `serial` is the successor or else the predecessor. Raises `SuccessionNotFound`."""
    found = store.transact(lambda tx: tx.deliveries.find_succession(serial))
    if found is None:
        raise SuccessionNotFound()
    return found


def _own(tx: DeliveryTransaction, application_id: str, subscriber_id: str) -> CertificateSet:
    issued = tx.issued_sets.find_certificate_set(application_id)
    if issued is None or issued.subscriber_id != subscriber_id:
        raise CertificateSetNotFound()
    return issued


def _application(tx: DeliveryTransaction, application_id: str) -> Application:
    application = tx.applications.find_application(application_id)
    if application is None:
        raise CertificateSetNotFound()
    return application


def _require_acceptable(application: Application, now: datetime) -> None:
    if not application.is_open or now >= application.expires_at:
        raise AcceptanceWindowClosed()
    if application.state is not ApplicationState.ISSUED:
        raise NotReadyToAccept()


def _emit_accepted(tx: DeliveryTransaction, issued: CertificateSet, application: Application) -> None:
    tx.emit(
        AdvanceApplication(application_id=application.id, event="CertificatesAccepted"),
        key=f"{application.id}:CertificatesAccepted",
    )
    if application.kind is ApplicationKind.NEW or issued.predecessor_serial is None:
        return
    reason = PREDECESSOR_REASONS[application.reissue_reason] if application.reissue_reason else "superseded"
    tx.emit(_revocation(issued.predecessor_serial, reason, application.id), key=f"{application.id}:accepted")
    tx.emit(StateSuccession(application_id=application.id), key=application.id)
    subscriber_id, reference = issued.subscriber_id, str(issued.signing.serial)
    if application.kind is ApplicationKind.RENEWAL:
        notice = NotifySubscriber(subscriber_id=subscriber_id, template="certificate_renewed", reference=reference)
    else:
        notice = NotifySubscriber(subscriber_id=subscriber_id, template="certificate_succeeded", reference=reference)
    tx.emit(notice, key=f"{notice.template}:{application.id}")


def _revocation(serial: int, reason: str, application_id: str) -> RevokeCertificate:
    return RevokeCertificate(serial=serial, reason=reason, application_id=application_id)


def _succession_due(tx: DeliveryTransaction, application_id: str) -> tuple[CertificateSet, datetime, int] | None:
    delivery = tx.deliveries.find_delivery(application_id)
    issued = tx.issued_sets.find_certificate_set(application_id)
    if delivery is None or issued is None or delivery.ended_at is None or issued.predecessor_serial is None:
        return None
    if delivery.state is not DeliveryState.ACCEPTED or _is_stated(tx, issued.signing.serial):
        return None
    return issued, delivery.ended_at, issued.predecessor_serial


def _is_stated(tx: DeliveryTransaction, successor_serial: int) -> bool:
    found = tx.deliveries.find_succession(successor_serial)
    return found is not None and found.successor_serial == successor_serial


def _entry(action: str, issued: CertificateSet, now: datetime, **data: str) -> AuditEntry:
    actor = "system" if action in ("withdrawn", "succession_stated") else f"subscriber:{issued.subscriber_id}"
    return AuditEntry(
        tag=f"delivery:certificate_set:{action}",
        at=now,
        actor=actor,
        subject=str(issued.signing.serial),
        data={"application": issued.application_id, "issuance": issued.issuance_id, **data},
    )
