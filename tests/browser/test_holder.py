"""Somebody who holds a certificate: every screen there is for them, using it, having it issued anew, ending it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.conftest import phones
from browser.customer import CERTIFICATE_PASSWORD, MAIN_ACTION, READING_MS, SECOND_ACTION, Customer
from browser.inspector import Inspector
from browser.traffic import Traffic
from dojang.cli.demo.command import POLICY
from dojang.cli.demo.judges import OpenSsl
from dojang.config import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def holder(chromium: "Browser", customers: Callable[..., Customer]) -> Iterator[Customer]:
    """One person with a certificate on their phone, for all tests here."""
    with phones(chromium, Traffic()) as open_phone:
        customer = customers(open_phone().new_page(), seed=41)
        customer.open()
        customer.sign_up()
        customer.apply()
        customer.hand_in_specimen()
        customer.prove_identity()
        customer.make_keys()
        yield customer


def test_a_text_is_shown_in_full_and_signed(
    holder: Customer, inspector: Inspector, office: Settings, tmp_path: Path
) -> None:
    page, hands = holder.page, holder.hands
    holder.open("/use")
    holder.at("#text")
    inspector.look(page, "use")
    hands.type("#text", "도장 시험 문서에 서명합니다.")
    holder.press()
    holder.at(".shown")
    assert "도장 시험 문서에 서명합니다." in page.locator(".shown").inner_text()
    inspector.look(page, "shown before signing")
    hands.type("#password", "Wrong!word7253")
    holder.press()
    _hand_to_support(holder, inspector)
    hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()
    holder.at(".notice--success", timeout_ms=READING_MS)
    inspector.look(page, "signed")
    with page.expect_download() as download:
        holder.press()
    signed = tmp_path / "signed.p7m"
    download.value.save_as(signed)
    authority = office.authority_dir
    judged = OpenSsl(POLICY).verify_signature(signed, root=authority / "root.pem", issuing=authority / "issuing.pem")
    assert judged.passed


def _hand_to_support(holder: Customer, inspector: Inspector) -> None:
    """A failure becomes a case with a short number, to be found again later."""
    page = holder.page
    holder.at(".failure", timeout_ms=READING_MS)
    inspector.look(page, "wrong password")
    page.locator(".failure .button--quiet").click()
    page.locator("dialog[open] .button--primary").click()
    assert re.fullmatch(r"[0-9A-Z-]{6,8}", holder.at("dialog[open] .figures").inner_text())
    inspector.look(page, "handed to support")
    page.keyboard.press("Escape")


def test_every_other_screen_of_a_holder(holder: Customer, inspector: Inspector, tmp_path: Path) -> None:
    page = holder.page
    for name, path, landmark in (
        ("settings", "/settings", "input[name=scheme]"),
        ("move", "/move", "h1"),
        ("nowhere", "/no/such/place", "h1"),
        ("use which", "/use", "h1"),
        ("status", "/status", ".notice"),
        ("devices", "/devices", ".card"),
        ("lock", "/lock", "main .notice"),
        ("receive", "/move/receive", MAIN_ACTION),
        ("bring in", "/move/file", "h1"),
        ("send", "/move/send", MAIN_ACTION),
        ("support", "/support", ".card a.button"),
    ):
        holder.open(path)
        holder.at(landmark)
        inspector.look(page, name)
    page.locator(".card a.button").first.click()
    holder.at("main .facts")
    inspector.look(page, "ticket")
    holder.open()
    holder.at("section.certificate")
    inspector.look(page, "held")
    serial = _serial(holder)
    holder.open("/security")
    holder.at("h1")
    inspector.look(page, "security")
    holder.open(f"/certificate/{serial}/passkey")
    holder.at("h1")
    inspector.look(page, "passkey for a certificate")
    holder.open(f"/certificate/{serial}/password")
    holder.at("input[type=password]")
    inspector.look(page, "another password")
    holder.open(f"/renew/{serial}")
    holder.at("main .notice, main .facts")
    inspector.look(page, "renew")
    holder.open()
    holder.at("section.certificate")
    page.locator("section.certificate a[href$='/backup']").click()
    (saved,) = holder.back_up("pkcs12", tmp_path)
    assert saved.stat().st_size > 2000


def test_suspended_in_two_taps_and_resumed_with_the_password_or_a_call(holder: Customer, inspector: Inspector) -> None:
    holder.open()
    holder.at("section.certificate")
    serial = _serial(holder)
    holder.page.locator("section.certificate a[href$='/suspend']").click()
    holder.at(".button--danger")
    inspector.look(holder.page, "suspend")
    holder.page.locator(".page__actions .button--danger").click()
    holder.at(".notice--success")
    inspector.look(holder.page, "suspended")
    holder.open(f"/certificate/{serial}/resume")
    holder.at("#password")
    inspector.look(holder.page, "resume")
    holder.hands.press(SECOND_ACTION)
    holder.at(MAIN_ACTION)
    inspector.look(holder.page, "proof by call")
    holder.hands.press(f"{SECOND_ACTION} >> nth=-1")
    holder.at("#password")
    holder.hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()
    holder.at(".notice--success", timeout_ms=READING_MS)
    inspector.look(holder.page, "resumed")


def test_re_issue_ends_the_old_one_and_the_ledger_shows_it(holder: Customer, inspector: Inspector) -> None:
    page = holder.page
    holder.open()
    holder.at("section.certificate")
    old = _serial(holder)
    page.locator("nav.actions a[href='/apply/reissue']").click()

    def look(name: str, selector: str) -> None:
        holder.at(selector)
        if name == "reason":
            inspector.look(page, "reason")

    holder.consent(reason="replaced", look=look)
    holder.hand_in_specimen()
    holder.prove_identity()
    holder.make_keys()
    assert old in page.locator("main").inner_text()
    holder.open()
    holder.at("section.certificate")
    new = _serial(holder)
    assert new != old
    page.locator("details.card summary").click()
    past = page.locator("details.card .past", has_text=old)
    holder.await_(lambda: _reloaded(holder, old), "the old one does not end")
    page.locator("details.card summary").click()
    inspector.look(page, "ledger")
    assert "새 인증서로 이어짐" in past.inner_text()


def _reloaded(holder: Customer, old: str) -> bool:
    holder.open()
    holder.at("section.certificate")
    return "폐지" in (holder.page.locator("details.card .past", has_text=old).text_content() or "")


def test_ending_it_takes_two_taps_from_home(holder: Customer, inspector: Inspector) -> None:
    holder.open()
    holder.at("section.certificate")
    holder.page.locator("section.certificate a[href$='/end']").click()
    holder.at(".button--danger")
    inspector.look(holder.page, "end")
    holder.page.locator(".page__actions .button--danger").click()
    holder.at(".notice--success")
    inspector.look(holder.page, "ended certificate")


def _serial(holder: Customer) -> str:
    link = holder.page.locator("section.certificate a[href$='/end']").first.get_attribute("href") or ""
    return link.split("/")[2]
