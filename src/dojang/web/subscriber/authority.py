"""What a client must know of the CA before it enrols."""

import base64

from fastapi import APIRouter
from pydantic import BaseModel

from dojang.web.desk import OfficeDep

router = APIRouter(prefix="/v1", tags=["certificates"])


class AuthorityView(BaseModel):
    """The CA, as a client needs it: base64 of DER throughout.

    `transport_key` is the SubjectPublicKeyInfo that R is sealed to; `transport_certificate` vouches for it; `chain`
    goes from the issuing CA to the root; `ca_folder` names the folder under NPKI.
    """

    environment: str
    ca_folder: str
    transport_key: str
    transport_certificate: str
    chain: list[str]


@router.get("/authority")
def show_authority(office: OfficeDep) -> AuthorityView:
    """Show the CA's transport key and chain."""
    published = office.published
    return AuthorityView(
        environment=office.settings.environment.value,
        ca_folder=published.ca_folder,
        transport_key=_base64(published.transport_spki_der),
        transport_certificate=_base64(published.transport_der),
        chain=[_base64(one) for one in published.chain_der],
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
