"""The vault's page at its own origin: what it may do, what answers there, and what changes for the app's page."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from builders.edge import Answer, Caller, EdgeOffice
from dojang.config import ConfigUnreadable, parse_settings
from dojang.web.app import assemble, guard
from dojang.web.key_page import KeyPage, apart, read_key_page
from dojang.web.static_app import read_static, serve_subscriber_app

APP = "https://cert.bank.example"
VAULT = "https://key.bank.example"
HTML = {"Accept": "text/html"}
THERE = {"Host": "key.bank.example", **HTML}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name, content in {
        "index.html": "<!doctype html><title>도장</title>",
        "assets/app-1.js": "app",
        "key/key.html": "<!doctype html><title>보관함</title>",
        "key/assets/key-1.js": "key",
        "key/paper/paper.html": "<!doctype html><title>그리는 곳</title>",
        "key/paper/assets/paper-1.js": "paper",
        "key/.vite/manifest.json": "{}",
    }.items():
        path = tmp_path / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return tmp_path / "static"


def serving(edge: EdgeOffice, built: Path, vault_origin: str) -> ASGIApp:
    app = assemble(edge.office, [])
    serve_subscriber_app(app, read_static(built, vault_origin=vault_origin))
    key_page = KeyPage(read_key_page(APP, built / "key"))
    return apart(guard(app, edge.office), guard(key_page, edge.office), vault_origin)


@pytest.fixture
def visitor(edge: EdgeOffice, built: Path) -> Caller:
    return Caller(serving(edge, built, VAULT))


def policy_of(answer: Answer) -> Mapping[str, str]:
    parts = [part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";")]
    return {name: value for name, _, value in parts}


def test_the_page_reaches_no_server_and_is_framed_by_the_app_alone(visitor: Caller) -> None:
    answer = visitor("GET", "/key.html", headers=THERE)
    assert answer.status == 200
    assert f'<meta name="dojang-app" content="{APP}" />' in answer.content.decode()
    policy = policy_of(answer)
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == APP
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["trusted-types"] == "'none'"
    assert policy["frame-src"] == "'self'"
    assert "worker-src" not in policy
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert len(answer.headers.get_list("content-security-policy")) == 1


def test_what_draws_has_an_origin_that_is_nobodys(visitor: Caller) -> None:
    for address in ("/paper/paper.html", "/paper/assets/paper-1.js"):
        answer = visitor("GET", address, headers=THERE)
        assert answer.status == 200
        policy = policy_of(answer)
        assert policy["sandbox"] == "allow-scripts"
        assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
        assert policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == f"'self' {APP}"
        assert policy["trusted-types"] == "'none'"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "publickey" not in answer.headers["permissions-policy"]
        assert "dojang-app" not in answer.content.decode()
    assert visitor("GET", "/paper/paper.html").code == "request.not_found"  # at the app's origin


@pytest.mark.parametrize("host", ["key.bank.example", "KEY.bank.example"])
def test_nothing_else_answers_there(visitor: Caller, host: str) -> None:
    headers = {**HTML, "Host": host}
    assert visitor("GET", "/assets/key-1.js", headers=headers).content == b"key"
    for path in ("/", "/index.html", "/assets/app-1.js", "/healthz", "/v1/authority", "/.vite/manifest.json"):
        answer = visitor("GET", path, headers=headers)
        assert (answer.status, answer.content) == (404, b"")
        assert "set-cookie" not in answer.headers
    assert visitor("POST", "/key.html", headers=headers).status == 404


def test_the_app_names_the_vault_and_may_frame_it(visitor: Caller) -> None:
    answer = visitor("GET", "/", headers=HTML)
    assert f'<meta name="dojang-vault" content="{VAULT}" />' in answer.content.decode()
    assert policy_of(answer)["frame-src"] == VAULT
    assert policy_of(answer)["frame-ancestors"] == "'none'"
    assert f'publickey-credentials-get=(self "{VAULT}")' in answer.headers["permissions-policy"]
    assert visitor("GET", "/key/assets/key-1.js").code == "request.not_found"


def test_without_an_origin_of_its_own_nothing_is_framed(edge: EdgeOffice, built: Path) -> None:
    visitor = Caller(serving(edge, built, ""))
    answer = visitor("GET", "/", headers=HTML)
    assert "dojang-vault" not in answer.content.decode()
    assert "frame-src" not in policy_of(answer)
    assert visitor("GET", "/key/key.html").code == "request.not_found"


def test_the_vaults_origin_is_not_the_apps() -> None:
    with pytest.raises(ConfigUnreadable):
        parse_settings({"web": {"public_url": APP, "vault_origin": APP}})
    with pytest.raises(ConfigUnreadable):
        parse_settings({"web": {"public_url": APP, "vault_origin": f"{VAULT}/path"}})
    assert parse_settings({"web": {"public_url": f"{APP}/", "vault_origin": VAULT}}).origin == APP
