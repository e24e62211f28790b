"""Authlib over an office: what it asks about parties, codes and keys, answered from the store.

Authlib judges requests (RFC 6749, RFC 7636, OpenID Connect Core); what they mean is decided in
`lifecycle.reliance.sign_in`. Must not know HTTP: `web.oidc` has the routes.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

from dojang.bootstrap import Office
from dojang.controls.relying_parties.model import PartyState, RelyingParty
from dojang.controls.relying_parties.rules import is_secret_of
from dojang.lifecycle.reliance.sign_in import claims, usecases
from dojang.lifecycle.reliance.sign_in.model import CodeRefused, SignInRequest
from dojang.lifecycle.reliance.subject import subject_for

ALGORITHM = "ES256"
ID_TOKEN_S = 300
Reply = tuple[int, Any, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):  # type: ignore[misc]  # Authlib is untyped
    """A relying party as Authlib asks about it."""

    party: RelyingParty

    def get_client_id(self) -> str:
        """See the mixin."""
        return self.party.client_id

    def get_default_redirect_uri(self) -> str | None:
        """None: every request names its address."""
        return None

    def get_allowed_scope(self, scope: str) -> str:
        """Return those of the scopes asked for that there are; others are ignored (OpenID Connect Core 3.1.2.1)."""
        return " ".join(one for one in (scope or "").split() if one in claims.SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare byte by byte (RFC 9700 section 2.1)."""
        return redirect_uri in self.party.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time."""
        return is_secret_of(self.party, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """A secret is always wanted."""
        return endpoint == "token" and method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        """Code flow only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Code flow only; there is nothing to refresh."""
        return grant_type == "authorization_code"


@dataclass(frozen=True, slots=True)
class Code:
    """A sign-in request as Authlib asks about it: the code, and the user behind it."""

    request: SignInRequest

    @property
    def code_challenge(self) -> str:
        """See RFC 7636."""
        return self.request.asked.code_challenge

    @property
    def code_challenge_method(self) -> str:
        """The only one there is."""
        return "S256"

    def get_redirect_uri(self) -> str:
        """The address of the authorization request; the token request repeats it."""
        return self.request.asked.redirect_uri

    def get_scope(self) -> str:
        """What was asked for."""
        return " ".join(self.request.asked.scopes)

    def get_nonce(self) -> str | None:
        """The party's own."""
        return self.request.asked.nonce

    def get_auth_time(self) -> int | None:
        """When the signature was made."""
        return None if self.request.proof is None else int(self.request.proof.proven_at.timestamp())

    def get_acr(self) -> str:
        """A certificate of ours."""
        return claims.ACR

    def get_amr(self) -> list[str]:
        """Proof of possession of a key kept in software (RFC 8176)."""
        return list(claims.AMR)


class PartyRequest(OAuth2Request):  # type: ignore[misc]  # Authlib is untyped
    """A request as Authlib reads it. `parameters` come from the query, or from a form.

    The scheme it sees is always https: whether the office may be reached in clear is `bootstrap`'s to decide.
    """

    def __init__(self, method: str, path: str, parameters: list[tuple[str, str]], headers: Mapping[str, str]) -> None:
        given = {"Authorization": headers["authorization"]} if "authorization" in headers else {}
        super().__init__(method, f"https://office.invalid{path}", headers=given)
        self.payload = _Payload(parameters)

    @property
    def form(self) -> dict[str, str]:
        """What a form held."""
        return dict(self.payload.data)

    @property
    def args(self) -> dict[str, str]:
        """What the query held."""
        return dict(self.payload.data)


class _Payload(BasicOAuth2Payload):  # type: ignore[misc]  # Authlib is untyped
    def __init__(self, parameters: list[tuple[str, str]]) -> None:
        super().__init__(dict(parameters))
        lists: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in parameters:
            lists[name].append(value)
        self._datalist = lists


class _Grant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib is untyped
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        office: Office = self.server.office
        found = usecases.find_by_code(code, client.get_client_id(), store=office.store, now=office.clock.now())
        return None if found is None else Code(found)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It was redeemed with the token."""

    def authenticate_user(self, authorization_code: Code) -> Code:
        return authorization_code


class _OpenId(OpenIDCode):  # type: ignore[misc]  # Authlib is untyped
    def __init__(self, server: "OidcServer") -> None:
        super().__init__(require_nonce=False)
        self._server = server

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        client_id = request.payload.client_id
        return self._server.office.store.read(lambda tx: tx.sign_ins.knows_nonce(client_id, nonce))

    def resolve_client_private_key(self, client: Client) -> ECKey:
        del client
        return self._server.key

    def get_client_algorithm(self, client: Client) -> str:
        del client
        return ALGORITHM

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": self.get_client_algorithm(client), "kid": self._server.key_id}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        now = int(self._server.office.clock.now().timestamp())
        issuer = self._server.office.settings.public_url
        return {"iss": issuer, "aud": [client.get_client_id()], "iat": now, "exp": now + ID_TOKEN_S}

    def generate_user_info(self, user: Code, scope: str) -> dict[str, Any]:
        del scope
        return claims_of(self._server.office, user.request)


class _Pkce(CodeChallenge):  # type: ignore[misc]  # Authlib is untyped
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Every request proves its origin, whoever the client is (RFC 9700 section 2.1.1)."""
        if not grant.request.payload.data.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'")
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("Unsupported 'code_challenge_method'")
        super().validate_code_challenge(grant, redirect_uri)


class OidcServer(AuthorizationServer):  # type: ignore[misc]  # Authlib is untyped
    """Authlib's server over an office."""

    def __init__(self, office: Office) -> None:
        super().__init__(scopes_supported=None)
        self.office = office
        pem = office.identity_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.key = ECKey.import_key(pem)
        self.key_id = self.key.thumbprint()
        self.register_grant(_Grant, [_OpenId(self), _Pkce(required=True)])
        self.register_token_generator("default", self._make_token)

    def query_client(self, client_id: str) -> Client | None:
        """Return an active party."""
        if len(client_id) > 64 or "\x00" in client_id:
            return None
        party = self.office.store.read(lambda tx: tx.parties.find_party(client_id))
        return Client(party) if party is not None and party.state is PartyState.ACTIVE else None

    def create_oauth2_request(self, request: PartyRequest) -> PartyRequest:
        """They come as what Authlib wants already."""
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Reply:
        """Hand over what is to be answered."""
        return status, body, headers

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""

    def save_token(self, token: Mapping[str, Any], request: OAuth2Request) -> None:
        """It was stored as it was made."""

    def _make_token(self, *, user: Code, scope: str, **_: object) -> dict[str, Any]:
        office = self.office
        try:
            redeemed = usecases.redeem(
                user.request.id,
                store=office.store,
                policy=office.settings.policy.sign_in,
                chance=office.chance,
                now=office.clock.now(),
            )
        except CodeRefused:
            raise InvalidGrantError("Invalid 'code' in request.") from None
        return {
            "token_type": "Bearer",
            "access_token": redeemed.token,
            "expires_in": office.settings.policy.sign_in.token_seconds,
            "scope": scope,
        }


def claims_of(office: Office, request: SignInRequest) -> dict[str, Any]:
    """Return what the party learns: a subject of its own for this customer, and what it asked for."""
    proof = request.proof
    if proof is None:
        raise CodeRefused()
    certificate_der = office.store.read(lambda tx: tx.owners.find_certificate(proof.serial))
    subject = subject_for(request.asked.client_id, proof.subscriber_id, cipher=office.cipher)
    return {"sub": subject, **claims.claims_of(request.asked.scopes, certificate_der)}
