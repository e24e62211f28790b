"""What renewal decides without asking anybody, its transition table, and the only maker of `ProvenRenewal`. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.lifecycle.application.model import Consent, ConsentMissing, Ration, TooManyIssues, ValidityNotOffered
from dojang.lifecycle.issuance.model import RENEWAL_SEAL, IssuanceRequest, ProvenRenewal
from dojang.lifecycle.renewal.model import (
    AlreadySigned,
    NotSignedYet,
    Offer,
    PersonNotOnRecord,
    Predecessor,
    PredecessorRevoked,
    PredecessorSucceeded,
    PredecessorSuspended,
    Renewal,
    RenewalNotFound,
    RenewalOffer,
    RenewalState,
    RenewalTooEarly,
    RenewalTooLate,
    RequestReplayed,
    RequestSigned,
    SignedWithOtherKey,
    TermsDiffer,
)
from dojang.lifecycle.renewal.policy import RenewalPolicy
from dojang.lifecycle.renewal.statement import SignedRequest, parse_signed_request
from dojang.pki.certificate import parse_certificate
from dojang.pki.validity import extended_validity, start_of_day_kst

TRANSITIONS: Mapping[tuple[RenewalState, type[RequestSigned]], RenewalState] = {
    (RenewalState.OPENED, RequestSigned): RenewalState.PROVEN,
}


def opens_at(not_after: datetime, policy: RenewalPolicy) -> datetime:
    """Return when a certificate with this inclusive end may be renewed: a midnight in Korea."""
    return start_of_day_kst(not_after - timedelta(days=policy.window_days))


def require_own(predecessor: Predecessor | None, subscriber_id: str) -> Predecessor:
    """Return the certificate. Raises `RenewalNotFound`, also for somebody else's."""
    if predecessor is None or predecessor.subscriber_id != subscriber_id:
        raise RenewalNotFound()
    return predecessor


def require_good(predecessor: Predecessor, now: datetime) -> Predecessor:
    """Return the certificate when its key may speak for its holder at `now`.

    Raises `PredecessorRevoked`, `PredecessorSucceeded`, `RenewalTooLate`, `PredecessorSuspended`.
    """
    if predecessor.succeeded:
        raise PredecessorSucceeded()
    if predecessor.state == "revoked":
        raise PredecessorRevoked()
    if now > predecessor.not_after:
        raise RenewalTooLate(not_after=predecessor.not_after.isoformat())
    if predecessor.state != "good":
        raise PredecessorSuspended()
    return predecessor


def require_window(predecessor: Predecessor, policy: RenewalPolicy, now: datetime) -> None:
    """Raise `RenewalTooEarly` before the window opens."""
    first = opens_at(predecessor.not_after, policy)
    if now < first:
        raise RenewalTooEarly(opens_at=first.isoformat())


def require_person(predecessor: Predecessor) -> str:
    """Return the id of the proofing case behind the certificate. Raises `PersonNotOnRecord`."""
    if predecessor.case_id is None:
        raise PersonNotOnRecord()
    return predecessor.case_id


def require_consents(given: tuple[Consent, ...], policy: RenewalPolicy) -> None:
    """Raise `ConsentMissing` naming every required text not consented to in its current version."""
    missing = [consent.text_id for consent in policy.required_consents if consent not in given]
    if missing:
        raise ConsentMissing(missing=missing)


def require_room(issued_in_period: int, ration: Ration) -> None:
    """Raise `TooManyIssues` when another certificate would exceed what one person may have issued."""
    if issued_in_period >= ration.issues_per_period:
        raise TooManyIssues(limit=ration.issues_per_period, days=ration.period_days)


def offer_of(
    predecessor: Predecessor, policy: RenewalPolicy, *, issuer_not_after: datetime, now: datetime
) -> RenewalOffer:
    """Return what may be chosen: the offered years from the predecessor's end, so that no day is lost.

    Years that would outlive the issuing CA are left out. Raises `ValidityNotOffered` when none is left.
    """
    offers = []
    not_before = start_of_day_kst(now)
    for years in policy.offered_years:
        validity = extended_validity(now, predecessor_not_after=predecessor.not_after, years=years)
        if validity.not_after <= issuer_not_after:
            offers.append(Offer(years=years, not_after=validity.not_after))
    if not offers:
        raise ValidityNotOffered(offered=[])
    return RenewalOffer(
        predecessor_serial=predecessor.serial,
        predecessor_not_after=predecessor.not_after,
        not_before=not_before,
        offers=tuple(offers),
        consents=policy.required_consents,
    )


def choose(offer: RenewalOffer, years: int) -> Offer:
    """Return the choice of so many years. Raises `ValidityNotOffered`."""
    for one in offer.offers:
        if one.years == years:
            return one
    raise ValidityNotOffered(offered=[str(one.years) for one in offer.offers])


def require_holder(signed: SignedRequest, predecessor: Predecessor) -> None:
    """Raise `SignedWithOtherKey` unless the signer's certificate is the predecessor, octet for octet."""
    if signed.certificate_der != predecessor.certificate_der:
        raise SignedWithOtherKey()


def require_terms(signed: SignedRequest, renewal: Renewal) -> None:
    """Raise `RequestReplayed` when another renewal was signed for, `TermsDiffer` when its terms are not these."""
    statement = signed.statement
    if statement.renewal_id != renewal.application_id:
        raise RequestReplayed()
    compared = {
        "predecessor_serial": statement.predecessor_serial == str(renewal.predecessor_serial),
        "years": statement.years == renewal.years,
        "not_after": statement.not_after == renewal.not_after,
    }
    differing = [name for name, same in compared.items() if not same]
    if differing:
        raise TermsDiffer(fields=differing)


def advance(renewal: Renewal, event: RequestSigned) -> Renewal:
    """Return the renewal after `event`; the same request again changes nothing. Raises `AlreadySigned`."""
    target = TRANSITIONS.get((renewal.state, type(event)))
    if target is None:
        if renewal.signed_request_der != event.signed_request_der:
            raise AlreadySigned()
        return renewal
    return replace(renewal, state=target, proven_at=event.at, signed_request_der=event.signed_request_der)


def request_of(signed: SignedRequest, renewal: Renewal) -> IssuanceRequest:
    """Return what issuance is asked for; a retry of the same signed request gives the same."""
    return IssuanceRequest(
        application_id=renewal.application_id,
        subscriber_id=renewal.subscriber_id,
        idempotency_key=f"renewal-{renewal.application_id}",
        signing_request_der=signed.statement.signing_request_der,
        key_management_request_der=signed.statement.key_management_request_der,
        sealed_r=signed.statement.sealed_r,
    )


def affirm(renewal: Renewal, predecessor: Predecessor | None, now: datetime) -> ProvenRenewal:
    """Return the proof that the kept signature stands for, checked again against the predecessor as it is now.

    Raises `NotSignedYet`, and what `require_own`, `require_good`, `require_holder` and `require_terms` raise.
    """
    if renewal.state is not RenewalState.PROVEN or renewal.signed_request_der is None:
        raise NotSignedYet()
    known = require_good(require_own(predecessor, renewal.subscriber_id), now)
    signed = parse_signed_request(renewal.signed_request_der)
    require_holder(signed, known)
    require_terms(signed, renewal)
    return ProvenRenewal(
        application_id=renewal.application_id,
        subscriber_id=renewal.subscriber_id,
        person_key=known.person_key,
        case_id=renewal.case_id,
        predecessor_serial=known.serial,
        request_digest=request_of(signed, renewal).digest,
        subject_der=parse_certificate(known.certificate_der).subject.public_bytes(),
        seal=RENEWAL_SEAL,
    )
