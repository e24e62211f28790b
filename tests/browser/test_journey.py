"""The subscriber's journey in a browser, from nothing to files that other programs open; and what may go wrong."""

import base64
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from browser.customer import ACCOUNT_PASSWORD, CERTIFICATE_PASSWORD, READING_MS, SECOND_ACTION, Customer
from browser.inspector import Inspector
from browser.traffic import Traffic, spellings
from dojang.cli.demo.command import POLICY
from dojang.cli.demo.judges import OpenSsl, judge_folder_with_pypinksign
from dojang.config import Settings
from dojang.pki.npki.private_key import decrypt_private_key, get_random_number

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


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
    inspector.pictures = "app"

    def look(name: str, selector: str) -> None:
        customer.at(selector, timeout_ms=READING_MS)
        inspector.look(page, name)

    customer.open()
    look("sign-in", "#login_name")
    customer.sign_up(look=look)
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
    answered = re.compile(r"status of (401|404)")  # not signed in yet; no photograph handed in yet
    assert [one for one in traffic.errors if not answered.search(one)] == []
    _too_early_to_renew(customer, inspector)


def _too_early_to_renew(customer: Customer, inspector: Inspector) -> None:
    """Trying again cannot help: the day from which it does is named, and the way back to the certificates."""
    page = customer.page
    customer.open()
    customer.open(f"/renew/{customer.serial}")
    refused = customer.at(".failure").inner_text()
    inspector.look(page, "too-early")
    assert re.search(r"20\d\d년 \d+월 \d+일부터 할\s수\s있어요", refused)
    assert page.get_by_role("button", name="다시 시도").count() == 0
    page.locator(".failure a").click()
    customer.at("section.certificate")


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
    """What the suite watches for is what there was to leak: this key and this R were noted when they were made."""
    assert any("/certificates" in one for one in traffic.addresses)
    key_file = next(directory.glob("NPKI/**/signPri.key")).read_bytes()
    plain = decrypt_private_key(key_file, CERTIFICATE_PASSWORD.encode())
    noted = dict.fromkeys(traffic.secrets)
    assert ("R", get_random_number(plain).value) in noted
    key = load_der_private_key(plain, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    keys = [load_der_private_key(secret, None) for name, secret in noted if name == "private key"]
    assert key.private_numbers() in [one.private_numbers() for one in keys if isinstance(one, rsa.RSAPrivateKey)]
    accounts = [one for one in traffic.sent if ACCOUNT_PASSWORD in one]
    assert {one.split("\n")[0].rpartition("/v1/")[2] for one in accounts} <= {"accounts", "sessions"}


def test_a_leak_would_be_noticed(traffic: Traffic) -> None:
    """The search finds a secret in each spelling a request can have."""
    for index, spelled in enumerate(spellings(CERTIFICATE_PASSWORD.encode())):
        heard = Traffic(sent=[f"POST https://bank.example/v1/x\n{{}}\nvalue={spelled}&more=1"])
        assert heard.leaks({"password": CERTIFICATE_PASSWORD}) == ["password"], index
    assert Traffic(sent=["POST https://bank.example/v1/x"]).leaks({"password": CERTIFICATE_PASSWORD}) == []


def test_mistakes_and_a_closed_tab_cost_a_try_and_nothing_else(
    new_context: "Callable[..., BrowserContext]", customers: Callable[..., Customer], inspector: Inspector
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
    inspector.look(customer.page, "wrong amount")
    assert re.search(r"2번|두 번", customer.page.locator("main").inner_text())
    where = customer.page.url
    customer.page.close()
    customer.take_over(context.new_page())
    customer.page.goto(where)
    customer.confirm_deposit(amount, text)
    customer.at("details", timeout_ms=READING_MS)
    customer.hands.press(SECOND_ACTION)
    customer.at("#phone")
    inspector.look(customer.page, "other phone")
    customer.page.go_back()
    number = customer.ask_for_call()
    customer.answer_call(f"{(int(number) + 1) % 100:02d}", until="try_again")
    customer.hang_up()
    number = customer.ask_for_call()
    customer.let_it_ring()
    inspector.look(customer.page, "call again")
    assert "받지" in customer.page.locator("main").inner_text()
    customer.answer_call(customer.ask_for_call())
    customer.be_reviewed()
