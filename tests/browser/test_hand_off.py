"""A computer hands the photographs to a phone: two browsers, the QR code read off the screen by OpenCV."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from browser.conftest import Traffic
from browser.customer import READING_MS, Customer
from browser.inspector import Inspector
from browser.scenes import show, write_video
from dojang.config import Settings
from dojang.sandbox.resident import draw_resident
from dojang.sandbox.specimen.document import Kind

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

DESK = {"width": 1280, "height": 900}


def read_code(shown: "Locator") -> str:
    """What a phone's camera would read."""
    picture = cv2.imdecode(np.frombuffer(shown.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    framed = cv2.copyMakeBorder(picture, 32, 32, 32, 32, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    # These readers miss a code now and then at one size that they read at another.
    for detector, factor in product((cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()), (1.0, 2.0, 1.5, 3.0, 0.75)):
        seen = cv2.resize(framed, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        text, _, _ = detector.detectAndDecode(seen)
        if text:
            return str(text)
    return ""


def hand_over(page: "Page", customer: Customer) -> str:
    """From the first screen to the code; return what it says."""
    customer.open()
    customer.sign_up()
    customer.apply()
    page.locator(f"input[name=kind][value={Kind.RESIDENT_CARD.value}]").check()
    page.locator(".page__actions .button", has_text="휴대폰으로 찍기").click()
    shown = customer.at("svg.qr")
    return str(customer.await_(lambda: read_code(shown), "no code to be read"))


def test_the_phone_photographs_and_the_computer_goes_on_by_itself(
    new_context: "Callable[..., BrowserContext]",
    customers: Callable[..., Customer],
    office: Settings,
    camera_film: Path,
    traffic: Traffic,
    inspector: Inspector,
) -> None:
    desk = new_context(viewport=DESK, has_touch=False).new_page()
    customer = customers(desk, seed=8201)
    address = hand_over(desk, customer)
    place, _, secret = address.partition("#")
    assert place == f"{office.public_url}/hand-off"
    assert len(secret) == 64
    inspector.look(desk, "on from a computer")

    phone = new_context().new_page()
    sides = draw_resident(customer.resident.seed, Kind.RESIDENT_CARD, customer.today)
    assert sides.back is not None
    write_video(show(sides.front), camera_film)
    phone.goto(address)
    phone.locator(".page__actions .button--primary").wait_for()
    inspector.look(phone, "on this phone")
    phone.locator(".page__actions .button--primary").click()
    phone.locator(".capture__shot").wait_for(timeout=READING_MS)
    assert phone.url == place  # the secret left the address at once
    write_video(show(sides.back), camera_film)
    phone.locator(".page__actions .button--primary").click()
    phone.locator(".capture__stage").wait_for()
    phone.reload()  # the tab goes on with the side that is due
    phone.locator(".capture__shot").wait_for(timeout=READING_MS)
    phone.locator(".page__actions .button--primary").click()
    phone.locator(".notice--success").wait_for()
    inspector.look(phone, "photographs handed over")
    assert phone.context.cookies() == []

    customer.at("section.read", timeout_ms=READING_MS)  # nobody touched the computer
    again = new_context().new_page()
    again.goto(address)
    again.locator(".page__actions .button--primary").click()
    again.locator(".failure").wait_for()
    assert "access.hand_off_refused" in again.locator(".failure").inner_text()
    bearing = [one for one in traffic.sent if secret in one.split("\n", 1)[1]]
    assert [one.split("\n")[0].split(" ")[1] for one in bearing] == [f"{office.public_url}/v1/hand-offs/claims"] * 2
    logs = [one.read_text("utf-8") for one in office.data_dir.parent.rglob("*.jsonl")]
    assert logs
    assert not any(secret in one for one in logs)


def test_leaving_the_code_takes_it_back(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer]
) -> None:
    desk = new_context(viewport=DESK, has_touch=False).new_page()
    customer = customers(desk, seed=8202)
    address = hand_over(desk, customer)
    with desk.expect_response(lambda one: one.request.method == "DELETE" and one.url.endswith("/hand-off")) as taken:
        desk.locator(".page__bar .button").first.click()
    assert taken.value.status == 204
    phone = new_context().new_page()
    phone.goto(address)
    phone.locator(".page__actions .button--primary").click()
    phone.locator(".failure").wait_for()


def test_a_phone_is_not_offered_another_one(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer]
) -> None:
    page = new_context().new_page()
    customer = customers(page, seed=8203)
    customer.open()
    customer.sign_up()
    customer.apply()
    assert page.locator(".page__actions .button").count() == 1
