"""Recipients: which certificates a person has, the one to encrypt to, and the errors.

Must not know HTTP or CMS: the letter is made by the party and opened on the person's device.
Source: RFC 5652 section 6 (the key-management certificate is the recipient's).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedSet:
    """One accepted certificate set of a person. `serial` is its signing certificate's, `not_after` inclusive.

    `state` is "good", "held" or "revoked"; `predecessor_serial` names the set it took the place of.
    """

    serial: int
    predecessor_serial: int | None
    state: str
    not_after: datetime
    key_management_der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom to encrypt to: the key-management certificate (DER); `serial` is the signing certificate's beside it."""

    serial: int
    not_after: datetime
    key_management_der: bytes = field(repr=False)


class RecipientUnknown(DojangError):
    """No such certificate, or one of a person this party does not know: the answer is the same for both."""

    code: ClassVar[str] = "recipient.unknown"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RecipientUnreachable(DojangError):
    """The person has no certificate in force to encrypt to; `state` is "expired", "held" or "revoked"."""

    code: ClassVar[str] = "recipient.unreachable"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
