"""The camera page in a real browser: what it says about scenes, and what it hands over."""

import io
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from browser.conftest import Served
from browser.inspector import Inspector
from browser.scenes import Flaw, show, write_video
from dojang.adapters.id_document.measure import sharpness
from dojang.lifecycle.identity_proofing.id_document.thresholds import DEFAULT_THRESHOLDS
from dojang.sandbox.resident import draw_resident
from dojang.sandbox.specimen.document import FlatDocument, Kind

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

TODAY = date(2026, 11, 23)
HINTS = {
    Flaw.BLUR: "흐려요",
    Flaw.GLARE: "빛이 비쳐요",
    Flaw.DARK: "너무 어두워요",
    Flaw.FAR: "놓아 주세요",
    Flaw.ASIDE: "맞춰 주세요",
    Flaw.TURNED: "똑바로",
    Flaw.NOTHING: "놓아 주세요",
}


@lru_cache(maxsize=4)
def card(kind: Kind) -> FlatDocument:
    return draw_resident(11, kind, TODAY).front


def open_camera(context: "BrowserContext", base_url: str, kind: Kind = Kind.RESIDENT_CARD) -> "Page":
    page = context.new_page()
    page.goto(f"{base_url}/?kind={kind.value}")
    return page  # the fake camera is allowed beforehand, so the page does not ask first


def take(page: "Page") -> Image.Image:
    """Accept the shot and return it as the office would get it."""
    page.get_by_role("button", name="이 사진 쓰기").click()
    taken = page.locator("#taken")
    taken.wait_for()
    return Image.open(io.BytesIO(bytes.fromhex(taken.text_content() or "")))


@pytest.mark.parametrize("kind", list(Kind))
def test_a_document_held_still_is_shot_by_itself(
    kind: Kind,
    new_context: "Callable[..., BrowserContext]",
    capture_page: Served,
    camera_film: Path,
) -> None:
    write_video(show(card(kind)), camera_film)
    page = open_camera(new_context(), capture_page.base_url, kind)
    page.get_by_role("heading", name="사진이 잘 나왔나요?").wait_for()
    shot = take(page)
    assert shot.format == "JPEG"
    assert not shot.getexif()
    assert shot.width >= DEFAULT_THRESHOLDS.width_px.soft
    inside = np.asarray(shot.convert("RGB"))[:, :, ::-1].copy()
    height, width = inside.shape[:2]
    middle = inside[round(height * 0.13) : round(height * 0.87), round(width * 0.12) : round(width * 0.88)]
    assert sharpness(middle) > DEFAULT_THRESHOLDS.sharpness.hard


@pytest.mark.parametrize("flaw", list(HINTS))
def test_a_bad_scene_is_told_and_not_shot(
    flaw: Flaw,
    axe: str,
    new_context: "Callable[..., BrowserContext]",
    capture_page: Served,
    camera_film: Path,
) -> None:
    write_video(show(card(Kind.DRIVER_LICENCE), flaw), camera_film)
    page = open_camera(new_context(), capture_page.base_url, Kind.DRIVER_LICENCE)
    page.get_by_role("status").filter(has_text=HINTS[flaw]).wait_for()
    page.wait_for_timeout(900)  # two more looks
    assert page.get_by_role("button", name="지금 찍기").is_visible()
    if flaw is Flaw.NOTHING:
        page.evaluate(axe)
        found = page.evaluate(
            "() => axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag22aa'] } })"
        )
        assert [one["id"] for one in found["violations"]] == []


def test_the_camera_is_explained_before_it_is_asked_for(
    new_context: "Callable[..., BrowserContext]", capture_page: Served, camera_film: Path, inspector: Inspector
) -> None:
    write_video(show(card(Kind.PASSPORT)), camera_film)
    page = new_context().new_page()
    driver = page.context.new_cdp_session(page)
    phone = driver.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    wanted = {"permission": {"name": "camera"}, "setting": "prompt", "browserContextId": phone}
    driver.send("Browser.setPermission", wanted)
    page.goto(f"{capture_page.base_url}/?kind=passport")
    page.locator(".capture__tips").wait_for()
    assert page.locator("input[type=file]").count() == 1
    inspector.look(page, "why a camera")
    page.get_by_role("button", name="카메라 켜기").click()
    page.get_by_role("heading", name="사진이 잘 나왔나요?").wait_for()
