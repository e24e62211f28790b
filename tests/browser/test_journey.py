"""The subscriber's journey in a browser, from nothing to files that other programs open; and what may go wrong."""

import base64
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from browser.conftest import Traffic
from browser.customer import ACCOUNT_PASSWORD, CERTIFICATE_PASSWORD, Customer
from dojang.cli.demo.command import POLICY
from dojang.cli.demo.judges import OpenSsl, judge_folder_with_pypinksign
from dojang.config import Settings
from dojang.pki.npki.private_key import decrypt_private_key, get_random_number

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

SCREENSHOTS = os.environ.get("DOJANG_SCREENSHOTS")
# best-practice rules judge taste; these are the criteria of WCAG 2.2, levels A and AA
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Inspector:
    """Looks at every screen of the journey: no barrier for anybody, and a picture where pictures are asked for."""

    def __init__(self, axe: str) -> None:
        self._axe = axe
        self.barriers: list[str] = []
        self.seen: list[str] = []

    def look(self, page: "Page", name: str) -> None:
        """Judge the screen that shows now."""
        self.seen.append(name)
        if SCREENSHOTS:
            folder = Path(SCREENSHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{len(self.seen):02d}-{name}.png", animations="disabled")
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(self._axe)
        found: dict[str, Any] = page.evaluate(
            "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", AXE_RULES
        )
        for one in found["violations"]:
            places = [" ".join(map(str, node["target"])) for node in one["nodes"]]
            self.barriers.append(f"{name}: {one['id']} ({one['help']}) at {places}")


@pytest.fixture
def inspector(axe: str) -> Inspector:
    """One journey's inspector."""
    return Inspector(axe)


def test_a_new_certificate_by_camera(
    new_context: "Callable[..., BrowserContext]",
    customers: Callable[..., Customer],
    inspector: Inspector,
    traffic: Traffic,
    office: Settings,
    tmp_path: Path,
) -> None:
    page = new_context().new_page()
    customer = customers(page, seed=11)

    def look(name: str, selector: str) -> None:
        customer.at(selector, timeout_ms=60_000)
        inspector.look(page, name)

    customer.open()
    look("sign-in", "#login_name")
    customer.sign_up()
    look("home", "nav.actions")
    customer.apply(look=look)
    look("document", "input[name=kind]")
    customer.show_document(customer.kind, look=look)
    look("fields", "section.read")
    customer.confirm_fields()
    look("person", "#name")
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
    (pkcs12,) = customer.back_up("pkcs12", tmp_path)
    look("files", ".notice--success")
    customer.open()
    look("held", "section.certificate")
    customer.open(f"/certificate/{customer.serial}/backup")
    (zipped,) = customer.back_up("npki_folder", tmp_path)

    _judge_files(pkcs12, zipped, tmp_path, office, customer)
    _judge_secrets(traffic, tmp_path, customer)
    assert inspector.barriers == []
    answered = re.compile(r"status of (401|404)")  # not signed in yet; no photograph handed in yet
    assert [one for one in traffic.errors if not answered.search(one)] == []


def _judge_files(pkcs12: Path, zipped: Path, directory: Path, office: Settings, customer: Customer) -> None:
    openssl = OpenSsl(POLICY)
    assert openssl.open_pkcs12(pkcs12, CERTIFICATE_PASSWORD).passed
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(directory)
    verdict = judge_folder_with_pypinksign(directory, customer.resident.person.name.hangul, CERTIFICATE_PASSWORD)
    assert verdict is not None
    assert verdict.passed
    certificate = next(directory.glob("NPKI/**/signCert.der"))
    authority = office.authority_dir
    pem = directory / "signing.pem"
    body = base64.encodebytes(certificate.read_bytes()).decode()
    pem.write_text(f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n")
    assert openssl.verify_certificate(pem, root=authority / "root.pem", issuing=authority / "issuing.pem").passed


def _judge_secrets(traffic: Traffic, directory: Path, customer: Customer) -> None:
    """Nothing that left the browser holds the certificate's password, the private key, or R in the clear."""
    assert any("/certificates" in one for one in traffic.addresses)
    key_file = next(directory.glob("NPKI/**/signPri.key")).read_bytes()
    plain = decrypt_private_key(key_file, CERTIFICATE_PASSWORD.encode())
    random_number = get_random_number(plain).value
    sent = "\n".join(traffic.sent)
    key = load_der_private_key(plain, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers = key.private_numbers()
    parts = {name: getattr(numbers, name).to_bytes(128, "big")[:48] for name in ("p", "q", "dmp1", "dmq1", "iqmp")}
    exponent = numbers.d.to_bytes(256, "big")[:48]
    forbidden = {"password": CERTIFICATE_PASSWORD.encode(), "R": random_number, "d": exponent, **parts}
    for name, secret in forbidden.items():
        for spelled in _spellings(secret):
            assert spelled not in sent, f"{name} left the browser"
    accounts = [one for one in traffic.sent if ACCOUNT_PASSWORD in one]
    assert {one.split("\n")[0].rpartition("/v1/")[2] for one in accounts} <= {"accounts", "sessions"}


def _spellings(secret: bytes) -> list[str]:
    middles = [base64.b64encode(secret[shift:])[:-4].decode() for shift in range(3)]
    return [
        secret.decode("latin-1"),
        secret.hex(),
        *middles,
        *(one.replace("+", "-").replace("/", "_") for one in middles),
    ]


def test_mistakes_and_a_closed_tab_cost_a_try_and_nothing_else(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer]
) -> None:
    context = new_context()
    customer = customers(context.new_page(), seed=12)
    customer.open()
    customer.sign_up()
    customer.apply()
    customer.hand_in_specimen()
    customer.confirm_fields()
    customer.enter_person()
    customer.name_account()
    amount, text = customer.read_statement()
    customer.confirm_deposit(str(int(amount) + 1), text)
    customer.at("[role=alert]")
    assert re.search(r"2번|두 번", customer.page.locator("main").inner_text())
    where = customer.page.url
    customer.page.close()
    customer.page = context.new_page()
    customer.page.goto(where)
    customer.confirm_deposit(amount, text)
    number = customer.ask_for_call()
    customer.answer_call(f"{(int(number) + 1) % 100:02d}", until="try_again")
    customer.hang_up()
    number = customer.ask_for_call()
    customer.answer_call(number)
    customer.be_reviewed()
