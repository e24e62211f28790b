"""Delegates: who signs status answers and time-stamps in the authority's place, and for how long.

Source: RFC 6960 section 4.2.2.2 (delegated responder), RFC 3161 section 2.3 (time-stamping certificate).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault
from dojang.pki.crl import ReasonCode


class DelegateKind(StrEnum):
    """What a delegate signs. The certificate profile is `<kind>-delegate`."""

    OCSP = "ocsp"
    TSA = "tsa"

    @property
    def profile(self) -> str:
        """The name of its certificate profile."""
        return f"{self}-delegate"


class DelegateState(StrEnum):
    """Where a delegate stands, and who acts next."""

    PREPARED = "prepared"  # we: sign the recorded bytes
    ISSUED = "issued"  # nobody until it grows old
    REVOKED = "revoked"  # we: make a successor with another key, forget this one, and list it


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """One delegate. `label` names its key, `number` counts those of its kind from 1; `not_after` is inclusive.

    `revoked_at` and `reason` are given exactly for `REVOKED`.
    """

    label: str
    kind: DelegateKind
    number: int
    state: DelegateState
    serial: int
    not_before: datetime
    not_after: datetime
    tbs_der: bytes = field(repr=False)
    certificate_der: bytes | None = field(default=None, repr=False)
    revoked_at: datetime | None = None
    reason: ReasonCode | None = None

    @property
    def record_id(self) -> str:
        """The record its lint proof is bound to."""
        return f"delegate:{self.label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceDelegate(Effect):
    """Certify the successor of a revoked delegate and forget its key; a revocation list names it."""

    label: str


class DelegateNotFound(DojangError):
    """No delegate of that label was ever certified."""

    code: ClassVar[str] = "delegates.not_found"
    fault: ClassVar[Fault] = Fault.OPERATOR


class DelegateReasonRefused(DojangError):
    """A delegate is not revoked for that reason; `allowed` lists those there are."""

    code: ClassVar[str] = "delegates.reason_refused"
    fault: ClassVar[Fault] = Fault.OPERATOR


class DelegateMissing(DojangError):
    """No delegate of this kind is in office, or its key is not here: the worker has not made one yet."""

    code: ClassVar[str] = "delegates.missing"
    fault: ClassVar[Fault] = Fault.OPERATOR
