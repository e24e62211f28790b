"""The shop on its own: webhooks that are forged, statements that are not the office's, letters, contracts, pages."""

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from asn1crypto import cms as cms_structures
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from builders.hierarchy import subscriber_certificate
from dojang.adapters.signatures.pdf_workshop import Inspect, make_workshop
from dojang.sandbox.shop import contract, events, letter, openssl, pages, signed_pdf
from dojang.sandbox.shop.app import shop_app
from dojang.sandbox.shop.ledger import Ledger
from dojang.sandbox.shop.registration import Registration, read_registration
from dojang.sandbox.state import State
from unit.pki.npki import subscriber

SECRET = bytes(range(32))
NOW_S = 1_795_000_000.0


@pytest.fixture
def registration() -> Registration:
    root = x509.load_der_x509_certificate(subscriber.subscriber().ca_certificate_der)
    return Registration(
        issuer="http://127.0.0.1:9",
        address="http://127.0.0.1:8/shop",
        client_id="shop",
        secret="s",
        webhook_secret=f"whsec_{base64.b64encode(SECRET).decode()}",
        statement_policy="1.2.3",
        root_pem=root.public_bytes(Encoding.PEM).decode(),
    )


def webhook(body: bytes, *, secret: bytes = SECRET, at: int = int(NOW_S), event_id: str = "evt_1") -> dict[str, str]:
    signature = hmac.new(secret, f"{event_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,AAAA v1,{base64.b64encode(signature).decode()}",
    }


def test_a_registration_is_read_back(tmp_path: Path, registration: Registration) -> None:
    given = {name: getattr(registration, name) for name in Registration.__dataclass_fields__}
    (tmp_path / "shop.json").write_text(json.dumps(given))
    assert read_registration(tmp_path / "shop.json") == registration
    assert "whsec" not in repr(registration)


def test_an_event_is_believed_from_the_office_alone_and_while_fresh(registration: Registration) -> None:
    body = b'{"type":"certificate.revoked","data":{"serial":"7"}}'
    assert events.read_event(webhook(body), body, registration, NOW_S)["type"] == "certificate.revoked"
    for headers, sent, now_s, why in (
        ({}, body, NOW_S, "webhook.forged"),
        (webhook(body, secret=b"x" * 32), body, NOW_S, "webhook.forged"),
        (webhook(body), body + b" ", NOW_S, "webhook.forged"),
        ({**webhook(body), "webhook-id": "evt_2"}, body, NOW_S, "webhook.forged"),
        (webhook(body), body, NOW_S + 301, "webhook.stale"),
        (webhook(body, at=int(NOW_S) + 301), body, NOW_S, "webhook.stale"),
    ):
        with pytest.raises(events.WebhookForged, match=why):
            events.read_event(headers, sent, registration, now_s)


def test_a_succession_without_the_offices_signature_changes_nothing(registration: Registration) -> None:
    ledger = Ledger(State())
    ledger.meet("subject-1", "도하람", "7")
    data = {"serial": "7", "successor_serial": "8", "statement": base64.b64encode(b"junk").decode()}
    with pytest.raises(openssl.OpensslRefused):
        events.take({"type": "certificate.renewed", "data": data}, ledger, registration, NOW_S)
    customer = ledger.find_customer("subject-1")
    assert customer is not None
    assert customer["serial"] == "7"


def test_customers_keep_their_place_through_a_succession() -> None:
    ledger = Ledger(State())
    ledger.meet("subject-1", "도하람", "7")
    for _ in range(2):
        ledger.replace_serial("7", "8")
    customer = ledger.find_customer("subject-1")
    assert customer == {"name": "도하람", "serial": "8", "standing": "good", "sequence": 0, "formerly": ["7"]}
    ledger.note_standing("8", "revoked", 5)
    ledger.note_standing("8", "held", 4)  # late news
    ledger.note_standing("7", "good", 6)  # of a certificate that is not theirs any more
    changed = ledger.find_customer("subject-1")
    assert changed is not None
    assert changed["standing"] == "revoked"


def test_a_letter_is_authenticated_and_locked_by_oaep() -> None:
    certificate = x509.load_der_x509_certificate(subscriber.subscriber().km_certificate_der)
    sealed = letter.encrypt("안녕하세요", certificate.public_bytes(Encoding.PEM))
    info = cms_structures.ContentInfo.load(sealed)
    assert info["content_type"].native == "authenticated_enveloped_data"
    (recipient,) = info["content"]["recipient_infos"]
    assert recipient.chosen["key_encryption_algorithm"]["algorithm"].native == "rsaes_oaep"
    assert "안녕하세요".encode() not in sealed


def test_a_contract_is_one_page(tmp_path: Path) -> None:
    pdf = contract.contract_pdf("0123456789abcdef", "도하람", "도장 한 벌", 3_200, datetime(2026, 11, 23, tzinfo=UTC))
    (tmp_path / "contract.pdf").write_bytes(pdf)
    with (tmp_path / "contract.pdf").open("rb") as file:
        assert PdfFileReader(file).root["/Pages"]["/Count"] == 1
    assert len(pdf) < 400_000


def test_what_a_contract_shows_can_be_read_out_of_it(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    pdf = contract.contract_pdf("0123456789abcdef", "도하람", "도장 한 벌", 3_200, datetime(2026, 11, 23, tzinfo=UTC))
    (tmp_path / "contract.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", str(tmp_path / "contract.pdf"), "-"]
    read = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    rows = [" ".join(row.split()) for row in read.splitlines() if row.strip()]
    assert rows[0] == "매매계약서"
    assert {"사는 사람 도하람", "물건 도장 한 벌", "금액 3,200원", "계약한 날 2026. 11. 23."} <= set(rows)
    assert rows[-2] == "3. 이 계약은 사는 사람이 공동인증서로 서명한 때에 이루어진다."
    assert make_workshop()(Inspect(pdf=pdf)) == 1, "the office takes it for signing"


@pytest.mark.parametrize("signed", [b"", b"%PDF-1.7 something else", b"contract", b"contract and junk"])
def test_a_document_that_is_not_ours_signed_is_refused(signed: bytes, registration: Registration) -> None:
    with pytest.raises(signed_pdf.SignatureRefused):
        signed_pdf.verify(signed, b"contract", "7", registration)


# --- the site -------------------------------------------------------------------------------------------------------


@pytest.fixture
def site(registration: Registration) -> TestClient:
    app = Starlette(routes=[Mount("/shop", shop_app(registration, State()))])
    return TestClient(app, base_url="http://127.0.0.1:8", follow_redirects=False)


def test_passing_over_a_virtual_id_changes_no_certificate() -> None:
    signed_pdf.know_virtual_ids()
    certificate_der = subscriber_certificate()
    assert asn1_x509.Certificate.load(certificate_der).dump(force=True) == certificate_der


def test_every_page_is_closed_to_scripts_and_frames(site: TestClient) -> None:
    answer = site.get("/shop/", headers={"accept-language": "ko"})
    assert "인증서로 로그인" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "Sign in with a certificate" in site.get("/shop/", headers={"accept-language": "en"}).text


def test_signing_in_sends_to_the_office_with_state_nonce_and_pkce(site: TestClient) -> None:
    address = httpx.URL(site.post("/shop/sign-in").headers["location"])
    asked = dict(address.params)
    assert (address.port, address.path) == (9, "/oidc/authorize")
    assert (asked["redirect_uri"], asked["code_challenge_method"]) == ("http://127.0.0.1:8/shop/back", "S256")
    assert len(asked["state"]) >= 32
    again = dict(httpx.URL(site.post("/shop/sign-in").headers["location"]).params)
    assert again["state"] != asked["state"]
    assert again["nonce"] != asked["nonce"]


@pytest.mark.parametrize(
    "told",
    [
        {"code": "x", "state": "somebody else's", "iss": "http://127.0.0.1:9"},
        {"code": "x", "iss": "http://127.0.0.1:9"},
        {"code": "x"},
    ],
)
def test_an_answer_to_nobodys_question_is_refused(site: TestClient, told: dict[str, str]) -> None:
    assert site.get("/shop/back", params=told).status_code == 400
    site.post("/shop/sign-in")
    assert "shop.not_our_attempt" in site.get("/shop/back", params=told).text


def test_strangers_get_no_letters_and_no_contracts(site: TestClient) -> None:
    for method, path in (
        ("POST", "/shop/letter"),
        ("POST", "/shop/contracts"),
        ("GET", "/shop/contracts/1"),
        ("GET", "/shop/contracts/1/file"),
    ):
        answer = site.request(method, path)
        assert answer.status_code == 400
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_forged_webhook_or_succession_is_refused_and_logged(
    site: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert site.post("/shop/events", content=b"{}").status_code == 400
    data = {"serial": "7", "successor_serial": "8", "statement": base64.b64encode(b"junk").decode()}
    body = json.dumps({"type": "certificate.renewed", "data": data}).encode()
    assert site.post("/shop/events", content=body, headers=webhook(body, at=int(time.time()))).status_code == 400
    assert [one.getMessage() for one in caplog.records] == ["refused: webhook.forged", "refused: succession.forged"]
    assert site.post("/shop/events", content=b"x" * 300_000).status_code == 413


def test_what_comes_from_outside_is_text() -> None:
    assert "<b>" not in pages.facts([("<b>", "<b>")]) + pages.paragraph("<b>") + pages.link("<b>", '"><b>')
