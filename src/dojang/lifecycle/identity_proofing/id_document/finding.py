"""What a look at a document found: stable codes, how heavy each weighs, and the field or flaw it is about.

Words for people stand in the catalogue (`kernel/catalogue/id_document.toml`), under the same codes.
"""

from dataclasses import dataclass
from enum import StrEnum


class FindingCode(StrEnum):
    """Everything that can be said against a photograph or its contents."""

    BLURRED = "id_document.blurred"
    SHAKEN = "id_document.shaken"
    GLARE = "id_document.glare"
    TOO_DARK = "id_document.too_dark"
    CUT_OFF = "id_document.cut_off"
    TOO_SMALL = "id_document.too_small"
    NO_DOCUMENT = "id_document.no_document"
    SEVERAL_DOCUMENTS = "id_document.several_documents"
    SCREEN_SUSPECTED = "id_document.screen_suspected"
    COPY_SUSPECTED = "id_document.copy_suspected"
    WRONG_DOCUMENT = "id_document.wrong_document"
    WRONG_SIDE = "id_document.wrong_side"
    BACK_MISSING = "id_document.back_missing"
    EXPIRED = "id_document.expired"
    RRN_MALFORMED = "id_document.rrn_malformed"
    RRN_CHECKSUM = "id_document.rrn_checksum"
    RRN_CONTRADICTS = "id_document.rrn_contradicts"
    MRZ_MALFORMED = "id_document.mrz_malformed"
    MRZ_CHECK_DIGIT = "id_document.mrz_check_digit"
    MRZ_CONTRADICTS = "id_document.mrz_contradicts"
    LICENCE_NUMBER_MALFORMED = "id_document.licence_number_malformed"
    PASSPORT_NUMBER_MALFORMED = "id_document.passport_number_malformed"
    ISSUE_DATE_INVALID = "id_document.issue_date_invalid"
    EXPIRY_DATE_INVALID = "id_document.expiry_date_invalid"
    SIDES_DISAGREE = "id_document.sides_disagree"
    UNREADABLE_FIELD = "id_document.unreadable_field"
    LOW_CONFIDENCE = "id_document.low_confidence"
    CANNOT_MASK = "id_document.cannot_mask"


class Severity(StrEnum):
    """How a finding weighs on the decision, lightest first."""

    NOTE = "note"  # shown, decides nothing
    REVIEW = "review"  # an operator must look
    RETAKE = "retake"  # a new photograph may cure it
    REFUSE = "refuse"  # no photograph of this document will


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding. `field` is a `FieldName` value, None for the whole photograph; `detail` holds no personal data."""

    code: FindingCode
    severity: Severity
    side: str = "front"  # a `Side` value
    field: str | None = None
    detail: str | None = None  # a date (expiry), a pair of kinds, the name of an MRZ check digit
