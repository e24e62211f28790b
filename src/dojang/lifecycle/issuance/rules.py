"""What issuance decides without asking anybody: admission, distinct keys, validity, digits, states. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from dojang.kernel.ports import Chance
from dojang.lifecycle.application.model import (
    Application,
    ApplicationClosed,
    ApplicationExpired,
    ApplicationKind,
    ApplicationNotFound,
    ApplicationOutOfTurn,
    ApplicationState,
    CertificateAlreadyHeld,
    Ration,
    TooManyIssues,
)
from dojang.lifecycle.application.model import Validity as ValidityChoice
from dojang.lifecycle.identity_proofing.model import VerifiedIdentity
from dojang.lifecycle.issuance.model import (
    AlreadyRequested,
    IdempotencyKeyMalformed,
    IdempotencyKeyReused,
    IdentityNotProven,
    Issuance,
    IssuanceRequest,
    IssuanceState,
    KeysNotDistinct,
    ProvenRenewal,
    RegisteredSubject,
)
from dojang.lifecycle.issue_lock.model import IssueLock, IssuingLocked
from dojang.pki.public_key import PublicKey
from dojang.pki.validity import Validity, day_kst, extended_validity, full_validity, remaining_validity

_IDEMPOTENCY_KEY = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
SEQUENCE_DIGITS = 9


class SigningDone(StrEnum):
    """What became of a prepared issuance once its certificates were signed."""

    IN_TIME = "in_time"  # the application was still open
    TOO_LATE = "too_late"  # it had ended: the set is recorded and revoked at once


TRANSITIONS: Mapping[tuple[IssuanceState, SigningDone], IssuanceState] = {
    (IssuanceState.PREPARED, SigningDone.IN_TIME): IssuanceState.ISSUED,
    (IssuanceState.PREPARED, SigningDone.TOO_LATE): IssuanceState.ABANDONED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A request that may be served: its application, the proof behind it, and the person's digits if they have any."""

    application: Application
    identity: VerifiedIdentity | ProvenRenewal
    subject: RegisteredSubject | None


def require_key_form(idempotency_key: str) -> None:
    """Raise `IdempotencyKeyMalformed` unless it is 8 to 64 URL-safe characters."""
    if not _IDEMPOTENCY_KEY.match(idempotency_key):
        raise IdempotencyKeyMalformed()


def require_own(application: Application | None, subscriber_id: str) -> Application:
    """Return the application. Raises `ApplicationNotFound`, also for somebody else's."""
    if application is None or application.subscriber_id != subscriber_id:
        raise ApplicationNotFound()
    return application


def require_same_request(known: Issuance, request: IssuanceRequest) -> Issuance:
    """Return what is known under this application or idempotency key when it is this very request.

    Raises `IdempotencyKeyReused` when the key came with other content, `AlreadyRequested` when the application was
    served under another key.
    """
    if known.idempotency_key != request.idempotency_key:
        raise AlreadyRequested()
    if known.application_id != request.application_id or known.request_digest != request.digest:
        raise IdempotencyKeyReused()
    return known


def is_open(application: Application | None, now: datetime) -> bool:
    """Return whether certificates may still be made for the application."""
    return application is not None and application.is_open and now < application.expires_at


def require_identified(application: Application, now: datetime) -> None:
    """Raise `ApplicationExpired`, `ApplicationClosed` or `ApplicationOutOfTurn` unless keys are what comes next."""
    if application.is_open and now >= application.expires_at:
        raise ApplicationExpired(application_id=application.id)
    if not application.is_open:
        raise ApplicationClosed(state=application.state.value)
    if application.state is not ApplicationState.IDENTIFIED:
        raise ApplicationOutOfTurn(state=application.state.value)


def require_unlocked(lock: IssueLock | None, now: datetime) -> None:
    """Raise `IssuingLocked` while the person's issue lock holds."""
    if lock is not None and lock.holds(now):
        raise IssuingLocked()


def require_proof(identity: VerifiedIdentity, application: Application, now: datetime) -> VerifiedIdentity:
    """Return the proof once it is seen to stand behind this application. Raises `IdentityNotProven`."""
    own = identity.application_id == application.id and identity.subscriber_id == application.subscriber_id
    if not own or now >= identity.expires_at:
        raise IdentityNotProven()
    return identity


def require_renewal_proof(proof: ProvenRenewal, application: Application, request_digest: str) -> ProvenRenewal:
    """Return the proof once it is seen to be of this application and of this very request.

    Raises `IdentityNotProven`: what the holder signed for was another request.
    """
    own = (proof.application_id, proof.subscriber_id, proof.predecessor_serial) == (
        application.id,
        application.subscriber_id,
        application.predecessor_serial,
    )
    if not own or proof.request_digest != request_digest:
        raise IdentityNotProven()
    return proof


def succeeds(application: Application) -> int | None:
    """Return the serial number that a re-issue or renewal succeeds, None for an initial enrolment."""
    return None if application.kind is ApplicationKind.NEW else application.predecessor_serial


def require_ration(
    live: tuple[int, ...], issued_in_period: int, predecessor_serial: int | None, ration: Ration
) -> None:
    """Raise `TooManyIssues` or `CertificateAlreadyHeld` when the person has their share already.

    `live` are the serial numbers they hold, under whatever account; a live predecessor makes room for its successor.
    """
    if issued_in_period >= ration.issues_per_period:
        raise TooManyIssues(limit=ration.issues_per_period, days=ration.period_days)
    if predecessor_serial not in live and len(live) >= ration.live_per_person:
        raise CertificateAlreadyHeld()


def require_distinct(signing: PublicKey, key_management: PublicKey) -> None:
    """Raise `KeysNotDistinct` when both requests hold the same key."""
    if signing.spki_der == key_management.spki_der:
        raise KeysNotDistinct()


def validity_for(application: Application, now: datetime) -> Validity:
    """Return the validity the applicant committed to. Raises `PredecessorExpired` when nothing of it remains."""
    predecessor_not_after = application.predecessor_not_after
    if application.validity is ValidityChoice.REMAINING and predecessor_not_after is not None:
        return remaining_validity(now, predecessor_not_after=predecessor_not_after)
    if application.validity is ValidityChoice.EXTENDED and predecessor_not_after is not None:
        return extended_validity(now, predecessor_not_after=predecessor_not_after, years=application.years)
    return full_validity(now, years=application.years)


def draw_subject(person_key: str, chance: Chance, now: datetime) -> RegisteredSubject:
    """Return fresh digits for a person's first certificate.

    The day's sequence is drawn, not counted: no counter for all applicants to wait at, and nobody can tell from a
    certificate how many were issued that day.
    """
    sequence = 1 + chance.below(10**SEQUENCE_DIGITS - 1)
    return RegisteredSubject(person_key=person_key, registered_on=day_kst(now), sequence=sequence)


def conclude(issuance: Issuance, outcome: SigningDone, now: datetime) -> Issuance:
    """Return the issuance once signed."""
    return replace(issuance, state=TRANSITIONS[issuance.state, outcome], issued_at=now)
