"""Default deny: every route wants a session and a role, unless it stands in `PUBLIC` with a reason."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from builders.edge import Caller, EdgeOffice, framework_of
from dojang.config import Environment
from dojang.controls.access.model import Role
from dojang.web.app import ROUTERS, Audience, assemble, create_app

PUBLIC = {
    "POST /v1/accounts": "who signs up has no account yet; limited by address",
    "POST /v1/sessions": "who signs in has no session yet; limited by address, tries counted",
    "POST /v1/passkey-challenges": "who signs in has no session yet; limited by address",
    "POST /v1/passkey-sessions": "who signs in has no session yet; limited by address",
    "POST /v1/support/reports": "failures before sign-in are handed over too; limited by address",
    "GET /v1/support/reports/{case_id}": "wants the id of the request that failed; limited by address",
    "GET /v1/devices/wipe": "a removed device has no session; holds serial numbers for the device that asks",
    "POST /v1/hand-offs/claims": "the phone has no session; limited by address, the secret cannot be guessed",
    "GET /v1/hand-offs/current": "has a token of its own, tested in test_hand_offs",
    "PUT /v1/hand-offs/current/photographs/{side}": "as above",
    "GET /v1/authority": "the CA's certificates are meant for everybody",
    "GET /v1/consents": "texts are read before an account is opened",
    "GET /v1/successions/{serial}": "relying parties learn from it which certificate followed which; holds no name",
    "GET /v1/notices/unsubscribe/{token}": "a mail program has no account; the token is 256 bits and works once",
    "POST /v1/notices/unsubscribe/{token}": "as above (RFC 8058)",
    "GET /ca/issuing.cer": "its address stands in certificates",
    "GET /ca/root.cer": "its address stands in certificates",
    "GET /cps": "its address stands in certificates",
    "GET /crl/root.crl": "its address stands in certificates",
    "GET /crl/issuing.crl": "its address stands in certificates",
    "GET /crl/issuing.delta.crl": "its address stands in the complete list",
    "GET /crl/issuing/{partition}.crl": "its address stands in certificates",
    "GET /crl/issuing/{partition}.delta.crl": "its address stands in the partition's complete list",
    "GET /v1/status": "says which neighbour is away, to anybody",
    "POST /tsa": "its address is meant for everybody; limited by address, tested in test_tsa",
    "GET /.well-known/openid-configuration": "describes the interface, which is no secret",
    "GET /oidc/keys": "public keys",
    "GET /oidc/authorize": "where a party sends its customers; takes registered addresses only",
    "POST /oidc/token": "shows client id and secret in OpenID Connect's own way; tested in test_oidc",
    "GET /oidc/userinfo": "shows an access token; tested in test_oidc",
    "GET /v1/sign-in-requests/{request_id}": "whoever signs proves who they are by it; the id cannot be guessed",
    "POST /v1/sign-in-requests/{request_id}/signature": "as above; tries are counted",
    "POST /v1/sign-in-requests/{request_id}/refusal": "as above",
    "GET /v1/signings/{request_id}/progress": "the PC that shows the QR code has no session; says how far it is",
    "POST /ocsp": "its address stands in certificates",
    "GET /ocsp/{encoded}": "its address stands in certificates",
    "GET /healthz": "the process supervisor has no account",
    "GET /readyz": "the load balancer has no account",
    "GET /metrics": "has a token of its own, tested in test_house",
    "GET /problems/{code}": "explains what was answered to anybody",
    "GET /openapi.json": "describes the interface, which is no secret",
    "HEAD /openapi.json": "as above",
}
# relying parties show id and secret instead
PARTY = {
    "POST /v1/verifications",
    "POST /v1/identity-checks",
    "GET /v1/recipients/{serial}",
    "PUT /v1/known-certificates/{serial}",
    "DELETE /v1/known-certificates/{serial}",
    "GET /v1/known-certificates",
    "GET /v1/events",
    "GET /v1/webhook",
    "POST /v1/webhook/secret",
    "POST /v1/webhook/resume",
    "POST /v1/signature-requests",
    "GET /v1/signature-requests/{request_id}",
    "GET /v1/signature-requests/{request_id}/result",
}
WINDOW = " /sandbox-window/"  # neighbours that are simulated belong to whoever tries the office out
SIGN_OUT = "DELETE /v1/sessions/current"  # ending a session that has ended already is no error
SIGN_OUT_EVERYWHERE = "DELETE /v1/sessions"  # would end the sessions of the walk itself
ROLES = {
    "/v1/operator/reviews": {Role.REVIEWER},
    "/v1/operator/frozen-cases": {Role.REVIEWER},
    "/v1/operator/certificates": {Role.OFFICER},
    "/v1/operator/tickets": {Role.SUPPORT},
    "/v1/operator/audit": {Role.AUDITOR},
    "/v1/sessions/current": set(Role),
}


def routes(app: Any) -> Iterator[str]:
    """Every route of an application as "METHOD /path/{parameter}"."""
    for one in iter_route_contexts(app.routes):
        for method in sorted(one.methods or {"ANY"}):
            yield f"{method} {one.path.replace(':path', '')}"


def everything(edge: EdgeOffice) -> list[str]:
    """Every route of the office as it is served, the sandbox's window (tested below) apart."""
    served = create_app(edge.office, Audience)
    return sorted(route for route in routes(framework_of(served)) if WINDOW not in route)


def filled(route: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    path = path.replace("{kind}", "resident_card").replace("{side}", "front")
    return method, re.sub(r"\{\w+\}", "1", path)


def test_the_walk_sees_every_route_of_the_description_and_more(edge: EdgeOffice) -> None:
    app = assemble(edge.office, [router for routers in ROUTERS.values() for router in routers])
    described = {f"{method.upper()} {path}" for path, one in app.openapi()["paths"].items() for method in one}
    assert described < set(routes(app))
    assert "GET /healthz" in set(routes(app)) - described


def test_what_is_public_exists(edge: EdgeOffice) -> None:
    assert PUBLIC.keys() <= set(everything(edge))


def test_every_other_route_wants_a_session(edge: EdgeOffice, caller: Caller) -> None:
    unprotected = []
    for route in everything(edge):
        if route not in PUBLIC and route not in PARTY:
            for token in ("",) if route == SIGN_OUT else ("", "not-a-token"):
                answer = caller.signed_in(token)(*filled(route))
                if (answer.status, answer.code) != (401, "access.session_required"):
                    unprotected.append((route, answer.status))
    assert unprotected == []


def test_routes_of_relying_parties_want_id_and_secret(
    edge: EdgeOffice, caller: Caller, callers: dict[Role, Caller]
) -> None:
    for route in PARTY:
        for one in (caller, *callers.values()):
            for headers in ({}, {"Authorization": "Basic Zm9vOmJhcg=="}):
                answer = one.signed_in("")(*filled(route), headers=headers)
                assert (answer.status, answer.code) == (401, "relying_party.refused")
                assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_route_added_without_protection_would_be_found(edge: EdgeOffice) -> None:
    app = assemble(edge.office, ROUTERS[Audience.PROTOCOLS])

    def wide_open() -> dict[str, str]:
        return {}

    app.add_api_route("/v1/wide-open", wide_open)
    assert set(routes(app)) - set(everything(edge)) == {"GET /v1/wide-open"}
    assert Caller(app)("GET", "/v1/wide-open").status == 200


def test_every_other_route_wants_the_right_role(edge: EdgeOffice, callers: dict[Role, Caller]) -> None:
    wrong = []
    for route in everything(edge):
        if route in PUBLIC or route in PARTY or route in (SIGN_OUT, SIGN_OUT_EVERYWHERE):
            continue
        method, path = filled(route)
        allowed = next((roles for prefix, roles in ROLES.items() if path.startswith(prefix)), {Role.SUBSCRIBER})
        for role, caller in callers.items():
            answer = caller(method, path)
            refused = answer.status == 403 and answer.code == "access.role_required"
            if refused == (role in allowed):
                wrong.append((route, role.value, answer.status))
    assert wrong == []


@pytest.mark.parametrize("scheme", ["Basic Zm9vOmJhcg==", "Bearer", "bearer ", "Token abc", "Bearer a b"])
def test_other_credentials_are_no_session(caller: Caller, scheme: str) -> None:
    answer = caller("GET", "/v1/applications", headers={"Authorization": scheme})
    assert (answer.status, answer.code) == (401, "access.session_required")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_process_serves_its_audience_only(edge: EdgeOffice) -> None:
    offered = {audience: set(routes(assemble(edge.office, ROUTERS[audience]))) for audience in Audience}
    assert not any("/operator/" in route for route in offered[Audience.SUBSCRIBER])
    assert not any("/applications" in route or "/accounts" in route for route in offered[Audience.OPERATOR])
    assert "POST /v1/sessions" in offered[Audience.OPERATOR]
    assert not any("/v1/" in route for route in offered[Audience.PROTOCOLS])
    answer = edge.caller([Audience.SUBSCRIBER])("GET", "/v1/operator/reviews")
    assert (answer.status, answer.code) == (404, "request.not_found")


def test_production_has_no_window_to_a_sandbox(edge: EdgeOffice) -> None:
    def paths(environment: Environment) -> set[str]:
        settings = edge.office.settings.model_copy(update={"environment": environment})
        served = create_app(replace(edge.office, settings=settings), Audience)
        return {route for route in routes(framework_of(served)) if WINDOW in route}

    assert paths(Environment.SANDBOX)
    assert not paths(Environment.PRODUCTION)


def test_somebody_elses_application_is_not_there(edge: EdgeOffice, caller: Caller) -> None:
    edge.add_account("owner.one")
    edge.add_account("other.one")
    owner, other = (caller.signed_in(edge.token(name)) for name in ("owner.one", "other.one"))
    consents = owner("GET", "/v1/consents").json
    opened = owner("POST", "/v1/applications", json={"kind": "new", "years": 1, "consents": consents})
    assert opened.status == 201
    path = f"/v1/applications/{opened.json['id']}"
    assert owner("GET", path).status == 200
    for method, below in (("GET", ""), ("DELETE", ""), ("GET", "/proofing"), ("GET", "/document"), ("POST", "/call")):
        answer = other(method, path + below)
        assert (answer.status, answer.code.partition(".")[2]) in ((404, "not_found"), (404, "case_not_found"))
    assert other("GET", "/v1/applications").json == []
    assert owner("GET", path).json["state"] == opened.json["state"]
    before_the_first_photograph = owner("GET", f"{path}/proofing")
    assert (before_the_first_photograph.status, before_the_first_photograph.content) == (204, b"")
