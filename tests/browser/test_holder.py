"""Somebody who holds a certificate: every screen there is for them, using it, having it issued anew, ending it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.conftest import phones
from browser.customer import CERTIFICATE_PASSWORD, MAIN_ACTION, READING_MS, SECOND_ACTION, Customer
from browser.inspector import Inspector, korean_in
from browser.traffic import Traffic
from dojang.cli.demo.command import POLICY
from dojang.cli.demo.judges import OpenSsl
from dojang.config import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


OTHER_PASSWORD = "Another!one9471"


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
        ("move", "/move", "a[href='/move/send']"),
        ("nowhere", "/no/such/place", "main .notice"),
        ("use which", "/use", "#text"),
        ("status", "/status", ".notice"),
        ("devices", "/devices", ".card"),
        ("lock", "/lock", "main .notice"),
        ("receive", "/move/receive", MAIN_ACTION),
        ("bring in", "/move/file", "#files"),
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
    holder.at("main .card")
    inspector.look(page, "security")
    holder.open(f"/certificate/{serial}/passkey")
    holder.at("#password")
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


def test_another_certificate_is_not_made_without_a_word(holder: Customer, inspector: Inspector) -> None:
    inspector.pictures = "holder"
    holder.open()
    serial = _serial(holder)
    for kind in ("new", "reissue"):
        holder.open(f"/apply/{kind}")
        holder.at("main .notice--warning")
        inspector.look(holder.page, f"instead of {kind}")
        assert holder.page.locator(f".notice--warning a[href='/use/{serial}']").count() == 1
    assert holder.page.locator(".notice--warning a[href='/apply/reissue']").count() == 0
    holder.open("/apply/new")
    holder.at(".notice--warning a[href='/apply/reissue']").click()
    holder.at(f".notice--warning a[href='/use/{serial}']")
    holder.page.locator(f".notice--warning a[href='/use/{serial}']").click()
    holder.at("#text")


def test_devices_are_named_and_removed(
    holder: Customer, inspector: Inspector, new_context: "Callable[..., BrowserContext]"
) -> None:
    inspector.pictures = "holder"
    other = new_context().new_page()
    mine = holder.page
    holder.take_over(other)
    holder.open()
    holder.sign_in()
    holder.at("nav.actions")
    holder.take_over(mine)
    holder.open("/devices")
    holder.at(".card")
    this_one = mine.locator(".card", has=mine.locator("strong"))
    assert mine.locator(".card").count() == 2
    this_one.locator(".button").click()
    holder.at("dialog[open] #device_name")
    inspector.look(mine, "device to be named")
    mine.fill("#device_name", "내 새 전화기")
    mine.locator("dialog[open] .button--primary").click()
    mine.locator(".card h2", has_text="내 새 전화기").wait_for()
    assert "내 새 전화기" in this_one.inner_text()
    assert this_one.locator(".button--quiet").count() == 0  # nobody removes the device in their hand
    mine.locator(".card .button--quiet").click()
    holder.at("dialog[open] .button--danger")
    inspector.look(mine, "device to be removed")
    mine.locator("dialog[open] .button--danger").click()
    holder.await_(lambda: mine.locator(".card").count() == 1, "the other device stays")
    holder.take_over(other)
    holder.open()
    holder.at("#login_name")  # the removed one is signed out
    holder.take_over(mine)
    holder.open()
    holder.at("section.certificate")


def test_moving_in_english_and_in_easy_mode(holder: Customer, inspector: Inspector) -> None:
    page = holder.page
    inspector.pictures = "holder"
    places = {
        "/move": "a[href='/move/send']",
        "/move/send": MAIN_ACTION,
        "/move/receive": "#code",
        "/move/file": "#files",
    }

    def prefer(**kept: object) -> None:
        page.evaluate("(kept) => localStorage.setItem('dojang.preferences', JSON.stringify(kept))", kept)

    try:
        for how, preferences in (("English", {"language": "en"}), ("easy", {"language": "ko", "easy": True})):
            holder.open()
            prefer(**preferences)
            for path, landmark in places.items():
                holder.open(path)
                holder.at(landmark)
                inspector.look(page, f"{path[1:].replace('/', ' ')}, {how}")
                if how == "English":
                    assert korean_in(page, but=("한국어",)) == "", path
        assert page.evaluate("() => document.documentElement.hasAttribute('data-easy')")
    finally:
        prefer(language="ko")
        holder.open()


def test_two_files_are_kept_elsewhere_brought_back_and_used(
    holder: Customer,
    inspector: Inspector,
    new_context: "Callable[..., BrowserContext]",
    office: Settings,
    tmp_path: Path,
) -> None:
    """On another device of theirs, which has nothing but `signCert.der` and `signPri.key`."""
    inspector.pictures = "holder"
    holder.open()
    serial, mine = _serial(holder), holder.page
    holder.open(f"/certificate/{serial}/backup")
    files = holder.back_up("npki_files", tmp_path)
    inspector.look(mine, "two files")
    assert sorted(one.name for one in files) == ["signCert.der", "signPri.key"]
    holder.open("/move/file")
    _bring_in(holder, files)
    assert "bringing.already_whole" in holder.at(".failure").inner_text()  # nothing is lost where both pairs are
    holder.take_over(new_context().new_page())
    try:
        holder.open()
        holder.sign_in()
        holder.at("nav.actions")
        holder.open("/move/file")
        _bring_in(holder, files[:1])
        assert "bringing.incomplete" in holder.at(".failure").inner_text()
        _bring_in(holder, files)
        holder.at(".notice--success", timeout_ms=READING_MS)
        inspector.look(holder.page, "brought in for signing")
        _sign(holder, office, CERTIFICATE_PASSWORD, tmp_path / "elsewhere.p7m")
        _change_password(holder, inspector, serial)
        _sign(holder, office, OTHER_PASSWORD, tmp_path / "again.p7m")
        holder.open("/move/send")
        holder.at(MAIN_ACTION)
        holder.press()
        assert "moving.signing_only" in holder.at(".failure").inner_text()
        inspector.look(holder.page, "not to be sent")
    finally:
        holder.take_over(mine)


def _bring_in(holder: Customer, files: list[Path]) -> None:
    holder.at("#files")
    holder.page.set_input_files("#files", files)
    holder.hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()


def _change_password(holder: Customer, inspector: Inspector, serial: str) -> None:
    holder.open(f"/certificate/{serial}/password")
    holder.at("#current")
    for name, word in (("current", "Wrong!word7253"), ("fresh", OTHER_PASSWORD), ("again", OTHER_PASSWORD)):
        holder.hands.type(f"#{name}", word)
    holder.press()
    assert "npki.wrong_password" in holder.at(".failure").inner_text()
    holder.hands.type("#current", CERTIFICATE_PASSWORD)
    holder.hands.type("#again", f"{OTHER_PASSWORD}x")
    holder.press()
    holder.at(".error-summary")
    inspector.look(holder.page, "another password, mistyped")
    holder.hands.type("#again", OTHER_PASSWORD)
    holder.press()
    holder.at(".notice--success", timeout_ms=READING_MS)
    inspector.look(holder.page, "password changed")


def _sign(holder: Customer, office: Settings, password: str, signed: Path) -> None:
    """Sign a text, and have OpenSSL judge it."""
    holder.open("/use")
    holder.at("#text")
    holder.hands.type("#text", "다른 기기에서 서명합니다.")
    holder.press()
    holder.at(".shown")
    holder.hands.type("#password", password)
    holder.press()
    holder.at(".notice--success", timeout_ms=READING_MS)
    with holder.page.expect_download() as download:
        holder.press()
    download.value.save_as(signed)
    authority = office.authority_dir
    judged = OpenSsl(POLICY).verify_signature(signed, root=authority / "root.pem", issuing=authority / "issuing.pem")
    assert judged.passed


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
