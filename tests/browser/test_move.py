"""One certificate goes round: from a file to a PC, to a phone, to the command line and back; and what must not work."""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from rich.console import Console

from browser.conftest import PHONE, Traffic, page_of
from browser.scenes import HEIGHT, WIDTH, Picture, write_video
from dojang.cli.customer.move.code import MoveCode
from dojang.cli.customer.office import OfficeClient
from dojang.cli.demo.customer_world import CustomerWorld
from dojang.cli.demo.progress import Steps
from dojang.cli.demo.reviewer import Reviewer
from dojang.cli.demo.walk import automatic_hands, walk
from dojang.config import Settings
from dojang.pki.npki.pfx import PfxContent, parse_pfx
from dojang.pki.npki.private_key import get_random_number
from dojang.pki.validity import day_kst
from dojang.sandbox.specimen.document import Kind

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

LOGIN, STRANGER = "mover", "stranger.one"
ACCOUNT_PASSWORD = "an account password 8264"
PASSWORD, NEW_PASSWORD = "Dojang!web7253", "Another!one9471"
PC = {"width": 1280, "height": 900}
SCREENSHOTS = os.environ.get("DOJANG_SCREENSHOTS")
ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Mover:
    """A person with one certificate, in a file, and the secrets that must appear nowhere."""

    office: Settings
    file: Path
    home: Path
    content: PfxContent = field(repr=False)

    @property
    def secrets(self) -> list[bytes]:
        """Private keys and R."""
        assert self.content.key_management is not None
        keys = [self.content.signing.pkcs8_der, self.content.key_management.pkcs8_der]
        return [*(key[len(key) // 2 :] for key in keys), get_random_number(keys[0]).value]

    def run(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start `dojang transfer …` as this person."""
        for name, word in (("account", ACCOUNT_PASSWORD), ("certificate", PASSWORD)):
            (self.home / name).write_text(word)
        files = [
            "--account-password-file",
            str(self.home / "account"),
            "--password-file",
            str(self.home / "certificate"),
        ]
        command = [sys.executable, "-m", "dojang.cli", "transfer", *arguments, "--login", LOGIN, *files]
        environment = {**os.environ, "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home), "COLUMNS": "200"}
        return subprocess.Popen(
            [*command, "--office", self.office.public_url],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            cwd=ROOT,
        )


@pytest.fixture(scope="module")
def mover(office: Settings, reviewer: Reviewer, tmp_path_factory: pytest.TempPathFactory) -> Mover:
    """The person, after the whole road by the interface."""
    home = tmp_path_factory.mktemp("mover")
    world = CustomerWorld(office.sandbox_url, seed=71, kind=Kind.PASSPORT, today=day_kst(datetime.now(UTC)))
    world.settle_in(listening_speed=50)
    with OfficeClient(office.public_url, device_id="mover-first") as client:
        for name in (STRANGER, LOGIN):
            client.sign_up(name, ACCOUNT_PASSWORD)
        client.sign_in(LOGIN, ACCOUNT_PASSWORD)
        hands = automatic_hands(world, reviewer.approve_all)
        held = walk(client, world, hands, Steps(Console(quiet=True)), label="walk", kind="new", years=1)
    file = held.device.export(home / "mover.p12", held.delivered, PASSWORD)
    return Mover(office=office, file=file, home=home, content=parse_pfx(file.read_bytes(), PASSWORD.encode()))


class Device:
    """One browser of the person's."""

    def __init__(self, page: "Page", office: Settings, name: str) -> None:
        self.page = page
        self.office = office
        self.name = name
        self._seen = 0

    def open(self, path: str) -> None:
        """Go to an address of the app, signing in where that is asked."""
        self.page.goto(f"{self.office.public_url}{path}")

    def sign_in(self, login: str = LOGIN) -> None:
        """Sign in."""
        self.page.fill("#login_name", login)
        self.page.fill("#password", ACCOUNT_PASSWORD)
        self.press()

    def press(self) -> None:
        """The screen's main action."""
        self.page.locator(".page__actions .button--primary:not([aria-disabled])").click()

    def see(self, selector: str) -> str:
        """Wait until this shows; return its text."""
        found = self.page.locator(selector).first
        found.wait_for(timeout=30_000)
        if SCREENSHOTS:
            self._seen += 1
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            path = Path(SCREENSHOTS) / f"move-{self.name}-{self._seen:02d}.png"
            self.page.screenshot(path=path, animations="disabled", full_page=True)
        return found.text_content() or ""

    def held(self) -> list[str]:
        """Serial numbers in this browser's store."""
        found: list[str] = self.page.evaluate(
            """() => new Promise((done) => {
              const opening = indexedDB.open("dojang");
              opening.onsuccess = () => {
                const asked = opening.result.transaction("certificates").objectStore("certificates").getAllKeys();
                asked.onsuccess = () => { opening.result.close(); done(asked.result); };
              };
            })"""
        )
        return found


def test_a_certificate_goes_round(
    new_context: "Callable[..., BrowserContext]",
    mover: Mover,
    office: Settings,
    traffic: Traffic,
    camera_film: Path,
    tmp_path: Path,
) -> None:
    pc = Device(page_of(new_context(viewport=PC, has_touch=False), office.public_url), office, "pc")
    phone = Device(page_of(new_context(viewport=PHONE), office.public_url), office, "phone")

    # from a file to the PC: a wrong password first
    pc.see("#login_name")
    pc.sign_in()
    pc.see("nav.actions")
    pc.open("/move/file")
    pc.see("#files")
    pc.page.set_input_files("#files", mover.file)
    pc.page.fill("#password", "Wrong!one7253")
    pc.press()
    assert "npki.wrong_password" in pc.see(".failure")
    pc.page.fill("#password", PASSWORD)
    pc.press()
    pc.see(".notice--success")
    (serial,) = pc.held()

    # a wrong code burns the slot for both; a slip of the finger does not even leave the phone
    pc.open("/move/send")
    pc.see(".page__actions .button--primary")
    pc.press()
    digits = re.sub(r"\D", "", pc.see(".figures"))
    assert len(digits) == 12
    phone.see("#login_name")
    phone.sign_in()
    phone.see("nav.actions")
    phone.open("/move/receive")
    phone.see("#code")
    before = len(traffic.addresses)
    phone.page.fill("#code", digits[:11] + str((int(digits[11]) + 1) % 10))
    phone.press()
    assert "transfer.code_mistyped" in phone.see(".failure")
    assert not any("/v1/transfers/join" in one for one in traffic.addresses[before:])
    phone.page.fill("#code", another_code(digits))
    phone.press()
    assert "transfer.code_wrong" in pc.see(".failure")
    assert "transfer.over" in phone.see(".failure")
    phone.page.fill("#code", digits)
    phone.press()
    assert "transfer.over" in phone.see(".failure")
    assert phone.held() == []

    # PC to phone, by the address in the QR code; the PC shows the phone's name before anything is sent
    pc.press()
    fresh = re.sub(r"\D", "", pc.see(".figures"))
    pc.see(".qr")
    sent_before = len(traffic.sent)
    phone.page.goto("about:blank")
    phone.open(f"/move#{fresh}")
    phone.see("#code")
    assert phone.page.url == f"{office.public_url}/move"
    phone.press()
    assert "Linux" in pc.see(".figures--words")
    assert not any("/messages/keys" in one for one in traffic.sent[sent_before:])
    pc.press()
    phone.see(".notice--success")
    pc.see(".notice--success")
    assert phone.held() == [serial]
    assert not any(fresh[4:11] in one for one in traffic.sent)
    pc.page.locator("main .button--danger").click()
    pc.see(".notice--success")
    pc.page.wait_for_function("() => !document.querySelector('main .button--danger')", polling=200)
    assert pc.held() == []

    # the phone changes the password, and can still sign with the new one only
    phone.open(f"/certificate/{serial}/password")
    phone.see("#current")
    for field_name, word in (("current", PASSWORD), ("fresh", NEW_PASSWORD), ("again", NEW_PASSWORD)):
        phone.page.fill(f"#{field_name}", word)
    phone.press()
    phone.see(".notice--success")
    phone.open(f"/certificate/{serial}/password")
    phone.see("#current")
    for field_name, word in (("current", PASSWORD), ("fresh", "Third!one9471x"), ("again", "Third!one9471x")):
        phone.page.fill(f"#{field_name}", word)
    phone.press()
    assert "npki.wrong_password" in phone.see(".failure")
    for field_name, word in (("current", NEW_PASSWORD), ("fresh", PASSWORD), ("again", PASSWORD)):
        phone.page.fill(f"#{field_name}", word)
    phone.press()
    phone.see(".notice--success")

    # phone to the command line: the file it writes has the same keys and R
    phone.open("/move/send")
    phone.see(".page__actions .button--primary")
    phone.press()
    code = re.sub(r"\D", "", phone.see(".figures"))
    written = tmp_path / "moved.p12"
    receiving = mover.run("receive", str(written), "--code", code, "--name", "서재 컴퓨터")
    assert "dojang CLI" in phone.see(".figures--words") or "서재 컴퓨터" in phone.see(".figures--words")
    phone.press()
    phone.see(".notice--success")
    said, _ = receiving.communicate(timeout=60)
    assert receiving.returncode == 0, said
    assert parse_pfx(written.read_bytes(), PASSWORD.encode()) == mover.content

    # the command line to the PC
    sending = mover.run("send", str(written), "--name", "서재 컴퓨터", "--yes")
    assert sending.stdout is not None
    shown = re.sub(r"\D", "", sending.stdout.readline())
    pc.open(f"/move#{shown}")
    pc.see("#code")
    pc.press()
    assert "서재 컴퓨터" in pc.see(".notice--success")
    said, _ = sending.communicate(timeout=60)
    assert sending.returncode == 0, said
    assert pc.held() == [serial]

    # the phone's camera reads the QR code from the PC's screen; its person does not want to send after all
    pc.open("/move/send")
    pc.see(".page__actions .button--primary")
    pc.press()
    pc.see(".qr")
    write_video(held_before_a_camera(pc.page.locator(".qr").screenshot()), camera_film)
    phone.open("/move/receive")
    phone.see("#code")
    phone.page.locator("main .button--wide").click()
    pc.see(".figures--words")
    pc.page.locator(".page__actions .button--quiet").click()
    pc.see(".notice--warning")
    assert "transfer.over" in phone.see(".failure")
    assert phone.held() == [serial]
    pc.open("/move/send")
    pc.see(".page__actions .button--primary")
    pc.press()
    assert "transfer.too_many" in pc.see(".failure")

    # the PC removes the phone: it is signed out, and wipes itself when it next starts
    pc.open("/devices")
    pc.see(".card")
    names = pc.page.locator(".card").count()
    assert names >= 3
    listed = OfficeClient(office.public_url, device_id="mover-first")
    listed.sign_in(LOGIN, ACCOUNT_PASSWORD)
    seen = listed.request("GET", "/v1/devices").json()
    assert {"phone", "computer", "command_line", "other"} >= {one["kind"] for one in seen}
    known_phone = phone.page.evaluate("() => localStorage.getItem('dojang.device')")
    assert known_phone
    phones = [one for one in seen if not one["is_this"] and one["kind"] == "computer"]
    on_pc = pc.page.request.get(f"{office.public_url}/v1/devices", headers={"Dojang-Device": "x"}).json()
    this_pc = next(one["id"] for one in on_pc if one["is_this"])
    for one in phones:
        if one["id"] != this_pc:
            listed.request("DELETE", f"/v1/devices/{one['id']}")
    phone.open("/")
    phone.see("#login_name")
    phone.page.wait_for_timeout(1_000)
    assert phone.held() == []
    assert pc.held() == [serial]

    # nothing that the two browsers sent, in any spelling, had a key or R in it
    whole = "\n".join(traffic.sent)
    for secret in mover.secrets:
        for spelling in spellings(secret):
            assert spelling not in whole


def held_before_a_camera(png: bytes) -> Picture:
    """Return the screen's code as a camera at some distance sees it."""
    code = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    size = min(WIDTH, HEIGHT) // 2
    scene = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    top, left = (HEIGHT - size) // 2, (WIDTH - size) // 2
    scene[top : top + size, left : left + size] = cv2.resize(code, (size, size), interpolation=cv2.INTER_AREA)
    return scene


def another_code(digits: str) -> str:
    """Return a code of the same slot with another secret and its right check digit."""
    secret = f"{(int(digits[4:11]) + 1) % 10**7:07d}"
    return MoveCode(slot=digits[:4], secret=secret).write().replace(" ", "")


def spellings(secret: bytes) -> list[str]:
    """Return how the bytes would look raw, in hex, and in base64 at each of its three phases."""
    phases = [base64.b64encode(bytes(skip) + secret).decode()[4 * ((skip + 2) // 3) : -4] for skip in range(3)]
    return [secret.decode("latin-1"), secret.hex(), secret.hex().upper(), *phases]
