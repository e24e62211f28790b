"""Renew with the key that is still valid: look, open, sign, receive. Acceptance is the same as after any issue."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from dojang.bootstrap import Office
from dojang.lifecycle.application.model import Consent
from dojang.lifecycle.renewal import usecases
from dojang.lifecycle.renewal.model import Renewal, RenewalState
from dojang.lifecycle.renewal.usecases import Trust
from dojang.web.desk import Now, OfficeDep, RecordId, SerialNumber, SubscriberId
from dojang.web.subscriber.applications import ConsentBody
from dojang.web.subscriber.certificates import CertificateSetView, octets, set_view

router = APIRouter(prefix="/v1", tags=["renewals"])


class RenewalOfferChoice(BaseModel):
    """One choice: so many years, ending at the inclusive `not_after`."""

    years: int
    not_after: datetime


class RenewalOfferView(BaseModel):
    """What may be chosen before anything is committed. Years count from the present end: no day is lost."""

    predecessor_serial: str
    predecessor_not_after: datetime
    not_before: datetime
    offers: list[RenewalOfferChoice]
    consents: list[ConsentBody]


class RenewalBody(BaseModel):
    """Which certificate (decimal serial number of the signing certificate), for how long, and the consents given."""

    model_config = ConfigDict(extra="forbid")
    serial: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,15}$")]
    years: int
    consents: Annotated[list[ConsentBody], Field(max_length=32)]


class RenewalView(BaseModel):
    """A renewal. Its `id` is its application's too. `expires_at` is exclusive, `not_after` inclusive."""

    id: str
    state: RenewalState
    predecessor_serial: str
    years: int
    not_after: datetime
    expires_at: datetime


class RenewalRequestBody(BaseModel):
    """CMS SignedData (base64 of DER, content attached), made with the certificate to be renewed.

    The content is JSON with exactly these members, texts but for `years`: `type` "dojang.renewal.v1", `renewal` (the
    renewal's id), `predecessor_serial` (decimal), `years`, `not_after` (as offered, RFC 3339 UTC with Z),
    `signing_request` and `key_management_request` (PKCS#10) and `sealed_r` (as for enrolment, the renewal's id as
    label), the last three base64 of DER or octets.
    """

    model_config = ConfigDict(extra="forbid")
    request: Annotated[str, Field(max_length=98_304)]


@router.get("/certificates/{serial}/renewal")
def offer_renewal(serial: SerialNumber, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> RenewalOfferView:
    """Say what a renewal of this certificate would lead to, before anything is committed."""
    offer = usecases.offer_renewal(
        int(serial),
        subscriber_id,
        store=office.store,
        trust=_trust(office),
        policy=office.settings.policy.renewal,
        ration=office.settings.policy.application.ration,
        now=now,
    )
    return RenewalOfferView(
        predecessor_serial=str(offer.predecessor_serial),
        predecessor_not_after=offer.predecessor_not_after,
        not_before=offer.not_before,
        offers=[RenewalOfferChoice(years=one.years, not_after=one.not_after) for one in offer.offers],
        consents=[ConsentBody(text_id=one.text_id, version=one.version) for one in offer.consents],
    )


@router.post("/renewals", status_code=201)
def open_renewal(body: RenewalBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now) -> RenewalView:
    """Open a renewal; asked again, the open one is returned."""
    opened = usecases.open_renewal(
        int(body.serial),
        subscriber_id,
        years=body.years,
        consents=tuple(Consent(text_id=one.text_id, version=one.version) for one in body.consents),
        store=office.store,
        trust=_trust(office),
        policy=office.settings.policy.renewal,
        ration=office.settings.policy.application.ration,
        chance=office.chance,
        now=now,
    )
    return _view(opened)


@router.get("/renewals/{renewal_id}")
def get_renewal(renewal_id: RecordId, subscriber_id: SubscriberId, office: OfficeDep) -> RenewalView:
    """Show one renewal."""
    return _view(usecases.get_renewal(renewal_id, subscriber_id, store=office.store))


@router.post("/renewals/{renewal_id}/certificates", status_code=201)
def renew(
    renewal_id: RecordId, body: RenewalRequestBody, subscriber_id: SubscriberId, office: OfficeDep, now: Now
) -> CertificateSetView:
    """Have both certificates issued, once; the same request again is answered with the same certificates."""
    request = usecases.prove_renewal(
        renewal_id,
        subscriber_id,
        octets(body.request, "request"),
        store=office.store,
        trust=_trust(office),
        now=now,
    )
    return set_view(office.issuing.issue(request, now))


def _trust(office: Office) -> Trust:
    return Trust(chain_der=office.published.chain_der)


def _view(renewal: Renewal) -> RenewalView:
    return RenewalView(
        id=renewal.application_id,
        state=renewal.state,
        predecessor_serial=str(renewal.predecessor_serial),
        years=renewal.years,
        not_after=renewal.not_after,
        expires_at=renewal.expires_at,
    )
