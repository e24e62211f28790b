"""Fill in what the office knows of the caller, so that a re-issue need not be typed again."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from dojang.lifecycle.identity_proofing import recall
from dojang.web.desk import DeviceId, Now, OfficeDep, RecordId, SubscriberId

router = APIRouter(prefix="/v1", tags=["proofing"])


class KnownApplicantView(BaseModel):
    """What the caller entered when last identified; `account` is masked. Never the resident registration number."""

    name: str
    birth_date: date
    sex: str
    phone: str
    bank_code: str | None
    account: str | None


@router.get("/applicant")
def show_applicant(subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> KnownApplicantView:
    """Show the caller what is known of them from their last identification; every look is audited."""
    known = recall.recall_applicant(subscriber_id, store=office.store, now=now)
    return KnownApplicantView(
        name=known.name,
        birth_date=known.birth_date,
        sex=known.sex,
        phone=known.phone,
        bank_code=known.bank_code,
        account=known.account,
    )


@router.post("/applications/{application_id}/account/known", status_code=202)
def submit_known_account(
    application_id: RecordId, subscriber_id: SubscriberId, device_id: DeviceId, office: OfficeDep, now: Now
) -> None:
    """Name the account confirmed last time, without typing it; it is inquired and sent to as any other."""
    recall.submit_known_account(
        application_id,
        subscriber_id,
        device_id=device_id,
        store=office.store,
        secrecy=office.cipher,
        policy=office.settings.policy.proofing,
        chance=office.chance,
        now=now,
    )
