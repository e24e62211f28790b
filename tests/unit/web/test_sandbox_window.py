"""The window to the simulated neighbours: what passes, what does not, and that production has none."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from builders.edge import Caller, EdgeOffice, founded, open_edge
from dojang.bootstrap import Office
from dojang.config import Settings, parse_settings
from dojang.sandbox.authority.branches import questions
from dojang.sandbox.server import SandboxThread
from dojang.web.app import Audience, create_app
from dojang.web.sandbox_window import has_window, window_router

NEIGHBOURS = {name: {"url": f"https://{name}.test"} for name in ("bank", "telephony", "registry", "notice")} | {
    "email": {"url": "smtps://email.test"}
}


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A caller of an office with a sandbox beside it."""
    with SandboxThread() as sandbox:
        port = int(sandbox.base_url.rpartition(":")[2])
        edge = open_edge(founded(tmp_path_factory.mktemp("window")), web={"sandbox_port": port})
        yield edge.caller([Audience.SUBSCRIBER])
        edge.close()


def test_a_person_is_invented_and_known_to_all_neighbours(window: Caller) -> None:
    answer = window("POST", "/sandbox-window/person", json={"seed": 7})
    assert answer.status == 201
    assert answer.headers["x-environment"] == "sandbox"
    person = answer.json
    statement = window("GET", f"/sandbox-window/bank/statement/{person['bank_code']}/{person['account']}.json").json
    assert (statement["holder_name"], statement["lines"]) == (person["name"], [])
    calls = window("GET", f"/sandbox-window/telephony/handset/{person['phone']}/calls").json
    assert calls["calls"] == []


def test_a_specimen_is_a_photograph_of_that_persons_document(window: Caller) -> None:
    shown = window("GET", "/sandbox-window/specimen?kind=driver_licence&side=front&seed=7")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.content.startswith(b"\xff\xd8\xff")
    described = window("GET", "/sandbox-window/specimen.json?kind=driver_licence&seed=7").json
    assert described["sides"] == ["front", "back"]
    assert described["person"]["name"] == window("POST", "/sandbox-window/person", json={"seed": 7}).json["name"]
    assert window("GET", "/sandbox-window/specimen?kind=passport&side=back&seed=7").status == 404


def test_a_call_that_is_not_there_is_not_answered(window: Caller) -> None:
    path = "/sandbox-window/telephony/handset/01000001234/calls/none"
    assert window("GET", path).status == 404
    assert window("POST", f"{path}/press", json={"keys": "42#"}).status == 404


def test_the_misbehaving_customers_are_listed_and_can_be_downloaded(window: Caller) -> None:
    page = window("GET", "/sandbox-window/customers")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'; style-src 'sha256-" in page.headers["content-security-policy"]
    shown = page.content.decode()
    for question in questions():
        assert f"<code>{question.customer.flaw}</code>" in shown
        assert (question.verdict.error or question.verdict.sub_indication or "PASSED") in shown
    style = shown.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.headers["content-security-policy"]
    packed = window("GET", "/sandbox-window/customers.zip")
    assert packed.headers["content-disposition"].startswith("attachment;")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        expected = json.loads(archive.read("expected.json"))
        assert expected["environment"] == "sandbox"
        names = set(archive.namelist())
        assert {one["request"] for one in expected["questions"]} <= names
        assert sum(name.endswith("signPri.key") for name in names) == len(expected["customers"])


def test_the_shop_is_a_site_of_its_own(window: Caller) -> None:
    answer = window("GET", "/sandbox-window/shop")
    assert (answer.status, answer.headers["location"].rpartition(":")[2].partition("/")[2]) == (303, "shop/")


def test_prompts_can_be_heard(window: Caller) -> None:
    sound = window("GET", "/sandbox-window/telephony/prompts/ko/greeting.wav")
    assert sound.headers["content-type"] == "audio/wav"
    assert sound.content[:4] == b"RIFF"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sandbox-window/"),
        ("GET", "/sandbox-window/sandbox/bank/ledger"),
        ("POST", "/sandbox-window/sandbox/bank/fault"),
        ("POST", "/sandbox-window/bank/accounts"),
        ("GET", "/sandbox-window/mailbox/"),
        ("POST", "/sandbox-window/telephony/lines"),
        ("DELETE", "/sandbox-window/person"),
    ],
)
def test_nothing_else_passes(window: Caller, method: str, path: str) -> None:
    assert window(method, path).code == "request.not_found"


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox-window/bank/statement/..%2F..%2Fsandbox%2Fbank/ledger.json",
        "/sandbox-window/telephony/handset/0100000123x/calls",
        "/sandbox-window/telephony/handset/01000001234/calls/%2e%2e",
    ],
)
def test_addresses_cannot_be_bent(window: Caller, path: str) -> None:
    assert window("GET", path).code in ("request.malformed", "request.not_found")


def test_a_simulator_that_is_away_is_said_to_be(edge: EdgeOffice) -> None:
    port = 9  # nobody listens there
    settings = edge.office.settings.model_copy(
        update={"web": edge.office.settings.web.model_copy(update={"sandbox_port": port})}
    )
    app = create_app(_with(edge, settings), [Audience.SUBSCRIBER])
    assert Caller(app)("POST", "/sandbox-window/person", json={}).code == "neighbour.unavailable"


def test_production_has_no_window(edge: EdgeOffice) -> None:
    production = parse_settings(
        {
            "environment": "production",
            "data_dir": str(edge.office.settings.data_dir),
            "neighbours": NEIGHBOURS,
            "web": {"public_url": "https://office.test"},
        }
    )
    assert not has_window(production)
    with pytest.raises(ValueError, match="no sandbox window"):
        window_router(production)
    caller = Caller(create_app(_with(edge, production), [Audience.SUBSCRIBER]))
    for method, path in (
        ("POST", "person"),
        ("GET", "specimen?kind=passport&seed=1"),
        ("GET", "specimen.json"),
        ("GET", "customers"),
        ("GET", "customers.zip"),
    ):
        assert caller(method, f"/sandbox-window/{path}").code == "request.not_found"
    careless = parse_settings({"environment": "production"})  # refused elsewhere, and no window here either
    assert careless.sandbox_neighbours
    assert not has_window(careless)


def test_real_neighbours_have_no_window(edge: EdgeOffice) -> None:
    assert not has_window(parse_settings({"neighbours": NEIGHBOURS}))
    assert has_window(Settings(data_dir=Path("var")))


def _with(edge: EdgeOffice, settings: Settings) -> Office:
    return replace(edge.office, settings=settings)
