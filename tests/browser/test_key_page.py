"""Keys on a page of their own: a certificate's whole life through the channel, and what strangers get."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from copy import copy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from browser.conftest import phones
from browser.customer import CERTIFICATE_PASSWORD, MAIN_ACTION, READING_MS
from browser.hands import Hands
from browser.inspector import AXE_RULES, SCREENSHOTS
from browser.key_page import Crossing, KeyPageCustomer, OtherPort, axe_finds, databases
from browser.paper import POPPLER, drawn_by_poppler, drawn_pages, likeness, pdf_without_typefaces
from browser.test_other_sites import Shop, openssl
from browser.test_passkeys import add_passkey, authenticator_of
from browser.traffic import Traffic
from dojang.cli.demo.command import POLICY, demo_settings
from dojang.cli.demo.judges import OpenSsl
from dojang.cli.demo.reviewer import Reviewer
from dojang.cli.serve import OfficeProcesses, prepare
from dojang.config import Settings, parse_settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


NEW_PASSWORD = "Another!one9471"
ALIKE = 0.97  # a page, drawn by two programs
INK = 200  # of 255


@pytest.fixture(scope="module")
def apart(frontend: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An office whose subscribers' keys lie on a page of their own; it renews from the first day."""
    frontend.build()
    directory = tmp_path_factory.mktemp("apart")
    (directory / "office").mkdir()
    demo = demo_settings(directory)
    other = OtherPort(demo.web.port)
    chosen = demo.model_dump(mode="json")
    # passkeys know hosts by name; both pages are at one
    chosen["web"]["public_url"] = f"http://localhost:{demo.web.port}"
    chosen["web"]["vault_origin"] = other.origin
    chosen["policy"]["renewal"]["window_days"] = 400
    settings = parse_settings(chosen)
    prepare(settings)
    other.open()
    with OfficeProcesses(settings, log_file=directory / "log.jsonl"):
        yield settings
    other.close()


@pytest.fixture(scope="module")
def traffic_apart() -> Traffic:
    return Traffic()


@pytest.fixture(scope="module")
def crossings() -> list[Crossing]:
    return []


@pytest.fixture(scope="module")
def holder(
    chromium: "Browser", apart: Settings, traffic_apart: Traffic, crossings: list[Crossing], camera_film: Path
) -> Iterator[KeyPageCustomer]:
    """One person with a certificate in the vault's page."""
    with phones(chromium, traffic_apart) as open_phone, Reviewer(apart) as reviewer:
        context = open_phone()
        crossings.append(Crossing(context))
        page = context.new_page()
        customer = KeyPageCustomer(page, apart, reviewer, seed=97, film=camera_film, hands=Hands(page))
        customer.open()
        customer.sign_up()
        customer.press()
        customer.consent_to_a_year()
        customer.hand_in_specimen()
        customer.prove_identity()
        customer.make_keys()
        yield customer
        customer.close()


def test_keys_lie_at_the_vaults_origin_alone(holder: KeyPageCustomer, apart: Settings) -> None:
    holder.open()
    holder.at("section.certificate")
    frame = next(one for one in holder.page.frames if one.url.endswith("/key.html"))
    assert frame.url == f"{apart.web.vault_origin}/key.html"
    assert databases(frame) == ["dojang"]
    assert databases(holder.page) == []


def test_a_text_is_shown_by_the_vault_and_signed(
    holder: KeyPageCustomer, apart: Settings, axe: str, tmp_path: Path
) -> None:
    holder.open("/use")
    holder.hands.type("#text", "보관함에서 서명합니다.")
    holder.press()
    holder.at(".shown")
    assert not holder.page.locator("input[type=password]").count()
    holder.press()
    assert axe_finds(holder.vault(), axe, AXE_RULES) == []
    _picture(holder, "sign")
    _a_covered_page_takes_no_yes(holder)
    holder.say_no()
    holder.at(".failure")
    holder.press()
    holder.say_yes(password="Wrong!word7253")
    holder.vault().locator("[role=alert]:visible").wait_for()
    assert "보관함에서 서명합니다." in holder.say_yes(password=CERTIFICATE_PASSWORD)
    holder.at(".notice--success", timeout_ms=READING_MS)
    with holder.page.expect_download() as download:
        holder.press()
    signed = tmp_path / "signed.p7m"
    download.value.save_as(signed)
    root, issuing = apart.authority_dir / "root.pem", apart.authority_dir / "issuing.pem"
    assert OpenSsl(POLICY).verify_signature(signed, root=root, issuing=issuing).passed


def _a_covered_page_takes_no_yes(holder: KeyPageCustomer) -> None:
    """Whoever has got into the app's page lays something over the vault's, which lets presses through."""
    frame = holder.vault()
    frame.locator("button[type=submit]:not([aria-disabled=true])").wait_for()
    holder.page.evaluate(
        """() => {
          const cover = document.createElement("div");
          cover.popover = "manual";
          Object.assign(cover.style, { inset: "0", width: "100%", height: "100%", pointerEvents: "none" });
          document.body.append(cover);
          cover.showPopover();
        }"""
    )
    frame.locator("button[type=submit][aria-disabled=true]").wait_for()
    frame.locator("#password").fill(CERTIFICATE_PASSWORD)
    frame.locator("button[type=submit]").click(force=True)
    frame.locator("[role=alert]:visible").wait_for()
    holder.page.evaluate("() => document.querySelector('[popover]').remove()")
    frame.locator("button[type=submit]:not([aria-disabled=true])").wait_for()


@pytest.fixture(scope="module")
def shop(apart: Settings) -> Iterator[Shop]:
    opened = Shop(apart)
    yield opened
    opened.close()


def test_signing_in_elsewhere_names_the_site(holder: KeyPageCustomer, shop: Shop) -> None:
    holder.page.goto(shop.sign_in_address)
    holder.at(MAIN_ACTION)
    holder.press()
    _picture(holder, "sign in")
    assert "견본 상점" in holder.say_yes(password=CERTIFICATE_PASSWORD)
    holder.page.wait_for_selector("#back")
    assert shop.redeem(shop.visits[-1]["code"])["name"] == holder.resident.person.name.hangul


def test_a_contract_is_drawn_by_the_vault_and_signed_for_whoever_asks(
    holder: KeyPageCustomer, shop: Shop, traffic_apart: Traffic, tmp_path: Path
) -> None:
    contract = pdf_without_typefaces("자동차 매매 계약서")
    asked = shop.ask_signature(kind="pdf", content=base64.b64encode(contract).decode(), file_name="계약서.pdf")
    holder.page.goto(str(asked["address"]))
    holder.at("#read").check()
    assert not holder.page.locator("input[type=password]").count()
    holder.press()
    _the_vault_draws_what_it_signs(holder, contract, tmp_path)
    _picture(holder, "contract")
    _nobody_puts_another_page_in_its_place(holder, traffic_apart)
    shown = holder.say_yes(password=CERTIFICATE_PASSWORD)
    for one in ("매매 계약", "견본 상점", "계약서.pdf", hashlib.sha256(contract).hexdigest()):
        assert one in shown
    holder.page.wait_for_selector("#back")
    assert shop.signature(asked["id"])["state"] == "completed"
    assert shop.verify("pdf", shop.signed(asked["id"]))["passed"] is True


def _the_vault_draws_what_it_signs(holder: KeyPageCustomer, contract: bytes, scratch: Path) -> None:
    """Page by page as another program does; in a frame without the vault's origin, storage or keys."""
    frame = holder.vault()
    sheets = drawn_pages(frame, 2)
    if POPPLER:
        assert likeness(sheets[1], drawn_by_poppler(contract, scratch)[1]) > ALIKE
    assert (sheets[0] < INK).sum() > 50  # Korean in a typeface the file does not bring along
    assert "자동차 매매 계약서" in (frame.locator(".paper__sheet").first.text_content() or "")
    (drawing,) = frame.child_frames
    assert drawing.url.endswith("/paper/paper.html")
    assert drawing.evaluate("() => self.origin") == "null"
    assert drawing.evaluate(
        "() => { try { return String(indexedDB.open('dojang')) } catch (e) { return e.name } }"
    ) == ("SecurityError")
    assert drawing.evaluate("() => { try { return parent.document.title } catch (e) { return e.name } }") == (
        "SecurityError"
    )


def _nobody_puts_another_page_in_its_place(holder: KeyPageCustomer, traffic: Traffic) -> None:
    """Whoever has got into the app's page may send a frame below it elsewhere, but not to a page of theirs."""
    (drawing,) = holder.vault().child_frames
    holder.page.evaluate("() => { frames[0].frames[0].location = `${location.origin}/index.html`; }")
    holder.await_(lambda: any("frame-src" in one for one in traffic.violations), "the vault's page lets it through")
    assert not drawing.url.startswith(holder.office.public_url)
    traffic.errors[:] = [one for one in traffic.errors if "frame-src" not in one]
    assert holder.vault().locator(".paper__sheet canvas").count() == 2  # what was drawn stays


def test_a_letter_is_opened_by_the_vault(holder: KeyPageCustomer, shop: Shop, tmp_path: Path) -> None:
    """From the shop where its owner has signed in."""
    holder.open()
    (tmp_path / "to.pem").write_bytes(shop.certificate_of(holder.serial))
    text = "보관함만 여는 편지".encode()
    letter = tmp_path / "letter.p7m"
    letter.write_bytes(
        openssl("cms", "-encrypt", "-binary", "-aes256", "-outform", "DER", "-recip", tmp_path / "to.pem", stdin=text)
    )
    holder.open("/letter")
    holder.at("#letter")
    holder.page.set_input_files("#letter", letter)
    holder.press()
    holder.at(f"{MAIN_ACTION}:not([aria-disabled])")
    holder.press()
    holder.say_yes(password=CERTIFICATE_PASSWORD)
    assert holder.at(".shown pre").inner_text().encode() == text


def test_a_certificate_moves_from_vault_to_vault(
    holder: KeyPageCustomer, chromium: "Browser", traffic_apart: Traffic, crossings: list[Crossing]
) -> None:
    with phones(chromium, traffic_apart) as open_phone:
        context = open_phone()
        crossings.append(Crossing(context))
        other = copy(holder)
        other.page = context.new_page()
        other.hands = Hands(other.page)
        other.open()
        other.sign_in()
        other.at("nav.actions")
        holder.open("/move/send")
        holder.at(MAIN_ACTION)
        holder.press()
        holder.say_yes()
        digits = re.sub(r"\D", "", holder.vault().locator(".figures").inner_text())
        assert len(digits) == 12
        assert digits not in re.sub(r"\D", "", holder.page.locator("main").inner_text())  # only the vault shows them
        other.open("/move/receive")
        other.hands.type("#code", digits)
        other.press()
        holder.vault().locator(".figures--words").wait_for()
        assert "Linux" in holder.say_yes()
        other.at(".notice--success", timeout_ms=READING_MS)
        holder.at(".notice--success")
        other.open("/use")
        other.hands.type("#text", "옮긴 기기에서 서명합니다.")
        other.press()
        other.at(".shown")
        other.press()
        other.say_yes(password=CERTIFICATE_PASSWORD)
        other.at(".notice--success", timeout_ms=READING_MS)
        assert databases(other.page) == []


def test_backup_files_are_handed_over_by_the_vault(holder: KeyPageCustomer, tmp_path: Path) -> None:
    holder.open()
    holder.page.goto(f"{holder.office.public_url}/certificate/{holder.serial}/backup")
    holder.at("input[name=format][value=pkcs12]")
    holder.press()
    holder.say_yes(password=CERTIFICATE_PASSWORD)
    saving = holder.vault().locator("main button")
    saving.wait_for(timeout=READING_MS)
    with holder.page.expect_download() as download:
        saving.click()
    saved = tmp_path / "saved.p12"
    download.value.save_as(saved)
    holder.vault().locator(".page__actions button").click()
    holder.at(".notice--success")
    assert OpenSsl(POLICY).open_pkcs12(saved, CERTIFICATE_PASSWORD).passed


def test_a_renewal_says_what_is_renewed(holder: KeyPageCustomer) -> None:
    holder.open()
    old = holder.serial
    holder.at(f"a[href='/renew/{old}']").click()
    holder.at("#agreed").check()
    holder.press()
    holder.at("main .notice")
    holder.press()
    assert old in holder.say_yes(password=CERTIFICATE_PASSWORD)
    holder.at(".notice--success", timeout_ms=READING_MS)
    holder.open()
    assert holder.serial != old


def test_a_passkey_opens_what_it_was_turned_on_for(holder: KeyPageCustomer) -> None:
    home = holder.office.public_url
    authenticator_of(holder.page)
    add_passkey(holder.page, home, "내 휴대폰")
    holder.open()
    serial = holder.serial
    holder.open(f"/certificate/{serial}/passkey")
    holder.at(f"{MAIN_ACTION}:not([aria-disabled])")
    holder.press()
    assert serial in holder.say_yes(password=CERTIFICATE_PASSWORD)
    holder.at(".notice--success", timeout_ms=READING_MS)
    holder.open(f"/use/{serial}")
    holder.hands.type("#text", "패스키로 서명합니다.")
    holder.press()
    holder.at(".shown")
    holder.press()
    holder.say_yes_by_passkey()
    holder.at(".notice--success", timeout_ms=READING_MS)


def test_the_password_is_changed_where_the_keys_are(holder: KeyPageCustomer) -> None:
    holder.open()
    serial = holder.serial
    holder.open(f"/certificate/{serial}/password")
    holder.at(MAIN_ACTION)
    assert not holder.page.locator("input[type=password]").count()
    holder.press()
    assert serial in holder.say_yes(password=CERTIFICATE_PASSWORD, fresh=NEW_PASSWORD, again=NEW_PASSWORD)
    holder.at(".notice--success", timeout_ms=READING_MS)
    holder.open(f"/use/{serial}")
    holder.hands.type("#text", "새 비밀번호로 서명합니다.")
    holder.press()
    holder.at(".shown")
    holder.press()
    holder.say_yes(password=CERTIFICATE_PASSWORD)
    holder.vault().locator("[role=alert]:visible").wait_for()
    holder.say_yes(password=NEW_PASSWORD)
    holder.at(".notice--success", timeout_ms=READING_MS)


def test_no_secret_crosses_from_page_to_page(
    holder: KeyPageCustomer, traffic_apart: Traffic, crossings: list[Crossing]
) -> None:
    assert len(crossings) == 2
    secrets = [*traffic_apart.key_parts()]
    secrets += [("password", one.encode()) for one in (CERTIFICATE_PASSWORD, NEW_PASSWORD)]
    assert len(secrets) > 10
    for crossing in crossings:
        assert any('"call":"sign"' in one for one in crossing.messages)  # the recorder hears the channel
        assert crossing.leaks(secrets) == []


class Stranger:
    """A page at a third origin that frames the vault's page and opens it, and talks to both."""

    def __init__(self, vault: str) -> None:
        page = f"""<!doctype html><title>stranger</title><h1>여기를 누르세요</h1>
<iframe src="{vault}/key.html"></iframe>
<script>
const heard = [];
addEventListener("message", (event) => heard.push([event.origin, event.data]));
const talk = (target) => {{
  const {{ port1, port2 }} = new MessageChannel();
  port1.onmessage = (event) => heard.push(["port", event.data]);
  target.postMessage("dojang.vault.1.connect", "*", [port2]);
  const manner = {{ language: "ko", easy: false, scheme: "system" }};
  port1.postMessage({{ id: 1, call: "listHeld", given: [], manner }});
}};
const opened = () => window.open("{vault}/key.html");
</script>"""

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Door)
        self.address = f"http://127.0.0.1:{self._server.server_port}/"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_a_strangers_page_gets_nothing(apart: Settings, chromium: "Browser") -> None:
    stranger = Stranger(apart.web.vault_origin)
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.goto(stranger.address)
        page.evaluate("() => talk(frames[0])")
        with context.expect_page() as opening:
            page.evaluate("() => { globalThis.other = opened(); }")
        opened = opening.value
        opened.locator("#vault", has_text="앱 안에서만").or_(
            opened.get_by_text("inside the certificate office")
        ).wait_for()
        page.evaluate("() => { try { talk(other); } catch { heard.push(['refused']); } }")
        page.wait_for_timeout(500)  # nothing may come: there is nothing to wait for
        assert page.frames[1].url.startswith("chrome-error:")  # frame-ancestors names the app alone
        assert [one for one in page.evaluate("() => heard") if one != ["refused"]] == []
        assert opened.evaluate("() => globalThis.opener") is None
    finally:
        context.close()
        stranger.close()


def test_the_vaults_origin_answers_nothing_else(apart: Settings, new_context: "Callable[..., BrowserContext]") -> None:
    asked = new_context().request
    for path in ("/", "/index.html", "/v1/authority", "/healthz", "/sw.js", "/crl/issuing.crl"):
        assert asked.get(f"{apart.web.vault_origin}{path}").status == 404
    page = asked.get(f"{apart.web.vault_origin}/key.html")
    assert page.status == 200
    assert f"frame-ancestors {apart.public_url}" in page.headers["content-security-policy"]
    assert "set-cookie" not in page.headers
    assert asked.get(f"{apart.public_url}/key.html").status == 404
    assert asked.get(f"{apart.public_url}/key/key.html").status == 404


def _picture(holder: KeyPageCustomer, name: str) -> None:
    if SCREENSHOTS:
        holder.vault()
        (Path(SCREENSHOTS) / "vault").mkdir(parents=True, exist_ok=True)
        holder.page.screenshot(path=Path(SCREENSHOTS) / "vault" / f"{name}.png")
