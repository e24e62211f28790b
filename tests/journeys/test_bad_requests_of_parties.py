"""What relying parties and those who pretend to be one get wrong: a code for each, and an entry in the audit log.

Walks every route of theirs; a route that nobody walks fails the last test.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from builders.journey import Town
from builders.relying_party import BACK, CHALLENGE, VERIFIER, Party, registered_party, text
from dojang.adapters.store.audit_log import AuditLogView
from dojang.bootstrap import Office
from dojang.web.app import ROUTERS, Audience

JUNK = text(b"\x30\x82junk that is no DER")
NOTHING_TO_GET_WRONG = {"GET /.well-known/openid-configuration", "GET /oidc/keys"}
TAKES_JSON = {
    "/v1/verifications": {"format": "cms", "signature": JUNK},
    "/v1/signature-requests": {"kind": "text", "content": text(b"I agree."), "purpose": "a loan"},
    "/v1/identity-checks": {"certificate": JUNK, "number": "9001011979999", "r": text(bytes(20))},
}
OF_PARTIES = (
    *(f"POST {path}" for path in TAKES_JSON),
    "GET /v1/signature-requests/{request_id}",
    "GET /v1/signature-requests/{request_id}/result",
    "GET /v1/recipients/{serial}",
    "PUT /v1/known-certificates/{serial}",
    "DELETE /v1/known-certificates/{serial}",
    "GET /v1/known-certificates",
    "GET /v1/events",
    "GET /v1/webhook",
    "POST /v1/webhook/secret",
    "POST /v1/webhook/resume",
)
OVERSIZED = b"x" * (24 * 1024 * 1024)


@dataclass
class Desk:
    """The party, the office's audit log, and the routes that were walked."""

    town: Town
    party: Party
    office: Office
    walked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._seen = 0
        self.new_refusals()

    def new_refusals(self) -> list[dict[str, str]]:
        """Refusals the log has gained since the last look."""
        with self.office.database.reading() as connection:
            stored = list(AuditLogView(connection).leaves(self._seen))
        self._seen += len(stored)
        return [
            {"actor": one.leaf.actor, **json.loads(one.leaf.data)}
            for one in stored
            if one.leaf.tag == "web:request:refused"
        ]

    def refuses(
        self, method: str, path: str, status: int, code: str, *, route: str = "", actor: str = "", **sent: Any
    ) -> httpx.Response:
        """Ask, and see the refusal and its entry."""
        answer = self.party.http.request(method, path, **sent)
        assert answer.status_code == status, answer.text
        if answer.headers.get("content-type") == "application/problem+json":
            assert answer.json()["code"] == code
        self.walked.add(f"{method} {route or path}")
        (entry,) = [one for one in self.new_refusals() if one["route"] == f"{method} {route or path}"]
        assert entry["code"] == code
        assert entry["actor"] == (actor or f"relying_party:{self.party.client_id}")
        return answer


@pytest.fixture(scope="module")
def desk(town: Town) -> Iterator[Desk]:
    party = registered_party(town, "서투른 이용기관")
    with town.at_the_desk() as office:
        yield Desk(town, party, office)


@pytest.mark.parametrize("path", TAKES_JSON)
def test_what_is_no_request_of_theirs_has_its_code(desk: Desk, path: str) -> None:
    json_type = {"Content-Type": "application/json"}
    for unread in (b"{", b"\xff\xfe"):  # before anybody was asked who they are
        desk.refuses("POST", path, 400, "request.malformed", actor="anonymous", content=unread, headers=json_type)
    desk.refuses("POST", path, 413, "request.too_large", actor="anonymous", content=OVERSIZED, headers=json_type)
    desk.refuses("POST", path, 400, "request.malformed", content=b"[]", headers=json_type)
    desk.refuses("POST", path, 400, "request.malformed", json={**TAKES_JSON[path], "surplus": 1})
    desk.refuses("POST", path, 400, "request.malformed", json={})
    for other in ("application/x-www-form-urlencoded", "text/plain", "application/pdf"):
        sent_as = {"Content-Type": other}
        desk.refuses("POST", path, 415, "request.unsupported_media_type", content=b"format=cms", headers=sent_as)


@pytest.mark.parametrize("route", OF_PARTIES)
def test_strangers_are_refused_whatever_they_send(desk: Desk, route: str) -> None:
    method, _, path = route.partition(" ")
    sent = {"json": TAKES_JSON[path]} if path in TAKES_JSON else {}
    for auth in (("nobody", "nothing"), (desk.party.client_id, "wrong")):
        address = path.replace("{serial}", "4711").replace("{request_id}", "0" * 32)
        desk.refuses(method, address, 401, "relying_party.refused", route=path, actor="anonymous", auth=auth, **sent)


def test_malformed_der_is_never_anybody_elses_error(desk: Desk) -> None:
    verify = "/v1/verifications"
    bare = {"format": "pkcs1", "signature": JUNK, "content": JUNK, "certificate": JUNK}
    for body in ({"format": "cms", "signature": JUNK}, {"format": "pdf", "signature": JUNK}, bare):
        desk.refuses("POST", verify, 422, "reliance.signature_unreadable", json=body)
    desk.refuses("POST", verify, 400, "request.malformed", json={"format": "cms", "signature": "not base64!"})
    desk.refuses("POST", verify, 422, "reliance.signed_content_needed", json={"format": "pkcs1", "signature": JUNK})
    check = TAKES_JSON["/v1/identity-checks"]
    desk.refuses("POST", "/v1/identity-checks", 422, "npki.malformed", json=check)
    desk.refuses("POST", "/v1/identity-checks", 400, "request.malformed", json={**check, "r": "?"})
    desk.refuses("POST", "/v1/identity-checks", 400, "request.malformed", json={**check, "number": "nine hundred"})


def test_nobody_is_written_to_by_guessing(desk: Desk) -> None:
    route = "/v1/recipients/{serial}"
    desk.refuses("GET", "/v1/recipients/4711", 404, "recipient.unknown", route=route)
    for serial in ("0x10", "-1", "9" * 30):
        desk.refuses("GET", f"/v1/recipients/{serial}", 400, "request.malformed", route=route)


def test_nothing_but_a_document_is_put_before_a_customer(desk: Desk) -> None:
    path, asked_for = "/v1/signature-requests", TAKES_JSON["/v1/signature-requests"]
    key = {"Idempotency-Key": "order-4711"}
    desk.refuses("POST", path, 400, "request.malformed", json=asked_for)  # no key
    desk.refuses("POST", path, 400, "request.malformed", json={**asked_for, "kind": "digest"}, headers=key)
    desk.refuses("POST", path, 400, "request.malformed", json={**asked_for, "content": "?"}, headers=key)
    pdf = {**asked_for, "kind": "pdf"}
    desk.refuses("POST", path, 422, "signature_document.malformed", json=pdf, headers=key)
    assert desk.party.http.post(path, json=asked_for, headers=key).status_code == 201
    another = {**asked_for, "purpose": "another loan"}
    desk.refuses("POST", path, 409, "signature_request.idempotency_key_reused", json=another, headers=key)
    elsewhere = {**asked_for, "redirect_uri": "https://elsewhere.example/"}
    fresh = {"Idempotency-Key": "order-4712"}
    desk.refuses("POST", path, 422, "signature_request.return_address_unknown", json=elsewhere, headers=fresh)
    for route in (f"{path}/{{request_id}}", f"{path}/{{request_id}}/result"):
        nobodys, bent = route.format(request_id="0" * 32), route.format(request_id="x")
        desk.refuses("GET", nobodys, 404, "signature_request.not_found", route=route)
        desk.refuses("GET", bent, 400, "request.malformed", route=route)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nobodys_certificate_is_followed(desk: Desk, method: str) -> None:
    route = "/v1/known-certificates/{serial}"
    desk.refuses(method, "/v1/known-certificates/4711", 404, "known_certificate.not_found", route=route)
    desk.refuses(method, "/v1/known-certificates/0x10", 400, "request.malformed", route=route)


def test_cursors_are_not_invented(desk: Desk) -> None:
    for path in ("/v1/events", "/v1/known-certificates"):
        for query in ({"after": "-1"}, {"after": "1e9"}, {"limit": 0}, {"limit": "many"}):
            desk.refuses("GET", path, 400, "request.malformed", params=query)


def test_who_has_no_webhook_has_no_secret_for_it(desk: Desk) -> None:
    for path in ("/v1/webhook/secret", "/v1/webhook/resume"):
        desk.refuses("POST", path, 404, "party_events.no_webhook")


# --- signing in -----------------------------------------------------------------------------------------------------


def asked(desk: Desk, **changes: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": desk.party.client_id,
        "redirect_uri": BACK,
        "scope": "openid",
        "state": "xyz",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "nobody"}, None),
        ({"redirect_uri": f"{BACK}/elsewhere"}, None),
        ({"redirect_uri": "javascript:alert(1)"}, None),
        ({"state": "x" * 3000}, None),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "openid\x00"}, None),
    ],
)
def test_a_wrong_authorization_request_is_recorded(desk: Desk, changes: dict[str, str], error: str | None) -> None:
    code = "sign_in_request.authorization_refused"
    answer = desk.refuses(
        "GET", "/oidc/authorize", 303, code, actor="anonymous", params=asked(desk, **changes), auth=None
    )
    told = httpx.URL(answer.headers["location"])
    if error is None:  # where the address is in doubt, nobody is sent there
        assert told.path == "/authorize/refused"
    else:
        assert (f"{told.scheme}://{told.host}{told.path}", told.params["error"]) == (BACK, error)


def test_a_replayed_nonce_is_refused_and_recorded(desk: Desk) -> None:
    assert "refused" not in desk.party.opens_sign_in(nonce="only-once")
    code = "sign_in_request.authorization_refused"
    answer = desk.refuses(
        "GET", "/oidc/authorize", 303, code, actor="anonymous", params=asked(desk, nonce="only-once"), auth=None
    )
    assert httpx.URL(answer.headers["location"]).params["error"] == "invalid_request"


def test_forged_codes_and_tokens_are_refused_and_recorded(desk: Desk) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code_verifier": VERIFIER}
    refused = {"actor": "anonymous", "code": "sign_in_request.code_refused"}
    forged = desk.refuses("POST", "/oidc/token", 400, **refused, data={**form, "code": "f" * 64})
    assert forged.json()["error"] == "invalid_grant"
    wrong_grant = desk.refuses("POST", "/oidc/token", 400, **refused, data={**form, "grant_type": "password"})
    assert wrong_grant.json()["error"] == "unsupported_grant_type"
    not_a_form = desk.refuses("POST", "/oidc/token", 400, **refused, json={**form, "code": "f" * 64})
    assert "error" in not_a_form.json()
    stranger = desk.refuses(
        "POST", "/oidc/token", 401, **refused, data={**form, "code": "f" * 64}, auth=(desk.party.client_id, "wrong")
    )
    assert stranger.json()["error"] == "invalid_client"
    token = {"Authorization": f"Bearer {'f' * 64}"}
    code = "sign_in_request.token_refused"
    answer = desk.refuses("GET", "/oidc/userinfo", 401, code, actor="anonymous", headers=token, auth=None)
    assert answer.json()["error"] == "invalid_token"


def test_every_route_of_theirs_was_walked(desk: Desk) -> None:
    routes = {
        f"{method} {route.path}"
        for router in ROUTERS[Audience.RELYING_PARTY]
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert {re.sub(r":path}", "}", one) for one in routes} - desk.walked == NOTHING_TO_GET_WRONG
