"""Documents before the camera: each kind leads to a certificate, and what cannot be accepted is told why."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from browser.customer import READING_MS, Customer
from browser.inspector import Inspector
from browser.scenes import Flaw, show
from dojang.kernel.catalogue import load_catalogue
from dojang.lifecycle.identity_proofing.policy import DocumentPolicy
from dojang.sandbox.resident import Resident, draw_resident
from dojang.sandbox.specimen.cases import draw_sides, invent_issue_date, last_valid_day
from dojang.sandbox.specimen.document import FlatDocument, Kind

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


@pytest.mark.parametrize(("kind", "seed"), [(Kind.DRIVER_LICENCE, 21), (Kind.PASSPORT, 63)])
def test_a_new_certificate_with(
    kind: Kind,
    seed: int,
    new_context: "Callable[..., BrowserContext]",
    customers: Callable[..., Customer],
    inspector: Inspector,
) -> None:
    """The resident card's road is test_journey.py's."""
    customer = customers(new_context().new_page(), seed=seed)
    customer.open()
    customer.sign_up()
    customer.apply()
    customer.show_document(kind)
    customer.at("section.read", timeout_ms=READING_MS)
    inspector.look(customer.page, f"fields of a {kind}")
    customer.prove_identity()
    customer.make_keys()
    assert customer.resident.person.name.hangul in customer.page.locator("main").inner_text()


def test_what_cannot_be_accepted_is_told_why_and_may_be_tried_again(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer], inspector: Inspector
) -> None:
    customer = customers(new_context().new_page(), seed=23)
    customer.open()
    customer.sign_up()
    customer.apply()
    passport = draw_resident(customer.resident.seed, Kind.PASSPORT, customer.today).front
    card = draw_resident(customer.resident.seed, Kind.RESIDENT_CARD, customer.today)
    assert card.back is not None
    expired = _expired_licence(customer.resident, customer.today)
    refused = [
        ("blurred", Kind.PASSPORT, [show(passport, Flaw.BLUR)]),
        ("glare", Kind.PASSPORT, [show(passport, Flaw.GLARE)]),
        ("wrong_document", Kind.RESIDENT_CARD, [show(passport), show(card.back)]),
        ("expired", Kind.DRIVER_LICENCE, [show(one) for one in expired]),
    ]
    for code, kind, pictures in refused:
        customer.photograph(kind, *pictures)
        _is_told(customer, code)
        inspector.look(customer.page, "document refused")
    customer.show_document(Kind.RESIDENT_CARD)
    customer.at("section.read", timeout_ms=READING_MS)


def test_after_the_last_try_the_application_ends_and_says_what_else_there_is(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer], inspector: Inspector
) -> None:
    customer = customers(new_context().new_page(), seed=24)
    customer.open()
    customer.sign_up()
    customer.apply()
    table = show(draw_resident(customer.resident.seed, Kind.PASSPORT, customer.today).front, Flaw.NOTHING)
    main = customer.page.locator("main")
    tries = DocumentPolicy().attempts
    for used in range(1, tries + 1):
        customer.photograph(Kind.PASSPORT, table)
        _is_told(customer, "no_document")
        left = tries - used
        told = {0: "횟수를 모두", 1: "마지막 한 번"}.get(left, f"{left}번 더")
        assert told in main.inner_text()
    assert "마지막 한 번" not in main.inner_text()
    assert "영업점" in main.inner_text()
    inspector.look(customer.page, "ended application")


def _is_told(customer: Customer, code: str) -> None:
    """The photograph's finding, in the office's words: what it is and what to do."""
    words = load_catalogue().get(f"id_document.{code}", "ko")
    said = customer.page.locator(".findings").first.inner_text()
    assert words.title in said, code
    assert words.next in said, code


def _expired_licence(resident: Resident, today: date) -> list[FlatDocument]:
    rng = np.random.default_rng(42)
    issued_on = invent_issue_date(rng, resident.person, Kind.DRIVER_LICENCE, today=today, expired=True)
    ends = last_valid_day(resident.person, Kind.DRIVER_LICENCE, issued_on)
    sides = draw_sides(resident.person, Kind.DRIVER_LICENCE, issued_on=issued_on, expires_on=ends)
    assert sides.back is not None
    return [sides.front, sides.back]
