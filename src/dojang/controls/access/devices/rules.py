"""What signing in does to the list of devices. Pure."""

from dataclasses import replace
from datetime import datetime

from dojang.controls.access.devices.model import Device, DeviceHello, DeviceState


def recognise(found: Device | None, hello: DeviceHello, *, account_id: str, fresh_id: str, now: datetime) -> Device:
    """Return the device as it stands after this sign-in; a removed one is the owner's again.

    The name the owner gave stays; the client's own is taken where there is none.
    """
    if found is None:
        return Device(
            id=fresh_id,
            account_id=account_id,
            digest=hello.digest,
            kind=hello.kind,
            name=hello.name,
            state=DeviceState.ACTIVE,
            first_seen_at=now,
            last_seen_at=now,
        )
    return replace(found, state=DeviceState.ACTIVE, name=found.name or hello.name, kind=hello.kind, last_seen_at=now)


def is_news(found: Device | None, others: int) -> bool:
    """Return whether the owner is told: a device never seen or removed before, unless it is the account's first."""
    return (found is None and others > 0) or (found is not None and found.state is DeviceState.REMOVED)
