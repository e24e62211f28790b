"""Other sites: sign in there, sign what they hand in, and open the letters they encrypt to whoever signed in."""

import base64
import hashlib
import io
import json
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from asn1crypto import pem
from pyhanko.pdf_utils.reader import PdfFileReader

from browser.conftest import phones
from browser.customer import CERTIFICATE_PASSWORD, MAIN_ACTION, SECOND_ACTION, Customer
from browser.inspector import Inspector
from browser.traffic import Traffic
from builders.signatures import blank_pdf
from dojang.bootstrap import open_office
from dojang.config import Settings
from dojang.controls.relying_parties.model import Registration
from dojang.controls.relying_parties.usecases import register_party

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Shop:
    """A site on loopback that people come back to."""

    def __init__(self, office: Settings) -> None:
        shop = self
        self.visits: list[dict[str, str]] = []

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                if address.path == "/back":  # browsers ask for an icon as well
                    shop.visits.append({name: values[0] for name, values in parse_qs(address.query).items()})
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write("<!doctype html><title>shop</title><h1 id=back>견본 상점</h1>".encode())

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Door)
        self.back = f"http://127.0.0.1:{self._server.server_port}/back"
        self.office = office
        self.registered = self._register()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _register(self) -> Registration:
        opened = open_office(self.office)
        try:
            return register_party(
                "견본 상점",
                redirect_uris=[self.back],
                actor="operator:test",
                store=opened.store,
                chance=opened.chance,
                now=opened.clock.now(),
            )
        finally:
            opened.database.dispose()

    @property
    def sign_in_address(self) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.registered.party.client_id,
            "redirect_uri": self.back,
            "scope": "openid profile certificate",
            "state": "basket-7",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"{self.office.public_url}/oidc/authorize?{urlencode(asked)}"

    def redeem(self, code: str) -> dict[str, object]:
        """Return the claims of the ID token, read without checking: `test_oidc` does that with a certified client."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back, "code_verifier": VERIFIER}
        answer = httpx.post(
            f"{self.office.public_url}/oidc/token",
            data=form,
            auth=(self.registered.party.client_id, self.registered.secret),
            trust_env=False,
        )
        payload = answer.raise_for_status().json()["id_token"].split(".")[1]
        claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims

    def certificate_of(self, serial: str) -> bytes:
        """Return the certificate to encrypt to the owner of a signing certificate, PEM."""
        answer = httpx.get(
            f"{self.office.public_url}/v1/recipients/{serial}",
            auth=(self.registered.party.client_id, self.registered.secret),
            trust_env=False,
        )
        told = answer.raise_for_status().json()
        return pem.armor("CERTIFICATE", base64.b64decode(told["certificate"]))

    def ask_signature(self, **asked: object) -> dict[str, object]:
        """Ask for a signature and return where it stands."""
        body = {"purpose": "매매 계약", "redirect_uri": self.back, "state": "basket-9", **asked}
        answer = self._office("POST", "", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        return dict(answer.raise_for_status().json())

    def signature(self, request_id: object) -> dict[str, object]:
        return dict(self._office("GET", f"/{request_id}").raise_for_status().json())

    def signed(self, request_id: object) -> bytes:
        return self._office("GET", f"/{request_id}/result").raise_for_status().content

    def verify(self, form: str, signature: bytes) -> dict[str, object]:
        body = {"format": form, "signature": base64.b64encode(signature).decode()}
        url = f"{self.office.public_url}/v1/verifications"
        answer = httpx.post(url, json=body, auth=self._credentials, trust_env=False, timeout=60)
        return dict(answer.raise_for_status().json())

    @property
    def _credentials(self) -> tuple[str, str]:
        return self.registered.party.client_id, self.registered.secret

    def _office(self, method: str, path: str, **sent: Any) -> httpx.Response:
        url = f"{self.office.public_url}/v1/signature-requests{path}"
        return httpx.request(method, url, auth=self._credentials, trust_env=False, timeout=60, **sent)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def shop(office: Settings) -> Iterator[Shop]:
    opened = Shop(office)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def holder(chromium: "Browser", customers: Callable[..., Customer]) -> Iterator[Customer]:
    """One person with a certificate on their phone."""
    with phones(chromium, Traffic()) as open_phone:
        customer = customers(open_phone().new_page(), seed=61)
        customer.open()
        customer.sign_up()
        customer.apply()
        customer.hand_in_specimen()
        customer.prove_identity()
        customer.make_keys()
        yield customer


def test_a_customer_signs_in_at_a_shop(holder: Customer, shop: Shop, inspector: Inspector) -> None:
    page = holder.page
    page.goto(shop.sign_in_address)
    holder.at("#password")
    inspector.look(page, "sign in elsewhere")
    shown = page.locator("main").inner_text()
    assert "견본 상점" in shown
    assert urlsplit(shop.back).netloc in shown
    holder.hands.type("#password", "not the password")
    holder.press()
    holder.at(".notice--danger")
    holder.hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()
    page.wait_for_selector("#back")
    visit = shop.visits[-1]
    assert (visit["state"], visit["iss"]) == ("basket-7", shop.office.public_url)
    claims = shop.redeem(visit["code"])
    assert claims["name"] == holder.resident.person.name.hangul
    assert claims["acr"] == "urn:dojang:acr:joint-certificate"


def test_a_customer_who_declines_goes_back_too(holder: Customer, shop: Shop) -> None:
    holder.page.goto(shop.sign_in_address)
    holder.at(MAIN_ACTION)
    holder.hands.press(SECOND_ACTION)
    holder.page.wait_for_selector("#back")
    assert shop.visits[-1]["error"] == "access_denied"


def test_a_wrong_request_ends_on_a_page_that_says_so(holder: Customer, shop: Shop, inspector: Inspector) -> None:
    holder.page.goto(shop.sign_in_address.replace("redirect_uri=", "redirect_uri=x"))
    holder.at(".notice--warning")
    assert holder.page.url.endswith("/authorize/refused")
    inspector.look(holder.page, "sign in elsewhere refused")


# --- signatures -----------------------------------------------------------------------------------------------------


def sign_here(holder: Customer) -> None:
    holder.at("#read")
    holder.hands.press("#read")
    holder.hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()
    holder.page.wait_for_selector("#back")


def test_a_customer_signs_a_contract_that_a_shop_hands_in(holder: Customer, shop: Shop, inspector: Inspector) -> None:
    contract = blank_pdf()
    asked = shop.ask_signature(
        kind="pdf", content=base64.b64encode(contract).decode(), amount_krw=3_200_000, file_name="계약서.pdf"
    )
    holder.page.goto(str(asked["address"]))
    holder.at("#read")
    assert holder.page.url.endswith(f"/s/{asked['id']}/here")  # the certificate is on this device: nothing to choose
    inspector.look(holder.page, "sign a document")
    shown = holder.page.locator("main").inner_text()
    for one in ("견본 상점", "매매 계약", "3,200,000", "계약서.pdf", hashlib.sha256(contract).hexdigest()):
        assert one in shown
    with holder.page.context.expect_page() as opened:
        holder.hands.press(".paper + p a")
    opened.value.close()
    holder.press()
    holder.at("#read-error")  # unread documents are not signed
    sign_here(holder)
    assert shop.visits[-1]["signature_request"] == asked["id"]
    assert shop.visits[-1]["state"] == "basket-9"
    stands = shop.signature(asked["id"])
    assert stands["state"] == "completed"
    signed = shop.signed(asked["id"])
    assert signed.startswith(contract)
    (embedded,) = PdfFileReader(io.BytesIO(signed), strict=True).embedded_regular_signatures
    assert embedded.compute_integrity_info() is None
    assert shop.verify("pdf", signed)["passed"] is True


def test_a_text_is_shown_in_full_and_comes_back_signed(holder: Customer, shop: Shop) -> None:
    text = "첼로 1대를 3,200,000원에 삽니다."
    asked = shop.ask_signature(kind="text", content=base64.b64encode(text.encode()).decode())
    holder.page.goto(str(asked["address"]))
    assert holder.at(".shown pre").inner_text() == text
    sign_here(holder)
    assert shop.verify("cms", shop.signed(asked["id"]))["passed"] is True


def test_a_customer_who_does_not_sign_goes_back_too(holder: Customer, shop: Shop) -> None:
    asked = shop.ask_signature(kind="digest", sha256="ab" * 32)
    holder.page.goto(str(asked["address"]))
    assert "ab" * 32 in holder.at(".digest").inner_text()
    holder.hands.press(SECOND_ACTION)
    holder.page.wait_for_selector("#back")
    assert shop.signature(asked["id"])["state"] == "declined"


def test_a_computer_shows_a_code_and_goes_on_when_the_phone_has_signed(
    holder: Customer, shop: Shop, chromium: "Browser", inspector: Inspector
) -> None:
    asked = shop.ask_signature(kind="text", content=base64.b64encode("약정".encode()).decode())
    context = chromium.new_context(locale="ko-KR")
    try:
        computer = context.new_page()
        computer.goto(str(asked["address"]))
        computer.wait_for_selector(".qr")
        inspector.look(computer, "sign where")
        holder.page.goto(f"{asked['address']}/scanned")  # what the code says
        holder.at("#read")
        holder.hands.press("#read")
        holder.hands.type("#password", CERTIFICATE_PASSWORD)
        holder.press()
        holder.at(".notice--success")
        inspector.look(holder.page, "signed")
        computer.wait_for_selector("#back")
    finally:
        context.close()
    assert shop.visits[-1]["signature_request"] == asked["id"]


# --- letters --------------------------------------------------------------------------------------------------------

LETTER = "주문하신 도장이 오늘 출발했어요. 운송장 번호는 7253-1128이에요.\n"


def openssl(*arguments: str | Path, stdin: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def recipient(holder: Customer, shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of somebody who has signed in at the shop, as a file for OpenSSL."""
    holder.page.goto(shop.sign_in_address)
    holder.at("#password")
    holder.hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()
    holder.page.wait_for_selector("#back")
    claims = shop.redeem(shop.visits[-1]["code"])
    certificate = claims["certificate"]
    assert isinstance(certificate, dict)
    path = tmp_path_factory.mktemp("recipient") / "certificate.pem"
    path.write_bytes(shop.certificate_of(certificate["serial"]))
    return path


def letter(recipient: Path, name: str, *options: str) -> Path:
    """A letter as `openssl cms -encrypt` makes it."""
    path = recipient.with_name(name)
    text = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{LETTER}".encode()
    path.write_bytes(openssl("cms", "-encrypt", "-binary", "-recip", recipient, *options, stdin=text))
    return path


def choose(holder: Customer, file: Path) -> None:
    holder.open("/letter")
    holder.at("#letter")
    holder.page.set_input_files("#letter", file)
    holder.press()


def unlock(holder: Customer) -> None:
    holder.at("#password")
    holder.hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()


def test_a_letter_by_openssls_defaults_opens(holder: Customer, recipient: Path, inspector: Inspector) -> None:
    """S/MIME mail with RSAES-PKCS1-v1_5 and AES-CBC, which the page says is not protected against changes."""
    file = letter(recipient, "smime.eml", "-aes256", "-subject", "delivery")
    holder.open()
    holder.at("a[href='/letter']")
    holder.hands.press("a[href='/letter']")
    holder.at("#letter")
    inspector.look(holder.page, "open a letter")
    holder.page.set_input_files("#letter", file)
    holder.press()
    holder.at("#password")
    inspector.look(holder.page, "letter for you")
    holder.hands.type("#password", "not the password")
    holder.press()
    holder.at(".notice--danger")
    unlock(holder)
    assert holder.at(".shown pre").inner_text().strip() == LETTER.strip()
    holder.at(".notice--warning")
    inspector.look(holder.page, "opened letter")


def test_an_authenticated_letter_opens_and_an_altered_one_does_not(holder: Customer, recipient: Path) -> None:
    file = letter(recipient, "letter.p7m", "-aes-256-gcm", "-outform", "DER", "-keyopt", "rsa_padding_mode:oaep")
    choose(holder, file)
    unlock(holder)
    assert holder.at(".shown pre").inner_text().strip() == LETTER.strip()
    assert not holder.page.locator(".notice--warning").count()
    altered = recipient.with_name("altered.p7m")
    altered.write_bytes(file.read_bytes()[:-1] + bytes([file.read_bytes()[-1] ^ 1]))
    choose(holder, altered)
    unlock(holder)
    assert "envelope.altered" in holder.at(".notice--danger").inner_text()


def test_what_is_not_for_this_person_is_refused_before_the_password(holder: Customer, recipient: Path) -> None:
    other = recipient.with_name("other.pem")
    key = recipient.with_name("other.key")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=other", "-keyout", key, "-out", other)
    for file, code in (
        (letter(other, "other.p7m", "-aes256", "-outform", "DER"), "envelope.not_for_you"),
        (letter(recipient, "old.p7m", "-des3", "-outform", "DER"), "envelope.algorithm_unsupported"),
        (other, "envelope.unreadable"),
    ):
        choose(holder, file)
        assert code in holder.at(".notice--danger").inner_text()
        assert not holder.page.locator("#password").count()


def test_openssl_opens_the_same_letter_with_the_exported_key(holder: Customer, recipient: Path, tmp_path: Path) -> None:
    file = letter(recipient, "exported.p7m", "-aes-256-gcm", "-outform", "DER")
    holder.open()
    serial = holder.serial
    holder.open(f"/certificate/{serial}/backup")
    (exported,) = holder.back_up("pkcs12", tmp_path)
    bags = openssl("pkcs12", "-in", exported, "-passin", f"pass:{CERTIFICATE_PASSWORD}", "-nodes", "-nocerts")
    keys = [one for _, _, one in pem.unarmor(bags, multiple=True)]
    opened = []
    for index, key_der in enumerate(keys):  # the signing key is in there as well, and opens nothing
        (tmp_path / "key.pem").write_bytes(pem.armor("PRIVATE KEY", key_der))
        done = subprocess.run(
            ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", file, "-recip", recipient, "-inkey",
             tmp_path / "key.pem"],
            capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode == 0 and LETTER.strip() in done.stdout.decode():
            opened.append(index)
    assert len(keys) == 2
    assert len(opened) == 1
