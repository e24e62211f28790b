"""The app's files and page: which address answers with what, under which headers."""

import gzip
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from builders.edge import Answer, Caller, EdgeOffice
from dojang.web.app import Audience, assemble, create_app, guard
from dojang.web.static_app import read_static, serve_subscriber_app

FRONTEND = Path(__file__).parents[3] / "frontend"
HTML = {"Accept": "text/html,application/xhtml+xml"}
PAGE = "<!doctype html><title>도장</title>"
SCRIPT = "export const words = '안녕';\n" * 40


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What a build leaves, in small."""
    for name, content in {
        "index.html": PAGE,
        "sw.js": "// the service worker",
        "assets/app-1a2b3c.js": SCRIPT,
        "manifest.webmanifest": "{}",
        ".stamp": "secret of the builder",
        ".vite/manifest.json": "{}",
        "notes.bak": "not for anybody",
    }.items():
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    (tmp_path / "outside.txt").write_text("private")
    return tmp_path / "static"


@pytest.fixture
def visitor(edge: EdgeOffice, built: Path) -> Caller:
    """Somebody without a session before an office that serves `built`."""
    return Caller(serving(edge, built))


def serving(edge: EdgeOffice, directory: Path) -> ASGIApp:
    app = assemble(edge.office, [])
    serve_subscriber_app(app, read_static(directory))
    return guard(app, edge.office)


def policy_of(answer: Answer) -> Mapping[str, str]:
    parts = [part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";")]
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", ["/", "/index.html", "/settings", "/application/01J/fields", "/no/such/place"])
def test_a_browser_gets_the_page_wherever_it_goes(visitor: Caller, path: str) -> None:
    answer = visitor("GET", path, headers=HTML)
    assert answer.status == 200
    assert answer.content.decode() == PAGE
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_every_screen_of_the_app_is_reached_by_its_address(visitor: Caller) -> None:
    root = (FRONTEND / "src" / "app" / "Root.tsx").read_text("utf-8")
    places = re.findall(r'case "(\w+)":', root)
    assert places
    for place in places:
        assert visitor("GET", f"/{place}/x", headers=HTML).content.decode() == PAGE


def test_the_page_may_do_only_what_it_needs(visitor: Caller) -> None:
    answer = visitor("GET", "/", headers=HTML)
    policy = policy_of(answer)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "dojang-worker"
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "camera=(self)" in answer.headers["permissions-policy"]
    assert "microphone=()" in answer.headers["permissions-policy"]
    assert len(answer.headers.get_list("content-security-policy")) == 1


def test_hashed_files_are_kept_for_good_and_others_asked_for_again(visitor: Caller) -> None:
    script = visitor("GET", "/assets/app-1a2b3c.js", headers={"Accept-Encoding": "identity"})
    assert script.content.decode() == SCRIPT
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert policy_of(script)["default-src"] == "'none'"  # a worker obeys the policy it came with
    worker = visitor("GET", "/sw.js")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["content-type"] == "text/javascript; charset=utf-8"
    again = visitor("GET", "/sw.js", headers={"If-None-Match": worker.headers["etag"]})
    assert (again.status, again.content) == (304, b"")


def test_files_travel_compressed(visitor: Caller, edge: EdgeOffice, built: Path) -> None:
    files = read_static(built)
    packed = files["/assets/app-1a2b3c.js"].gzipped
    assert packed is not None
    assert len(packed) < len(SCRIPT) / 5
    assert gzip.decompress(packed).decode() == SCRIPT
    answer = visitor("GET", "/assets/app-1a2b3c.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content.decode() == SCRIPT
    head = visitor("HEAD", "/index.html", headers={"Accept-Encoding": "identity"})
    assert (head.content, head.headers["content-length"]) == (b"", str(len(PAGE.encode())))


@pytest.mark.parametrize(
    "path",
    ["/.stamp", "/.vite/manifest.json", "/notes.bak", "/../outside.txt", "/assets/../../outside.txt", "/assets/x.js"],
)
def test_nothing_else_is_served(visitor: Caller, path: str) -> None:
    answer = visitor("GET", path, headers=HTML)
    assert answer.code == "request.not_found"


@pytest.mark.parametrize("path", ["/v1/nothing", "/crl/nothing.crl", "/sandbox-window/x", "/assets/gone-1.js"])
def test_programs_get_problems_not_pages(visitor: Caller, path: str) -> None:
    assert visitor("GET", path, headers=HTML).code == "request.not_found"


def test_the_page_stands_in_no_routes_way(edge: EdgeOffice, caller: Caller) -> None:
    assert caller("POST", "/settings", headers=HTML).code == "request.not_found"
    assert caller("GET", "/v1/accounts", headers=HTML).code == "request.method_not_allowed"
    assert caller("GET", "/healthz", headers=HTML).json["status"] == "alive"
    assert caller("GET", "/nowhere", headers={"Accept": "application/json"}).code == "request.not_found"


def test_without_a_build_the_page_says_how_to_make_one(edge: EdgeOffice, tmp_path: Path) -> None:
    answer = Caller(serving(edge, tmp_path / "never-built"))("GET", "/", headers=HTML)
    assert answer.status == 503
    assert "python tools/frontend.py build" in answer.content.decode()
    assert policy_of(answer)["default-src"] == "'none'"


def test_offices_without_subscribers_have_no_app(edge: EdgeOffice) -> None:
    protocols = Caller(create_app(edge.office, [Audience.PROTOCOLS]))
    assert protocols("GET", "/", headers=HTML).code == "request.not_found"
