"""The app around the journey: what its page vouches for, opening without a connection, English, the keyboard."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from browser.traffic import Traffic
from dojang.config import Settings
from dojang.web.static_app import STATIC, read_static

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

_FONT = re.compile(r"typeface-([a-z-]+)-[\w-]{8}\.woff2")


def test_the_built_page_vouches_for_its_scripts(office: Settings) -> None:
    page = (STATIC / "index.html").read_text("utf-8")
    tags = re.findall(r"<(?:script|link)[^>]*(?:src|href)=\"/[^\"]+\.(?:js|css)\"[^>]*>", page)
    assert tags
    assert all('integrity="sha384-' in tag for tag in tags)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
    shell = json.loads((STATIC / "shell.json").read_text("utf-8"))
    assert "/" in shell["files"]
    assert set(shell["files"]) <= {"/", *read_static()}


def test_the_app_opens_without_a_connection(new_context: "Callable[..., BrowserContext]", office: Settings) -> None:
    context = new_context()
    page = context.new_page()
    page.goto(office.public_url)
    page.locator("#login_name").wait_for()
    page.evaluate("() => navigator.serviceWorker.ready.then((one) => one.active?.state)")
    context.set_offline(True)
    page.goto(f"{office.public_url}/settings")
    assert page.locator("h1").inner_text()
    kept = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) =>"
        " (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat()"
    )
    assert kept
    assert not [one for one in kept if one.startswith(("/v1", "/sandbox-window"))]


def test_the_typeface_comes_once_and_the_rest_of_it_only_for_a_rare_syllable(
    new_context: "Callable[..., BrowserContext]", office: Settings, traffic: Traffic
) -> None:
    page = new_context().new_page()
    page.goto(office.public_url)
    page.locator("#login_name").wait_for()
    page.evaluate(
        "async () => { while ([...document.fonts].filter((one) => one.status === 'loaded').length < 2)"
        " await new Promise((resolve) => setTimeout(resolve, 50)); }"
    )
    parts = lambda: sorted({m[1] for m in map(_FONT.search, traffic.addresses) if m})  # noqa: E731 - asked twice
    assert parts() == ["bold-first", "regular-first"]
    page.fill("#login_name", "뷔")  # of KS X 1001, and in no sentence of ours
    page.evaluate("() => document.fonts.load('16px \\'Dojang Sans\\'', '뷔')")
    assert parts() == ["bold-first", "regular-first", "regular-rest"]
    names = (STATIC / "assets").glob("typeface-*")
    assert all(b"Pretendard" not in one.read_bytes() for one in names if one.suffix == ".woff2")
    assert "SIL OPEN FONT LICENSE" in (STATIC / "assets" / "typeface-OFL.txt").read_text("utf-8")
