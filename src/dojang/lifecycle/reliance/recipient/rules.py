"""Which certificate a letter to a person is encrypted under. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dojang.lifecycle.reliance.acquaintance import Acquaintance
from dojang.lifecycle.reliance.recipient.model import (
    AcceptedSet,
    Recipient,
    RecipientUnknown,
    RecipientUnreachable,
)


def require_known(acquaintance: Acquaintance | None, *, known_days: int, now: datetime) -> Acquaintance:
    """Return the acquaintance while it lasts. Raises `RecipientUnknown`."""
    if acquaintance is None or now >= acquaintance.seen_at + timedelta(days=known_days):
        raise RecipientUnknown()
    return acquaintance


def choose_recipient(sets: Sequence[AcceptedSet], serial: int, now: datetime) -> Recipient:
    """Return the certificate in force now of the set that `serial` names or of what took its place since.

    A letter is for the person: who renewed or was re-issued is reached under the new key. `serial` is the signing
    certificate's. Raises `RecipientUnknown`, `RecipientUnreachable`.
    """
    by_serial = {one.serial: one for one in sets}
    latest = by_serial.get(serial)
    if latest is None:
        raise RecipientUnknown()
    seen: set[int] = set()
    while latest.serial not in seen:
        seen.add(latest.serial)
        latest = next((one for one in sets if one.predecessor_serial == latest.serial), latest)
    if latest.state != "good":
        raise RecipientUnreachable(state=latest.state)
    if now > latest.not_after:
        raise RecipientUnreachable(state="expired")
    return Recipient(serial=latest.serial, not_after=latest.not_after, key_management_der=latest.key_management_der)
