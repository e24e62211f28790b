"""Values of the document check: kinds, fields as read, findings, the decision and the whole examination.

Knows nothing of images beyond opaque JPEG bytes. Personal data (field values, image bytes) never stands in a repr.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dojang.lifecycle.identity_proofing.id_document.finding import Finding


class DocumentKind(StrEnum):
    """The documents accepted for proofing."""

    RESIDENT_CARD = "resident_card"  # 주민등록증
    DRIVER_LICENCE = "driver_licence"  # 운전면허증
    PASSPORT = "passport"  # 여권 (data page)


class Side(StrEnum):
    """Which side a photograph shows. A passport's data page counts as its front."""

    FRONT = "front"
    BACK = "back"


class FieldName(StrEnum):
    """What can be read off a document. Dates are ISO 8601, the RRN is `######-#######`."""

    NAME = "name"
    HANJA = "hanja"
    RRN = "rrn"
    BIRTH_DATE = "birth_date"
    SEX = "sex"  # "M" or "F"
    ADDRESS = "address"
    ISSUED_ON = "issued_on"
    AUTHORITY = "authority"
    LICENCE_NUMBER = "licence_number"  # ##-##-######-##
    LICENCE_CLASS = "licence_class"
    SERIAL = "serial"  # the licence's six-character 암호일련번호
    RENEWAL_FROM = "renewal_from"
    EXPIRES_ON = "expires_on"
    PASSPORT_NUMBER = "passport_number"
    SURNAME = "surname"
    GIVEN_NAMES = "given_names"
    NATIONALITY = "nationality"
    MRZ_LINE_1 = "mrz_line_1"
    MRZ_LINE_2 = "mrz_line_2"


class FieldSource(StrEnum):
    """Where a value comes from; the applicant's own corrections are `TYPED`, never `READ`."""

    VISUAL = "visual"  # printed text
    MRZ = "mrz"  # machine-readable zone
    DERIVED = "derived"  # computed from another field, e.g. the birth date from the RRN
    TYPED = "typed"  # corrected by the applicant


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on the rectified card, in shares of its width and height; `right` and `bottom` exclusive."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadField:
    """One value as read. `confidence` is in [0, 1] and says how sure the reader is, not that the value is right."""

    value: str = field(repr=False)
    confidence: float
    source: FieldSource
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReading:
    """One photograph, read. `kind` and `side` are None when the document was not recognised.

    `quality` holds the measures named in `measures.Measure`, in the units given there.
    """

    kind: DocumentKind | None
    side: Side | None
    fields: Mapping[FieldName, ReadField] = field(repr=False)
    quality: Mapping[str, float]
    findings: tuple[Finding, ...] = ()

    def find_value(self, name: FieldName) -> str | None:
        """Return the field's text, or None when it was not read."""
        read = self.fields.get(name)
        return None if read is None else read.value


class Decision(StrEnum):
    """What becomes of a pair of photographs."""

    ACCEPT = "accept"  # the applicant confirms the values and goes on
    RETAKE = "retake"  # the applicant photographs again
    REFUSE = "refuse"  # this document will not do; another is needed
    REVIEW = "review"  # an operator looks at it


class Agreement(StrEnum):
    """Whether front and back belong together, as far as they can tell."""

    AGREE = "agree"
    DISAGREE = "disagree"
    NOT_COMPARABLE = "not_comparable"  # nothing printed on both, or no back


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedImage:
    """A photograph fit for storing: JPEG, no metadata, RRN digits 8-14 painted over; `rectified_jpeg` is the card."""

    original_jpeg: bytes = field(repr=False)
    rectified_jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentExamination:
    """Everything one look at a document gave.

    `readings` has the front first. `masked` follows the same order and holds None where masking could not be verified:
    such an image must not be stored. `crops` are JPEG cuttings to show beside each value (the RRN's is masked).
    `seconds` is CPU time by stage.
    """

    readings: tuple[DocumentReading, ...]
    findings: tuple[Finding, ...]
    agreement: Agreement
    decision: Decision
    reasons: tuple[str, ...]
    masked: tuple[MaskedImage | None, ...]
    crops: Mapping[FieldName, bytes] = field(repr=False)
    seconds: Mapping[str, float]
