"""Who asks as a relying party: client id and secret by HTTP Basic. Source: RFC 6749 section 2.3.1."""

import base64
import binascii
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from dojang.controls.relying_parties import usecases as parties
from dojang.controls.relying_parties.model import PartyRefused, RelyingParty
from dojang.web.desk import OfficeDep
from dojang.web.problem import RequestMalformed

_basic = HTTPBasic(auto_error=False, description="Client id and secret of a registered relying party")


def party_of(
    request: Request, office: OfficeDep, credentials: Annotated[HTTPBasicCredentials | None, Depends(_basic)]
) -> RelyingParty:
    """Return the relying party that asks. Raises `PartyRefused`."""
    if credentials is None:
        raise PartyRefused()
    party = parties.authenticate_party(credentials.username, credentials.password, store=office.store)
    request.state.actor = f"relying_party:{party.client_id}"
    return party


async def credentials_if_shown(request: Request) -> HTTPBasicCredentials | None:
    """Return what a caller shows of its own accord; the description of the interface does not ask for it."""
    return await _basic(request)


def party_if_shown(
    request: Request,
    office: OfficeDep,
    credentials: Annotated[HTTPBasicCredentials | None, Depends(credentials_if_shown)],
) -> RelyingParty | None:
    """Return the relying party that asks, or None for somebody who shows nothing. Raises `PartyRefused`."""
    return None if credentials is None else party_of(request, office, credentials)


Party = Annotated[RelyingParty, Depends(party_of)]
PartyIfShown = Annotated[RelyingParty | None, Depends(party_if_shown)]


def bytes_of(text: str, where: str) -> bytes:
    """Return what a field of the body holds in base64. Raises `RequestMalformed`."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RequestMalformed(where=[f"body.{where}"]) from None
