"""What a client must know of the CA before it enrols."""

import base64

from fastapi import APIRouter
from pydantic import BaseModel

from dojang.web.desk import Language, OfficeDep

router = APIRouter(prefix="/v1", tags=["certificates"])


class SupportView(BaseModel):
    """Where people reach support; `hours` in the caller's language."""

    phone: str
    hours: str


class AuthorityView(BaseModel):
    """The CA, as a client needs it: base64 of DER throughout.

    `transport_key` is the SubjectPublicKeyInfo that R is sealed to; `transport_certificate` vouches for it; `chain`
    goes from the issuing CA to the root; `ca_folder` names the folder under NPKI. `caller` is the number our calls come
    from, `offered_years` what an application may ask for, `bank_apps` what opens a bank's app, by bank code.
    """

    environment: str
    ca_folder: str
    transport_key: str
    transport_certificate: str
    chain: list[str]
    caller: str
    offered_years: list[int]
    support: SupportView
    bank_apps: dict[str, str]


@router.get("/authority")
def show_authority(office: OfficeDep, language: Language) -> AuthorityView:
    """Show the CA's transport key and chain, and what an app must know before anybody signs in."""
    published, settings = office.published, office.settings
    return AuthorityView(
        environment=settings.environment.value,
        ca_folder=published.ca_folder,
        transport_key=_base64(published.transport_spki_der),
        transport_certificate=_base64(published.transport_der),
        chain=[_base64(one) for one in published.chain_der],
        caller=settings.neighbours.telephony.caller,
        offered_years=sorted(settings.policy.application.offered_years),
        support=SupportView(phone=settings.support.phone, hours=settings.support.hours(language)),
        bank_apps=dict(settings.support.bank_apps),
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
