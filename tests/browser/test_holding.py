"""Suspended in two taps, used again, locked, unlocked, and ended from another browser by telephone."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from browser.conftest import PHONE
from browser.customer import CERTIFICATE_PASSWORD, MAIN_ACTION, SECOND_ACTION, Customer

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


_VIOLATIONS = "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map((one) => one.id))"


def test_held_locked_and_ended(
    customers: Callable[..., Customer],
    new_context: "Callable[..., BrowserContext]",
    axe: str,
    tmp_path: Path,
) -> None:
    pictures = tmp_path

    def look(page: "Page", name: str) -> None:
        page.screenshot(path=pictures / f"{name}.png", full_page=True)
        page.evaluate(axe)
        found = page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations.map((v) => v.id))"
        )
        assert found == [], name

    customer = customers(new_context(viewport=PHONE).new_page(), seed=81)
    _enrol(customer)
    serial = _suspend_and_resume(customer, look)
    _lock_and_unlock(customer, look)
    _end_elsewhere(customer, new_context(viewport=PHONE).new_page(), serial, look)


def _enrol(customer: Customer) -> None:
    customer.open()
    customer.sign_up()
    customer.apply()
    customer.hand_in_specimen()
    customer.prove_identity()
    customer.make_keys()


def _suspend_and_resume(customer: Customer, look: "Callable[[Page, str], None]") -> str:
    page = customer.page
    customer.open()
    serial = customer.serial
    customer.at(f"a[href='/certificate/{serial}/suspend']").click()
    customer.at(".button--danger")
    look(page, "suspend")
    customer.at(".button--danger").click()
    customer.at(".notice--success")
    look(page, "suspended")
    customer.press()
    customer.at(f"a[href='/certificate/{serial}/resume']").click()
    customer.at("#password").fill("Not-the-one-1!")
    look(page, "resume")
    customer.press()
    customer.at(".failure")
    customer.at("#password").fill(CERTIFICATE_PASSWORD)
    customer.press()
    customer.at(".notice--success")
    customer.press()
    customer.at(f"a[href='/certificate/{serial}/suspend']")
    return serial


def _lock_and_unlock(customer: Customer, look: "Callable[[Page, str], None]") -> None:
    page = customer.page
    customer.at("a[href='/lock']").click()
    customer.press()
    customer.at(".notice--success")
    look(page, "locked")
    customer.open("/apply/reissue")
    customer.at("ol.list")
    customer.press()
    customer.hands.choose("input[name=reason][value=replaced]")
    customer.press()
    customer.at("#all")
    customer.hands.choose("#all")
    customer.press()
    customer.at("main .facts")
    customer.press()
    assert "안심차단" in customer.at(".failure").inner_text()
    look(page, "refused")
    customer.open("/lock")
    customer.at(".page__actions button").click()  # unlock
    customer.at("#password")
    customer.at(SECOND_ACTION).click()  # by telephone instead
    customer.press()
    number = customer.at(".figures").inner_text().strip()
    look(page, "call")
    customer.answer_call(number)
    customer.at(".notice--warning")
    look(page, "cooling")


def _end_elsewhere(customer: Customer, elsewhere: "Page", serial: str, look: "Callable[[Page, str], None]") -> None:
    """Another browser, which has no keys: the owner signs in and is called."""
    customer.take_over(elsewhere)
    customer.open()
    customer.sign_in()
    customer.at(f"a[href='/certificate/{serial}/end']").click()
    customer.at("input[name=reason][value=keyCompromise]").check()
    look(elsewhere, "end-without-device")
    customer.at(MAIN_ACTION).click()
    customer.answer_call(customer.at(".figures").inner_text().strip())
    customer.at(".notice--success")
    look(elsewhere, "ended")
