"""The sandbox's shop, as somebody with a certificate on their phone uses it; the shop is a site of its own."""

import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature

from browser.conftest import phones
from browser.customer import CERTIFICATE_PASSWORD, Customer
from browser.inspector import Inspector
from browser.paper import POPPLER, drawn_by_poppler, drawn_pages, likeness, pdf_without_typefaces
from browser.traffic import Traffic
from dojang.sandbox.shop.signed_pdf import know_virtual_ids

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def holder(chromium: "Browser", customers: Callable[..., Customer]) -> Iterator[Customer]:
    """One person with a certificate on their phone."""
    with phones(chromium, Traffic()) as open_phone:
        customer = customers(open_phone().new_page(), seed=67)
        customer.open()
        customer.sign_up()
        customer.apply()
        customer.hand_in_specimen()
        customer.prove_identity()
        customer.make_keys()
        yield customer


def enter(holder: Customer) -> None:
    """Go to the shop and sign in, unless that was done."""
    page = holder.page
    page.goto(f"{holder.office.sandbox_url}/shop/")
    if page.locator("form[action$='/sign-out']").count():
        return
    page.click("form[action$='/sign-in'] button")
    holder.at("#password")
    holder.hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()
    page.wait_for_selector("form[action$='/sign-out']")


@pytest.fixture
def shop(inspector: Inspector) -> Inspector:
    """The judge of the shop's pages, with a folder for its pictures."""
    inspector.pictures = "shop"
    return inspector


def test_the_app_leads_to_the_shop(holder: Customer) -> None:
    holder.open()
    holder.at(".companion__handle").click()
    with holder.page.context.expect_page() as opened:
        holder.page.click("a[href='/sandbox-window/shop']")
    opened.value.wait_for_selector("form[action$='/sign-in']")
    assert opened.value.url == f"{holder.office.sandbox_url}/shop/"
    opened.value.close()


def test_a_customer_signs_in_and_is_known_by_name(holder: Customer, shop: Inspector) -> None:
    holder.page.goto(f"{holder.office.sandbox_url}/shop/")
    shop.look(holder.page, "shop")
    enter(holder)
    assert holder.resident.person.name.hangul in holder.heading
    shop.look(holder.page, "shop signed in")
    holder.page.click("a[href$='/language']")
    assert holder.heading.startswith("Hello")
    holder.page.click("a[href$='/language']")


def test_a_customer_opens_the_letter_the_shop_encrypts(holder: Customer, shop: Inspector, tmp_path: Path) -> None:
    enter(holder)
    with holder.page.expect_download() as downloading:
        holder.page.click("form[action$='/letter'] button")
    file = tmp_path / "letter.p7m"
    downloading.value.save_as(file)
    name = holder.resident.person.name.hangul
    assert name.encode() not in file.read_bytes()
    holder.page.click("a[href$='/letter']")
    holder.at("#letter")
    holder.page.set_input_files("#letter", file)
    holder.press()
    holder.at("#password")
    shop.picture(holder.page, "letter for you")
    holder.hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()
    said = holder.at(".shown pre").inner_text()
    assert name in said
    assert "운송장" in said
    shop.picture(holder.page, "letter")


def test_a_document_is_on_the_screen_page_by_page_or_it_is_said_that_it_is_not(
    holder: Customer, shop: Inspector, tmp_path: Path
) -> None:
    line = "견본 계약서 일금 삼백만원"
    pdf = pdf_without_typefaces(line)
    choose(holder, tmp_path / "contract.pdf", pdf)
    sheets = drawn_pages(holder.page, 2)
    assert line in holder.page.locator(".paper").inner_text()  # for who cannot see it
    shop.look(holder.page, "pages of a document")
    if POPPLER:
        assert likeness(sheets[1], drawn_by_poppler(pdf, tmp_path)[1]) > 0.97
    assert (sheets[0] < 200).sum() > 50  # Korean is drawn, and not as empty boxes only
    choose(holder, tmp_path / "broken.pdf", pdf[:900])
    holder.at(".notice--warning a[target=_blank]")
    assert not holder.page.locator(".paper").count()


def choose(holder: Customer, file: Path, content: bytes) -> None:
    """Bring in a file to be signed."""
    file.write_bytes(content)
    holder.open("/use")
    holder.at("#text")
    holder.at("input[name=what][value=file]").check()
    holder.page.set_input_files("#file", file)
    holder.press()


def test_a_customer_signs_a_contract(holder: Customer, shop: Inspector, tmp_path: Path) -> None:
    enter(holder)
    page = holder.page
    page.click("form[action$='/contracts'] button")
    holder.at("#read")
    assert "3,200" in page.locator("main").inner_text()
    (sheet,) = drawn_pages(page, 1)
    page.locator(".paper").evaluate("(paper) => paper.scrollIntoView()")
    shop.picture(page, "sign a contract")
    with page.context.expect_page() as opened:  # the document itself, in a window of its own
        holder.hands.press(".paper + p a")
    opened.value.close()
    holder.hands.press("#read")
    holder.hands.type("#password", CERTIFICATE_PASSWORD)
    holder.press()
    page.wait_for_selector("p.sure")  # the shop has verified it, by itself
    shop.look(page, "signed contract")
    with page.expect_download() as downloading:
        page.click("a[href$='/file']")
    signed = tmp_path / "signed.pdf"
    downloading.value.save_as(signed)
    root_der = httpx.get(f"{holder.office.public_url}/ca/root.cer", trust_env=False).raise_for_status().content
    assert signer_by_pyhanko(signed.read_bytes(), root_der).endswith(holder.resident.person.name.hangul)
    judge_by_pdfsig(signed)
    if POPPLER:
        assert likeness(sheet, drawn_by_poppler(signed.read_bytes(), tmp_path)[0]) > 0.97
    page.click("a.name")
    assert page.locator("ul.list a").count() == 1


def signer_by_pyhanko(signed: bytes, root_der: bytes) -> str:
    """Return the signer's name, once pyHanko accepts the signature with what is in the file and the root alone."""
    know_virtual_ids()
    reader = PdfFileReader(io.BytesIO(signed), strict=True)
    (embedded,) = reader.embedded_regular_signatures
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {
            "trust_roots": [x509.Certificate.load(root_der)],
            "allow_fetching": False,
            "revocation_mode": "require",
        }
    )
    with ThreadPoolExecutor(1) as aside:  # pyHanko wants an event loop of its own, and Playwright has one here
        status = aside.submit(validate_pdf_signature, embedded, context).result()
    assert status.bottom_line, status.summary()
    assert status.timestamp_validity is not None
    return str(status.signing_cert.subject.native["common_name"]).partition("(")[0]


def judge_by_pdfsig(signed: Path) -> None:
    """Have poppler's `pdfsig` look at the signature, where it is installed; CI has it. Trust is pyHanko's to judge."""
    if shutil.which("pdfsig") is None:
        assert not os.environ.get("CI"), "install poppler-utils"
        return
    told = subprocess.run(["pdfsig", "-nocert", signed], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid." in told


def test_who_leaves_is_a_stranger_again(holder: Customer) -> None:
    enter(holder)
    holder.page.click("form[action$='/sign-out'] button")
    holder.page.wait_for_selector("form[action$='/sign-in']")
    assert not holder.page.locator("form[action$='/letter']").count()


def test_the_shop_hears_of_a_suspension(holder: Customer) -> None:
    """By webhook, from the office's worker, while nobody is at the shop."""
    enter(holder)
    good = holder.page.locator("main dl").first.inner_text()
    holder.open()
    serial = holder.serial
    holder.open(f"/certificate/{serial}/suspend")
    holder.at(".button--danger").click()
    holder.at(".notice--success")
    holder.page.goto(f"{holder.office.sandbox_url}/shop/")

    def changed() -> bool:
        holder.page.reload()
        return bool(holder.page.locator("main dl").first.inner_text() != good)

    holder.await_(changed, "the shop heard nothing")
    assert "정지됨" in holder.page.locator("main dl").first.inner_text()
    assert "recipient.unreachable" in letter_refused(holder)


def letter_refused(holder: Customer) -> str:
    holder.page.click("form[action$='/letter'] button")
    holder.page.wait_for_selector("p.wrong")
    return str(holder.page.locator("main dl").inner_text())
