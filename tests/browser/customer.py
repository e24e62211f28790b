"""An invented customer before the app: what they do on each screen, by what stands in it and not by its words.

They have a telephone and a bank statement in the sandbox, and a document to show to the camera.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from browser.hands import Hands
from browser.scenes import Picture, show, write_video
from dojang.cli.demo.reviewer import Reviewer
from dojang.config import Settings
from dojang.pki.validity import day_kst
from dojang.sandbox.resident import BANK_CODE, draw_resident, invent_resident
from dojang.sandbox.specimen.document import Kind

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ACCOUNT_PASSWORD = "an account password 8264"
CERTIFICATE_PASSWORD = "Dojang!web7253"
PATIENCE_S = 120.0
READING_MS = 120_000


_MASKED_OR_TRANSLATED = ("rrn", "sex")
MAIN_ACTION = ".page__actions .button--primary:not([aria-disabled])"
SECOND_ACTION = ".page__actions .button--quiet"

Look = Callable[[str, str], None]  # told a screen's name and something that stands in it


def _pass_by(name: str, selector: str) -> None:
    del name, selector


class Customer:
    """One person, one phone."""

    def __init__(
        self, page: "Page", office: Settings, reviewer: Reviewer, *, seed: int, film: Path, hands: Hands | None = None
    ) -> None:
        self.page = page
        self.reviewer = reviewer
        self.hands = hands or Hands(page)
        self.office = office
        self.film = film
        self.today: date = day_kst(datetime.now(UTC))
        self.resident = invent_resident(seed, self.today)
        self.kind = Kind.RESIDENT_CARD
        self._call = ""
        self._lines_before = 0
        self._statement = f"/bank/statement/{BANK_CODE}/{self.resident.account}.json"
        self.login_name = f"customer{seed}-{time.monotonic_ns() % 10**9}"
        self._http = httpx.Client(base_url=office.sandbox_url, timeout=PATIENCE_S, trust_env=False)
        self._http.post("/sandbox/person", json={"seed": seed, "listening_speed": 50}).raise_for_status()

    def close(self) -> None:
        self._http.close()

    # ---- what every screen has

    def press(self) -> None:
        """The screen's main action."""
        self.hands.press(MAIN_ACTION)

    def take_over(self, page: "Page") -> None:
        """Go on in another tab."""
        self.page = self.hands.page = page

    def at(self, selector: str, *, timeout_ms: float | None = None) -> "Locator":
        """Wait until the screen with this shows."""
        found = self.page.locator(selector).first
        from playwright.sync_api import Error

        try:
            found.wait_for(timeout=timeout_ms)
        except Error:
            said = self.page.locator("body").inner_text()
            raise AssertionError(f"no {selector} at {self.page.url}, which says: {said}") from None
        return found

    @property
    def serial(self) -> str:
        """The serial number in the address of the link to the backup."""
        link = self.at("a[href*='/backup']").get_attribute("href") or ""
        return link.split("/")[2]

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    # ---- the journey, screen by screen

    def open(self, path: str = "/") -> None:
        self.page.goto(f"{self.office.public_url}{path}")

    def sign_up(self, *, look: "Look" = _pass_by) -> None:
        self.at("#login_name")
        self.hands.press(SECOND_ACTION)
        look("sign-up", "#login_name-hint")
        self._enter()
        self.at("nav.actions")

    def sign_in(self) -> None:
        self.at("#login_name")
        self._enter()

    def _enter(self) -> None:
        self.hands.type("#login_name", self.login_name)
        self.hands.type("#password", ACCOUNT_PASSWORD)
        self.press()

    def apply(self, *, look: "Look" = _pass_by) -> None:
        self.press()
        self.consent(look=look)

    def consent(self, *, reason: str = "", look: "Look" = _pass_by) -> None:
        """From what one needs to the choice of document; a re-issue has a reason."""
        look("prepare", "ol.list")
        self.at("ol.list")
        self.press()
        if reason:
            look("reason", "input[name=reason]")
            self.at("input[name=reason]")
            self.hands.choose(f"input[name=reason][value={reason}]")
            self.press()
        look("consents", "#all")
        self.at("#all")
        self.hands.choose("#all")
        self.press()
        look("terms", "main .facts")
        self.at("main .facts")
        self.press()
        self.at("input[name=kind]")

    def consent_to_a_year(self) -> None:
        """From what one needs to the choice of document, for one year."""
        self.at("ol.list")
        self.press()
        self.at("#all").check()
        self.press()
        self.at("input[name=years][value='1']").check()
        self.press()
        self.at("input[name=kind]")

    def choose_document(self, kind: Kind) -> None:
        self.kind = kind
        self.at(f"input[name=kind][value={kind.value}]")
        self.hands.choose(f"input[name=kind][value={kind.value}]")
        self.press()

    def show_document(self, kind: Kind, *, look: "Look" = _pass_by) -> None:
        """Both sides where there are two, held before the camera until it shoots."""
        sides = draw_resident(self.resident.seed, kind, self.today)
        write_video(show(sides.front), self.film)
        self.choose_document(kind)
        look("camera", ".capture__hint--good")
        look("shot", ".capture__shot")
        self.at(".capture__shot")
        if sides.back is not None:
            write_video(show(sides.back), self.film)
            self.press()
            self.at(".capture__stage")
            self.at(".capture__shot")
        self.press()

    def photograph(self, kind: Kind, *sides: Picture) -> None:
        """Whatever lies before the camera, by hand and against its advice; wait for what the office says."""
        for index, picture in enumerate(sides):
            write_video(picture, self.film)
            if index == 0:
                self.choose_document(kind)
            self.at(".capture__stage")
            self.await_(
                lambda: self.page.locator(f"{MAIN_ACTION}, .capture__shot").count() > 0, "the camera does not open"
            )
            if not self.page.locator(".capture__shot").count():
                self.press()
            self.at(".capture__shot")
            self.press()
        self.at(".findings", timeout_ms=READING_MS)

    def hand_in_specimen(self, kind: Kind = Kind.RESIDENT_CARD) -> None:
        """Without a camera, as the sandbox allows."""
        self.kind = kind
        self.page.evaluate("(seed) => sessionStorage.setItem('dojang.sandbox.seed', seed)", str(self.resident.seed))
        self.at(f"input[name=kind][value={kind.value}]")
        self.hands.choose(f"input[name=kind][value={kind.value}]")
        self.hands.press(".sandbox-offer .button")

    def confirm_fields(self) -> None:
        """Compare what was read with the document in the hand, correct what is wrong, and confirm."""
        self.at("section.read", timeout_ms=READING_MS)
        printed = draw_resident(self.resident.seed, self.kind, self.today).front.values
        read = self.page.locator("section.read:has(.read__text):has(.button)").all()  # what may be corrected
        shown = [(one.get_attribute("id") or "", one.locator(".read__text").inner_text().strip()) for one in read]
        for place, value in shown:
            name = place.removeprefix("read-")
            if name in _MASKED_OR_TRANSLATED or value == printed.get(name, value):
                continue
            self.hands.press(f"#{place} .button")
            self.hands.type(f"#{name}", printed[name])
        self.press()

    def enter_person(self) -> None:
        """Whatever is asked, a question a page; most is known from the document."""
        self.come_to_telephone()
        self.hands.type("#phone", self.resident.phone)
        self.press()

    def come_to_telephone(self) -> None:
        """Answer what is asked before the telephone's number."""
        self.at("#name", timeout_ms=READING_MS)
        while not self.page.locator("#phone").count():
            if self.page.locator("#rrn").count():
                self.hands.type("#rrn", self.resident.rrn)
            before = self.heading
            self.press()
            self.await_(lambda was=before: self.heading != was, "the page does not change")

    def name_known_account(self, *, look: Callable[[], None]) -> None:
        """The one that was used the last time, by one tap."""
        self.at("main .card .button", timeout_ms=READING_MS)
        look()
        self._lines_before = len(self._get(self._statement)["lines"])
        self.hands.press("main .card .button")

    def name_account(self) -> None:
        self.at("#number", timeout_ms=READING_MS)
        self._lines_before = len(self._get(self._statement)["lines"])
        self.hands.pick("#bank_code", BANK_CODE)
        self.hands.type("#number", self.resident.account)
        self.press()

    def read_statement(self) -> tuple[str, str]:
        """Return the amount and the depositor's text of the newest deposit."""
        self.await_(lambda: len(self._get(self._statement)["lines"]) > self._lines_before, "no deposit arrived")
        lines = self._get(self._statement)["lines"]
        return str(lines[0]["amount_krw"]), str(lines[0]["text"])

    def confirm_deposit(self, amount: str, text: str) -> None:
        self.at("#amount_krw", timeout_ms=READING_MS)
        self.hands.type("#amount_krw", amount)
        self.hands.type("#code", re.sub(r"\D", "", text))
        self.press()

    def ask_for_call(self) -> str:
        """Ask to be called and return the number on the screen."""
        self.at("details.card, details", timeout_ms=READING_MS)
        self.press()
        return self.at(".figures").inner_text().strip()

    def answer_call(self, keys: str, *, until: str = "confirmed") -> None:
        """Pick up and press, and listen until a prompt is heard."""
        base = f"/telephony/handset/{self.resident.phone}/calls"
        ringing = self.await_(
            lambda: [one for one in self._get(base)["calls"] if one["state"] == "ringing"], "the telephone did not ring"
        )
        self._call = f"{base}/{ringing[-1]['call_id']}"
        self._http.post(f"{self._call}/answer").raise_for_status()
        self._hear("press_number")
        self._http.post(f"{self._call}/press", json={"keys": f"{keys}#"}).raise_for_status()
        self._hear(until)

    def let_it_ring(self) -> None:
        """Nobody picks up; wait until the office has given up."""
        self.at(MAIN_ACTION, timeout_ms=READING_MS)

    def hang_up(self) -> None:
        self._http.post(f"{self._call}/hang-up")

    def _hear(self, prompt: str) -> None:
        heard = lambda: [one["prompt"] for one in self._get(self._call)["heard"]]  # noqa: E731 - asked again and again
        self.await_(lambda: prompt in heard(), f"the voice never said {prompt}")

    def be_reviewed(self) -> None:
        """Wait until the password is asked for; whatever the office's people must look at is approved."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.page.locator("#again").count():
                return
            self.reviewer.approve_all()
            self.page.wait_for_timeout(300)
        raise AssertionError(f"still at {self.heading!r}")

    def make_keys(self) -> None:
        self.at("#again")
        self.hands.type("#password", CERTIFICATE_PASSWORD)
        self.hands.type("#again", CERTIFICATE_PASSWORD)
        self.press()
        self.at(".notice--success", timeout_ms=READING_MS)

    def prove_identity(self) -> None:
        """From what was read to the password screen."""
        self.confirm_fields()
        self.enter_person()
        self.name_account()
        self.confirm_deposit(*self.read_statement())
        self.answer_call(self.ask_for_call())
        self.be_reviewed()

    def back_up(self, form: str, directory: Path) -> list[Path]:
        """Make the files and save them."""
        self.at(f"input[name=format][value={form}]")
        self.hands.choose(f"input[name=format][value={form}]")
        self.hands.type("#password", CERTIFICATE_PASSWORD)
        self.press()
        self.at(".notice--success", timeout_ms=READING_MS)
        saved: list[Path] = []
        for button in self.page.locator("main .button--wide").all():
            with self.page.expect_download() as download:
                button.click()
            saved.append(directory / download.value.suggested_filename)
            download.value.save_as(saved[-1])
        return saved

    # ---- the sandbox

    def _get(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def await_(self, look: Callable[[], Any], otherwise: str) -> Any:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found = look()
            if found:
                return found
            self.page.wait_for_timeout(100)
        said = self.page.locator("body").inner_text()
        raise AssertionError(f"{otherwise} at {self.page.url}, which says: {said}")
