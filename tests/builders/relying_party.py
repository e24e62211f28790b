"""A relying party of a town: registered on the command line, asking over HTTP like anybody's program."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from builders.journey import PATIENCE_S, Town

BACK = "https://shop.example/back"
VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
OFFICER = "town.officer"


@dataclass(frozen=True, slots=True)
class Party:
    """A registered party; `http` shows its client id and secret."""

    town: Town
    client_id: str
    secret: str = field(repr=False)
    http: httpx.Client

    def verify(self, body: dict[str, Any]) -> httpx.Response:
        """Ask about one signature."""
        return self.http.post("/v1/verifications", json=body)

    def opens_sign_in(self, **changes: str) -> str:
        """Send a customer to sign in; return the request's id, as the app finds it in the address."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": "openid certificate",
            "state": "xyz",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        answer = self.http.get("/oidc/authorize", params=asked)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2]

    def statement(self, request_id: str) -> bytes:
        """What the customer is to sign."""
        return base64.b64decode(self.http.get(f"/v1/sign-in-requests/{request_id}").json()["statement"])

    def sends_signature(self, request_id: str, *, signature: bytes, certificate_der: bytes) -> httpx.Response:
        """Hand the customer's signature in, as the app does."""
        body = {"signature": text(signature), "certificate": text(certificate_der)}
        return self.http.post(f"/v1/sign-in-requests/{request_id}/signature", json=body)

    def redeems(self, code: str) -> dict[str, Any]:
        """Return the claims of the ID token, read without checking: `test_oidc` does that with a certified client."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        payload = self.http.post("/oidc/token", data=form).raise_for_status().json()["id_token"].split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims


def registered_party(town: Town, name: str = "견본 상점") -> Party:
    """Register a party as the bank's officer does."""
    town.dojang("operator", "add", OFFICER, "officer", "--password", "an officer of long standing")
    added = town.dojang("relying-party", "add", name, "--redirect", BACK, "--as", OFFICER)
    assert added.exit_code == 0, added.output
    client_id, secret = (line.split()[1] for line in added.output.splitlines())
    http = httpx.Client(
        base_url=town.settings.public_url,
        auth=(client_id, secret),
        timeout=PATIENCE_S,
        trust_env=False,
        follow_redirects=False,
    )
    return Party(town, client_id, secret, http)


def text(value: bytes) -> str:
    """Base64."""
    return base64.b64encode(value).decode()


def told(location: str) -> dict[str, str]:
    """What a party is told at its address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
