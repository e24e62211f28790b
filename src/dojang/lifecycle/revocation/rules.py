"""The standing's transition table. Pure. Source: RFC 5280 section 5.3.1: a hold may be lifted or become final."""

import calendar
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from dojang.lifecycle.revocation.model import (
    CertificateAlreadyRevoked,
    CertificateNotHeld,
    CertificateState,
    HeldByOffice,
    HoldParty,
    HoldRanOut,
    ReasonNotAllowed,
    ResumptionRequested,
    RevocationEvent,
    RevocationReason,
    RevocationRequested,
    Standing,
    SuspensionRequested,
)
from dojang.lifecycle.revocation.policy import RevocationPolicy
from dojang.pki.validity import KST

S = CertificateState

TRANSITIONS: Mapping[tuple[CertificateState, type[RevocationEvent]], CertificateState] = {
    (S.GOOD, RevocationRequested): S.REVOKED,
    (S.HELD, RevocationRequested): S.REVOKED,
    (S.GOOD, SuspensionRequested): S.HELD,
    (S.HELD, ResumptionRequested): S.GOOD,
    (S.HELD, HoldRanOut): S.REVOKED,
}

# RFC 5280 section 5.3.1 leaves open which reason follows a hold. Nobody claimed that the key leaked, and the owner did
# not want the certificate back: it is out of use. (removeFromCRL, in delta lists alone, says that a hold was lifted.)
REASON_AFTER_HOLD = RevocationReason.CESSATION_OF_OPERATION


def advance(standing: Standing, event: RevocationEvent, now: datetime) -> Standing:
    """Return the standing after `event`; an event that repeats what is already so returns it unchanged.

    The first revocation stands, with its reason and time. A hold of the owner's becomes the office's when the office
    asks too, its dates unchanged. Raises `CertificateAlreadyRevoked` when a revoked certificate is to be suspended or
    resumed, `CertificateNotHeld` when there is no hold to lift, `HeldByOffice` when it is not the owner's to lift.
    """
    target = TRANSITIONS.get((standing.state, type(event)))
    if target is not None:
        _require_entitled(standing, event)
        return _moved(standing, event, target, now)
    if isinstance(event, SuspensionRequested) and standing.state is S.HELD:
        return _taken_over(standing, event)
    if isinstance(event, RevocationRequested | HoldRanOut):
        return standing
    if standing.state is S.REVOKED:
        raise CertificateAlreadyRevoked()
    raise CertificateNotHeld()


def _moved(standing: Standing, event: RevocationEvent, target: CertificateState, now: datetime) -> Standing:
    held = event if isinstance(event, SuspensionRequested) else None
    return replace(
        standing,
        state=target,
        reason=_reason_of(event),
        since=now,
        version=standing.version + 1,
        held_by=held.by if held else None,
        hold_ends_at=held.ends_at if held else None,
        hold_notice_at=held.notice_at if held else None,
    )


def _reason_of(event: RevocationEvent) -> RevocationReason | None:
    if isinstance(event, RevocationRequested):
        return event.reason
    return REASON_AFTER_HOLD if isinstance(event, HoldRanOut) else None


def _require_entitled(standing: Standing, event: RevocationEvent) -> None:
    if not isinstance(event, ResumptionRequested):
        return
    if event.by is HoldParty.OWNER and standing.held_by is HoldParty.OFFICE:
        raise HeldByOffice()


def _taken_over(standing: Standing, event: SuspensionRequested) -> Standing:
    if event.by is not HoldParty.OFFICE or standing.held_by is HoldParty.OFFICE:
        return standing
    return replace(standing, held_by=HoldParty.OFFICE, version=standing.version + 1)


def with_owner_told(standing: Standing) -> Standing:
    """Return the hold with its owner told of the end."""
    return replace(standing, hold_notice_at=None, version=standing.version + 1)


def suspension(by: HoldParty, policy: RevocationPolicy, now: datetime) -> SuspensionRequested:
    """Return the event of a hold that begins now: it ends after `hold_months` months of the Korean calendar."""
    ends_at = months_after(now, policy.hold_months)
    return SuspensionRequested(by=by, ends_at=ends_at, notice_at=ends_at - timedelta(days=policy.hold_notice_days))


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day and time `months` later in Korea, or the month's last day when it has no such day."""
    local = moment.astimezone(KST)
    count = local.year * 12 + local.month - 1 + months
    year, month = count // 12, count % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(moment.tzinfo)


def parse_reason(name: str) -> RevocationReason:
    """Return the reason of an RFC 5280 name. Raises `ReasonNotAllowed`."""
    try:
        return RevocationReason(name)
    except ValueError:
        raise ReasonNotAllowed(allowed=[one.value for one in RevocationReason]) from None
