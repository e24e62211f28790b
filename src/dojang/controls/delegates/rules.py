"""When a delegate needs a successor, and how long one certifies. Pure."""

from datetime import datetime, timedelta

from dojang.controls.delegates.model import Delegate, DelegateKind
from dojang.controls.delegates.policy import DelegatePolicy
from dojang.pki.validity import Validity, day_kst, end_of_day_kst, start_of_day_kst


def is_due(newest: Delegate | None, kind: DelegateKind, policy: DelegatePolicy, now: datetime) -> bool:
    """Return whether a delegate has to be made: there is none, or the newest one nears its end."""
    return newest is None or now >= newest.not_after - policy.replaced_before_end(kind)


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
