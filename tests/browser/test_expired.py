"""A certificate that has run out: its holder is told, and one tap leads to another, with what is known filled in.

No browser can make a year pass: the office's ledger is told that the end is now. Mail goes over real SMTP on loopback.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from browser.conftest import PHONE
from browser.customer import MAIN_ACTION, READING_MS, Customer
from browser.inspector import Inspector
from builders.served import free_port
from dojang.adapters.store.tables.issuance import certificate
from dojang.adapters.store.tables.revocation import standing
from dojang.bootstrap import open_office
from dojang.cli.demo.command import demo_settings
from dojang.cli.demo.reviewer import Reviewer
from dojang.cli.serve import OfficeProcesses, prepare
from dojang.config import Settings, parse_settings

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

ADDRESS = "gildong.expired@dojang.example"
PATIENCE_S = 150.0  # reminders are looked for once a minute


class Postbox:
    """Every mail the office sent, oldest first."""

    def __init__(self) -> None:
        self._mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's
        del server, session
        assert isinstance(envelope.content, bytes)
        self._mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def find(self, pattern: str) -> re.Match[str]:
        """Wait for a mail with this in its text, or in the link to be rid of its kind."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for mail in reversed(self._mails):
                whole = f"{mail['List-Unsubscribe'] or ''}\n{mail.get_content()}"
                if found := re.search(pattern, whole):
                    return found
            time.sleep(0.2)
        raise AssertionError(f"no mail with {pattern} among {[str(one['Subject']) for one in self._mails]}")


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def forgotten_office(
    frontend: ModuleType, postbox: Postbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """An office that sends its mail to the postbox, at any hour."""
    frontend.build()
    directory = tmp_path_factory.mktemp("forgotten")
    (directory / "office").mkdir()
    server = Controller(postbox, hostname="127.0.0.1", port=free_port())
    chosen = demo_settings(directory).model_dump(mode="json")
    chosen["neighbours"]["email"]["url"] = f"smtp://localhost:{server.port}"
    chosen["policy"]["notices"]["default_reach"] = "email"
    chosen["policy"]["notices"]["expiry"].update(from_hour=0, until_hour=24)
    settings = parse_settings(chosen)
    prepare(settings)
    server.start()
    try:
        with OfficeProcesses(settings, log_file=directory / "log.jsonl"):
            yield settings
    finally:
        server.stop()


def run_out(settings: Settings) -> None:
    """Let every certificate of the office end now: its ledger says so, and what it signed cannot."""
    office = open_office(settings)
    try:
        over = office.clock.now() + timedelta(seconds=2)
        with office.database.writing() as connection:
            for table in (certificate, standing):
                connection.execute(sa.update(table).values(not_after=over))
    finally:
        office.database.dispose()
    time.sleep(3)


def test_who_let_it_run_out_is_told_and_gets_another_with_what_is_known(
    forgotten_office: Settings,
    postbox: Postbox,
    new_context: "Callable[..., BrowserContext]",
    inspector: Inspector,
    camera_film: Path,
) -> None:
    inspector.pictures = "expired"
    page = new_context(viewport=PHONE).new_page()
    with Reviewer(forgotten_office) as reviewer:
        customer = Customer(page, forgotten_office, reviewer, seed=91, film=camera_film)
        try:
            old = _hold_for_a_year(customer)
            _name_an_address(customer, postbox, inspector)
            run_out(forgotten_office)
            _be_rid_of_reminders(customer, postbox, inspector)
            _find_it_over(customer, inspector, old)
            _have_it_issued_anew(customer, inspector)
            assert customer.serial != old
        finally:
            customer.close()


def _hold_for_a_year(customer: Customer) -> str:
    customer.open()
    customer.sign_up()
    customer.press()
    customer.at("ol.list")
    customer.press()
    customer.at("#all").check()
    customer.press()
    customer.at("input[name=years][value='1']").check()
    customer.press()
    customer.hand_in_specimen()
    customer.prove_identity()
    customer.make_keys()
    customer.open()
    return customer.serial


def _name_an_address(customer: Customer, postbox: Postbox, inspector: Inspector) -> None:
    badge = customer.at("a[href='/notices'] .badge")  # it was told of the certificate
    assert int(badge.inner_text()) > 0
    inspector.look(customer.page, "home with notices")
    with customer.page.expect_response("**/v1/notices/read"):
        customer.page.locator("a[href='/notices']").click()
    with customer.page.expect_response("**/v1/notices") as answer:
        customer.open()
    assert answer.value.json()["unread"] == 0
    customer.at("a[href='/notices']")
    assert customer.page.locator(".badge").count() == 0
    customer.open("/notify")
    customer.at("#email").fill(ADDRESS)
    customer.page.locator("form button[type=submit]").click()
    customer.at("#code").fill(postbox.find(r"\b(\d{6})\b")[1])
    customer.page.locator("form button[type=submit]").click()
    customer.page.locator("#code").wait_for(state="detached")


def _find_it_over(customer: Customer, inspector: Inspector, old: str) -> None:
    customer.open()
    customer.at("main details.card")
    page = customer.page
    assert page.locator("section.certificate").count() == 0
    assert old in page.locator("main details.card").inner_text()
    assert "만료" in page.locator("main details.card").inner_text()
    inspector.look(page, "home, run out")
    customer.press()  # one tap
    customer.at("ol.list")
    assert page.url.endswith("/apply/reissue")
    assert page.locator(".notice--warning").count() == 0  # there is nothing to use instead


def _have_it_issued_anew(customer: Customer, inspector: Inspector) -> None:
    page = customer.page

    def look(name: str, selector: str) -> None:
        customer.at(selector)
        if name == "reason":
            page.locator("input[name=reason][value=expired]:checked").wait_for(state="attached")
            inspector.look(page, "reason, run out")

    customer.consent(reason="expired", look=look)
    customer.hand_in_specimen()
    customer.at("section.read", timeout_ms=READING_MS)
    page.reload()  # what the sandbox filled in is gone: what stands there now, the office knows
    customer.confirm_fields()
    customer.come_to_telephone()
    assert re.sub(r"\D", "", page.locator("#phone").input_value()) == customer.resident.phone
    inspector.look(page, "telephone known")
    customer.press()
    customer.name_known_account(look=lambda: inspector.look(page, "account known"))
    customer.confirm_deposit(*customer.read_statement())
    customer.answer_call(customer.ask_for_call())
    customer.be_reviewed()
    customer.make_keys()
    customer.open()


def _be_rid_of_reminders(customer: Customer, postbox: Postbox, inspector: Inspector) -> None:
    """The link in the mail, opened by a browser that is signed in to nothing."""
    link = postbox.find(r"<(http://\S+/v1/notices/unsubscribe/\S+)>")[1]
    page = customer.page
    page.goto(link)
    customer.at(MAIN_ACTION)
    assert "/notify/off/" in page.url
    inspector.look(page, "turn reminders off")
    customer.press()
    customer.at(".notice--success")
    inspector.look(page, "reminders off")
    page.goto(link)
    customer.at(".failure")  # a link is good once
    inspector.look(page, "link used")
    customer.open("/notify")
    assert not customer.at("#topic-expiry").is_checked()
