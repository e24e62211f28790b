"""Passkeys in a real Chromium with its virtual authenticator: sign in without a name, open a certificate, sign out.

Passkeys are bound to a domain: the office is visited as "localhost" here.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.conftest import Traffic
from browser.customer import ACCOUNT_PASSWORD, CERTIFICATE_PASSWORD, Customer
from dojang.config import Settings

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession, Page


@pytest.fixture
def home(office: Settings) -> str:
    """The office's address by name."""
    return office.public_url.replace("127.0.0.1", "localhost")


def authenticator_of(page: "Page", *, has_prf: bool = True) -> tuple["CDPSession", str]:
    """Give the page a device with a screen lock that its owner always opens; return it and its id."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable", {"enableUI": False})
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "hasPrf": has_prf,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, str(made["authenticatorId"])


def sign_up(page: "Page", customer: Customer, home: str) -> None:
    page.goto(home)
    customer.sign_up()


def add_passkey(page: "Page", home: str, name: str) -> None:
    page.goto(f"{home}/security")
    page.locator(".card .button", has_text="패스키 등록하기").click()
    page.locator("#passkey-name").fill(name)
    page.locator("dialog .button--primary").click()
    page.locator(f"[data-passkey] >> text={name}").first.wait_for()


def test_a_passkey_signs_in_without_a_name_or_a_password(
    new_context: "Callable[..., BrowserContext]",
    customers: Callable[..., Customer],
    home: str,
    traffic: Traffic,
    axe: str,
) -> None:
    page = new_context().new_page()
    customer = customers(page, seed=8101)
    authenticator_of(page)
    sign_up(page, customer, home)
    add_passkey(page, home, "내 휴대폰")
    page.evaluate(axe)
    found = page.evaluate("async () => (await axe.run()).violations.map((one) => one.id + ': ' + one.nodes[0].html)")
    assert found == []
    page.goto(home)
    customer.at("nav.actions")
    page.locator(".button", has_text="로그아웃").click()
    customer.at("#login_name")
    sent_before = len(traffic.sent)
    page.locator(".page__actions .button", has_text="패스키로 로그인").click()
    customer.at("nav.actions")
    sent = "".join(traffic.sent[sent_before:])
    assert customer.login_name not in sent
    assert ACCOUNT_PASSWORD not in sent
    page.goto(f"{home}/security")
    customer.at("[data-session]")
    assert page.locator("[data-session]").count() == 1
    assert "패스키" in page.locator("[data-session]").inner_text()
    # Without the passkey the password still signs in.
    page.locator("[data-passkey] .button").last.click()
    page.locator("dialog .button--danger").click()
    page.locator("[data-passkey]").wait_for(state="detached")
    page.goto(home)
    page.locator(".button", has_text="로그아웃").click()
    page.locator(".page__actions .button", has_text="패스키로 로그인").click()
    customer.at(".failure")
    customer.sign_in()
    customer.at("nav.actions")


def test_signing_out_everywhere_ends_the_other_browser_too(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer], home: str
) -> None:
    here = new_context().new_page()
    customer = customers(here, seed=8102)
    sign_up(here, customer, home)
    there = new_context().new_page()
    there.goto(home)
    there.fill("#login_name", customer.login_name)
    there.fill("#password", ACCOUNT_PASSWORD)
    there.locator(".page__actions .button--primary").click()
    there.locator("nav.actions").wait_for()
    here.goto(f"{home}/security")
    here.locator("[data-session]").nth(1).wait_for()
    here.locator(".card > .button", has_text="모든 곳에서 로그아웃").click()
    here.locator("dialog .button--danger").click()
    customer.at("#login_name")
    there.reload()
    there.locator("#login_name").wait_for()


def test_a_passkey_opens_the_certificate_it_was_turned_on_for(
    new_context: "Callable[..., BrowserContext]",
    customers: Callable[..., Customer],
    home: str,
    traffic: Traffic,
    tmp_path: Path,
) -> None:
    page = new_context().new_page()
    customer = customers(page, seed=8103)
    devtools, device = authenticator_of(page)
    sign_up(page, customer, home)
    customer.apply()
    customer.hand_in_specimen()
    customer.confirm_fields()
    customer.enter_person()
    customer.name_account()
    customer.confirm_deposit(*customer.read_statement())
    customer.answer_call(customer.ask_for_call())
    customer.be_reviewed()
    customer.make_keys()
    page.goto(home)
    serial = customer.serial
    add_passkey(page, home, "내 휴대폰")
    page.goto(f"{home}/certificate/{serial}/passkey")
    page.fill("#password", "wrong password 1!")
    customer.press()
    customer.at(".failure")
    page.fill("#password", CERTIFICATE_PASSWORD)
    customer.press()
    customer.at(".notice--success")

    signature = tmp_path / "text.p7m"
    page.goto(f"{home}/use/{serial}")
    page.locator("textarea").fill("패스키로 서명합니다")
    customer.press()
    page.locator("main .button", has_text="패스키로 서명하기").click()
    customer.at(".notice--success")
    with page.expect_download() as download:
        customer.press()
    download.value.save_as(signature)
    read = subprocess.run(
        ["openssl", "cms", "-verify", "-noverify", "-inform", "DER", "-in", signature], capture_output=True, check=True
    )
    assert read.stdout.decode() == "패스키로 서명합니다"
    assert CERTIFICATE_PASSWORD not in "".join(traffic.sent)
    # The device is gone: the password still opens it.
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    page.goto(f"{home}/use/{serial}")
    page.locator("textarea").fill("비밀번호로 서명합니다")
    customer.press()
    page.fill("#password", CERTIFICATE_PASSWORD)
    customer.press()
    customer.at(".notice--success")


def test_a_passkey_that_cannot_derive_says_so(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer], home: str
) -> None:
    page = new_context().new_page()
    customer = customers(page, seed=8104)
    authenticator_of(page, has_prf=False)
    sign_up(page, customer, home)
    add_passkey(page, home, "오래된 보안 키")
    code = page.evaluate(
        """async () => {
          const found = await navigator.credentials.get({ publicKey: {
            challenge: new Uint8Array(32), rpId: "localhost", userVerification: "required",
            extensions: { prf: { eval: { first: new Uint8Array(32) } } } } });
          return found.getClientExtensionResults().prf?.results?.first ?? null;
        }"""
    )
    assert code is None
