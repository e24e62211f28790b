"""When a delegate needs a successor, and how long one certifies. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from dojang.controls.delegates.model import Delegate, DelegateKind, DelegateReasonRefused, DelegateState
from dojang.controls.delegates.policy import DelegatePolicy
from dojang.pki.crl import ReasonCode
from dojang.pki.validity import Validity, day_kst, end_of_day_kst, start_of_day_kst

REASONS = (
    ReasonCode.UNSPECIFIED,
    ReasonCode.KEY_COMPROMISE,
    ReasonCode.SUPERSEDED,
    ReasonCode.CESSATION_OF_OPERATION,
)


def is_due(newest: Delegate | None, kind: DelegateKind, policy: DelegatePolicy, now: datetime) -> bool:
    """Return whether a delegate has to be made: there is none, or the newest one is revoked or nears its end."""
    return (
        newest is None
        or newest.state is DelegateState.REVOKED
        or now >= newest.not_after - policy.replaced_before_end(kind)
    )


def validity_for(kind: DelegateKind, issuer: Validity, policy: DelegatePolicy, now: datetime) -> Validity:
    """Return whole Korean days from today on, inside the issuer's own."""
    last_day = day_kst(now) + policy.lifetime(kind) - timedelta(days=1)
    return Validity(
        not_before=max(start_of_day_kst(now), issuer.not_before),
        not_after=min(end_of_day_kst(last_day), issuer.not_after),
    )


def label_of(kind: DelegateKind, number: int) -> str:
    """Return the label of a delegate's key, the same for whoever makes it."""
    return f"{kind}-{number}"


def parse_reason(name: str) -> ReasonCode:
    """Return the reason of that RFC 5280 name. Raises `DelegateReasonRefused`."""
    for one in REASONS:
        if one.value == name:
            return one
    raise DelegateReasonRefused(allowed=[one.value for one in REASONS])


def revoked(delegate: Delegate, reason: ReasonCode, now: datetime) -> Delegate:
    """Return an issued delegate as revoked at `now`."""
    return replace(delegate, state=DelegateState.REVOKED, revoked_at=now, reason=reason)
