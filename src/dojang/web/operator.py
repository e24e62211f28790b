"""The operators' interface: review of doubtful proofing, suspension and revocation by reason, certificate status."""

import base64
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from dojang.bootstrap import Office
from dojang.controls.access.model import Role
from dojang.lifecycle.identity_proofing.review import freezes
from dojang.lifecycle.identity_proofing.review import usecases as review
from dojang.lifecycle.identity_proofing.review.model import RejectionReason, ReviewItem
from dojang.lifecycle.revocation import usecases as revocation
from dojang.lifecycle.revocation.model import HoldReason
from dojang.lifecycle.status import usecases as status
from dojang.web import operator_audit, operator_support
from dojang.web.desk import Language, Line, Now, OfficeDep, RecordId, SerialNumber, operator_with
from dojang.web.standing import StandingView, standing_view
from dojang.web.subscriber import accounts
from dojang.web.subscriber.proofing import ReadFieldView, read_field_view
from dojang.web.subscriber.proofing_view import FindingView, finding_view

router = APIRouter(prefix="/v1/operator", tags=["operators"])
ROUTERS = (accounts.sessions, router, operator_support.router, operator_audit.router)

REVIEWER = operator_with((Role.REVIEWER,))
OFFICER = operator_with((Role.OFFICER,))
ReviewerId = Annotated[str, Depends(REVIEWER)]
OfficerId = Annotated[str, Depends(OFFICER)]


class ReviewView(BaseModel):
    """One question to an operator."""

    id: str
    check: str
    subject: str
    state: str
    findings: list[FindingView]
    opened_at: datetime


class ReviewDetailView(BaseModel):
    """Everything needed to decide. Pictures are masked, base64 of JPEG by side."""

    review: ReviewView
    application_id: str
    document_kind: str | None
    fields: list[ReadFieldView]
    pictures: dict[str, str]
    entered: dict[str, str]


class FrozenCaseView(BaseModel):
    """A case in which somebody said on the telephone that they did not apply."""

    case_id: str
    application_id: str
    opened_at: datetime


class RejectionBody(BaseModel):
    """Why, and whether the applicant may bring other evidence."""

    model_config = ConfigDict(extra="forbid")
    reason: RejectionReason
    final: bool = False


class ReasonedRevocationBody(BaseModel):
    """An RFC 5280 reason by its name."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[Line, Field(max_length=40, examples=["keyCompromise"])]


class ReasonedHoldBody(BaseModel):
    """Why a certificate is suspended or resumed; stands in the audit log."""

    model_config = ConfigDict(extra="forbid")
    reason: HoldReason


class StatusView(BaseModel):
    """What is known of a serial number."""

    serial: str
    kind: str
    state: str
    reason: str | None
    since: datetime | None
    not_before: datetime
    not_after: datetime


@router.get("/reviews", dependencies=[Depends(REVIEWER)])
def list_reviews(office: OfficeDep, language: Language) -> list[ReviewView]:
    """List open reviews, oldest first."""
    return [_review_view(one, office, language) for one in review.list_reviews(store=office.store)]


@router.get("/reviews/{review_id}")
def show_review(
    review_id: RecordId, operator_id: ReviewerId, office: OfficeDep, language: Language, now: Now
) -> ReviewDetailView:
    """Show one review; looking is audited."""
    detail = review.show_review(review_id, operator_id=operator_id, store=office.store, now=now)
    return ReviewDetailView(
        review=_review_view(detail.item, office, language),
        application_id=detail.application_id,
        document_kind=detail.document_kind.value if detail.document_kind else None,
        fields=[read_field_view(one) for one in detail.fields],
        pictures={side.value: base64.b64encode(jpeg).decode("ascii") for side, jpeg in detail.pictures.items()},
        entered=dict(detail.entered),
    )


@router.post("/reviews/{review_id}/approval")
def approve_review(
    review_id: RecordId, operator_id: ReviewerId, office: OfficeDep, language: Language, now: Now
) -> ReviewView:
    """Decide that the evidence convinces."""
    policy = office.settings.policy.proofing
    item = review.approve_review(review_id, operator_id=operator_id, store=office.store, policy=policy, now=now)
    return _review_view(item, office, language)


@router.post("/reviews/{review_id}/rejection")
def reject_review(
    review_id: RecordId, body: RejectionBody, operator_id: ReviewerId, office: OfficeDep, language: Language, now: Now
) -> ReviewView:
    """Decide that the evidence does not convince."""
    item = review.reject_review(
        review_id,
        operator_id=operator_id,
        reason=body.reason,
        final=body.final,
        store=office.store,
        policy=office.settings.policy.proofing,
        now=now,
    )
    return _review_view(item, office, language)


@router.get("/frozen-cases", dependencies=[Depends(REVIEWER)])
def list_frozen_cases(office: OfficeDep) -> list[FrozenCaseView]:
    """List frozen cases, oldest first: until one is released, nobody can apply in that person's name."""
    return [
        FrozenCaseView(case_id=one.id, application_id=one.application_id, opened_at=one.opened_at)
        for one in freezes.list_frozen(store=office.store)
    ]


@router.post("/frozen-cases/{case_id}/release", status_code=204)
def release_frozen_case(case_id: RecordId, operator_id: ReviewerId, office: OfficeDep, now: Now) -> None:
    """Let the person apply again, after somebody has spoken to them. The frozen application stays ended."""
    freezes.lift_freeze(case_id, operator_id=operator_id, store=office.store, now=now)


@router.get("/certificates/{serial}", dependencies=[Depends(OFFICER)])
def show_status(serial: SerialNumber, office: OfficeDep) -> StatusView:
    """Show what is known of a serial number."""
    known = status.get_status(int(serial), store=office.store)
    return StatusView(
        serial=str(known.serial),
        kind=known.kind,
        state=known.state.value,
        reason=known.reason,
        since=known.since,
        not_before=known.not_before,
        not_after=known.not_after,
    )


@router.post("/certificates/{serial}/revocation")
def revoke(
    serial: SerialNumber, body: ReasonedRevocationBody, operator_id: OfficerId, office: OfficeDep, now: Now
) -> StandingView:
    """Revoke a certificate set, finally."""
    actor = f"operator:{operator_id}"
    return standing_view(revocation.revoke(int(serial), body.reason, actor=actor, store=office.store, now=now))


@router.post("/certificates/{serial}/suspension")
def suspend(
    serial: SerialNumber, body: ReasonedHoldBody, operator_id: OfficerId, office: OfficeDep, now: Now
) -> StandingView:
    """Put a certificate set on hold, or make its owner's hold the office's: its owner cannot lift it alone."""
    standing = revocation.suspend(
        int(serial),
        actor=f"operator:{operator_id}",
        store=office.store,
        policy=office.settings.policy.revocation,
        now=now,
        why=body.reason,
    )
    return standing_view(standing)


@router.post("/certificates/{serial}/resumption")
def resume(
    serial: SerialNumber, body: ReasonedHoldBody, operator_id: OfficerId, office: OfficeDep, now: Now
) -> StandingView:
    """Lift a hold, whoever set it."""
    actor = f"operator:{operator_id}"
    standing = revocation.resume(int(serial), actor=actor, store=office.store, now=now, why=body.reason)
    return standing_view(standing)


def _review_view(item: ReviewItem, office: Office, language: str) -> ReviewView:
    return ReviewView(
        id=item.id,
        check=item.check.value,
        subject=item.subject.value,
        state=item.state.value,
        findings=[finding_view(one, office, language) for one in item.findings],
        opened_at=item.opened_at,
    )
