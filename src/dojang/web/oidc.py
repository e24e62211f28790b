"""OpenID Connect for relying parties: discovery, keys, authorization, token, claims.

Authlib judges the requests (RFC 6749, RFC 7636, OpenID Connect Core); what they mean for us is decided in
`lifecycle.reliance.sign_in`. Only what is claimed in the discovery document is there: code flow, PKCE with S256, signed
ID tokens, registered parties with a secret.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from authlib.oauth2.rfc6749 import (
    OAuth2Error,
)
from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import JSONResponse, RedirectResponse

from dojang.bootstrap import Office
from dojang.controls.access.model import TooManyRequests
from dojang.kernel.errors import DojangError
from dojang.lifecycle.reliance.sign_in import claims, usecases
from dojang.lifecycle.reliance.sign_in.model import Asked, AuthorizationRefused, CodeRefused, TokenRefused
from dojang.web.desk import OfficeDep
from dojang.web.oidc_server import ALGORITHM, OidcServer, PartyRequest, claims_of
from dojang.web.refusals import audit_refusal

router = APIRouter(tags=["relying parties"])

MAX_PARAMETER_CHARACTERS = 2048
REFUSED_PAGE = "/authorize/refused"
_bearer = HTTPBearer(auto_error=False, description="The access token of POST /oidc/token")


def server_of(request: Request, office: OfficeDep) -> OidcServer:
    """Return the server of this process, made at its first request."""
    kept = getattr(request.app.state, "oidc", None)
    if kept is None:
        kept = request.app.state.oidc = OidcServer(office)
    server: OidcServer = kept
    return server


Server = Annotated[OidcServer, Depends(server_of)]


@router.get("/.well-known/openid-configuration")
def describe(office: OfficeDep) -> dict[str, Any]:
    """Return the discovery document (OpenID Connect Discovery section 3)."""
    issuer = office.settings.public_url
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oidc/authorize",
        "token_endpoint": f"{issuer}/oidc/token",
        "userinfo_endpoint": f"{issuer}/oidc/userinfo",
        "jwks_uri": f"{issuer}/oidc/keys",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(claims.SCOPES),
        "claims_supported": list(claims.CLAIMS),
        "acr_values_supported": [claims.ACR],
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "ui_locales_supported": ["ko", "en"],
    }


@router.get("/oidc/keys")
def show_keys(server: Server) -> dict[str, Any]:
    """Return the keys identity tokens are signed with (RFC 7517)."""
    public = server.key.as_dict(private=False)
    return {"keys": [{**public, "kid": server.key_id, "alg": ALGORITHM, "use": "sig"}]}


@router.get("/oidc/authorize", response_class=Response)
def authorize(request: Request, server: Server, office: OfficeDep) -> Response:
    """Take an authorization request and send the customer to the page that asks for a signature.

    What is wrong with it is told to the party at its registered address; where that is in doubt, to the customer.
    """
    parameters = parse_qsl(request.url.query, keep_blank_values=True)
    if any(len(value) > MAX_PARAMETER_CHARACTERS or "\x00" in value for _, value in parameters):
        _audit(office, request, AuthorizationRefused(error="invalid_request"))
        return RedirectResponse(REFUSED_PAGE, status_code=303)
    asked_for = PartyRequest("GET", "/oidc/authorize", parameters, request.headers)
    try:
        grant = server.get_consent_grant(asked_for)
    except OAuth2Error as error:
        _audit(office, request, AuthorizationRefused(error=error.error))
        return _refuse(office, error)
    data = asked_for.payload.data
    opened = usecases.open_request(
        Asked(
            client_id=data["client_id"],
            redirect_uri=grant.redirect_uri,
            scopes=tuple(asked_for.scope.split()),
            state=data.get("state"),
            nonce=data.get("nonce"),
            code_challenge=data["code_challenge"],
        ),
        party_name=asked_for.client.party.name,
        issuer=office.settings.public_url,
        store=office.store,
        policy=office.settings.policy.sign_in,
        chance=office.chance,
        now=office.clock.now(),
    )
    return RedirectResponse(f"/authorize/{opened.id}", status_code=303)


def _audit(office: Office, request: Request, refusal: DojangError) -> None:
    """Record what is answered in OAuth's own words. Raises `TooManyRequests` to who is wrong again and again."""
    told = audit_refusal(office, request, refusal)
    if isinstance(told, TooManyRequests):
        raise told


def _refuse(office: Office, error: OAuth2Error) -> Response:
    if not getattr(error, "redirect_uri", None):
        return RedirectResponse(REFUSED_PAGE, status_code=303)
    told = {"error": error.error, "error_description": str(error.description or ""), "state": error.state}
    address = answer_address(error.redirect_uri, office, {name: value for name, value in told.items() if value})
    return RedirectResponse(address, status_code=303)


def answer_address(redirect_uri: str, office: Office, told: Mapping[str, str]) -> str:
    """Return the party's address with what it is told, and who says so (RFC 9207)."""
    parts = urlsplit(redirect_uri)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *told.items(), ("iss", office.settings.public_url)]
    return urlunsplit(parts._replace(query=urlencode(query)))


async def form_of(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a form."""
    form = await request.form()
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


@router.post("/oidc/token", response_class=JSONResponse)
def redeem_code(
    request: Request, server: Server, office: OfficeDep, form: Annotated[list[tuple[str, str]], Depends(form_of)]
) -> JSONResponse:
    """Give a party its ID token for a code (RFC 6749 section 4.1.3). Refusals are as section 5.2 has them."""
    asked_for = PartyRequest("POST", "/oidc/token", form, request.headers)
    status, body, headers = server.create_token_response(asked_for)
    if status >= 400:
        _audit(office, request, CodeRefused())
    return JSONResponse(body, status_code=status, headers=dict(headers) | {"Cache-Control": "no-store"})


@router.get("/oidc/userinfo")
def show_claims(
    request: Request, office: OfficeDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> JSONResponse:
    """Return the claims once more, for the access token."""
    token = credentials.credentials if credentials else ""
    found = usecases.find_by_token(token, store=office.store, now=office.clock.now())
    if found is None:
        _audit(office, request, TokenRefused())
        refused = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return JSONResponse({"error": "invalid_token"}, status_code=401, headers=refused)
    return JSONResponse(claims_of(office, found), headers={"Cache-Control": "no-store"})
