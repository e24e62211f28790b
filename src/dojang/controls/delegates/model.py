"""Delegates: who signs status answers and time-stamps in the authority's place, and for how long.

Source: RFC 6960 section 4.2.2.2 (delegated responder), RFC 3161 section 2.3 (time-stamping certificate).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """One delegate. `label` names its key, `number` counts those of its kind from 1; `not_after` is inclusive."""

    label: str
    kind: DelegateKind
    number: int
    state: DelegateState
    serial: int
    not_before: datetime
    not_after: datetime
    tbs_der: bytes = field(repr=False)
    certificate_der: bytes | None = field(default=None, repr=False)

    @property
    def record_id(self) -> str:
        """The record its lint proof is bound to."""
        return f"delegate:{self.label}"


class DelegateMissing(DojangError):
    """No delegate of this kind is in office, or its key is not here: the worker has not made one yet."""

    code: ClassVar[str] = "delegates.missing"
    fault: ClassVar[Fault] = Fault.OPERATOR
