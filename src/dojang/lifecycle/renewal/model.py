"""Renewal: the predecessor, the request signed with its key, states, events and errors.

A renewal opens an application of its own kind, identified from the start, so that its window, one-at-a-time rule,
acceptance and withdrawal are those of every application; what is kept here is who asked and with which signature.
Source: RFC 3647 sections 4.6 and 4.7, NPKI practice (from 30 days before the end, with the valid certificate).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from dojang.kernel.errors import DojangError, Fault
from dojang.lifecycle.application.model import Consent


class RenewalState(StrEnum):
    """Where the request stands, and who acts next."""

    OPENED = "opened"  # the holder: make keys and sign the request with the old one
    PROVEN = "proven"  # we: issue for the keys that were signed for


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """The certificate to be renewed. `state` is "good", "held" or "revoked"; `not_after` is inclusive.

    `case_id` names the proofing case behind the first certificate of its line; None when none is known.
    """

    serial: int
    subscriber_id: str
    person_key: str
    case_id: str | None
    not_after: datetime
    state: str
    succeeded: bool
    certificate_der: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One choice: so many years, ending at the inclusive `not_after`."""

    years: int
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalOffer:
    """What the holder of a certificate may choose from, before any commitment. `predecessor_not_after` is inclusive."""

    predecessor_serial: int
    predecessor_not_after: datetime
    not_before: datetime
    offers: tuple[Offer, ...]
    consents: tuple[Consent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """One renewal. `signed_request_der` is the holder's CMS message, kept as evidence."""

    application_id: str
    subscriber_id: str
    predecessor_serial: int
    case_id: str
    years: int
    not_after: datetime
    state: RenewalState
    opened_at: datetime
    expires_at: datetime
    proven_at: datetime | None = None
    signed_request_der: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSigned:
    """The holder signed for two keys and the terms, with the key of a certificate that was good at that moment."""

    at: datetime
    signed_request_der: bytes = field(repr=False)


# --- errors ---------------------------------------------------------------------------------------------------------


class RenewalNotFound(DojangError):
    """No such renewal or certificate, or it is not this subscriber's."""

    code: ClassVar[str] = "renewal.not_found"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RenewalTooEarly(DojangError):
    """The window has not opened; `opens_at` says when it does (RFC 3339)."""

    code: ClassVar[str] = "renewal.too_early"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RenewalTooLate(DojangError):
    """The certificate has run out: nothing is left to sign with. Re-issue is the way."""

    code: ClassVar[str] = "renewal.too_late"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PredecessorSuspended(DojangError):
    """The certificate is on hold; it can be renewed once it is resumed."""

    code: ClassVar[str] = "renewal.suspended"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PredecessorRevoked(DojangError):
    """The certificate has been revoked. Re-issue is the way."""

    code: ClassVar[str] = "renewal.revoked"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PredecessorSucceeded(DojangError):
    """A successor has been accepted already."""

    code: ClassVar[str] = "renewal.succeeded"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class PersonNotOnRecord(DojangError):
    """No identity proofing of ours stands behind the certificate, so nobody can compute a virtual ID for its holder."""

    code: ClassVar[str] = "renewal.person_not_on_record"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RequestUnreadable(DojangError):
    """What was signed is not a renewal request of this office."""

    code: ClassVar[str] = "renewal.request_unreadable"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class SignedWithOtherKey(DojangError):
    """The request was signed with another certificate than the one to be renewed."""

    code: ClassVar[str] = "renewal.wrong_key"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class RequestReplayed(DojangError):
    """The request was signed for another renewal."""

    code: ClassVar[str] = "renewal.replayed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class TermsDiffer(DojangError):
    """The signed terms are not those of this renewal; `fields` names what differs."""

    code: ClassVar[str] = "renewal.terms_differ"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class AlreadySigned(DojangError):
    """Another request was signed for this renewal before. One renewal serves one pair of keys."""

    code: ClassVar[str] = "renewal.already_signed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER


class NotSignedYet(DojangError):
    """Nobody has signed for this renewal with the old key."""

    code: ClassVar[str] = "renewal.not_signed"
    fault: ClassVar[Fault] = Fault.SUBSCRIBER
