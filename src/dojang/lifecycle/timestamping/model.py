"""Time-stamps on record, and what is refused. Source: RFC 3161."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """One time-stamp, recorded before it is signed. `serial` is unique under this authority."""

    serial: int
    at: datetime
    policy: str
    hash_algorithm: str
    digest: bytes = field(repr=False)
    delegate: str


class TimestampPolicyRefused(DojangError):
    """The request wants another policy than the one tokens are issued under; `offered` names it."""

    code: ClassVar[str] = "timestamp.policy_refused"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TimestampSerialsExhausted(DojangError):
    """Several draws in a row gave serial numbers that are taken: the generator is broken."""

    code: ClassVar[str] = "timestamp.serials_exhausted"
    fault: ClassVar[Fault] = Fault.OURS
