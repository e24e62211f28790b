"""How the app fares before Lighthouse as on a middling phone, and how much script its first screen needs.

A real office, a signed-in customer in a Chromium with a camera that films a specimen too blurred to be shot by itself
(the camera looks and looks: what is judged is its screen, not the shot's), and Lighthouse's own mobile profile
(simulated slow 4G, a processor four times slower) on the home screen, the wizard and the live camera. Caches and the
service worker are cleared before each run: each is a first visit. The session stays. Medians of `--runs`.
Needs Chromium; Lighthouse itself is installed from its own lock file (`bench/lighthouse/`). No screen may fall below
95 where the machine is quiet: run `python bench/lighthouse.py --runs 3`.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "tools")]

import frontend  # noqa: E402 - the path comes first

from browser.scenes import Flaw, show, write_video  # noqa: E402
from dojang.cli.demo.command import demo_settings  # noqa: E402
from dojang.cli.serve import OfficeProcesses, prepare  # noqa: E402
from dojang.config import Settings  # noqa: E402
from dojang.pki.validity import day_kst  # noqa: E402
from dojang.sandbox.resident import draw_resident  # noqa: E402
from dojang.sandbox.specimen.document import Kind  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

JUDGE = ROOT / "bench" / "lighthouse"
CHROMIUM = os.environ.get("DOJANG_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
CATEGORIES = ("performance", "accessibility", "best-practices")
FIGURES = ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "total-byte-weight")
SCREENS = ("sign-in", "home", "wizard", "capture")
DEBUGGING_PORT = 9333
SCRIPT_LIMIT_BYTES = 60 * 1024
PHONE: Any = {"width": 390, "height": 844}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One screen's medians: scores of 100, times in milliseconds, weight in bytes as sent."""

    screen: str
    scores: dict[str, float]
    figures: dict[str, float]
    below: list[str]  # audits that cost points, of the last run


def main() -> int:
    """Measure, print, keep the figures; 1 when a screen falls below 95 or the first load is too heavy."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", action="append", choices=SCREENS, help="a screen to measure; given again, one more")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "out")
    options = parser.parse_args()
    if not CHROMIUM:
        print("no Chromium: nothing measured")
        return 0
    frontend.build()
    node = _install_judge()
    with tempfile.TemporaryDirectory() as scratch, _customer(Path(scratch)) as (page, office):
        script_bytes = _first_load(page.context, office.public_url)
        verdicts = [
            _judge(node, page, name, address, options.runs)
            for name, address in _screens(page, office.public_url)
            if name in (options.only or SCREENS)
        ]
    _show(verdicts, script_bytes)
    options.out.mkdir(parents=True, exist_ok=True)
    report = {
        "measured_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "load_before": os.getloadavg()[0],
        "runs": options.runs,
        "first_load_script_bytes_gzip": script_bytes,
        "screens": [asdict(one) for one in verdicts],
    }
    (options.out / "lighthouse.json").write_text(json.dumps(report, indent=1), "utf-8")
    fine = all(score >= 95 for one in verdicts for score in one.scores.values())
    return 0 if fine and script_bytes <= SCRIPT_LIMIT_BYTES else 1


def _install_judge() -> Path:
    """Return a Node new enough for Lighthouse, which is installed from its lock file when it is not there."""
    node = frontend.find_node()
    wheel = frontend._node_of_wheel()  # the judge wants a newer one than the app
    chosen = wheel or node
    if not (JUDGE / "node_modules" / "lighthouse").is_dir():
        arguments = [chosen.npm_script, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        chosen.run(arguments, cwd=JUDGE)
    return Path(chosen.program)


@contextmanager
def _customer(directory: Path) -> "Iterator[tuple[Page, Settings]]":
    """Give the page of somebody signed in, in a browser Lighthouse can connect to."""
    from playwright.sync_api import sync_playwright

    film = directory / "film.y4m"
    front = draw_resident(11, Kind.RESIDENT_CARD, day_kst(datetime.now(UTC))).front
    write_video(show(front, Flaw.BLUR), film)
    settings = demo_settings(directory)
    (directory / "office").mkdir()
    prepare(settings)
    with OfficeProcesses(settings, log_file=directory / "log.jsonl"), sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            directory / "profile",
            executable_path=CHROMIUM,
            headless=True,
            viewport=PHONE,
            locale="ko-KR",
            args=[
                "--no-sandbox",
                f"--remote-debugging-port={DEBUGGING_PORT}",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ],
        )
        yield context.pages[0], settings
        context.close()


def _first_load(context: "BrowserContext", address: str) -> int:
    """Return how many bytes of script, gzipped, a new visitor's first screen needs."""
    page = context.new_page()
    scripts: dict[str, int] = {}
    wanted = "script"
    page.on(
        "response",
        lambda answer: (
            scripts.update({answer.url: len(gzip.compress(answer.body(), 9))})
            if answer.request.resource_type == wanted
            else None
        ),
    )
    page.goto(address, wait_until="networkidle")
    page.close()
    return sum(size for url, size in scripts.items() if "Companion" not in url and "neighbours" not in url)


def _screens(page: "Page", base: str) -> Iterator[tuple[str, str]]:
    """Sign up and begin an application; give each screen when it can be visited."""
    page.goto(base)
    page.locator("#login_name").wait_for()
    yield "sign-in", f"{base}/"
    page.goto(base)
    page.locator(".page__actions .button--quiet").click()
    page.fill("#login_name", "lighthouse")
    page.fill("#password", "an account password 8264")
    main_action = page.locator(".page__actions .button--primary")
    main_action.click()
    page.locator("nav.actions").wait_for()
    yield "home", f"{base}/"
    yield "wizard", f"{base}/apply/new"
    page.goto(f"{base}/apply/new")
    page.locator("ol.list").wait_for()
    main_action.click()
    page.locator("#all").check()
    main_action.click()
    page.locator("main .facts").wait_for()
    main_action.click()
    page.locator("input[name=kind]").first.wait_for()
    yield "capture", f"{page.url}/photograph"


def _judge(node: Path, page: "Page", screen: str, address: str, runs: int) -> Verdict:
    page.goto("about:blank")
    reports = [_run(node, page, address) for _ in range(runs)]

    def median(pick: Any) -> float:
        return round(statistics.median(pick(one) for one in reports), 3)

    return Verdict(
        screen=screen,
        scores={name: median(lambda one, n=name: one["categories"][n]["score"] * 100) for name in CATEGORIES},
        figures={name: median(lambda one, n=name: one["audits"][n].get("numericValue", 0)) for name in FIGURES},
        below=sorted(_costly(reports[-1])),
    )


def _run(node: Path, page: "Page", address: str) -> dict[str, Any]:
    driver = page.context.new_cdp_session(page)
    driver.send("Network.clearBrowserCache")
    origin = address.split("/", 3)[:3]
    driver.send(
        "Storage.clearDataForOrigin",
        {"origin": "/".join(origin), "storageTypes": "cache_storage,service_workers,shader_cache"},
    )
    driver.detach()
    command = [
        node,
        JUDGE / "node_modules" / "lighthouse" / "cli" / "index.js",
        address,
        f"--port={DEBUGGING_PORT}",
        "--output=json",
        "--quiet",
        "--disable-storage-reset",
        f"--only-categories={','.join(CATEGORIES)}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=JUDGE)
    if done.returncode:
        raise SystemExit(f"Lighthouse failed: {done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _costly(report: dict[str, Any]) -> Iterator[str]:
    for category in CATEGORIES:
        for reference in report["categories"][category]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"{category}: {audit['id']} {audit.get('displayValue', '')}".strip()


def _show(verdicts: list[Verdict], script_bytes: int) -> None:
    console = Console(width=120)
    console.print(f"\n[bold]Lighthouse, mobile[/]   load average before: {os.getloadavg()[0]:.1f}")
    for one in verdicts:
        scores = "  ".join(f"{name} {score:.0f}" for name, score in one.scores.items())
        figures = "  ".join(f"{name} {value:,.2f}" for name, value in one.figures.items())
        console.print(f"  {one.screen:<8} {scores}", highlight=False)
        console.print(f"           [dim]{figures}[/]", highlight=False)
        for audit in one.below:
            console.print(f"           [yellow]{audit}[/]", highlight=False)
    share = script_bytes / SCRIPT_LIMIT_BYTES
    console.print(f"  script of the first screen: {script_bytes / 1024:.1f} KB gzip of 60 ({share:.0%})\n")


if __name__ == "__main__":
    sys.exit(main())
