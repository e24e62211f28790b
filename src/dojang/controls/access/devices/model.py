"""Devices of an account, as far as the office knows them: by an id the client chose and keeps.

A device id proves nothing: it tells the owner's devices apart, it never opens anything. Must not know what
a device holds.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


class DeviceType(StrEnum):
    """What the client says it is."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    COMMAND_LINE = "command_line"
    OTHER = "other"


class DeviceState(StrEnum):
    """Whether the owner still counts the device as theirs."""

    ACTIVE = "active"  # the owner: uses it
    REMOVED = "removed"  # the device: wipes its keys when it next asks


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceHello:
    """What a client says of its device when it signs in. `digest` is a keyed digest of the client's device id."""

    digest: str
    kind: DeviceType = DeviceType.OTHER
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device of one account. `last_seen_at` is its last sign-in; `name` is the owner's word for it."""

    id: str
    account_id: str
    digest: str
    kind: DeviceType
    name: str = field(repr=False)
    state: DeviceState
    first_seen_at: datetime
    last_seen_at: datetime


class DeviceNotFound(DojangError):
    """No such device of this account."""

    code: ClassVar[str] = "access.device_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
