"""Stored devices of accounts; their names are sealed."""

from typing import Any

import sqlalchemy as sa

from dojang.adapters.store.conflict import InsertUnlessThere
from dojang.adapters.store.tables.access import device
from dojang.controls.access.devices.model import Device, DeviceState, DeviceType
from dojang.kernel.ports import FieldCipher

_ADD = InsertUnlessThere.into(device)


class SqlDevices:
    """Implements `controls.access.devices.ports.DeviceRepository` on one connection."""

    def __init__(self, connection: sa.Connection, cipher: FieldCipher) -> None:
        self._connection = connection
        self._cipher = cipher

    def find_device(self, account_id: str, digest: str) -> Device | None:
        """See the port."""
        query = sa.select(device).where(device.c.account_id == account_id, device.c.digest == digest)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else self._device(row)

    def list_devices(self, account_id: str) -> tuple[Device, ...]:
        """See the port."""
        query = sa.select(device).where(device.c.account_id == account_id)
        rows = self._connection.execute(query.order_by(device.c.last_seen_at.desc(), device.c.id.desc()))
        return tuple(map(self._device, rows))

    def list_accounts_without(self, digest: str) -> tuple[str, ...]:
        """See the port."""
        query = sa.select(device.c.account_id).where(
            device.c.digest == digest, device.c.state == DeviceState.REMOVED.value
        )
        return tuple(self._connection.execute(query.order_by(device.c.account_id)).scalars())

    def save_device(self, stored: Device) -> None:
        """See the port."""
        row = {
            "id": stored.id,
            "account_id": stored.account_id,
            "digest": stored.digest,
            "kind": stored.kind.value,
            "sealed_name": self._cipher.seal(stored.name.encode(), context=_place(stored.id)),
            "state": stored.state.value,
            "first_seen_at": stored.first_seen_at,
            "last_seen_at": stored.last_seen_at,
        }
        if not _ADD.run(self._connection, row):
            self._connection.execute(device.update().where(device.c.id == stored.id).values(**row))

    def forget_device(self, device_id: str) -> None:
        """See the port."""
        self._connection.execute(device.delete().where(device.c.id == device_id))

    def _device(self, row: sa.Row[Any]) -> Device:
        return Device(
            id=row.id,
            account_id=row.account_id,
            digest=row.digest,
            kind=DeviceType(row.kind),
            name=self._cipher.open(bytes(row.sealed_name), context=_place(row.id)).decode(),
            state=DeviceState(row.state),
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
        )


def _place(device_id: str) -> str:
    return f"device.name:{device_id}"
