"""A review item: which check of which case an operator must look at, and what they decided."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dojang.lifecycle.identity_proofing.model import Check, ProofingFinding


class ReviewState(StrEnum):
    """Where a review item stands, and who acts next."""

    OPEN = "open"  # an operator
    APPROVED = "approved"  # nobody
    REJECTED = "rejected"  # nobody
    WITHDRAWN = "withdrawn"  # nobody; the case ended or its evidence was outdated first


class ReviewSubject(StrEnum):
    """What the operator is asked."""

    CHECK = "check"  # does the evidence pass this check?
    STRANDED_DEPOSIT = "stranded_deposit"  # settle a transfer with the bank; decides no check


class RejectionReason(StrEnum):
    """Why an operator was not convinced."""

    UNREADABLE = "unreadable"
    VALUES_DIFFER = "values_differ"  # what was typed is not what the picture shows
    FORGERY_SUSPECTED = "forgery_suspected"
    NOT_THE_HOLDER = "not_the_holder"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One question to an operator. `evidence_id` is the document, inquiry, deposit or call it is about."""

    id: str
    case_id: str
    subject: ReviewSubject
    check: Check
    evidence_id: str | None
    findings: tuple[ProofingFinding, ...]
    state: ReviewState
    opened_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: RejectionReason | None = None
