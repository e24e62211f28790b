"""The wrapper's client against the sandbox: encryption of the resident number, tokens, odd answers, silence in logs."""

import base64
import logging
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.registry.worlds import SandboxWorld, codef
from contracts.sandbox_client import Steering
from dojang.kernel.neighbour import NeighbourRefusedUs, NeighbourUnavailable, SandboxInProduction
from dojang.lifecycle.identity_proofing.neighbours import DocumentClaim, TruthAnswer

CARD = DocumentClaim(
    kind="resident_card",
    name="가온누리",
    birth_date=date(1990, 1, 2),
    rrn="9001021980001",
    issued_on=date(2020, 5, 6),
)


@pytest.fixture
def entered(steering: Steering) -> Steering:
    SandboxWorld(steering).enter(CARD)
    return steering


def spki(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def test_a_configured_key_is_used(entered: Steering) -> None:
    published = entered.get("/registry/environment")["public_key"]
    gateway = codef(entered.base_url, public_key=published)
    assert gateway.check_document(inquiry_id="configured", claim=CARD) is TruthAnswer.MATCH


def test_a_number_sealed_to_another_key_is_no_answer(entered: Steering) -> None:
    other = spki(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    with pytest.raises(NeighbourUnavailable):
        codef(entered.base_url, public_key=other).check_document(inquiry_id="other-key", claim=CARD)


@pytest.mark.parametrize("key", ["", "junk!", spki(ec.generate_private_key(ec.SECP256R1()))])
def test_a_key_that_is_none_is_the_operators_fault(entered: Steering, key: str) -> None:
    with pytest.raises(NeighbourRefusedUs):
        codef(entered.base_url, public_key=key).check_document(inquiry_id="bad-key", claim=CARD)


def test_tokens_are_replaced_and_wrong_credentials_refused(entered: Steering) -> None:
    gateway = codef(entered.base_url)
    assert gateway.check_document(inquiry_id="t1", claim=CARD) is TruthAnswer.MATCH
    entered.post("/sandbox/registry/tokens/revoke")
    assert gateway.check_document(inquiry_id="t2", claim=CARD) is TruthAnswer.MATCH
    with pytest.raises(NeighbourRefusedUs):
        codef(entered.base_url, client_secret="wrong").check_document(inquiry_id="t3", claim=CARD)


def test_nonsense_and_strange_codes_are_no_answer(entered: Steering) -> None:
    gateway = codef(entered.base_url)
    entered.fault("registry", "wrong", count=1, path="/v1/kr/")
    with pytest.raises(NeighbourUnavailable):
        gateway.check_document(inquiry_id="n1", claim=CARD)
    entered.fault("registry", "coded", code="CF-12345", count=1, path="/v1/kr/")
    with pytest.raises(NeighbourUnavailable):
        gateway.check_document(inquiry_id="n2", claim=CARD)


def test_production_refuses_a_sandbox(entered: Steering) -> None:
    assert codef(entered.base_url).is_sandbox()
    published = entered.get("/registry/environment")["public_key"]
    with pytest.raises(SandboxInProduction):
        codef(entered.base_url, public_key=published, production=True).check_document(inquiry_id="p", claim=CARD)


def test_nothing_personal_in_logs_reprs_and_errors(entered: Steering, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = codef(entered.base_url)
    gateway.check_document(inquiry_id="quiet", claim=CARD)
    entered.fault("registry", "down", count=1, path="/v1/kr/")
    with pytest.raises(NeighbourUnavailable) as caught:
        gateway.check_document(inquiry_id="quiet-2", claim=CARD)
    said = f"{caught.value!r} {gateway!r} {CARD!r}" + "".join(record.getMessage() for record in caplog.records)
    for secret in ("가온누리", "1980001", "900102", "sandbox-only"):
        assert secret not in said
