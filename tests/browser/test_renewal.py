"""A certificate is renewed in the browser: three screens, the certificate's password, and nobody proves anything."""

import base64
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import httpx
import pytest

from browser.conftest import PHONE, Traffic
from browser.customer import ACCOUNT_PASSWORD, CERTIFICATE_PASSWORD, Customer
from browser.hands import Hands
from browser.inspector import Inspector
from dojang.cli.demo.command import demo_settings
from dojang.cli.demo.reviewer import Reviewer
from dojang.cli.serve import OfficeProcesses, prepare
from dojang.config import Settings, parse_settings
from dojang.pki.validity import not_after_years

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


@pytest.fixture(scope="module")
def generous_office(frontend: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An office that renews certificates from their first day: no browser can make a year pass."""
    frontend.build()
    directory = tmp_path_factory.mktemp("generous")
    (directory / "office").mkdir()
    chosen = demo_settings(directory).model_dump(mode="json")
    chosen["policy"]["renewal"]["window_days"] = 400
    settings = parse_settings(chosen)
    prepare(settings)
    with OfficeProcesses(settings, log_file=directory / "log.jsonl"):
        yield settings


def published(settings: Settings, customer: Customer) -> dict[str, dict[str, str]]:
    """Return the customer's ledger by serial number, asked as any client would."""
    with httpx.Client(base_url=settings.public_url, trust_env=False) as client:
        credentials = {"login_name": customer.login_name, "password": ACCOUNT_PASSWORD}
        token = client.post("/v1/sessions", json=credentials).raise_for_status().json()["token"]
        listed = client.get("/v1/certificates", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
        return {one["serial"]: one for one in listed.json()}


def test_renewed_with_the_password_alone(
    generous_office: Settings,
    new_context: "Callable[..., BrowserContext]",
    traffic: Traffic,
    camera_film: Path,
    inspector: Inspector,
) -> None:
    inspector.pictures = "renewal"
    page = new_context(viewport=PHONE).new_page()
    with Reviewer(generous_office) as reviewer:
        customer = Customer(page, generous_office, reviewer, seed=71, film=camera_film, hands=Hands(page))
        try:
            _hold(customer)
            _renew(customer, traffic, inspector)
        finally:
            customer.close()


def _hold(customer: Customer) -> None:
    customer.open()
    customer.sign_up()
    customer.press()
    customer.consent_to_a_year()
    customer.hand_in_specimen()
    customer.confirm_fields()
    customer.enter_person()
    customer.name_account()
    customer.confirm_deposit(*customer.read_statement())
    customer.answer_call(customer.ask_for_call())
    customer.be_reviewed()
    customer.make_keys()


def _renew(customer: Customer, traffic: Traffic, inspector: Inspector) -> None:
    page = customer.page
    customer.open()
    old = customer.serial

    def look(name: str) -> None:
        inspector.look(page, f"renewal, {name}")

    look("home")
    customer.at(f"a[href='/renew/{old}']").click()
    customer.at("#agreed")
    look("terms")
    customer.press()  # without agreeing
    customer.at(".error-summary, [role=alert]")
    page.locator("#agreed").check()
    page.locator("input[name=years][value='1']").check()
    customer.press()

    customer.at("#password").fill("Wrong!password72")
    look("password")
    customer.press()
    customer.at(".failure")
    page.fill("#password", CERTIFICATE_PASSWORD)
    begun = len(traffic.sent)
    customer.press()
    customer.at(".notice--success", timeout_ms=60_000)
    look("done")

    ledger = published(customer.office, customer)
    (new,) = [serial for serial in ledger if serial != old]
    assert new in page.locator("main").inner_text()
    assert ledger[old]["succeeded"]
    ends = {serial: _time(one["not_after"]) for serial, one in ledger.items()}
    assert ends[new] == not_after_years(ends[old], 1)
    _judge_secrets(traffic.sent[begun:])

    customer.open()
    assert customer.serial == new
    assert page.locator(f"a[href='/renew/{new}']").count() == 0  # not within 400 days of its end
    page.goto(f"{customer.office.public_url}/renew/{old}")
    customer.at(".failure")  # it has its successor
    look("refused")

    customer.open()
    customer.at("nav.actions")
    look("tidy")
    page.get_by_role("button", name="이 기기에서 지우기").click()  # the old keys, which sign nothing any more
    page.locator("dialog[open] .button--danger").click()
    page.get_by_role("button", name="이 기기에서 지우기").wait_for(state="detached")
    assert customer.serial == new  # the new ones stay


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _judge_secrets(sent: list[str]) -> None:
    """No request carries the password in any spelling."""
    for secret in (CERTIFICATE_PASSWORD, base64.b64encode(CERTIFICATE_PASSWORD.encode()).decode().rstrip("=")):
        assert not [one for one in sent if secret in one]
