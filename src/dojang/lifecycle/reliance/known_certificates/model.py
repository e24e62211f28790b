"""A certificate a relying party knows: where it stands when the party says so; events tell what happens later.

What is said here is what OCSP, lists and succession statements say to everybody. Must not know how parties are told.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCertificate:
    """Where a known certificate stands. `serial` is the set's signing certificate's, whichever of both was named.

    `reason` is an RFC 5280 name, for a suspended one too. Events of this certificate with a greater sequence number
    than `sequence` come after this. `successor_serial` is that of the certificate that replaced it, if one did.
    """

    serial: int
    state: str
    since: datetime | None
    reason: str | None
    not_after: datetime
    sequence: int
    successor_serial: int | None


class UnknownCertificate(DojangError):
    """No certificate with this serial number was issued here."""

    code: ClassVar[str] = "known_certificate.not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
