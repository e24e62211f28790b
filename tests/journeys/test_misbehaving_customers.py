"""Every way a signature can disappoint: the sandbox's misbehaving customers, put before a running office."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from builders.journey import Customer, Town
from builders.relying_party import Party, registered_party, told
from dojang.pki.certificate import parse_certificates_pem

TRIES = 5
TRY_ALL = ("expired", "revoked", "suspended")  # until none is left, and the party is told


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


def test_nobody_of_them_can_sign_in_and_the_party_is_told_why(
    kit: Path, expected: dict[str, Any], party: Party
) -> None:
    for customer in expected["customers"]:
        request_id = party.opens_sign_in()
        key = load_pem_private_key((kit / customer["key"]).read_bytes(), expected["password"].encode())
        assert isinstance(key, rsa.RSAPrivateKey)
        certificate_der = parse_certificates_pem((kit / customer["chain"]).read_bytes())[0]
        signature = key.sign(party.statement(request_id), padding.PKCS1v15(), hashes.SHA256())
        for _ in range(TRIES if customer["name"] in TRY_ALL else 1):
            answer = party.sends_signature(request_id, signature=signature, certificate_der=certificate_der)
            refused = answer.json()
            came = {"error": refused["code"], "sub_indication": refused["fields"]["sub_indication"]}
            assert (answer.status_code, came) == (422, customer["sign_in"]), customer["name"]
        if customer["name"] not in TRY_ALL:
            assert "location" not in refused["fields"]
            continue
        said = told(refused["fields"]["location"])
        assert (said["error"], said["state"], said["iss"]) == ("access_denied", "xyz", party.town.settings.public_url)
        assert said["error_description"] == f"certificate refused: {customer['sign_in']['sub_indication']}"


def test_a_good_certificate_of_the_offices_own_signs_in_until_it_is_suspended_and_revoked(
    town: Town, party: Party
) -> None:
    customer = Customer(town, seed=377).moves_in()
    held = customer.walks()
    certificate_der = held.delivered.signing_der
    serial = str(x509.load_der_x509_certificate(certificate_der).serial_number)

    def signs_in() -> httpx.Response:
        request_id = party.opens_sign_in()
        signature = held.device.sign(party.statement(request_id))
        return party.sends_signature(request_id, signature=signature, certificate_der=certificate_der)

    came_back = told(signs_in().raise_for_status().json()["location"])
    assert party.redeems(came_back["code"])["certificate"]["serial"] == serial
    customer.client.suspend(serial)
    assert signs_in().json()["fields"]["sub_indication"] == "TRY_LATER"
    customer.client.resume(serial, signature=held.device.sign(customer.client.act_statement(serial, "resume")))
    assert signs_in().status_code == 200
    customer.client.revoke(
        serial, "keyCompromise", signature=held.device.sign(customer.client.act_statement(serial, "revoke"))
    )
    assert signs_in().json()["fields"]["sub_indication"] == "REVOKED"


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
