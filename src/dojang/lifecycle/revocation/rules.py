"""The standing's transition table. Pure. Source: RFC 5280 section 5.3.1: a hold may be lifted or become final."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from dojang.lifecycle.revocation.model import (
    CertificateAlreadyRevoked,
    CertificateNotHeld,
    CertificateState,
    ReasonNotAllowed,
    ResumptionRequested,
    RevocationEvent,
    RevocationReason,
    RevocationRequested,
    Standing,
    SuspensionRequested,
)

S = CertificateState

TRANSITIONS: Mapping[tuple[CertificateState, type[RevocationEvent]], CertificateState] = {
    (S.GOOD, RevocationRequested): S.REVOKED,
    (S.HELD, RevocationRequested): S.REVOKED,
    (S.GOOD, SuspensionRequested): S.HELD,
    (S.HELD, ResumptionRequested): S.GOOD,
}


def advance(standing: Standing, event: RevocationEvent, now: datetime) -> Standing:
    """Return the standing after `event`; an event that repeats what is already so returns it unchanged.

    The first revocation stands, with its reason and time. Raises `CertificateAlreadyRevoked` when a revoked certificate
    is to be suspended or resumed, `CertificateNotHeld` when there is no hold to lift.
    """
    target = TRANSITIONS.get((standing.state, type(event)))
    if target is not None:
        reason = event.reason if isinstance(event, RevocationRequested) else None
        return replace(standing, state=target, reason=reason, since=now, version=standing.version + 1)
    if isinstance(event, RevocationRequested) or (isinstance(event, SuspensionRequested) and standing.state is S.HELD):
        return standing
    if standing.state is S.REVOKED:
        raise CertificateAlreadyRevoked()
    raise CertificateNotHeld()


def parse_reason(name: str) -> RevocationReason:
    """Return the reason of an RFC 5280 name. Raises `ReasonNotAllowed`."""
    try:
        return RevocationReason(name)
    except ValueError:
        raise ReasonNotAllowed(allowed=[one.value for one in RevocationReason]) from None
