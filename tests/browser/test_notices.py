"""Being told, in a real browser: an address proven by its mail, the list, pushes that can be refused."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx

from browser.customer import ACCOUNT_PASSWORD
from browser.inspector import Inspector
from dojang.config import Settings

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

MAIL = "gildong.browser@dojang.example"
PATIENCE_S = 30.0


def newest_mail(office: Settings, address: str, template: str) -> dict[str, Any]:
    """Wait for a mail in the sandbox's mailbox."""
    deadline = time.monotonic() + PATIENCE_S
    with httpx.Client(base_url=office.sandbox_url, trust_env=False) as client:
        while time.monotonic() < deadline:
            messages = client.get(f"/mailbox/box/{address}.json").json()["messages"]
            for one in messages:
                if one["template"] == template:
                    found: dict[str, Any] = one
                    return found
            time.sleep(0.2)
    raise AssertionError(f"no {template} arrived")


def signed_up(page: "Page", office: Settings) -> None:
    page.goto(office.public_url)
    page.locator("#login_name").wait_for()
    page.locator(".page__actions .button--quiet").click()
    page.fill("#login_name", f"notices-{time.monotonic_ns() % 10**9}")
    page.fill("#password", ACCOUNT_PASSWORD)
    page.locator(".page__actions .button--primary").click()
    page.locator("nav.actions").wait_for()


def test_an_address_is_proven_and_what_was_told_is_listed(
    new_context: "Callable[..., BrowserContext]", office: Settings, inspector: Inspector
) -> None:
    page = new_context().new_page()
    signed_up(page, office)
    page.goto(f"{office.public_url}/notices")
    page.locator("a[href='/notify']").click()
    page.fill("#email", "nobody")
    page.locator("form button[type=submit]").click()
    page.locator(".failure").wait_for()
    page.fill("#email", MAIL)
    page.locator("form button[type=submit]").click()
    page.locator("#code").wait_for()
    code = newest_mail(office, MAIL, "contact_code")["params"]["code"]
    page.fill("#code", f"{(int(code) + 1) % 10**6:06d}")
    page.locator("form button[type=submit]").click()
    page.locator(".failure").wait_for()
    page.fill("#code", code)
    page.locator("form button[type=submit]").click()
    page.locator("#code").wait_for(state="detached")
    page.get_by_text("g***@dojang.example").wait_for()
    inspector.look(page, "notice settings")
    page.locator("#topic-expiry").uncheck()
    page.locator("main .button--primary").click()
    page.get_by_text("저장했어요.").wait_for()
    newest_mail(office, MAIL, "contact_added")  # by then it is in the list: a notice is kept before it is sent
    told = page.locator("main .card").filter(has_text="알림 받을 곳을 추가했어요")
    with page.expect_response(lambda one: one.url.endswith("/v1/notices/read") and one.ok):  # it was looked at
        page.goto(f"{office.public_url}/notices")
        told.wait_for()
    assert told.get_by_text("새 알림").count() == 1
    inspector.look(page, "notices")
    page.reload()
    told.wait_for()
    assert told.get_by_text("새 알림").count() == 0


def test_pushes_are_asked_for_after_a_tap_and_a_refusal_is_no_dead_end(
    new_context: "Callable[..., BrowserContext]", office: Settings
) -> None:
    context = new_context()
    context.add_init_script(
        "globalThis.asked = 0; const ask = Notification.requestPermission.bind(Notification);"
        "Notification.requestPermission = () => { globalThis.asked += 1; return ask(); };"
    )
    page = context.new_page()
    signed_up(page, office)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    page.goto(f"{office.public_url}/notify")
    turn_on = page.get_by_role("button", name="이 브라우저로 받기")
    turn_on.wait_for()
    assert page.evaluate("asked") == 0
    turn_on.click()
    page.locator(".notice--warning").wait_for()
    assert page.evaluate("asked") == 1
    assert "문자와 이메일로는 계속 알려 드려요" in page.locator(".notice--warning").inner_text()
    turn_on.click()  # it can be tried again


def test_a_push_shows_plain_text_and_nothing_else(
    new_context: "Callable[..., BrowserContext]", office: Settings
) -> None:
    context = new_context()
    context.grant_permissions(["notifications"], origin=office.public_url)
    page = context.new_page()
    page.goto(office.public_url)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    session = context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    deadline = time.monotonic() + PATIENCE_S
    while not registrations and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    for data in (json.dumps({"title": "도장은행", "body": "인증서가 폐지됐어요", "tag": "t1", "url": "x"}), "nonsense"):
        session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": office.public_url, "registrationId": registrations[-1], "data": data},
        )
    shown: list[dict[str, str]] = []
    while len(shown) < 2 and time.monotonic() < deadline:
        page.wait_for_timeout(100)
        shown = page.evaluate(
            "() => navigator.serviceWorker.ready.then((one) => one.getNotifications())"
            ".then((all) => all.map(({ title, body, tag }) => ({ title, body, tag })))"
        )
    assert {"title": "도장은행", "body": "인증서가 폐지됐어요", "tag": "t1"} in shown
    assert {"title": "도장", "body": "", "tag": "notice"} in shown
