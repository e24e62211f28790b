"""Issuing with the key in process and through the signing role: the same certificates, the same refusals."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi.routing import iter_route_contexts
from starlette.types import Receive, Scope, Send

from builders.applicants import ClientKeys, application_of, client_keys, issuance_request
from builders.edge import Caller, EdgeOffice, founded, open_edge
from builders.proofing import HONG, KIM, Person
from builders.served import Served, free_port
from dojang.adapters.signer_http import ISSUANCES, HttpIssuing, SignerRefusedUs, SignerUnavailable
from dojang.bootstrap import Issuing, SignsElsewhere
from dojang.controls.access.policy import AttemptPolicy
from dojang.kernel.errors import DojangError
from dojang.lifecycle.application.model import ApplicationExpired
from dojang.lifecycle.issuance.model import CertificateSet, IdempotencyKeyReused, IssuanceRequest
from dojang.web.app import assemble
from dojang.web.signer import create_signer_app, router

SECRET = "a secret of more than thirty-two characters"


@dataclass(slots=True, kw_only=True)
class World:
    """An office, and one of the two ways to have it issue."""

    edge: EdgeOffice
    issuing: Issuing

    def request(self, person: Person, **changes: Any) -> IssuanceRequest:
        """What the person's client sends."""
        application = replace(application_of(), id=person.application_id, subscriber_id=person.subscriber_id)
        keys = changes.pop("keys", None) or ClientKeys(
            signing=ec.generate_private_key(ec.SECP256R1()), key_management=client_keys(0).key_management
        )
        spki_der = self.edge.office.published.transport_spki_der
        request = issuance_request(application, keys, idempotency_key="key-12345", transport_spki_der=spki_der)
        return replace(request, **changes)

    def issue(self, request: IssuanceRequest) -> CertificateSet:
        return self.issuing.issue(request, self.edge.clock.now())

    def refusal(self, request: IssuanceRequest) -> tuple[type[DojangError], dict[str, Any]]:
        with pytest.raises(DojangError) as refused:
            self.issue(request)
        return type(refused.value), dict(refused.value.fields)


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[EdgeOffice]:
    secret_file = tmp_path / "signer.secret"
    secret_file.write_text(SECRET + "\n", "utf-8")
    opened = open_edge(founded(tmp_path), signer={"secret_file": str(secret_file)})
    yield opened
    opened.close()


@pytest.fixture
def signer_url(edge: EdgeOffice) -> Iterator[str]:
    """The signing role on a socket."""
    with Served(create_signer_app(edge.office)) as served:
        yield served.url


@pytest.fixture(params=["in_process", "over_http"])
def world(request: pytest.FixtureRequest, edge: EdgeOffice) -> Iterator[World]:
    if request.param == "in_process":
        yield World(edge=edge, issuing=edge.office.issuing)
        return
    issuing = HttpIssuing(request.getfixturevalue("signer_url"), secret=SECRET, timeout_s=20)
    yield World(edge=edge, issuing=issuing)
    issuing.close()


@pytest.fixture
def proven(world: World) -> Person:
    """A person who has proven who she is."""
    person = world.edge.person("person.one", HONG)
    world.edge.proofing.prove(person)
    return person


# --- the same either way ---


def test_both_certificates_are_issued_and_recorded(world: World, proven: Person) -> None:
    request = world.request(proven)
    issued = world.issue(request)
    assert issued.application_id == proven.application_id
    assert issued.chain_der == world.edge.office.published.chain_der
    for one in (issued.signing, issued.key_management):
        parsed = x509.load_der_x509_certificate(one.certificate_der)
        assert parsed.serial_number == one.serial
        assert parsed.not_valid_after_utc == one.not_after
        parsed.verify_directly_issued_by(x509.load_der_x509_certificate(issued.chain_der[0]))
    # What came back is what the store has, to the last field.
    stored = world.edge.office.store.read(lambda tx: tx.issuances.get_certificate_set(issued.issuance_id))
    assert replace(issued, chain_der=()) == stored


def test_the_same_request_is_answered_with_the_same_certificates(world: World, proven: Person) -> None:
    request = world.request(proven)
    assert world.issue(request) == world.issue(request)


def test_other_content_under_the_same_key_is_refused(world: World, proven: Person) -> None:
    world.issue(world.request(proven))
    assert world.refusal(world.request(proven)) == (IdempotencyKeyReused, {})


def test_refusals_are_the_same_errors_with_the_same_fields(world: World, proven: Person) -> None:
    unproven = world.edge.person("person.two", KIM)
    world.edge.proofing.settle_in(unproven)
    world.edge.proofing.apply(unproven)
    one = client_keys(0)
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused
    short = ClientKeys(signing=weak, key_management=one.key_management)
    elliptic = ClientKeys(signing=one.signing, key_management=one.signing)
    found = {
        "not theirs": world.refusal(world.request(proven, subscriber_id=unproven.subscriber_id)),
        "unknown": world.refusal(world.request(proven, application_id="no-such-application")),
        "not proven": world.refusal(world.request(unproven)),
        "no request": world.refusal(world.request(proven, signing_request_der=b"\x30\x00")),
        "too large": world.refusal(world.request(proven, signing_request_der=b"\x30" * 16_000)),
        "empty": world.refusal(world.request(proven, key_management_request_der=b"")),
        "R": world.refusal(world.request(proven, sealed_r=b"\x00" * 256)),
        "R of another": world.refusal(world.request(proven, sealed_r=world.request(unproven).sealed_r)),
        "key form": world.refusal(world.request(proven, idempotency_key="short")),
        "one key": world.refusal(
            world.request(proven, keys=ClientKeys(signing=one.key_management, key_management=one.key_management))
        ),
        "weak key": world.refusal(world.request(proven, keys=short)),
        "wrong key": world.refusal(world.request(proven, keys=elliptic)),
    }
    told = {name: (kind.__name__, fields) for name, (kind, fields) in found.items()}
    assert told == {
        "not theirs": ("ApplicationNotFound", {}),
        "unknown": ("ApplicationNotFound", {}),
        "not proven": ("ApplicationOutOfTurn", told["not proven"][1]),
        "no request": ("RequestMalformed", {}),
        "too large": ("RequestTooLarge", told["too large"][1]),
        "empty": ("RequestMalformed", {}),
        "R": ("RandomNumberUnreadable", {}),
        "R of another": ("RandomNumberUnreadable", {}),
        "key form": ("IdempotencyKeyMalformed", {}),
        "one key": ("KeysNotDistinct", {}),
        "weak key": ("PublicKeyUnsupported", {"allowed": ["ec-p256", "rsa-2048", "rsa-3072"]}),
        "wrong key": ("PublicKeyUnsupported", {"allowed": ["rsa-2048", "rsa-3072"]}),
    }
    assert world.issue(world.request(proven)).application_id == proven.application_id  # nothing of it stuck


def test_time_is_the_offices(world: World, proven: Person) -> None:
    request = world.request(proven)
    world.edge.clock.advance(hours=25)
    assert world.refusal(request)[0] is ApplicationExpired


# --- the signing role alone ---


def ask(url: str, secret: str = SECRET, timeout_s: float = 20) -> HttpIssuing:
    return HttpIssuing(url, secret=secret, timeout_s=timeout_s)


@pytest.fixture
def remote(edge: EdgeOffice, signer_url: str) -> World:
    return World(edge=edge, issuing=ask(signer_url))


@pytest.fixture
def identified(edge: EdgeOffice) -> Person:
    person = edge.person("person.one", HONG)
    edge.proofing.prove(person)
    return person


def test_nobody_dates_a_certificate_back(remote: World, identified: Person) -> None:
    long_ago = remote.edge.clock.now() - timedelta(days=30)
    issued = remote.issuing.issue(remote.request(identified), long_ago)
    assert issued.issued_at == remote.edge.clock.now()


def test_a_wrong_secret_is_refused_and_audited(remote: World, signer_url: str, identified: Person) -> None:
    request = remote.request(identified)
    with pytest.raises(SignerRefusedUs):
        ask(signer_url, secret=SECRET + "x").issue(request, remote.edge.clock.now())
    assert remote.edge.refusals() == [("anonymous", "access.session_required", f"POST {ISSUANCES}")]
    assert SECRET not in repr(remote.issuing)


def test_the_signer_offers_one_route_and_only_with_the_secret(edge: EdgeOffice) -> None:
    app = assemble(edge.office, [router])
    offered = {one.path for one in iter_route_contexts(app.routes)}
    assert offered == {ISSUANCES, "/healthz", "/readyz", "/metrics", "/problems/{code}", "/openapi.json"}
    caller = Caller(create_signer_app(edge.office))
    for token in ("", "x", SECRET[:-1], SECRET + "x"):
        answer = caller.signed_in(token)("POST", ISSUANCES, json={})
        assert answer.status == 401, token
    assert caller.signed_in(SECRET)("POST", ISSUANCES, json={}).status == 400


def test_guessing_the_secret_comes_to_an_end(edge: EdgeOffice) -> None:
    settings = edge.office.settings
    access = replace(settings.policy.access, attempts=AttemptPolicy(refusals_per_address=3))
    policy = settings.policy.model_copy(update={"access": access})
    office = replace(edge.office, settings=settings.model_copy(update={"policy": policy}))
    caller = Caller(create_signer_app(office), token="guess")
    assert [caller("POST", ISSUANCES, json={}).status for _ in range(5)] == [401, 401, 401, 429, 429]


def test_a_signer_that_is_not_there_is_unavailable(edge: EdgeOffice, identified: Person) -> None:
    world = World(edge=edge, issuing=ask(f"http://127.0.0.1:{free_port()}"))
    assert world.refusal(world.request(identified)) == (SignerUnavailable, {"reason": "not_sent"})


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b'{"code": "internal"}', "answer_lost"),
        (503, b"", "answer_lost"),
        (404, b"{}", "http_404"),
        (201, b"{}", "nonsense"),
        (201, b'{"issuance_id": 1}', "nonsense"),
        (201, b"certificates", "http_201"),
        (422, b'{"code": "no.such_code", "fields": {}}', "nonsense"),
        (422, b'{"code": "application.not_found"}', "nonsense"),
        (302, b"", "http_302"),
    ],
)
def test_an_answer_that_makes_no_sense_is_none(
    edge: EdgeOffice, identified: Person, status: int, body: bytes, reason: str
) -> None:
    async def impostor(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    with Served(impostor) as served:
        world = World(edge=edge, issuing=ask(served.url))
        assert world.refusal(world.request(identified)) == (SignerUnavailable, {"reason": reason})


def test_a_bug_in_the_signer_is_told_as_unavailable(edge: EdgeOffice, identified: Person) -> None:
    class Broken:
        def issue(self, request: IssuanceRequest, now: object) -> CertificateSet:
            raise RuntimeError("홍가람 900101-2978124")

    world = World(edge=edge, issuing=edge.office.issuing)
    request = world.request(identified)
    edge.office = replace(edge.office, issuing=Broken())
    with Served(create_signer_app(edge.office)) as served:
        remote = World(edge=edge, issuing=ask(served.url))
        assert remote.refusal(request) == (SignerUnavailable, {"reason": "answer_lost"})


def test_a_process_that_cannot_ask_says_so(edge: EdgeOffice, identified: Person) -> None:
    world = World(edge=edge, issuing=SignsElsewhere())
    assert world.refusal(world.request(identified))[0].code == "authority.signer_elsewhere"
