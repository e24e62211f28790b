"""Handing a failure to support, reading the answer, being told of an outage: a real browser before a real office."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from browser.customer import Customer
from dojang.bootstrap import Office, open_office
from dojang.config import Settings
from dojang.controls.outage import usecases as outage
from dojang.controls.outage.model import Neighbour
from dojang.controls.support import usecases as support
from dojang.controls.support.case_id import find_case_id

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

Invent = Callable[..., Customer]


@contextmanager
def desk(settings: Settings) -> Iterator[Office]:
    """The store, opened beside the office's own processes."""
    office = open_office(settings)
    try:
        yield office
    finally:
        office.database.dispose()


def violations(page: "Page", axe: str) -> list[str]:
    """What axe-core finds wrong with the page as it stands."""
    page.evaluate(f"() => {{ {axe} }}")
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then((one) => one.violations)")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def hand_over(page: "Page", note: str = "") -> str:
    """Hand the failure on the screen over and return its case id."""
    page.locator(".failure .button--quiet").click()
    page.locator("#support_note").wait_for()
    page.fill("#support_note", note)
    page.locator("dialog .button--primary").click()
    shown = page.locator("dialog [data-case-id]")
    shown.wait_for()
    case_id = shown.inner_text().strip()
    assert find_case_id(case_id) == case_id
    return case_id


def test_a_failure_before_sign_in_is_handed_over_and_answered(
    new_context: "Callable[..., BrowserContext]", office: Settings, axe: str
) -> None:
    page = new_context().new_page()
    page.goto(office.public_url)
    page.fill("#login_name", "nobody.is.called.this")
    page.fill("#password", "and has this password")
    page.locator(".page__actions .button--primary").click()
    page.locator(".failure").wait_for()
    case_id = hand_over(page, "로그인이 안 돼요 900101-2978124")
    assert violations(page, axe) == []
    with desk(office) as opened:
        ticket = support.show_ticket(case_id, operator_id="op", store=opened.store, now=opened.clock.now())
        assert (ticket.failure.code, ticket.subscriber_id) == ("access.sign_in_refused", None)
        assert [one.text for one in ticket.messages] == ["로그인이 안 돼요 ******-*******"]
        support.answer(
            case_id,
            "아이디를 다시 확인해 주세요",
            operator_id="op",
            store=opened.store,
            policy=office.policy.support,
            chance=opened.chance,
            now=opened.clock.now(),
        )
    page.locator("dialog .row .button").nth(1).click()  # my cases
    page.locator(".message--office").wait_for()
    assert "아이디를 다시 확인해 주세요" in page.locator("main").inner_text()
    assert case_id in page.locator("main").inner_text()
    assert violations(page, axe) == []
    page.reload()  # the browser that handed it over still knows it
    page.locator(".message--office").wait_for()


def test_a_failure_of_somebody_signed_in_is_followed_and_settled(
    new_context: "Callable[..., BrowserContext]", office: Settings, customers: Invent, axe: str
) -> None:
    page = new_context().new_page()
    customer = customers(page, seed=741)
    customer.open()
    customer.sign_up()
    customer.open("/application/none-of-mine")
    page.locator(".failure").wait_for()
    case_id = hand_over(page)
    page.locator("dialog .row .button").nth(1).click()
    page.wait_for_url(f"**/support/{case_id}")
    page.locator("#support_text").fill("아직 안 돼요")
    page.locator(".page__actions .button--primary").click()
    page.locator(".message--person").wait_for()
    assert violations(page, axe) == []
    page.locator(".page__actions .button--quiet").click()
    page.locator(".notice--success").wait_for()
    customer.open("/support")
    page.locator(f"a[href='/support/{case_id}']").wait_for()
    assert violations(page, axe) == []


def test_an_outage_stands_on_the_step_and_on_the_status_page_and_goes_by_itself(
    new_context: "Callable[..., BrowserContext]", office: Settings, customers: Invent, axe: str
) -> None:
    page = new_context().new_page()
    customer = customers(page, seed=742)
    customer.open()
    customer.sign_up()
    customer.apply()
    assert page.locator(".away").count() == 0
    with desk(office) as opened:
        told = {"store": opened.store, "policy": office.policy.outage}
        for _ in range(office.policy.outage.failures_to_open_reader):
            outage.report_failure(Neighbour.READER, "neighbour.unavailable", now=opened.clock.now(), **told)
        try:
            page.locator(".away").wait_for()
            assert "신분증 읽기가 늦어요" in page.locator(".away").inner_text()
            assert violations(page, axe) == []
            page.locator(".away a").click()
            page.locator(".notice--warning").wait_for()
            assert page.locator("main .card").count() == 1
            assert violations(page, axe) == []
            page.go_back()
            page.locator(".away").wait_for()
        finally:
            outage.report_answer(Neighbour.READER, now=opened.clock.now(), **told)
    page.locator(".away").wait_for(state="detached")
    customer.open("/status")
    page.locator(".notice--success").wait_for()
