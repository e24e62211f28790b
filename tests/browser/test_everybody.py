"""The whole road for people who come another way: in English by keyboard alone, in easy mode, through dialogs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from browser.customer import READING_MS, Customer
from browser.hands import Keyboard
from browser.inspector import Inspector, korean_in
from browser.scenes import Flaw, show, write_video
from dojang.sandbox.resident import draw_resident
from dojang.sandbox.specimen.document import Kind

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

VOICE_AND_TELEPHONE = 2
# after a dialog's last control a browser may go to its own bar before it comes round again: then nothing has the focus
_WITHIN = "() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null"


def test_the_whole_road_in_english_by_keyboard_alone(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer], inspector: Inspector
) -> None:
    page = new_context(locale="en-US", has_touch=False).new_page()
    customer = customers(page, seed=331, hands=Keyboard)

    def look(name: str, selector: str) -> None:
        customer.at(selector, timeout_ms=READING_MS)
        assert page.evaluate("() => document.documentElement.lang") == "en"
        mine = (customer.resident.person.name.hangul, "한국어")  # theirs, and the way back to Korean
        assert korean_in(page, but=mine) == "", name
        inspector.look(page, f"{name} in English")

    customer.open()
    look("sign-in", "#login_name")
    customer.sign_up()
    look("home", "nav.actions")
    customer.apply(look=look)
    look("document", "input[name=kind]")
    _a_dialog_keeps_the_focus_and_gives_it_back(customer)
    customer.show_document(Kind.RESIDENT_CARD, look=look)
    customer.at("section.read", timeout_ms=READING_MS)  # what was read is Korean
    customer.confirm_fields()
    customer.enter_person()
    look("account", "#number")
    customer.name_account()
    look("deposit", "#amount_krw")
    customer.confirm_deposit(*customer.read_statement())
    look("call", "details")
    number = customer.ask_for_call()
    look("calling", ".figures")
    customer.answer_call(number)
    customer.be_reviewed()
    look("password", "#again")
    customer.make_keys()
    look("receipt", ".notice--success")
    customer.press()
    look("backup", "input[name=format]")


def _a_dialog_keeps_the_focus_and_gives_it_back(customer: Customer) -> None:
    """Home, where an application may be cancelled after a question."""
    page, hands = customer.page, customer.hands
    where = page.url
    hands.press(".page__bar .button--quiet")
    asking = ".card .row .button--quiet"
    hands.press(asking)
    page.locator("dialog[open]").wait_for()
    for _ in range(5):
        assert page.evaluate(
            "() => !!document.activeElement.closest('dialog') || document.activeElement === document.body"
        )
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")
    assert page.evaluate("(selector) => document.activeElement.matches(selector)", asking)
    customer.press()
    customer.at("input[name=kind]")
    assert page.url.startswith(where.rsplit("/", 1)[0])


def test_the_whole_road_in_easy_mode(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer], inspector: Inspector
) -> None:
    page = new_context().new_page()
    customer = customers(page, seed=32)

    def look(name: str, selector: str) -> None:
        customer.at(selector, timeout_ms=READING_MS)
        assert _letter_px(page) >= 22, name
        assert page.locator(".page__actions .button--primary").count() <= 1, name
        assert page.locator(".help .button").count() == VOICE_AND_TELEPHONE, name
        inspector.look(page, f"{name} in easy mode")

    customer.open()
    customer.at("#login_name")
    page.locator(".corner .button").first.click()  # one tap
    look("sign-in", "#login_name")
    customer.sign_up()
    look("home", "nav.actions")
    customer.apply(look=look)
    look("document", "input[name=kind]")
    _the_camera_hides_neither_its_frame_nor_the_help(customer, inspector)
    customer.show_document(Kind.RESIDENT_CARD, look=look)
    look("fields", "section.read")
    customer.confirm_fields()
    customer.enter_person()
    look("account", "#number")
    customer.name_account()
    look("deposit", "#amount_krw")
    customer.confirm_deposit(*customer.read_statement())
    look("call", "details")
    number = customer.ask_for_call()
    look("calling", ".figures")
    customer.answer_call(number)
    customer.be_reviewed()
    look("password", "#again")
    customer.make_keys()
    look("receipt", ".notice--success")


def _the_camera_hides_neither_its_frame_nor_the_help(customer: Customer, inspector: Inspector) -> None:
    """All at once on a phone: the frame, the shutter, a voice, the bank. What is filmed here is not shot by itself."""
    page = customer.page
    glare = show(draw_resident(customer.resident.seed, Kind.RESIDENT_CARD, customer.today).front, Flaw.GLARE)
    write_video(glare, customer.film)
    customer.choose_document(Kind.RESIDENT_CARD)
    page.get_by_role("status").filter(has_text="빛이 비쳐요").wait_for()
    inspector.look(page, "camera waiting in easy mode")
    frame, shutter, *help_buttons = (
        page.locator(one).bounding_box()
        for one in (
            ".capture__frame--under",
            ".page__actions .button--primary",
            ".help .button >> nth=0",
            ".help .button >> nth=1",
        )
    )
    assert frame is not None
    assert shutter is not None
    assert frame["y"] + frame["height"] <= shutter["y"]
    height = page.evaluate("() => innerHeight")
    for one in help_buttons:
        assert one is not None
        assert shutter["y"] + shutter["height"] <= one["y"]
        assert one["y"] + one["height"] <= height
    page.locator(".page__bar .button--quiet").first.click()
    customer.at("input[name=kind]")


def _letter_px(page: "Page") -> float:
    size: float = page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
    return size
