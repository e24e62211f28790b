"""Every way a signature can disappoint: the sandbox's misbehaving customers, put before a running office."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from builders.journey import Town
from builders.relying_party import Party, registered_party
from dojang.pki.certificate import parse_certificates_pem


@pytest.fixture(scope="module")
def kit(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder a developer gets on the command line."""
    out = tmp_path_factory.mktemp("customers") / "kit"
    done = town.dojang("sandbox-customers", str(out))
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def expected(kit: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((kit / "expected.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def party(town: Town) -> Party:
    return registered_party(town, "시험하는 이용기관")


def test_every_signature_gets_the_verdict_that_is_promised(kit: Path, expected: dict[str, Any], party: Party) -> None:
    wrong = {}
    for question in expected["questions"]:
        answer = party.verify(json.loads((kit / question["request"]).read_text("utf-8")))
        if answer.is_success:
            (report,) = answer.json()["verifications"]
            came = {name: report[name] for name in ("indication", "sub_indication")}
            assert answer.json()["passed"] is (came["indication"] == "PASSED")
        else:
            came = {"error": answer.json()["code"]}
        if came != question["expect"]:
            wrong[question["request"]] = (came, answer.text[:400])
    assert not wrong


def test_nobody_of_them_can_sign_in_and_each_is_told_why(kit: Path, expected: dict[str, Any], party: Party) -> None:
    for customer in expected["customers"]:
        request_id = party.opens_sign_in()
        key = load_pem_private_key((kit / customer["key"]).read_bytes(), expected["password"].encode())
        assert isinstance(key, rsa.RSAPrivateKey)
        certificate_der = parse_certificates_pem((kit / customer["chain"]).read_bytes())[0]
        signature = key.sign(party.statement(request_id), padding.PKCS1v15(), hashes.SHA256())
        answer = party.sends_signature(request_id, signature=signature, certificate_der=certificate_der)
        refused = answer.json()
        told = {"error": refused["code"], "sub_indication": refused["fields"]["sub_indication"]}
        assert (answer.status_code, told) == (422, customer["sign_in"]), customer["name"]


def test_each_customers_number_and_r_belong_to_the_certificate(
    kit: Path, expected: dict[str, Any], party: Party
) -> None:
    for customer in expected["customers"]:
        if customer["name"] == "wrong-key-usage":  # key-management certificates have no virtual ID
            continue
        certificate = json.loads((kit / customer["name"] / "pkcs1.request.json").read_text("utf-8"))["certificate"]
        asked = {"certificate": certificate, **customer["identity"]}
        answer = party.http.post("/v1/identity-checks", json=asked)
        assert answer.json() == {"matches": True}, customer["name"]
