"""A real browser before a real office: Debian's Chromium with a camera that films specimens, the app built and served.

Everything a page sends is recorded and searched for the phone's secrets, every violation of its content security policy
counted, in every test. Needs Chromium (at `DOJANG_CHROMIUM` or on the path) and Playwright's Python package; without
them the suite says so and is skipped, but where `CI` is set it fails: a browser nobody missed has tested nothing.
"""

import asyncio
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server

from browser.customer import CERTIFICATE_PASSWORD, Customer
from browser.hands import Hands
from browser.inspector import Inspector
from browser.traffic import Traffic
from dojang.cli.demo.command import demo_settings
from dojang.cli.demo.reviewer import Reviewer
from dojang.cli.serve import OfficeProcesses, prepare
from dojang.config import Settings, parse_settings
from dojang.web.static_app import read_static, serve_subscriber_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("DOJANG_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 40_000
RING_S = 8.0


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark: `-m "not browser"` leaves these tests out."""
    config.addinivalue_line("markers", "browser: a real Chromium before a real office")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is below this folder; skip it where there is no browser. Whether all was seen is asked last."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path == here / "test_every_screen.py")
    missing = [name for name, found in (("chromium", CHROMIUM), ("playwright", _has_playwright())) if not found]
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if missing and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(missing)}"))


def _has_playwright() -> bool:
    return importlib.util.find_spec("playwright") is not None


@pytest.fixture(scope="session")
def frontend() -> ModuleType:
    """The module `tools/frontend.py`."""
    spec = importlib.util.spec_from_file_location("frontend_tool", ROOT / "tools" / "frontend.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["frontend_tool"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def camera_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Chromium's camera takes its picture from; `scenes.write_video` puts another before it."""
    return tmp_path_factory.mktemp("camera") / "film.y4m"


@pytest.fixture(scope="session", autouse=True)
def _browser_is_there() -> None:
    """Fail where the suite is not skipped and cannot run."""
    assert CHROMIUM, "no Chromium: install it, or set DOJANG_CHROMIUM"
    assert _has_playwright(), "no Playwright: install requirements-dev.txt"


@pytest.fixture(scope="session")
def playwright() -> "Iterator[Playwright]":
    """The driver."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: "Playwright", camera_film: Path) -> "Iterator[Browser]":
    """One browser for all tests; each opens contexts of its own."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        headless=True,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={camera_film}",
        ],
    )
    yield browser
    browser.close()


@pytest.fixture
def traffic() -> Traffic:
    """What the test's pages sent."""
    return Traffic()


@pytest.fixture
def new_context(chromium: "Browser", traffic: Traffic) -> "Iterator[Callable[..., BrowserContext]]":
    """A function that opens a phone with nothing on it."""
    with phones(chromium, traffic) as open_phone:
        yield open_phone


@contextmanager
def phones(chromium: "Browser", traffic: Traffic) -> "Iterator[Callable[..., BrowserContext]]":
    """Give a function that opens a phone. In the end no page may have broken its policy or let a secret out."""
    opened: list[BrowserContext] = []

    def open_phone(**options: Any) -> "BrowserContext":
        chosen = {"viewport": PHONE, "locale": "ko-KR", "device_scale_factor": 1, "has_touch": True, **options}
        context = chromium.new_context(**chosen)
        context.set_default_timeout(PATIENCE_MS)
        traffic.listen(context)
        opened.append(context)
        return context

    yield open_phone
    for context in opened:
        with suppress(Exception):
            context.close()
    assert traffic.violations == []
    assert traffic.leaks({"password": CERTIFICATE_PASSWORD}) == []


@dataclass(frozen=True, slots=True)
class Served:
    """Files under the app's headers."""

    base_url: str


@pytest.fixture(scope="session")
def serve_files() -> Iterator[Callable[[Path], Served]]:
    """A function that serves a built folder as the office would, without an office."""
    closing: list[Callable[[], None]] = []

    def serve(directory: Path) -> Served:
        app = FastAPI(openapi_url=None)
        serve_subscriber_app(app, read_static(directory))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        running: dict[str, Any] = {}

        async def run() -> None:
            running["server"] = Server(
                app, address="127.0.0.1", port=port, interface=Interfaces.ASGINL, log_enabled=False, websockets=False
            )
            running["loop"] = asyncio.get_running_loop()
            await running["server"].serve()

        thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
        thread.start()
        _await_port(port)

        def stop() -> None:
            running["loop"].call_soon_threadsafe(running["server"].stop)
            thread.join(timeout=10)

        closing.append(stop)
        return Served(base_url=f"http://127.0.0.1:{port}")

    yield serve
    for stop in closing:
        stop()


def _await_port(port: int) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.01)
    raise RuntimeError("nothing answers")


@pytest.fixture(scope="session")
def capture_page(
    frontend: ModuleType, serve_files: Callable[[Path], Served], tmp_path_factory: pytest.TempPathFactory
) -> Served:
    """The camera alone on a page."""
    out = tmp_path_factory.mktemp("capture-page") / "static"
    frontend.install()
    node = frontend.find_node()
    vite = frontend.FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"
    page = frontend.FRONTEND / "test" / "capture" / "page"
    config = frontend.FRONTEND / "vite.config.ts"
    subprocess.run(
        [node.program, vite, "build", page, "--config", config, "--outDir", out, "--logLevel", "warn"],
        cwd=frontend.FRONTEND,
        check=True,
    )
    return serve_files(out)


@pytest.fixture(scope="session")
def axe(frontend: ModuleType) -> str:
    """The source of axe-core."""
    frontend.install()
    source: str = (frontend.FRONTEND / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    return source


def page_of(context: "BrowserContext", address: str) -> "Page":
    """Return a new page at the address."""
    page = context.new_page()
    page.goto(address)
    return page


@pytest.fixture(scope="session")
def office(frontend: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An office of its own processes with simulated neighbours beside it, serving the app as built."""
    frontend.build()
    directory = tmp_path_factory.mktemp("office")
    (directory / "office").mkdir()
    chosen = demo_settings(directory).model_dump(mode="json")
    many = {"sign_ups_per_address": 10**6, "sign_ins_per_address": 10**6, "refusals_per_address": 10**6}
    chosen["policy"]["access"]["attempts"].update(many)
    chosen["policy"]["proofing"]["call"]["ring_timeout_s"] = RING_S
    settings = parse_settings(chosen)
    prepare(settings)
    with OfficeProcesses(settings, log_file=directory / "log.jsonl"):
        yield settings


@pytest.fixture(scope="session")
def seen() -> set[str]:
    """The names of the screens that some story looked at."""
    return set()


@pytest.fixture
def inspector(axe: str, seen: set[str]) -> Iterator[Inspector]:
    """A judge of the screens a story comes to; in the end there may be nothing to complain of."""
    judge = Inspector(axe, seen)
    yield judge
    assert judge.barriers == []


@pytest.fixture(scope="session")
def reviewer(office: Settings) -> Iterator[Reviewer]:
    """The bank's operator who believes everybody."""
    with Reviewer(office) as one:
        yield one


@pytest.fixture(scope="session")
def customers(office: Settings, reviewer: Reviewer, camera_film: Path) -> Iterator[Callable[..., Customer]]:
    """A function that invents a customer of the office, `seed` drawing them, before a page."""
    invented: list[Customer] = []

    def invent(page: "Page", *, seed: int, hands: type[Hands] = Hands) -> Customer:
        invented.append(Customer(page, office, reviewer, seed=seed, film=camera_film, hands=hands(page)))
        return invented[-1]

    yield invent
    for one in invented:
        one.close()
