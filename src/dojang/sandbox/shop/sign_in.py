"""Signing in by OpenID Connect: authorization code flow with PKCE. Sources: OpenID Connect Core, RFC 7636, RFC 9207."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dojang.sandbox.shop.office import Office, OfficeRefused

SCOPES = "openid profile certificate"  # who it is, their name, and the certificate: by it we write and follow renewals
ALGORITHMS = ["ES256"]
CERTIFICATE_SIGN_IN = "urn:dojang:acr:joint-certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A sign-in under way, kept on our side under the visitor's cookie: what comes back must fit it."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def as_document(self) -> dict[str, str]:
        """Return it for the ledger."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who signed in. `subject` is ours alone: other sites are told another one. `serial` is the certificate's."""

    subject: str
    name: str
    serial: str


def address_to_sign_in(attempt: Attempt, office: Office) -> str:
    """Return where to send the visitor."""
    asked = {
        "response_type": "code",
        "client_id": office.registration.client_id,
        "redirect_uri": back_address(office),
        "scope": SCOPES,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": create_s256_code_challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    return f"{office.registration.issuer}/oidc/authorize?{urlencode(asked)}"


def back_address(office: Office) -> str:
    """Return where the visitor comes back to: registered, byte by byte."""
    return f"{office.registration.address}/back"


def finish(attempt: Attempt, told: Mapping[str, str], office: Office) -> Identity:
    """Return who came back. Raises `OfficeRefused`.

    1. The answer belongs to this visitor's attempt (`state`) and comes from our office (`iss`).
    2. The code is redeemed with the verifier that only we know.
    3. The identity token is the office's, for us, for this attempt (`nonce`), and says "by certificate".
    """
    same = hmac.compare_digest(told.get("state", "").encode(), attempt.state.encode())
    if not same or told.get("iss") != office.registration.issuer:
        raise OfficeRefused("shop.not_our_attempt")
    if "code" not in told:
        raise OfficeRefused(told.get("error", "shop.no_code"))
    form = {
        "grant_type": "authorization_code",
        "code": told["code"],
        "redirect_uri": back_address(office),
        "code_verifier": attempt.verifier,
    }
    token = office.ask("POST", "/oidc/token", data=form).json()["id_token"]
    claims = read_identity_token(token, attempt.nonce, office)
    return Identity(subject=claims["sub"], name=claims["name"], serial=claims["certificate"]["serial"])


def read_identity_token(token: str, nonce: str, office: Office) -> dict[str, Any]:
    """Return the claims of a token that holds (OpenID Connect Core section 3.1.3.7). Raises `OfficeRefused`."""
    keys = KeySet.import_key_set(office.ask("GET", "/oidc/keys").json())
    expected = jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": office.registration.issuer},
        aud={"essential": True, "value": office.registration.client_id},
        exp={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
        acr={"essential": True, "value": CERTIFICATE_SIGN_IN},
    )
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        expected.validate(claims)
    except (JoseError, ValueError):
        raise OfficeRefused("shop.token_refused") from None
    return claims
