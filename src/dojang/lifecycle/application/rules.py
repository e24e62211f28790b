"""The application's transition table and the decisions taken when one is opened. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.lifecycle.application.model import (
    OPEN_STATES,
    SUSPENDED_FIRST,
    Application,
    ApplicationClosed,
    ApplicationEvent,
    ApplicationExpired,
    ApplicationKind,
    ApplicationOutOfTurn,
    ApplicationState,
    CancelRequested,
    CertificateAlreadyHeld,
    CertificatesAccepted,
    CertificatesIssued,
    Consent,
    ConsentMissing,
    DisownedByPhone,
    HeldCertificate,
    HeldUnderAnotherAccount,
    IdentityRefused,
    IdentityVerified,
    KindElsewhere,
    PredecessorRequired,
    ReissueReason,
    Terms,
    TimeRanOut,
    TooManyIssues,
    Validity,
    ValidityNotOffered,
)
from dojang.lifecycle.application.policy import ApplicationPolicy
from dojang.pki.validity import not_after_years, start_of_day_kst

S = ApplicationState

TRANSITIONS: Mapping[tuple[ApplicationState, type[ApplicationEvent]], ApplicationState] = {
    (S.PROOFING, IdentityVerified): S.IDENTIFIED,
    (S.PROOFING, IdentityRefused): S.REFUSED,
    (S.IDENTIFIED, CertificatesIssued): S.ISSUED,
    (S.ISSUED, CertificatesAccepted): S.COMPLETED,
    (S.PROOFING, CancelRequested): S.CANCELLED,
    (S.IDENTIFIED, CancelRequested): S.CANCELLED,
    (S.ISSUED, CancelRequested): S.CANCELLED,
    (S.PROOFING, TimeRanOut): S.EXPIRED,
    (S.IDENTIFIED, TimeRanOut): S.EXPIRED,
    (S.ISSUED, TimeRanOut): S.EXPIRED,
    (S.PROOFING, DisownedByPhone): S.FROZEN,
    (S.IDENTIFIED, DisownedByPhone): S.FROZEN,
}

EVENTS: Mapping[str, type[ApplicationEvent]] = {event.__name__: event for _, event in TRANSITIONS}


def advance(application: Application, event: ApplicationEvent) -> Application:
    """Return the application after `event`.

    An event that repeats what is already so returns the application unchanged (effects arrive at least once).
    Raises `ApplicationClosed` when it has ended, `ApplicationOutOfTurn` when the event does not fit its state.
    """
    target = TRANSITIONS.get((application.state, type(event)))
    if target is not None:
        return replace(application, state=target, version=application.version + 1)
    if application.state in _outcomes_of(type(event)):
        return application
    if application.state not in OPEN_STATES:
        raise ApplicationClosed(state=application.state.value)
    raise ApplicationOutOfTurn(state=application.state.value)


def _outcomes_of(event: type[ApplicationEvent]) -> frozenset[ApplicationState]:
    """States at or past which `event` has nothing left to do."""
    reached = {target for (_, kind), target in TRANSITIONS.items() if kind is event}
    if event is IdentityVerified:
        reached |= {S.ISSUED, S.COMPLETED}
    if event is CertificatesIssued:
        reached.add(S.COMPLETED)
    return frozenset(reached)


def require_open(application: Application, now: datetime) -> None:
    """Raise `ApplicationClosed` or `ApplicationExpired` unless somebody may still act on the application."""
    if application.state is S.EXPIRED or (application.is_open and now >= application.expires_at):
        raise ApplicationExpired(application_id=application.id)
    if not application.is_open:
        raise ApplicationClosed(state=application.state.value)


def require_consents(given: tuple[Consent, ...], required: tuple[Consent, ...]) -> None:
    """Raise `ConsentMissing` naming every required text not consented to in its current version."""
    missing = [consent.text_id for consent in required if consent not in given]
    if missing:
        raise ConsentMissing(missing=missing)


def require_room(issued_in_period: int, policy: ApplicationPolicy) -> None:
    """Raise `TooManyIssues` when another certificate would exceed the policy's cap."""
    if issued_in_period >= policy.issues_per_period:
        raise TooManyIssues(limit=policy.issues_per_period, days=policy.period_days)


def choose_predecessor(
    kind: ApplicationKind,
    serial: int | None,
    held: tuple[HeldCertificate, ...],
    now: datetime,
    *,
    live_elsewhere: int = 0,
    live_per_person: int = 1,
) -> HeldCertificate | None:
    """Return the certificate a re-issue succeeds, or None for an initial enrolment.

    Without `serial` the one unsucceeded certificate with the latest end is meant. Raises `CertificateAlreadyHeld` or
    `HeldUnderAnotherAccount` for a new enrolment beside as many live certificates as one person may hold,
    `PredecessorRequired` for a re-issue of nothing, `KindElsewhere` for a renewal: nobody applies for one, and no
    proofing leads to it.
    """
    if kind is ApplicationKind.RENEWAL:
        raise KindElsewhere()
    live = [one for one in held if one.state != "revoked" and one.not_after >= now and not one.succeeded]
    if kind is ApplicationKind.NEW:
        if len(live) + live_elsewhere < live_per_person:
            return None
        if not live:
            raise HeldUnderAnotherAccount()
        raise CertificateAlreadyHeld(serial=str(live[0].serial))
    candidates = [one for one in held if not one.succeeded and serial in (None, one.serial)]
    if not candidates:
        raise PredecessorRequired()
    return max(candidates, key=lambda one: one.not_after)


def terms_of(
    kind: ApplicationKind,
    years: int,
    reason: ReissueReason | None,
    predecessor: HeldCertificate | None,
    policy: ApplicationPolicy,
    now: datetime,
) -> Terms:
    """Return what the applicant would commit to. Raises `ValidityNotOffered`.

    What remains of the predecessor's validity is kept when the policy says so and something remains; otherwise the
    chosen years begin anew today.
    """
    if years not in policy.offered_years:
        raise ValidityNotOffered(offered=[str(one) for one in policy.offered_years])
    validity = Validity.ANEW
    not_after = not_after_years(now, years)
    if predecessor is not None and policy.reissue_validity is Validity.REMAINING:
        remains = predecessor.not_after - now
        if remains >= timedelta(days=policy.remaining_at_least_days):
            validity, not_after = Validity.REMAINING, predecessor.not_after
    ends = None
    if kind is ApplicationKind.REISSUE:
        ends = "at_once" if reason in SUSPENDED_FIRST else "on_acceptance"
    return Terms(
        validity=validity,
        years=years,
        not_before=start_of_day_kst(now),
        not_after=not_after,
        predecessor_serial=predecessor.serial if predecessor else None,
        predecessor_ends=ends,
    )
