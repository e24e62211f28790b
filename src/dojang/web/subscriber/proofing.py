"""Prove one's identity: photographs, fields, personal data, account, call. Work is queued; clients poll the case."""

import base64
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from dojang.bootstrap import Office
from dojang.lifecycle.identity_proofing import fields, personal_data, photograph, view
from dojang.lifecycle.identity_proofing.account_deposit import account, confirmation
from dojang.lifecycle.identity_proofing.ars_call import request as ars_call
from dojang.lifecycle.identity_proofing.errors import ProofingCaseNotFound
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, FieldName, Side
from dojang.web.desk import DeviceId, Language, Line, Now, OfficeDep, RecordId, SubscriberId
from dojang.web.problem import UnsupportedMediaType
from dojang.web.subscriber.proofing_view import ProofingView, case_view

router = APIRouter(prefix="/v1/applications/{application_id}", tags=["identity proofing"])

PHOTOGRAPH_TYPES = ("image/jpeg", "image/png")


class PhotographView(BaseModel):
    """What became of a photograph handed in; the reading itself follows."""

    kind: str
    state: str
    sides: list[str]


class ReadFieldView(BaseModel):
    """One value read off the document, beside the cutting it was read from (base64 of JPEG, null when typed)."""

    name: str
    value: str
    confidence: float
    source: str
    crop: str | None


class ConfirmationBody(BaseModel):
    """The applicant's corrections by field name; an empty object confirms everything as read."""

    model_config = ConfigDict(extra="forbid")
    corrections: dict[FieldName, Annotated[Line, Field(max_length=200)]] = {}


class PersonalDataBody(BaseModel):
    """Personal data. `rrn` only where the document bears none (13 digits, a hyphen is allowed)."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[Line, Field(max_length=80)]
    birth_date: date
    sex: Annotated[Line, Field(max_length=10)]
    phone: Annotated[Line, Field(max_length=20)]
    rrn: Annotated[Line, Field(max_length=14)] | None = None


class PhoneBody(BaseModel):
    """Another telephone."""

    model_config = ConfigDict(extra="forbid")
    phone: Annotated[Line, Field(max_length=20)]


class AccountBody(BaseModel):
    """An account in one's own name: three-digit bank code, number with or without hyphens."""

    model_config = ConfigDict(extra="forbid")
    bank_code: Annotated[Line, Field(max_length=3)]
    number: Annotated[Line, Field(max_length=24)]


class DepositBody(BaseModel):
    """What the statement shows: the amount in won and the depositor's code."""

    model_config = ConfigDict(extra="forbid")
    amount_krw: Annotated[int, Field(ge=0, le=10_000)] | None = None
    code: Annotated[Line, Field(max_length=40)] | None = None


class StateView(BaseModel):
    """Where the check stands now."""

    state: str


@router.get("/proofing", response_model=ProofingView, responses={204: {"description": "Before the first photograph"}})
def show_case(
    application_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, language: Language, now: Now
) -> ProofingView | Response:
    """Show where identity proofing stands and what comes next; nothing before the first photograph."""
    shown = _find_view(application_id, subscriber_id, office, language, now)
    return Response(status_code=204) if shown is None else shown


def _find_view(
    application_id: str, subscriber_id: str, office: Office, language: str, now: datetime
) -> ProofingView | None:
    policy = office.settings.policy.proofing
    case = view.find_case(application_id, subscriber_id, store=office.store, policy=policy, now=now)
    return None if case is None else case_view(case, office, language)


def _get_view(application_id: str, subscriber_id: str, office: Office, language: str, now: datetime) -> ProofingView:
    shown = _find_view(application_id, subscriber_id, office, language, now)
    if shown is None:
        raise ProofingCaseNotFound()
    return shown


@router.put("/photographs/{kind}/{side}", status_code=202)
def submit_photograph(
    application_id: RecordId,
    kind: DocumentKind,
    side: Side,
    image: Annotated[bytes, Body(media_type="image/jpeg", description="A JPEG or PNG file")],
    request: Request,
    subscriber_id: SubscriberId,
    device_id: DeviceId,
    office: OfficeDep,
    now: Now,
) -> PhotographView:
    """Hand in one photograph. The last side the document needs sets the reader to work."""
    if request.headers.get("content-type", "").partition(";")[0] not in PHOTOGRAPH_TYPES:
        raise UnsupportedMediaType(accepted=list(PHOTOGRAPH_TYPES))
    document = photograph.submit_photograph(
        application_id,
        subscriber_id,
        kind=kind,
        side=side,
        image=image,
        device_id=device_id,
        store=office.store,
        secrecy=office.cipher,
        policy=office.settings.policy.proofing,
        chance=office.chance,
        now=now,
    )
    sides = sorted(one.value for one in document.sides)
    return PhotographView(kind=document.kind.value, state=document.state.value, sides=sides)


@router.get("/document")
def show_fields(application_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep) -> list[ReadFieldView]:
    """Show what was read off the document; the RRN's back digits are masked."""
    shown = fields.get_read_fields(application_id, subscriber_id, store=office.store)
    return [read_field_view(one) for one in shown]


@router.post("/document/confirmation")
def confirm_fields(
    application_id: RecordId, body: ConfirmationBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> StateView:
    """Confirm what was read, with corrections."""
    state = fields.confirm_fields(
        application_id,
        subscriber_id,
        corrections=body.corrections,
        store=office.store,
        secrecy=office.cipher,
        policy=office.settings.policy.proofing,
        chance=office.chance,
        now=now,
    )
    return StateView(state=state.value)


@router.post("/personal-data")
def submit_personal_data(
    application_id: RecordId, body: PersonalDataBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> StateView:
    """Enter personal data; it is compared with the document field by field."""
    state = personal_data.submit_personal_data(
        application_id,
        subscriber_id,
        name=body.name,
        birth_date=body.birth_date,
        sex=body.sex,
        phone=body.phone,
        rrn=body.rrn,
        store=office.store,
        secrecy=office.cipher,
        policy=office.settings.policy.proofing,
        chance=office.chance,
        now=now,
    )
    return StateView(state=state.value)


@router.put("/phone", status_code=204)
def change_phone(
    application_id: RecordId, body: PhoneBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> None:
    """Enter another telephone for the call."""
    personal_data.change_phone(
        application_id,
        subscriber_id,
        phone=body.phone,
        store=office.store,
        policy=office.settings.policy.proofing,
        chance=office.chance,
        now=now,
    )


@router.post("/account", status_code=202)
def submit_account(
    application_id: RecordId,
    body: AccountBody,
    subscriber_id: SubscriberId,
    device_id: DeviceId,
    office: OfficeDep,
    now: Now,
) -> None:
    """Name an account: its ownership is inquired, then the micro-deposit is sent."""
    account.submit_account(
        application_id,
        subscriber_id,
        bank_code=body.bank_code,
        number=body.number,
        device_id=device_id,
        store=office.store,
        secrecy=office.cipher,
        policy=office.settings.policy.proofing,
        chance=office.chance,
        now=now,
    )


@router.post("/deposit/confirmation")
def confirm_deposit(
    application_id: RecordId, body: DepositBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> StateView:
    """Enter what the bank statement shows."""
    state = confirmation.confirm_deposit(
        application_id,
        subscriber_id,
        amount_krw=body.amount_krw,
        code=body.code,
        store=office.store,
        secrecy=office.cipher,
        policy=office.settings.policy.proofing,
        chance=office.chance,
        now=now,
    )
    return StateView(state=state.value)


@router.post("/call", status_code=202)
def request_call(
    application_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, language: Language, now: Now
) -> ProofingView:
    """Ask to be called on the telephone entered; the number to press stands under `call`."""
    ars_call.request_call(
        application_id,
        subscriber_id,
        store=office.store,
        secrecy=office.cipher,
        policy=office.settings.policy.proofing,
        chance=office.chance,
        now=now,
    )
    return _get_view(application_id, subscriber_id, office, language, now)


def read_field_view(shown: fields.ShownField) -> ReadFieldView:
    """Return one value with its cutting."""
    return ReadFieldView(
        name=shown.name.value,
        value=shown.value,
        confidence=round(shown.confidence, 3),
        source=shown.source.value,
        crop=None if shown.crop_jpeg is None else base64.b64encode(shown.crop_jpeg).decode("ascii"),
    )
