"""Status: CRLs on record, and what is known of one serial number.

Source: RFC 5280 section 5 (CRL profile).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault
from dojang.lifecycle.revocation.model import CertificateState
from dojang.pki.crl import ReasonCode


class CrlState(StrEnum):
    """Where a CRL stands, and who acts next."""

    PREPARED = "prepared"  # we: put it together and sign it
    ISSUED = "issued"  # anybody: fetch it


class ListKind(StrEnum):
    """What a list tells."""

    COMPLETE = "complete"  # everything in its scope
    DELTA = "delta"  # what changed since an earlier complete list


@dataclass(frozen=True, slots=True, kw_only=True)
class ListScope:
    """Which certificates a list covers: those of one distribution point, or (None) all. Each is numbered by itself."""

    partition: int | None = None

    @property
    def name(self) -> str:
        """The scope in tables and audit entries: `all`, `p0`, `p1`, …"""
        return "all" if self.partition is None else f"p{self.partition}"


ALL = ListScope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crl:
    """One CRL. Its successor is due at `next_update` at the latest; `content_digest` covers the encoded entries.

    `base_number` is given for a delta: the complete list it continues. `content_id` names the stored octets.
    """

    scope: ListScope
    kind: ListKind
    number: int
    base_number: int | None = None
    state: CrlState
    this_update: datetime
    next_update: datetime
    entry_count: int
    size_bytes: int
    content_digest: str
    content_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateStatus:
    """What is known of an issued serial number. `since` and `reason` (RFC 5280 name) are None while good."""

    serial: int
    kind: str
    subscriber_id: str
    not_before: datetime
    not_after: datetime
    state: CertificateState
    since: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialStanding:
    """What an answer says of one issued serial number. `since` is when its state last changed, None if it never did."""

    state: CertificateState = CertificateState.GOOD
    since: datetime | None = None
    reason: ReasonCode | None = None


class StatusUnknown(DojangError):
    """No certificate with this serial number was issued here."""

    code: ClassVar[str] = "status.unknown_serial"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class CrlNotFound(DojangError):
    """No such CRL was issued."""

    code: ClassVar[str] = "status.crl_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
