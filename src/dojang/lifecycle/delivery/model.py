"""Delivery: the holder downloads the set, accepts it with the new key, and old is tied to new.

Source: RFC 3647 section 4.4 (certificate acceptance). The acceptance statement and the succession statement are
canonical JSON (keys sorted, no blanks, UTF-8), so that both sides sign and check the same bytes.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.effects import Effect
from dojang.kernel.errors import DojangError, Fault


class DeliveryState(StrEnum):
    """Where a certificate set stands on its way, and who acts next."""

    AVAILABLE = "available"  # the holder: download, check and accept
    ACCEPTED = "accepted"  # nobody; done
    WITHDRAWN = "withdrawn"  # nobody; not accepted in time, so the set is revoked


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One certificate set's delivery. `statement` and `signature` are the holder's acceptance, kept as evidence."""

    application_id: str
    issuance_id: str
    signing_serial: int
    predecessor_serial: int | None
    state: DeliveryState
    downloaded_at: datetime | None = None
    ended_at: datetime | None = None
    statement: bytes | None = field(default=None, repr=False)
    signature: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """The holder fetched the set."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The holder accepted the set, signing with the new key."""

    at: datetime
    statement: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToAcceptRanOut:
    """The application's window closed before acceptance."""

    at: datetime


DeliveryEvent = Downloaded | Accepted | TimeToAcceptRanOut


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionStatement:
    """The CA's word that one certificate succeeds another of the same person. Signed as CMS SignedData, attached."""

    predecessor_serial: int
    successor_serial: int
    subject: str
    issuer: str
    accepted_at: datetime

    def to_json(self) -> bytes:
        """Return the canonical JSON that is signed. The time is RFC 3339 UTC."""
        return canonical_json(
            {
                "type": "dojang.succession.v1",
                "predecessor_serial": self.predecessor_serial,
                "successor_serial": self.successor_serial,
                "subject": self.subject,
                "issuer": self.issuer,
                "accepted_at": self.accepted_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSuccession:
    """A succession statement as signed and published."""

    predecessor_serial: int
    successor_serial: int
    signed_at: datetime
    statement_der: bytes = field(repr=False)


def canonical_json(document: dict[str, str | int]) -> bytes:
    """Return UTF-8 JSON with sorted keys and no blanks."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# --- effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSuccession(Effect):
    """Sign and store the statement that ties the accepted set of the application to its predecessor."""

    application_id: str


# --- errors ---------------------------------------------------------------------------------------------------------


class CertificateSetNotFound(DojangError):
    """Nothing was issued for this application, or it is not this subscriber's."""

    code: ClassVar[str] = "delivery.not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class NotReadyToAccept(DojangError):
    """The application has not yet heard that its certificates were issued; a moment later it will have."""

    code: ClassVar[str] = "delivery.not_ready"
    fault: ClassVar[Fault] = Fault.OURS


class AcceptanceWindowClosed(DojangError):
    """The set was not accepted in time; it is, or is about to be, revoked."""

    code: ClassVar[str] = "delivery.window_closed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PredecessorEnded(DojangError):
    """The certificate that a renewal succeeds was suspended or revoked before its successor was accepted.

    Whoever ended it may have done so because somebody else had its key: what that key asked for is not taken over.
    """

    code: ClassVar[str] = "delivery.predecessor_ended"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class AcceptanceSignatureWrong(DojangError):
    """The signature over the acceptance statement does not verify with the new signing certificate."""

    code: ClassVar[str] = "delivery.acceptance_signature_wrong"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SuccessionNotFound(DojangError):
    """No succession statement stands under this serial number."""

    code: ClassVar[str] = "delivery.succession_not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
