"""Offer, open, show and prove a renewal: load, decide, record, emit. Issuance does the rest from the proof."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dojang.kernel.audit import AuditEntry
from dojang.kernel.errors import DojangError
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.application.model import (
    Application,
    ApplicationAlreadyOpen,
    ApplicationClosed,
    ApplicationExpired,
    ApplicationKind,
    ApplicationState,
    Consent,
    ExpireApplication,
    Ration,
    Validity,
)
from dojang.lifecycle.issuance.model import IssuanceRequest
from dojang.lifecycle.issue_lock.model import IssuingLocked
from dojang.lifecycle.renewal import rules
from dojang.lifecycle.renewal.model import (
    Predecessor,
    Renewal,
    RenewalNotFound,
    RenewalOffer,
    RenewalState,
    RequestSigned,
)
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.lifecycle.renewal.ports import RenewalTransaction
from dojang.lifecycle.renewal.statement import SignedRequest, parse_signed_request
from dojang.pki.certificate import parse_certificate, validity_of
from dojang.pki.path.verification import verify_path
from dojang.pki.profile import KeyUsage


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The chain above every certificate of ours, issuing CA first, root last; the root is the trust anchor."""

    chain_der: tuple[bytes, ...] = field(repr=False)

    @property
    def issuer_not_after(self) -> datetime:
        """The issuing CA's inclusive end: nothing below it lives longer."""
        return validity_of(parse_certificate(self.chain_der[0])).not_after


def offer_renewal(
    serial: int,
    subscriber_id: str,
    *,
    store: Store[RenewalTransaction],
    trust: Trust,
    policy: RenewalPolicy,
    ration: Ration,
    now: datetime,
) -> RenewalOffer:
    """Return what the certificate's holder may choose from. Raises what `open_renewal` would."""
    return store.read(lambda tx: _offer(tx, serial, subscriber_id, trust, policy, ration, now)[1])


def open_renewal(
    serial: int,
    subscriber_id: str,
    *,
    years: int,
    consents: tuple[Consent, ...],
    store: Store[RenewalTransaction],
    trust: Trust,
    policy: RenewalPolicy,
    ration: Ration,
    chance: Chance,
    now: datetime,
) -> Renewal:
    """Open a renewal of the signing certificate `serial`; asking again returns the one that is open.

    Raises `RenewalNotFound`, `RenewalTooEarly`, `RenewalTooLate`, `PredecessorSuspended`, `PredecessorRevoked`,
    `PredecessorSucceeded`, `PersonNotOnRecord`, `ConsentMissing`, `ValidityNotOffered`, `TooManyIssues` or
    `ApplicationAlreadyOpen` (with the id of the open one), `IssuingLocked`. Refusals are audited.
    """
    application_id = chance.new_id()

    def work(tx: RenewalTransaction) -> Renewal:
        already = _find_open(tx, subscriber_id, serial, years, now)
        if already is not None:
            return already
        lock = tx.issue_locks.find_lock_of(subscriber_id)
        if lock is not None and lock.holds(now):
            raise IssuingLocked()
        predecessor, offer = _offer(tx, serial, subscriber_id, trust, policy, ration, now)
        rules.require_consents(consents, policy)
        chosen = rules.choose(offer, years)
        renewal = Renewal(
            application_id=application_id,
            subscriber_id=subscriber_id,
            predecessor_serial=serial,
            case_id=rules.require_person(predecessor),
            years=years,
            not_after=chosen.not_after,
            state=RenewalState.OPENED,
            opened_at=now,
            expires_at=now + timedelta(hours=policy.window_hours),
        )
        tx.applications.add(_application(renewal, predecessor, consents))
        tx.renewals.add(renewal)
        tx.record(_entry("renewal:renewal:opened", renewal.application_id, subscriber_id, now, predecessor=str(serial)))
        tx.emit(
            ExpireApplication(application_id=application_id),
            key=application_id,
            delay_s=(renewal.expires_at - now).total_seconds(),
        )
        return renewal

    try:
        return store.transact(work)
    except DojangError as refusal:
        _record_refusal(str(serial), subscriber_id, refusal, store, now)
        raise


def get_renewal(application_id: str, subscriber_id: str, *, store: Store[RenewalTransaction]) -> Renewal:
    """Return the subscriber's renewal. Raises `RenewalNotFound`, also for somebody else's."""
    return store.read(lambda tx: _own(tx, application_id, subscriber_id))


def prove_renewal(
    application_id: str,
    subscriber_id: str,
    signed_request_der: bytes,
    *,
    store: Store[RenewalTransaction],
    trust: Trust,
    now: datetime,
) -> IssuanceRequest:
    """Check and keep the request signed with the old key (CMS SignedData, DER, attached); return what to issue for.

    1. The signature holds, and is the predecessor's: certificate, certification path, validity and standing now.
    2. The statement names this renewal and its terms. 3. The signed request is recorded; issuance makes its own proof
    of it. The same request again returns the same, also when the certificates are long made. Raises the errors of
    `renewal.model`, `pki.cms` and `pki.path`, `ApplicationExpired`, `ApplicationClosed`. Refusals are audited.
    """
    try:
        renewal = get_renewal(application_id, subscriber_id, store=store)
        signed = parse_signed_request(signed_request_der)
        if renewal.signed_request_der != signed_request_der:
            predecessor = store.read(lambda tx: tx.renewals.find_predecessor(renewal.predecessor_serial))
            _check(signed, renewal, rules.require_own(predecessor, subscriber_id), trust, now)  # (1) (2)
            store.transact(lambda tx: _keep(tx, application_id, signed_request_der, now))  # (3)
        return rules.request_of(signed, renewal)
    except RenewalNotFound:
        raise
    except DojangError as refusal:
        _record_refusal(application_id, subscriber_id, refusal, store, now)
        raise


def _check(signed: SignedRequest, renewal: Renewal, predecessor: Predecessor, trust: Trust, now: datetime) -> None:
    rules.require_good(predecessor, now)
    rules.require_holder(signed, predecessor)
    verify_path(
        signed.certificate_der,
        intermediates_der=trust.chain_der[:-1],
        anchors_der=trust.chain_der[-1:],
        at=now,
        key_usage=KeyUsage.DIGITAL_SIGNATURE,
    )
    rules.require_terms(signed, renewal)


def _keep(tx: RenewalTransaction, application_id: str, signed_request_der: bytes, now: datetime) -> None:
    application = tx.applications.find_application(application_id)
    renewal = tx.renewals.find_renewal(application_id)
    if application is None or renewal is None:
        raise RenewalNotFound()
    if application.state is ApplicationState.EXPIRED or (application.is_open and now >= application.expires_at):
        raise ApplicationExpired(application_id=application.id)
    if not application.is_open:
        raise ApplicationClosed(state=application.state.value)
    after = rules.advance(renewal, RequestSigned(at=now, signed_request_der=signed_request_der))
    if after is renewal:
        return
    rules.affirm(after, tx.renewals.find_predecessor(renewal.predecessor_serial), now)  # its standing is locked now
    tx.renewals.update(after)
    serial = str(renewal.predecessor_serial)
    tx.record(_entry("renewal:request:proven", application_id, renewal.subscriber_id, now, predecessor=serial))


def _offer(
    tx: RenewalTransaction,
    serial: int,
    subscriber_id: str,
    trust: Trust,
    policy: RenewalPolicy,
    ration: Ration,
    now: datetime,
) -> tuple[Predecessor, RenewalOffer]:
    predecessor = rules.require_own(tx.renewals.find_predecessor(serial), subscriber_id)
    rules.require_good(predecessor, now)
    rules.require_window(predecessor, policy, now)
    rules.require_person(predecessor)
    since = now - timedelta(days=ration.period_days)
    rules.require_room(tx.holdings.count_issued_since(subscriber_id, since), ration)
    return predecessor, rules.offer_of(predecessor, policy, issuer_not_after=trust.issuer_not_after, now=now)


def _find_open(tx: RenewalTransaction, subscriber_id: str, serial: int, years: int, now: datetime) -> Renewal | None:
    """Return the very renewal that is open. Raises `ApplicationAlreadyOpen` when something else is."""
    application = tx.applications.find_open_application(subscriber_id)
    if application is None:
        return None
    same = (application.kind, application.predecessor_serial, application.years) == (
        ApplicationKind.RENEWAL,
        serial,
        years,
    )
    if not same or now >= application.expires_at:
        raise ApplicationAlreadyOpen(application_id=application.id)
    return tx.renewals.find_renewal(application.id)


def _own(tx: RenewalTransaction, application_id: str, subscriber_id: str) -> Renewal:
    renewal = tx.renewals.find_renewal(application_id)
    if renewal is None or renewal.subscriber_id != subscriber_id:
        raise RenewalNotFound()
    return renewal


def _application(renewal: Renewal, predecessor: Predecessor, consents: tuple[Consent, ...]) -> Application:
    return Application(
        id=renewal.application_id,
        subscriber_id=renewal.subscriber_id,
        kind=ApplicationKind.RENEWAL,
        years=renewal.years,
        validity=Validity.EXTENDED,
        reissue_reason=None,
        predecessor_serial=predecessor.serial,
        predecessor_not_after=predecessor.not_after,
        consents=consents,
        state=ApplicationState.IDENTIFIED,
        opened_at=renewal.opened_at,
        expires_at=renewal.expires_at,
    )


def _record_refusal(
    subject: str, subscriber_id: str, refusal: DojangError, store: Store[RenewalTransaction], now: datetime
) -> None:
    entry = _entry("renewal:request:refused", subject, subscriber_id, now, code=refusal.code)

    def work(tx: RenewalTransaction) -> None:
        tx.record(entry)
        lock = tx.issue_locks.find_lock_of(subscriber_id) if isinstance(refusal, IssuingLocked) else None
        if lock is not None:
            tx.record(lock.attempt_entry("renew", entry.actor, now))
            notice, key = lock.attempt_notice(now)
            tx.emit(notice, key=key)

    store.transact(work)


def _entry(tag: str, subject: str, subscriber_id: str, now: datetime, **data: str) -> AuditEntry:
    return AuditEntry(tag=tag, at=now, actor=f"subscriber:{subscriber_id}", subject=subject, data=data)
