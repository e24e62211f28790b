"""The devices an account is used from; and what a removed device is told: to wipe its keys."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from dojang.controls.access.devices import usecases as devices
from dojang.controls.access.devices.model import Device, DeviceType
from dojang.web.desk import AnySession, DeviceDigest, Line, Now, OfficeDep, RecordId, SubscriberId

router = APIRouter(prefix="/v1/devices", tags=["devices"])

NAME_LENGTH = 40


class DeviceNameBody(BaseModel):
    """The owner's word for the device."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[Line, Field(min_length=1, max_length=NAME_LENGTH)]


class DeviceView(BaseModel):
    """One device. `last_seen_at` is its last sign-in; `is_this` marks the one that asks."""

    id: str
    kind: DeviceType
    name: str
    first_seen_at: datetime
    last_seen_at: datetime
    is_this: bool


class WipeView(BaseModel):
    """Serial numbers (decimal) of the certificates whose keys this device must wipe: its owner has removed it."""

    certificates: list[str]


@router.get("")
def list_devices(session: AnySession, subscriber_id: SubscriberId, office: OfficeDep) -> list[DeviceView]:
    """List the caller's devices, last seen first."""
    found = devices.list_devices(subscriber_id, store=office.store)
    return [_view(one, session.device_id) for one in found]


@router.get("/wipe")
def show_wipe(device: DeviceDigest, office: OfficeDep) -> WipeView:
    """Show what the asking device must wipe. Needs no session: a removed device has none."""
    accounts = devices.accounts_to_wipe(device, store=office.store)
    held = office.store.read(lambda tx: [one for account in accounts for one in tx.holdings.list_held(account)])
    return WipeView(certificates=[str(one.serial) for one in held])


@router.put("/{device_id}")
def rename_device(
    device_id: RecordId,
    body: DeviceNameBody,
    session: AnySession,
    subscriber_id: SubscriberId,
    office: OfficeDep,
    now: Now,
) -> DeviceView:
    """Give a device another name."""
    renamed = devices.rename_device(device_id, body.name, account_id=subscriber_id, store=office.store, now=now)
    return _view(renamed, session.device_id)


@router.delete("/{device_id}", status_code=204)
def remove_device(device_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> None:
    """Remove a device: its sessions end now, its keys are wiped when it next asks."""
    devices.remove_device(device_id, account_id=subscriber_id, store=office.store, now=now)


def _view(device: Device, this: str | None) -> DeviceView:
    return DeviceView(
        id=device.id,
        kind=device.kind,
        name=device.name,
        first_seen_at=device.first_seen_at,
        last_seen_at=device.last_seen_at,
        is_this=device.id == this,
    )
