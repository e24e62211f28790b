"""Apply: terms first, then the application, which can be resumed until its window closes."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from dojang.lifecycle.application import usecases
from dojang.lifecycle.application.model import Application, ApplicationKind, Consent, ReissueReason, Terms
from dojang.web.desk import Line, Now, OfficeDep, RecordId, SubscriberId

router = APIRouter(prefix="/v1", tags=["applications"])


class ConsentBody(BaseModel):
    """One consent, to one version of one text."""

    model_config = ConfigDict(extra="forbid")
    text_id: Annotated[Line, Field(max_length=64)]
    version: Annotated[Line, Field(max_length=64)]


class TermsBody(BaseModel):
    """What is asked for. `predecessor_serial` (decimal) may be left out when only one certificate can be meant."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal[ApplicationKind.NEW, ApplicationKind.REISSUE]
    years: int
    reissue_reason: ReissueReason | None = None
    predecessor_serial: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,15}$")] | None = None


class ApplicationBody(TermsBody):
    """An application."""

    consents: Annotated[list[ConsentBody], Field(max_length=32)]


class TermsView(BaseModel):
    """What the applicant would commit to. `predecessor_ends` is "at_once", "on_acceptance" or null.

    "at_once": suspended when the application is opened, revoked when identity is proven.
    """

    validity: str
    years: int
    not_before: datetime
    not_after: datetime
    predecessor_serial: str | None
    predecessor_ends: str | None


class ApplicationView(BaseModel):
    """An application. `expires_at` is exclusive; serials are decimal strings."""

    id: str
    kind: ApplicationKind
    years: int
    validity: str
    reissue_reason: ReissueReason | None
    predecessor_serial: str | None
    state: str
    opened_at: datetime
    expires_at: datetime


@router.get("/consents")
def list_consents(office: OfficeDep) -> list[ConsentBody]:
    """List the texts that must be consented to, in their current versions."""
    required = office.settings.policy.application.required_consents
    return [ConsentBody(text_id=one.text_id, version=one.version) for one in required]


@router.post("/terms")
def quote_terms(body: TermsBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> TermsView:
    """Say what an application would lead to, before anything is committed."""
    terms = usecases.quote_terms(
        _request(body, subscriber_id, ()), store=office.store, policy=office.settings.policy.application, now=now
    )
    return _terms_view(terms)


@router.post("/applications", status_code=201)
def open_application(
    body: ApplicationBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> ApplicationView:
    """Open an application."""
    consents = tuple(Consent(text_id=one.text_id, version=one.version) for one in body.consents)
    application = usecases.open_application(
        _request(body, subscriber_id, consents),
        store=office.store,
        policy=office.settings.policy.application,
        chance=office.chance,
        now=now,
    )
    return application_view(application)


@router.get("/applications")
def list_applications(subscriber_id: SubscriberId, office: OfficeDep) -> list[ApplicationView]:
    """List the caller's applications, newest first."""
    return [application_view(one) for one in usecases.list_applications(subscriber_id, store=office.store)]


@router.get("/applications/{application_id}")
def get_application(application_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep) -> ApplicationView:
    """Show one application."""
    return application_view(usecases.get_application(application_id, subscriber_id, store=office.store))


@router.delete("/applications/{application_id}")
def cancel_application(
    application_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> ApplicationView:
    """Give up an application whose certificate is not issued yet."""
    return application_view(usecases.cancel_application(application_id, subscriber_id, store=office.store, now=now))


def application_view(application: Application) -> ApplicationView:
    """Return the application as its owner sees it."""
    return ApplicationView(
        id=application.id,
        kind=application.kind,
        years=application.years,
        validity=application.validity.value,
        reissue_reason=application.reissue_reason,
        predecessor_serial=_decimal(application.predecessor_serial),
        state=application.state.value,
        opened_at=application.opened_at,
        expires_at=application.expires_at,
    )


def _request(body: TermsBody, subscriber_id: str, consents: tuple[Consent, ...]) -> usecases.ApplicationRequest:
    return usecases.ApplicationRequest(
        subscriber_id=subscriber_id,
        kind=body.kind,
        years=body.years,
        consents=consents,
        reissue_reason=body.reissue_reason,
        predecessor_serial=int(body.predecessor_serial) if body.predecessor_serial else None,
    )


def _terms_view(terms: Terms) -> TermsView:
    return TermsView(
        validity=terms.validity.value,
        years=terms.years,
        not_before=terms.not_before,
        not_after=terms.not_after,
        predecessor_serial=_decimal(terms.predecessor_serial),
        predecessor_ends=terms.predecessor_ends,
    )


def _decimal(serial: int | None) -> str | None:
    """JSON numbers lose digits past 2^53 in some readers: serials travel as decimal strings."""
    return None if serial is None else str(serial)
