"""Open, show, cancel, advance and expire applications: load, decide, record, emit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dojang.kernel.audit import AuditEntry
from dojang.kernel.ports import Chance
from dojang.kernel.transaction import Store
from dojang.lifecycle.application import rules
from dojang.lifecycle.application.model import (
    PREDECESSOR_REASONS,
    SUSPENDED_FIRST,
    Application,
    ApplicationAlreadyOpen,
    ApplicationClosed,
    ApplicationEvent,
    ApplicationKind,
    ApplicationNotFound,
    ApplicationOutOfTurn,
    ApplicationState,
    CancelRequested,
    CertificatesIssued,
    Consent,
    ExpireApplication,
    PredecessorRequired,
    ReissueReason,
    RevokeCertificate,
    SuspendPredecessor,
    Terms,
    TimeRanOut,
    WithdrawUnaccepted,
)
from dojang.lifecycle.application.policy import ApplicationPolicy
from dojang.lifecycle.application.ports import ApplicationTransaction
from dojang.lifecycle.issue_lock.model import IssuingLocked

EXPIRY_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRequest:
    """What the applicant asks for. `predecessor_serial` may be None where only one certificate can be meant."""

    subscriber_id: str
    kind: ApplicationKind
    years: int
    consents: tuple[Consent, ...]
    reissue_reason: ReissueReason | None = None
    predecessor_serial: int | None = None


def quote_terms(
    request: ApplicationRequest, *, store: Store[ApplicationTransaction], policy: ApplicationPolicy, now: datetime
) -> Terms:
    """Return what the applicant would commit to, before any commitment. Raises what `open_application` would."""

    def work(tx: ApplicationTransaction) -> Terms:
        return _decide(request, tx, policy, now)

    return store.read(work)


def open_application(
    request: ApplicationRequest,
    *,
    store: Store[ApplicationTransaction],
    policy: ApplicationPolicy,
    chance: Chance,
    now: datetime,
) -> Application:
    """Open an application; a lost or leaked predecessor is suspended at once, and revoked once identity is proven.

    Raises `ConsentMissing`, `ValidityNotOffered`, `TooManyIssues`, `CertificateAlreadyHeld`, `HeldUnderAnotherAccount`,
    `PredecessorRequired` or `ApplicationAlreadyOpen` (with the id of the open one, to be resumed); and `IssuingLocked`,
    of which the lock's owner is told.
    """
    application_id = chance.new_id()

    def work(tx: ApplicationTransaction) -> Application | IssuingLocked:
        lock = tx.issue_locks.find_lock_of(request.subscriber_id)
        if lock is not None and lock.holds(now):
            tx.record(lock.attempt_entry("apply", f"subscriber:{request.subscriber_id}", now, kind=request.kind.value))
            notice, key = lock.attempt_notice(now)
            tx.emit(notice, key=key)
            return IssuingLocked()
        rules.require_consents(request.consents, policy.required_consents)
        already = tx.applications.find_open_application(request.subscriber_id)
        if already is not None and now < already.expires_at:
            raise ApplicationAlreadyOpen(application_id=already.id)
        if already is not None:
            _close_overdue(tx, already, now)
        terms = _decide(request, tx, policy, now)
        application = _compose(request, terms, policy, application_id, tx, now)
        tx.applications.add(application)
        tx.record(_entry("opened", application, now, kind=application.kind.value))
        if application.predecessor_serial is not None and application.reissue_reason in SUSPENDED_FIRST:
            suspend = SuspendPredecessor(serial=application.predecessor_serial, application_id=application.id)
            tx.emit(suspend, key=application.id)
        tx.emit(
            ExpireApplication(application_id=application.id),
            key=application.id,
            delay_s=(application.expires_at - now).total_seconds(),
        )
        return application

    outcome = store.transact(work)
    if isinstance(outcome, IssuingLocked):
        raise outcome  # its traces are committed
    return outcome


def get_application(application_id: str, subscriber_id: str, *, store: Store[ApplicationTransaction]) -> Application:
    """Return the subscriber's application. Raises `ApplicationNotFound`, also for somebody else's."""
    return store.read(lambda tx: _own(tx, application_id, subscriber_id))


def list_applications(subscriber_id: str, *, store: Store[ApplicationTransaction]) -> tuple[Application, ...]:
    """Return the subscriber's applications, newest first."""
    return store.read(lambda tx: tx.applications.list_applications(subscriber_id))


def cancel_application(
    application_id: str, subscriber_id: str, *, store: Store[ApplicationTransaction], now: datetime
) -> Application:
    """Cancel an application; what was issued for it and not accepted is revoked.

    Raises `ApplicationNotFound`, `ApplicationClosed`.
    """

    def work(tx: ApplicationTransaction) -> Application:
        _own(tx, application_id, subscriber_id)
        return _advance(tx, application_id, CancelRequested(), now)

    return store.transact(work)


def advance_application(
    application_id: str, event_name: str, *, store: Store[ApplicationTransaction], now: datetime
) -> Application | None:
    """Feed another step's event to the application (effect `AdvanceApplication`).

    An event that comes too late for an ended application changes nothing, is audited, and returns None.
    """
    event = rules.EVENTS[event_name]()

    def work(tx: ApplicationTransaction) -> Application | None:
        try:
            return _advance(tx, application_id, event, now)
        except (ApplicationClosed, ApplicationOutOfTurn) as too_late:
            application = tx.applications.find_application(application_id)
            if application is None:
                raise
            tx.record(_entry("event_ignored", application, now, event=event_name, code=too_late.code))
            if isinstance(event, CertificatesIssued):
                _withdraw(tx, application)
            return None

    return store.transact(work)


def expire_applications(*, store: Store[ApplicationTransaction], now: datetime) -> int:
    """Close every open application whose window has passed, in batches; return how many."""
    total = 0
    while batch := store.transact(_expire_batch(now)):
        total += batch
    return total


def _expire_batch(now: datetime) -> Callable[[ApplicationTransaction], int]:
    def work(tx: ApplicationTransaction) -> int:
        overdue = tx.applications.list_overdue(now, EXPIRY_BATCH)
        for application in overdue:
            _close_overdue(tx, application, now)
        return len(overdue)

    return work


def expire_application(application_id: str, *, store: Store[ApplicationTransaction], now: datetime) -> None:
    """Close one application if its window has passed (effect `ExpireApplication`); otherwise do nothing."""

    def work(tx: ApplicationTransaction) -> None:
        application = tx.applications.find_application(application_id)
        if application is not None and application.is_open and now >= application.expires_at:
            _close_overdue(tx, application, now)

    store.transact(work)


def _decide(request: ApplicationRequest, tx: ApplicationTransaction, policy: ApplicationPolicy, now: datetime) -> Terms:
    held = tx.holdings.list_held(request.subscriber_id)
    if request.kind is ApplicationKind.REISSUE and request.reissue_reason is None:
        raise PredecessorRequired(missing="reissue_reason")
    predecessor = rules.choose_predecessor(
        request.kind,
        request.predecessor_serial,
        held,
        now,
        live_elsewhere=tx.holdings.count_live_elsewhere(request.subscriber_id, now),
        live_per_person=policy.live_per_person,
    )
    since = now - timedelta(days=policy.period_days)
    rules.require_room(tx.holdings.count_issued_since(request.subscriber_id, since), policy)
    return rules.terms_of(request.kind, request.years, request.reissue_reason, predecessor, policy, now)


def _compose(
    request: ApplicationRequest,
    terms: Terms,
    policy: ApplicationPolicy,
    application_id: str,
    tx: ApplicationTransaction,
    now: datetime,
) -> Application:
    held = {one.serial: one for one in tx.holdings.list_held(request.subscriber_id)}
    predecessor = held.get(terms.predecessor_serial) if terms.predecessor_serial is not None else None
    return Application(
        id=application_id,
        subscriber_id=request.subscriber_id,
        kind=request.kind,
        years=request.years,
        validity=terms.validity,
        reissue_reason=request.reissue_reason if request.kind is ApplicationKind.REISSUE else None,
        predecessor_serial=terms.predecessor_serial,
        predecessor_not_after=predecessor.not_after if predecessor else None,
        consents=request.consents,
        state=ApplicationState.PROOFING,
        opened_at=now,
        expires_at=now + timedelta(hours=policy.window_hours),
    )


def _own(tx: ApplicationTransaction, application_id: str, subscriber_id: str) -> Application:
    application = tx.applications.find_application(application_id)
    if application is None or application.subscriber_id != subscriber_id:
        raise ApplicationNotFound()
    return application


def _advance(tx: ApplicationTransaction, application_id: str, event: ApplicationEvent, now: datetime) -> Application:
    application = tx.applications.find_application(application_id)
    if application is None:
        raise ApplicationNotFound()
    advanced = rules.advance(application, event)
    if advanced is not application:
        _keep(tx, application, advanced, now)
    return advanced


def _close_overdue(tx: ApplicationTransaction, application: Application, now: datetime) -> None:
    _keep(tx, application, rules.advance(application, TimeRanOut()), now)


def _keep(tx: ApplicationTransaction, before: Application, after: Application, now: datetime) -> None:
    tx.applications.update(after)
    tx.record(_entry(after.state.value, after, now))
    if after.state is ApplicationState.IDENTIFIED:
        _end_lost_predecessor(tx, after)
    if before.state is ApplicationState.ISSUED and after.state is not ApplicationState.COMPLETED:
        _withdraw(tx, after)


def _end_lost_predecessor(tx: ApplicationTransaction, application: Application) -> None:
    serial, reason = application.predecessor_serial, application.reissue_reason
    if serial is not None and reason in SUSPENDED_FIRST:
        revoke = RevokeCertificate(serial=serial, reason=PREDECESSOR_REASONS[reason], application_id=application.id)
        tx.emit(revoke, key=f"{application.id}:first")


def _withdraw(tx: ApplicationTransaction, application: Application) -> None:
    tx.emit(WithdrawUnaccepted(application_id=application.id), key=application.id)


def _entry(action: str, application: Application, now: datetime, **data: str) -> AuditEntry:
    return AuditEntry(
        tag=f"application:application:{action}",
        at=now,
        actor=f"subscriber:{application.subscriber_id}",
        subject=application.id,
        data=data,
    )
