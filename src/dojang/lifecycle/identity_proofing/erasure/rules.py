"""Which portion of a case is due. Pure."""

from datetime import datetime, timedelta

from dojang.lifecycle.identity_proofing.erasure.model import KeptCase, Portion
from dojang.lifecycle.identity_proofing.model import CaseState
from dojang.lifecycle.identity_proofing.policy import RetentionPolicy


def find_due_portion(case: KeptCase, policy: RetentionPolicy, now: datetime) -> Portion | None:
    """Return what of the case is to be erased now, or None.

    Nothing goes while the case is not closed (a frozen one is an operator's) or is disputed. Without a certificate
    everything goes at once; with one the pictures go first, and the rest only when the account's last certificate has
    been over for long enough: renewal, revocation by telephone and notices rest on it until then.
    """
    if case.erased or case.disputed or case.state is not CaseState.CLOSED:
        return None
    if not case.proven:
        return Portion.EVERYTHING if _is_over(case.window_ended_at, policy.unproven_days, now) else None
    ends_at = max(case.window_ended_at, case.last_certificate_ends_at or case.window_ended_at)
    if _is_over(ends_at, policy.proven_days, now):
        return Portion.EVERYTHING
    if not case.pictures_erased and _is_over(case.window_ended_at, policy.pictures_days, now):
        return Portion.PICTURES
    return None


def _is_over(moment: datetime, days: int, now: datetime) -> bool:
    return moment + timedelta(days=days) <= now
