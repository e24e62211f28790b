"""Note a device at sign-in; list, name and remove devices."""

from dataclasses import replace
from datetime import datetime

from dojang.controls.access.devices import rules
from dojang.controls.access.devices.model import Device, DeviceHello, DeviceNotFound, DeviceState
from dojang.controls.access.model import Account, Role
from dojang.controls.access.ports import AccessTransaction
from dojang.controls.notices.model import NotifySubscriber
from dojang.kernel.audit import AuditEntry
from dojang.kernel.transaction import Store


def note_device(
    tx: AccessTransaction, account: Account, hello: DeviceHello, *, fresh_id: str, most: int, now: datetime
) -> Device:
    """Return the device that signs in to `account` (locked), stored; the owner is told of one that is new.

    Of more than `most` devices the one not seen for longest is forgotten, its sessions ended.
    """
    found = tx.devices.find_device(account.id, hello.digest)
    others = tx.devices.list_devices(account.id)
    device = rules.recognise(found, hello, account_id=account.id, fresh_id=fresh_id, now=now)
    tx.devices.save_device(device)
    if found is None:
        for oldest in others[most - 1 :]:
            tx.accounts.drop_sessions_of(oldest.id)
            tx.devices.forget_device(oldest.id)
    if rules.is_news(found, len(others)):
        tx.record(_entry("signed_in", device, account.role, now))
        if account.role is Role.SUBSCRIBER:
            _tell(tx, device, "device_signed_in", key=f"{device.id}:{int(now.timestamp())}")
    return device


def list_devices(account_id: str, *, store: Store[AccessTransaction]) -> tuple[Device, ...]:
    """Return the account's devices, last seen first, without those removed."""
    found = store.read(lambda tx: tx.devices.list_devices(account_id))
    return tuple(one for one in found if one.state is DeviceState.ACTIVE)


def rename_device(
    device_id: str, name: str, *, account_id: str, store: Store[AccessTransaction], now: datetime
) -> Device:
    """Give the device the owner's word for it. Raises `DeviceNotFound`."""

    def work(tx: AccessTransaction) -> Device:
        device = _own(tx, account_id, device_id)
        renamed = replace(device, name=name)
        tx.devices.save_device(renamed)
        tx.record(_entry("renamed", device, Role.SUBSCRIBER, now))
        return renamed

    return store.transact(work)


def remove_device(device_id: str, *, account_id: str, store: Store[AccessTransaction], now: datetime) -> None:
    """Take the device off the list: its sessions end now, and it is told to wipe its keys when it next asks.

    Raises `DeviceNotFound`, also for one removed already.
    """

    def work(tx: AccessTransaction) -> None:
        device = _own(tx, account_id, device_id)
        tx.devices.save_device(replace(device, state=DeviceState.REMOVED))
        tx.accounts.drop_sessions_of(device.id)
        tx.record(_entry("removed", device, Role.SUBSCRIBER, now))
        _tell(tx, device, "device_removed", key=f"{device.id}:{int(now.timestamp())}")

    store.transact(work)


def accounts_to_wipe(digest: str, *, store: Store[AccessTransaction]) -> tuple[str, ...]:
    """Return the accounts whose keys the device of that digest must wipe: those whose owners removed it."""
    return store.read(lambda tx: tx.devices.list_accounts_without(digest))


def _own(tx: AccessTransaction, account_id: str, device_id: str) -> Device:
    tx.accounts.find_account(account_id)  # locks
    for one in tx.devices.list_devices(account_id):
        if one.id == device_id and one.state is DeviceState.ACTIVE:
            return one
    raise DeviceNotFound()


def _tell(tx: AccessTransaction, device: Device, template: str, *, key: str) -> None:
    tx.emit(
        NotifySubscriber(subscriber_id=device.account_id, template=template, reference=device.id),
        key=f"{template}:{key}",
    )


def _entry(action: str, device: Device, role: Role, now: datetime) -> AuditEntry:
    side = "subscriber" if role is Role.SUBSCRIBER else "operator"
    return AuditEntry(
        tag=f"access:device:{action}",
        at=now,
        actor=f"{side}:{device.account_id}",
        subject=device.account_id,
        data={"device": device.id},
    )
