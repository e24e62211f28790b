"""A real browser before a real office: Debian's Chromium with a camera that films specimens, the app built and served.

Everything a page sends is recorded, every violation of its content security policy counted. Needs Chromium (at
`DOJANG_CHROMIUM` or on the path) and Playwright's Python package; without them the suite says so and is skipped, but
where `CI` is set it fails: a browser nobody missed has tested nothing.
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
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from granian.constants import Interfaces
from granian.server.embed import Server

from browser.customer import Customer
from dojang.cli.demo.command import demo_settings
from dojang.cli.demo.reviewer import Reviewer
from dojang.cli.serve import OfficeProcesses, prepare
from dojang.config import Settings, parse_settings
from dojang.web.static_app import read_static, serve_subscriber_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("DOJANG_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000

# A page's violations are also told to the console; listening counts those that a page might swallow.
_LISTEN = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark: `-m "not browser"` leaves these tests out."""
    config.addinivalue_line("markers", "browser: a real Chromium before a real office")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is below this folder; skip it where there is no browser."""
    here = Path(__file__).parent
    missing = [name for name, found in (("chromium", CHROMIUM), ("playwright", _has_playwright())) if not found]
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if missing and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=f"not installed: {', '.join(missing)}"))


def _has_playwright() -> bool:
    return importlib.util.find_spec("playwright") is not None


@dataclass(slots=True)
class Traffic:
    """What the pages of a context sent and complained about."""

    sent: list[str] = field(default_factory=list, repr=False)  # method, address, headers and body of each request
    addresses: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        """Violations of the content security policy."""
        return [
            one for one in self.errors if "content security policy" in one.lower() or "csp violation" in one.lower()
        ]

    def record(self, request: "Request") -> None:
        """Note one request."""
        body = (request.post_data_buffer or b"").decode("latin-1")
        self.addresses.append(f"{request.method} {request.url}")
        self.sent.append(f"{request.method} {request.url}\n{request.headers}\n{body}")


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
    """A function that opens a phone with nothing on it. At the end no page may have broken its policy."""
    opened: list[BrowserContext] = []

    def open_context(**options: Any) -> "BrowserContext":
        chosen = {"viewport": PHONE, "locale": "ko-KR", "device_scale_factor": 1, "has_touch": True, **options}
        context = chromium.new_context(**chosen)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(_LISTEN)
        context.on("request", lambda request: traffic.record(request))
        context.on("console", lambda said: traffic.errors.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda broken: traffic.errors.append(str(broken.error)))
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        with suppress(Exception):
            context.close()
    assert traffic.violations == []


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
    settings = parse_settings(chosen)
    prepare(settings)
    with OfficeProcesses(settings, log_file=directory / "log.jsonl"):
        yield settings


@pytest.fixture(scope="session")
def reviewer(office: Settings) -> Iterator[Reviewer]:
    """The bank's operator who believes everybody."""
    with Reviewer(office) as one:
        yield one


@pytest.fixture
def customers(office: Settings, reviewer: Reviewer, camera_film: Path) -> Iterator[Callable[..., Customer]]:
    """A function that invents a customer of the office, `seed` drawing them, before a page."""
    invented: list[Customer] = []

    def invent(page: "Page", *, seed: int) -> Customer:
        invented.append(Customer(page, office, reviewer, seed=seed, film=camera_film))
        return invented[-1]

    yield invent
    for one in invented:
        one.close()
