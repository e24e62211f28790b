"""Signing in at another site: sent to the app, a look, one signature, and back with a code that becomes an identity."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from browser.conftest import phones
from browser.customer import CERTIFICATE_PASSWORD, MAIN_ACTION, SECOND_ACTION, Customer
from browser.inspector import Inspector
from browser.traffic import Traffic
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
