"""What the list of devices needs of the store."""

from typing import Protocol

from dojang.controls.access.devices.model import Device


class DeviceRepository(Protocol):
    """Stored devices. Whoever changes them has locked the account before."""

    def find_device(self, account_id: str, digest: str) -> Device | None:
        """Return the account's device of that digest, removed or not, or None."""
        ...

    def list_devices(self, account_id: str) -> tuple[Device, ...]:
        """Return the account's devices, removed ones too, last seen first."""
        ...

    def list_accounts_without(self, digest: str) -> tuple[str, ...]:
        """Return the ids of the accounts that have removed the device of that digest."""
        ...

    def save_device(self, device: Device) -> None:
        """Store a new or changed device."""
        ...

    def forget_device(self, device_id: str) -> None:
        """Drop a device for good."""
        ...
