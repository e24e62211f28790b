"""Signing in at a relying party, as `openid-client` (OpenID certified) does it, and everything a party may get wrong.

A real office on a real socket; the customer's certificate was issued by it, and its status is the office's own.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from builders.applicants import application_of, client_keys, issuance_request
from builders.edge import EdgeOffice, founded, open_edge
from builders.proofing import HONG
from builders.served import Served, free_port
from builders.signatures import person
from dojang.adapters.signatures.reader import make_reading
from dojang.controls.access.model import AttemptKind
from dojang.controls.relying_parties import usecases as parties
from dojang.controls.relying_parties.model import PartyState, Registration
from dojang.lifecycle.application import usecases as application
from dojang.lifecycle.delivery import usecases as delivery
from dojang.lifecycle.delivery.rules import acceptance_statement
from dojang.lifecycle.reliance.model import SignatureReading, VerificationRequest
from dojang.lifecycle.revocation import usecases as revocation

FRONTEND = Path(__file__).resolve().parents[3] / "frontend"
SCRIPT = Path(__file__).with_name("oidc_party.mjs")
BACK = "https://shop.example/back?from=dojang"
PLAIN_BACK = "https://shop.example/back"  # openid-client takes an address without its query for the registered one
VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class ReaderHere:
    """The reader without a process of its own."""

    def read(self, request: VerificationRequest) -> tuple[SignatureReading, ...]:
        return make_reading()(request)


@dataclass(frozen=True)
class Customer:
    """Somebody with a certificate of the office's."""

    key: ec.EllipticCurvePrivateKey
    certificate_der: bytes
    serial: int
    application_id: str
    subscriber_id: str

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True)
class Site:
    """A party, the office it relies on, and a customer."""

    edge: EdgeOffice
    url: str
    registered: Registration
    http: httpx.Client
    customer: Customer

    @property
    def client_id(self) -> str:
        return self.registered.party.client_id

    def ask(self, **changes: str | None) -> httpx.Response:
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": "openid",
            "state": "xyz",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        given = {name: value for name, value in {**asked, **changes}.items() if value is not None}
        return self.http.get(f"/oidc/authorize?{urlencode(given)}")

    def request_id(self, answer: httpx.Response) -> str:
        assert answer.status_code == 303
        page, _, request_id = answer.headers["location"].rpartition("/")
        assert page == "/authorize"
        return str(request_id)

    def sign(
        self, request_id: str, *, over: bytes | None = None, certificate_der: bytes | None = None
    ) -> httpx.Response:
        shown = self.http.get(f"/v1/sign-in-requests/{request_id}").json()
        signature = self.customer.sign(base64.b64decode(shown["statement"]) if over is None else over)
        body = {"signature": text(signature), "certificate": text(certificate_der or self.customer.certificate_der)}
        return self.http.post(f"/v1/sign-in-requests/{request_id}/signature", json=body)

    def code(self, **changes: str | None) -> str:
        signed = self.sign(self.request_id(self.ask(**changes)))
        assert signed.status_code == 200, signed.text
        return told(signed.json()["location"])["code"]

    def redeem(self, code: str, **changes: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.http.post("/oidc/token", data=form | changes, auth=(self.client_id, self.registered.secret))

    def later(self, **by: int) -> None:
        self.edge.clock.time = self.edge.clock.now() + timedelta(**by)


def text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def told(location: str) -> dict[str, str]:
    """What a party is told at its address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def issue(edge: EdgeOffice) -> Customer:
    """Have the office issue for an invented person."""
    who = edge.person("gildong", HONG)
    edge.proofing.prove(who)
    asked = replace(application_of(), id=who.application_id, subscriber_id=who.subscriber_id)
    keys = client_keys(0)
    request = issuance_request(asked, keys, transport_spki_der=edge.office.published.transport_spki_der)
    issued = edge.office.issuing.issue(request, edge.clock.now())
    assert isinstance(keys.signing, ec.EllipticCurvePrivateKey)
    return Customer(
        key=keys.signing,
        certificate_der=issued.signing.certificate_der,
        serial=issued.signing.serial,
        application_id=asked.id,
        subscriber_id=asked.subscriber_id,
    )


def accept(site: Site) -> None:
    """The customer accepts the certificates."""
    office, now = site.edge.office, site.edge.clock.now()
    issued = office.store.read(lambda tx: tx.issued_sets.find_certificate_set(site.customer.application_id))
    assert issued is not None
    for event in ("IdentityVerified", "CertificatesIssued"):  # as the worker would tell it
        application.advance_application(issued.application_id, event, store=office.store, now=now)
    signature = site.customer.sign(acceptance_statement(issued))
    delivery.accept(issued.application_id, site.customer.subscriber_id, signature, store=office.store, now=now)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    port = free_port()
    edge = open_edge(founded(tmp_path), web={"public_url": f"http://127.0.0.1:{port}"})
    edge = replace(edge, office=replace(edge.office, verifier=replace(edge.office.verifier, reader=ReaderHere())))
    edge.clock.time = datetime.now(UTC).replace(microsecond=0)  # that of the ceremony's lists, and of the client
    customer = issue(edge)
    office = edge.office
    registered = parties.register_party(
        "견본 상점", redirect_uris=[BACK, PLAIN_BACK], actor="operator:1", store=office.store, chance=office.chance,
        now=edge.clock.now(),
    )  # fmt: skip
    with Served(edge.app(), port=port) as served, httpx.Client(base_url=served.url, trust_env=False) as http:
        yield Site(edge, served.url, registered, http, customer)
    edge.close()


# --- the road, with a client somebody else wrote and certified ------------------------------------------------------


def run_party(site: Site, step: str, **given: Any) -> Any:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on the path")
    skew = int(site.edge.clock.now().timestamp() - time.time())  # the office's clock is set by hand
    common = {"issuer": site.url, "clientId": site.client_id, "secret": site.registered.secret, "skew": skew}
    done = subprocess.run(
        [node, SCRIPT, step, FRONTEND, json.dumps(common | {"redirectUri": PLAIN_BACK} | given)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_certified_client_signs_somebody_in(site: Site) -> None:
    started = run_party(site, "start", scope="openid profile certificate")
    request_id = site.request_id(site.http.get(started["address"]))
    shown = site.http.get(f"/v1/sign-in-requests/{request_id}").json()
    assert (shown["party"], shown["redirect_host"]) == ("견본 상점", "shop.example")
    assert shown["scopes"] == ["openid", "profile", "certificate"]
    came_back_to = site.sign(request_id).json()["location"]
    assert came_back_to.startswith("https://shop.example/back?code=")
    finished = run_party(site, "finish", kept=started["kept"], cameBackTo=came_back_to)
    claims = finished["claims"]
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (site.url, [site.client_id], started["kept"]["nonce"])
    assert claims["acr"] == "urn:dojang:acr:joint-certificate"
    assert claims["amr"] == ["pop", "swk"]
    assert claims["name"] == HONG.name
    assert claims["certificate"]["serial"] == str(site.customer.serial)
    digest = hashlib.sha256(site.customer.certificate_der).digest()
    assert claims["certificate"]["x5t#S256"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert finished["info"]["sub"] == claims["sub"]
    tags = [one.tag.rpartition(":")[2] for one in site.edge.leaves() if one.tag.startswith("reliance:sign_in:")]
    assert tags == ["opened", "proven", "redeemed"]


def test_a_party_knows_a_customer_by_a_subject_of_its_own(site: Site) -> None:
    def subject(of: Site) -> str:
        token = of.redeem(of.code()).json()["access_token"]
        answer = of.http.get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})
        return str(answer.json()["sub"])

    office = site.edge.office
    other = parties.register_party(
        "다른 상점", redirect_uris=[BACK], actor="operator:1", store=office.store, chance=office.chance,
        now=site.edge.clock.now(),
    )  # fmt: skip
    first, again, elsewhere = subject(site), subject(site), subject(replace(site, registered=other))
    assert first == again
    assert first != elsewhere


def test_without_scopes_nothing_but_the_subject_is_told(site: Site) -> None:
    token = site.redeem(site.code()).json()
    info = site.http.get("/oidc/userinfo", headers={"Authorization": f"Bearer {token['access_token']}"}).json()
    assert info.keys() == {"sub"}
    assert token["scope"] == "openid"


def test_who_let_the_certificate_be_seen_can_be_written_to(site: Site) -> None:
    def ask() -> httpx.Response:
        return site.http.get(f"/v1/recipients/{site.customer.serial}", auth=(site.client_id, site.registered.secret))

    accept(site)
    site.redeem(site.code())  # without the scope
    assert (ask().status_code, code_of(ask())) == (404, "recipient.unknown")
    assert site.edge.refusals()[-1][:2] == (f"relying_party:{site.client_id}", "recipient.unknown")
    site.redeem(site.code(scope="openid certificate"))
    told = ask().json()
    certificate, issuing, _root = (
        x509.load_der_x509_certificate(base64.b64decode(one)) for one in (told["certificate"], *told["chain"])
    )
    certificate.verify_directly_issued_by(issuing)
    assert told["serial"] == str(site.customer.serial) != str(certificate.serial_number)


def test_questions_for_recipients_are_counted(site: Site) -> None:
    allowed = site.edge.office.settings.policy.relying_parties.recipients_per_hour
    store, now = site.edge.office.store, site.edge.clock.now()
    store.transact(
        lambda tx: [
            tx.attempts.count(AttemptKind.RECIPIENT, site.client_id, now=now, window=timedelta(hours=1))
            for _ in range(allowed)
        ]
    )
    answer = site.http.get("/v1/recipients/1", auth=(site.client_id, site.registered.secret))
    assert (answer.status_code, code_of(answer)) == (429, "relying_party.quota_spent")


# --- what a party, or somebody in its name, gets wrong --------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_a_wrong_request_is_told_at_the_registered_address(
    site: Site, changes: dict[str, str | None], error: str
) -> None:
    answer = site.ask(**changes)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("https://shop.example/back?from=dojang&error=")
    said = told(answer.headers["location"])
    assert (said["error"], said["state"], said["iss"]) == (error, "xyz", site.url)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"client_id": "x" * 3000},
        {"redirect_uri": "https://evil.example/back"},
        {"redirect_uri": BACK + "&more=1"},
        {"redirect_uri": None},
        {"state": "x" * 3000},
        {"nonce": "a\x00b"},
    ],
)
def test_a_doubtful_address_is_never_followed(site: Site, changes: dict[str, str | None]) -> None:
    answer = site.ask(**changes)
    assert (answer.status_code, answer.headers["location"]) == (303, "/authorize/refused")


def test_a_repeated_parameter_and_a_replayed_nonce_are_refused(site: Site) -> None:
    twice = site.http.get(f"/oidc/authorize?client_id={site.client_id}&client_id=x&response_type=code")
    assert twice.headers["location"] == "/authorize/refused"
    assert site.ask(nonce="n-1").headers["location"].startswith("/authorize/")
    replayed = site.ask(nonce="n-1").headers["location"]
    assert told(replayed)["error"] == "invalid_request"


def test_a_barred_party_signs_nobody_in(site: Site) -> None:
    code = site.code()
    office, now = site.edge.office, site.edge.clock.now()
    parties.set_party_state(site.client_id, PartyState.BARRED, actor="operator:1", store=office.store, now=now)
    assert site.ask().headers["location"] == "/authorize/refused"
    assert site.redeem(code).json()["error"] == "invalid_client"


def test_a_code_is_its_own_partys_for_a_minute_and_once(site: Site) -> None:
    office = site.edge.office
    other = parties.register_party(
        "다른 상점", redirect_uris=[BACK], actor="operator:1", store=office.store, chance=office.chance,
        now=site.edge.clock.now(),
    )  # fmt: skip
    code = site.code()
    for refused in (
        site.redeem(code, code_verifier=VERIFIER[::-1]),
        site.redeem(code, redirect_uri="https://shop.example/other"),
        replace(site, registered=other).redeem(code),
        replace(site, registered=replace(site.registered, secret="0" * 64)).redeem(code),
        site.redeem("0" * 64),
    ):
        assert refused.status_code in (400, 401)
        assert refused.json()["error"] in ("invalid_grant", "invalid_client", "invalid_request")
    assert site.edge.refusals()[-1][1] == "sign_in_request.code_refused"
    good = site.redeem(code)
    assert good.status_code == 200
    token = {"Authorization": f"Bearer {good.json()['access_token']}"}
    assert site.http.get("/oidc/userinfo", headers=token).status_code == 200
    assert site.redeem(code).json()["error"] == "invalid_grant"  # the second time, and the token dies with it
    assert site.http.get("/oidc/userinfo", headers=token).status_code == 401
    late = site.code()
    site.later(seconds=60)
    assert site.redeem(late).json()["error"] == "invalid_grant"


def test_an_access_token_is_good_for_a_while(site: Site) -> None:
    token = {"Authorization": f"Bearer {site.redeem(site.code()).json()['access_token']}"}
    site.later(seconds=299)
    assert site.http.get("/oidc/userinfo", headers=token).status_code == 200
    site.later(seconds=1)
    refused = site.http.get("/oidc/userinfo", headers=token)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')


# --- what a customer meets ------------------------------------------------------------------------------------------


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


def test_a_customer_may_decline(site: Site) -> None:
    request_id = site.request_id(site.ask())
    said = told(site.http.post(f"/v1/sign-in-requests/{request_id}/refusal").json()["location"])
    assert (said["error"], said["state"]) == ("access_denied", "xyz")
    assert code_of(site.http.get(f"/v1/sign-in-requests/{request_id}")) == "sign_in_request.over"


def test_only_a_good_certificate_of_ours_signs_in(site: Site) -> None:
    request_id = site.request_id(site.ask())
    stranger = site.sign(request_id, certificate_der=person().certificate_der)
    assert (stranger.status_code, code_of(stranger)) == (422, "sign_in_request.signature_refused")
    other = site.sign(request_id, over=b"something else")
    assert other.json()["fields"] == {"sub_indication": "SIG_CRYPTO_FAILURE", "tries_left": 3}
    site.later(seconds=1)
    office = site.edge.office
    revocation.revoke(
        site.customer.serial, "keyCompromise", actor="operator:1", store=office.store, now=site.edge.clock.now()
    )
    revoked = site.sign(request_id)
    assert code_of(revoked) == "sign_in_request.signature_refused"
    fresh = site.sign(site.request_id(site.ask()))
    assert fresh.json()["fields"]["sub_indication"] == "REVOKED"
    tags = [one.tag for one in site.edge.leaves()]
    assert tags.count("reliance:sign_in:signature_failed") == 4


def test_tries_are_counted_and_spent(site: Site) -> None:
    request_id = site.request_id(site.ask())
    answers = [site.sign(request_id, over=b"x").json()["fields"] for _ in range(5)]
    assert [one["tries_left"] for one in answers] == [4, 3, 2, 1, 0]
    assert not any("location" in one for one in answers[:4])
    said = told(answers[4]["location"])
    assert (said["error"], said["error_description"]) == ("access_denied", "certificate refused: SIG_CRYPTO_FAILURE")
    assert (said["state"], said["iss"]) == ("xyz", site.url)
    assert code_of(site.http.get(f"/v1/sign-in-requests/{request_id}")) == "sign_in_request.over"


def test_a_signature_for_one_request_is_none_for_another(site: Site) -> None:
    first, second = site.request_id(site.ask()), site.request_id(site.ask())
    statement = base64.b64decode(site.http.get(f"/v1/sign-in-requests/{first}").json()["statement"])
    assert code_of(site.sign(second, over=statement)) == "sign_in_request.signature_refused"


def test_what_comes_a_second_time_is_refused_and_recorded(site: Site) -> None:
    """A nonce, a code, a signature made for another sign-in, an answer to a sign-in that is over."""

    def recorded() -> str:
        return site.edge.refusals()[-1][1]

    site.request_id(site.ask(nonce="only-once"))
    assert told(site.ask(nonce="only-once").headers["location"])["error"] == "invalid_request"
    assert recorded() == "sign_in_request.authorization_refused"

    request_id, other = site.request_id(site.ask()), site.request_id(site.ask())
    statement = base64.b64decode(site.http.get(f"/v1/sign-in-requests/{request_id}").json()["statement"])
    code = told(site.sign(request_id).json()["location"])["code"]
    site.sign(other, over=statement)
    assert recorded() == "sign_in_request.signature_refused"
    token = site.redeem(code).json()["access_token"]
    assert site.redeem(code).json()["error"] == "invalid_grant"
    assert recorded() == "sign_in_request.code_refused"
    body = {"signature": text(site.customer.sign(statement)), "certificate": text(site.customer.certificate_der)}
    again = site.http.post(f"/v1/sign-in-requests/{request_id}/signature", json=body)
    assert (again.status_code, code_of(again), recorded()) == (410, "sign_in_request.over", "sign_in_request.over")
    ended = site.http.get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert (ended.status_code, recorded()) == (401, "sign_in_request.token_refused"), "the code was used twice"


def test_a_request_waits_ten_minutes(site: Site) -> None:
    request_id = site.request_id(site.ask())
    site.later(minutes=10)
    over = site.http.get(f"/v1/sign-in-requests/{request_id}")
    assert (over.status_code, over.json()["fields"]) == (410, {"state": "expired"})
    unknown = site.http.get(f"/v1/sign-in-requests/{'0' * 32}")
    assert (unknown.status_code, code_of(unknown)) == (404, "sign_in_request.not_found")


def test_nothing_secret_enters_the_log(site: Site) -> None:
    code = site.code()
    token = site.redeem(code).json()["access_token"]
    log = " ".join(f"{one.subject} {one.data}" for one in site.edge.leaves())
    assert code not in log
    assert token not in log
