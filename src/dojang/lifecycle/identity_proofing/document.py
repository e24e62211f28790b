"""A submitted document as kept: its photographs, the values read and confirmed, and the facts they state.

Photographs as handed in exist only until they were read; masked ones take their place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from dojang.lifecycle.identity_proofing.id_document.model import (
    Decision,
    DocumentKind,
    FieldName,
    FieldSource,
    Side,
)
from dojang.lifecycle.identity_proofing.model import ProofingFinding

SIDES_NEEDED: Mapping[DocumentKind, frozenset[Side]] = {
    DocumentKind.RESIDENT_CARD: frozenset({Side.FRONT, Side.BACK}),
    DocumentKind.DRIVER_LICENCE: frozenset({Side.FRONT, Side.BACK}),
    DocumentKind.PASSPORT: frozenset({Side.FRONT}),
}


class DocumentState(StrEnum):
    """Where a submitted document stands, and who acts next."""

    COLLECTING = "collecting"  # the applicant photographs the other side
    READING = "reading"  # a worker
    READ = "read"  # the applicant confirms the values
    CONFIRMED = "confirmed"  # nobody
    REJECTED = "rejected"  # the applicant; not readable or not acceptable
    SUPERSEDED = "superseded"  # nobody; another was submitted, or the case ended


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedDocument:
    """One submission. `decision` is the reader's; `reader_runs` counts how often reading began."""

    id: str
    case_id: str
    kind: DocumentKind
    state: DocumentState
    sides: frozenset[Side]
    submitted_at: datetime
    decision: Decision | None = None
    findings: tuple[ProofingFinding, ...] = ()
    reader_runs: int = 0
    confirmed_at: datetime | None = None


class ImageForm(StrEnum):
    """What a stored image is."""

    ORIGINAL = "original"  # as handed in; deleted once read
    MASKED = "masked"  # the photograph without metadata, back digits painted over
    RECTIFIED = "rectified"  # the card alone, masked likewise


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptField:
    """One value. `read_value` is what the reader saw, None when the applicant typed what could not be read.

    `crop_jpeg` is a masked cutting to show beside the value.
    """

    name: FieldName
    value: str = field(repr=False)
    read_value: str | None = field(repr=False)
    confidence: float
    source: FieldSource
    crop_jpeg: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a confirmed document states. `rrn` is 13 digits; None where the kind has no such field."""

    kind: DocumentKind
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: str | None = field(repr=False)
    rrn: str | None = field(repr=False)
    issued_on: date | None = None
    expires_on: date | None = None
    licence_number: str | None = field(default=None, repr=False)
    serial: str | None = field(default=None, repr=False)
    passport_number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What the applicant entered, in normal form: name NFC without spaces, telephone digits only, RRN 13 digits.

    `rrn` is the document's when it bears one.
    """

    case_id: str
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: str = field(repr=False)
    phone: str = field(repr=False)
    rrn: str | None = field(repr=False)
    rrn_typed: bool


class InquiryState(StrEnum):
    """Where a registry inquiry stands."""

    ASKED = "asked"
    MATCH = "match"
    MISMATCH = "mismatch"
    SERIAL_MISMATCH = "serial_mismatch"
    LOST_OR_CANCELLED = "lost_or_cancelled"
    WITHDRAWN = "withdrawn"  # the document changed before the answer came


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryInquiry:
    """One question to a registry; `attempt` counts from 1 within the case."""

    case_id: str
    attempt: int
    document_id: str
    state: InquiryState
    asked_at: datetime
    answered_at: datetime | None = None

    @property
    def inquiry_id(self) -> str:
        """The idempotency key the registry sees."""
        return f"{self.case_id}-{self.attempt}"
