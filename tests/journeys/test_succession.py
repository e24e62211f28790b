"""A site that knows a customer's certificate hears of everything that happens to it, and keeps the customer.

The site is the recipe of the documentation, run as a program of its own: it takes webhooks from the real office, has
OpenSSL verify the statements, and moves its user to the successor.
"""

import base64
import hashlib
import hmac
import json
import runpy
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from builders.journey import Customer, Town, eventually
from dojang.cli.customer.device import Device
from dojang.cli.customer.renewal import renew
from dojang.cli.demo.walk import Held
from dojang.controls.access.model import Role
from dojang.controls.access.usecases import sign_up

RECIPE = Path(__file__).parents[2] / "docs" / "recipes" / "keep_user_mapping.py"


@dataclass(frozen=True)
class Site:
    """A relying party: its program, its database, and how it asks the office."""

    client_id: str
    secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    port: int
    database: Path
    root_pem: Path
    command: tuple[str, ...]
    office: httpx.Client

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.office.request(method, path, auth=(self.client_id, self.secret), **more)

    def user_of(self, serial: str) -> tuple[str, str] | None:
        """Return the user and the state the site has for a serial number."""
        with sqlite3.connect(self.database) as database:
            query = "SELECT user, state FROM account WHERE serial = ?"
            found: tuple[str, str] | None = database.execute(query, [serial]).fetchone()
            return found

    def enters(self, user: str, serial: str) -> None:
        with sqlite3.connect(self.database) as database:
            database.execute("INSERT INTO account (serial, user) VALUES (?, ?)", [serial, user])

    def sent(self, body: bytes, *, secret: str = "", event_id: str = "evt_x", at: float | None = None) -> int:
        """Send the site's own webhook something, as anybody on the network may."""
        timestamp = str(int(time.time() if at is None else at))
        key = base64.b64decode((secret or self.webhook_secret).removeprefix("whsec_"))
        mac = hmac.new(key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "webhook-id": event_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        }
        return httpx.post(f"http://127.0.0.1:{self.port}/", content=body, headers=headers, trust_env=False).status_code

    @property
    def log(self) -> Path:
        return self.database.with_name("site.log")

    def refused(self) -> list[str]:
        """What the site noted of what it refused, in order."""
        rows = self.log.read_text("utf-8").splitlines()
        return [row.partition("refused: ")[2] for row in rows if "refused: " in row]

    def feed(self) -> list[dict[str, Any]]:
        """Read the whole feed, two events at a time."""
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = {"cursor": "0", "more": True}
        while page["more"]:
            page = self.ask("GET", f"/v1/events?after={page['cursor']}&limit=2").raise_for_status().json()
            found += page["events"]
        return found


@pytest.fixture(scope="module")
def site(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("site")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with town.at_the_desk() as office:
        sign_up(
            "site.officer",
            "an officer of the sites 77",
            role=Role.OFFICER,
            store=office.store,
            hasher=office.hasher,
            chance=office.chance,
            now=office.clock.now(),
        )
    added = town.dojang(
        "relying-party", "add", "길동상점", "--webhook", f"http://127.0.0.1:{port}/", "--as", "site.officer"
    )
    assert added.exit_code == 0, added.output
    shown = dict(line.split() for line in added.stdout.splitlines())
    (folder / "webhook.secret").write_text(shown["webhook_secret"])
    root_pem = town.settings.authority_dir / "root.pem"
    database = folder / "users.db"
    secret_file = folder / "webhook.secret"
    given = ("--database", database, "--secret-file", secret_file, "--root", root_pem, "--port", port)
    command = (sys.executable, str(RECIPE), *map(str, given))
    return Site(
        client_id=shown["client_id"],
        secret=shown["secret"],
        webhook_secret=shown["webhook_secret"],
        port=port,
        database=database,
        root_pem=root_pem,
        command=command,
        office=httpx.Client(base_url=town.settings.public_url, trust_env=False, timeout=30),
    )


@pytest.fixture(scope="module")
def running(site: Site) -> Iterator[None]:
    with site.log.open("wb") as log:
        program = subprocess.Popen(site.command, stderr=log)
    eventually(lambda: answers(site.port))
    yield
    program.terminate()
    program.wait(timeout=20)


def answers(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def customer(town: Town) -> Customer:
    return Customer(town, seed=263).moves_in()


@pytest.fixture(scope="module")
def held(customer: Customer) -> Held:
    return customer.walks(years=1)


def serial_of(signing_der: bytes) -> str:
    return str(x509.load_der_x509_certificate(signing_der).serial_number)


def test_a_site_hears_of_a_hold_and_keeps_its_customer_over_a_renewal(
    site: Site, customer: Customer, held: Held, request: pytest.FixtureRequest
) -> None:
    serial = serial_of(held.delivered.signing_der)
    known = site.ask("PUT", f"/v1/known-certificates/{serial}").raise_for_status().json()
    assert (known["state"], known["successor_serial"]) == ("good", None)
    customer.client.suspend(serial)  # nobody listens at the webhook yet: it is sent again
    eventually(lambda: site.ask("GET", "/v1/webhook").json().get("failing_since"))
    request.getfixturevalue("running")
    site.enters("gildong", serial)
    eventually(lambda: site.user_of(serial) == ("gildong", "held"))
    signature = held.device.sign(customer.client.act_statement(serial, "resume"))
    customer.client.resume(serial, signature=signature)
    eventually(lambda: site.user_of(serial) == ("gildong", "good"))

    renewed = renew(customer.client, serial, held.device, held.delivered)
    successor = serial_of(renewed.delivered.signing_der)
    eventually(lambda: site.user_of(successor) == ("gildong", "good"))
    eventually(lambda: site.user_of(serial) == ("gildong", "revoked"))
    customer.client.suspend(successor)  # never named by the site: it follows its predecessor
    eventually(lambda: site.user_of(successor) == ("gildong", "held"))

    feed = site.feed()
    said = [(one["type"], one["data"]["serial"]) for one in feed]
    assert said[:2] == [("certificate.suspended", serial), ("certificate.resumed", serial)]
    assert set(said[2:4]) == {("certificate.renewed", serial), ("certificate.revoked", serial)}
    assert said[4:] == [("certificate.suspended", successor)]
    of_first = [one["sequence"] for one in feed if one["data"]["serial"] == serial]
    assert of_first == sorted(set(of_first))
    assert site.ask("GET", "/v1/webhook").json()["waiting"] == 0
    again = site.ask("PUT", f"/v1/known-certificates/{serial}").json()
    assert (again["state"], again["reason"], again["successor_serial"]) == ("revoked", "superseded", successor)
    assert site.ask("GET", "/v1/known-certificates").json()["serials"] == sorted([serial, successor])


def test_what_the_bank_did_not_send_changes_nothing(site: Site, customer: Customer, held: Held, running: None) -> None:
    del running
    serial = serial_of(held.delivered.signing_der)
    (genuine,) = [one for one in site.feed() if one["type"] == "certificate.renewed"]
    successor = genuine["data"]["successor_serial"]
    before = site.user_of(serial), site.user_of(successor)
    event = {**genuine, "id": "evt_forged", "type": "certificate.resumed", "sequence": 10**9}
    event["data"] = {"serial": serial, "state": "good"}
    body = json.dumps(event).encode()
    assert site.sent(body, secret="whsec_" + base64.b64encode(bytes(32)).decode()) == 401
    assert site.sent(body, at=time.time() - 400) == 401
    assert site.sent(body, at=time.time() + 400) == 401
    assert httpx.post(f"http://127.0.0.1:{site.port}/", content=body, trust_env=False).status_code == 401
    assert httpx.post(f"http://127.0.0.1:{site.port}/", content=b"x" * 100_001, trust_env=False).status_code == 413

    # A replay of what was taken is taken again and changes nothing; so is older news under a new id.
    assert site.sent(json.dumps(genuine).encode(), event_id=genuine["id"]) == 204
    (first,) = [
        one for one in site.feed() if one["type"] == "certificate.suspended" and one["data"]["serial"] == serial
    ]
    assert site.sent(json.dumps({**first, "id": "evt_late"}).encode()) == 204

    # A customer has a certificate below the same root: what they sign is a signature, but not the bank's word.
    stolen = {"type": "dojang.succession.v1", "predecessor_serial": int(serial), "successor_serial": 4711}
    statement = held.device.sign_document(json.dumps(stolen).encode(), held.delivered)
    data = {"serial": serial, "successor_serial": "4711", "statement": base64.b64encode(statement).decode()}
    assert site.sent(json.dumps({**genuine, "id": "evt_own", "data": data}).encode()) == 401
    # The bank's own statement under other serial numbers.
    data = {**genuine["data"], "successor_serial": "4711"}
    assert site.sent(json.dumps({**genuine, "id": "evt_other", "data": data}).encode()) == 401
    assert (site.user_of(serial), site.user_of(successor)) == before
    assert site.refused() == [
        "its signature is not the bank's",
        *3 * ["its time is not ours"],
        "the statement is not the bank's",
        "the event says what the statement does not",
    ]
    assert str(serial) not in site.log.read_text("utf-8")
    assert site.user_of("4711") is None


def test_the_recipe_has_openssl_verify_statements(site: Site, customer: Customer, held: Held) -> None:
    recipe = runpy.run_path(str(RECIPE))
    serial = serial_of(held.delivered.signing_der)
    (genuine,) = [one for one in site.feed() if one["type"] == "certificate.renewed"]
    statement = base64.b64decode(genuine["data"]["statement"])
    assert recipe["verify_succession"](statement, site.root_pem)["predecessor_serial"] == int(serial)
    with pytest.raises(recipe["Forged"]):
        recipe["verify_succession"](statement.replace(b"successor", b"successof", 1), site.root_pem)
    with pytest.raises(recipe["Forged"]):
        recipe["verify_succession"](held.device.sign_document(b"{}", held.delivered), site.root_pem)
    with pytest.raises(recipe["Forged"]):
        recipe["verify_succession"](b"", site.root_pem)


def test_a_re_issue_keeps_the_customer_and_only_the_banks_word_for_it_is_taken(
    town: Town, site: Site, running: None
) -> None:
    """The road is walked again, with proofing; the site learns of it by webhook and by poll, and believes neither."""
    del running
    someone = Customer(town, seed=264).moves_in()
    first = someone.walks(years=1)
    serial = serial_of(first.delivered.signing_der)
    assert site.ask("PUT", f"/v1/known-certificates/{serial}").json()["state"] == "good"
    site.enters("garam", serial)
    someone.applies(kind="reissue", years=1, reissue_reason="replaced").is_known()
    second = someone.is_identified().enrols(Device())
    successor = serial_of(second.delivered.signing_der)
    eventually(lambda: site.user_of(successor) == ("garam", "good"))
    eventually(lambda: site.user_of(serial) == ("garam", "revoked"))

    (polled,) = [one for one in site.feed() if one["type"] == "certificate.reissued"]
    assert (polled["data"]["serial"], polled["data"]["successor_serial"]) == (serial, successor)
    statement = base64.b64decode(polled["data"]["statement"])
    recipe = runpy.run_path(str(RECIPE))
    said = recipe["verify_succession"](statement, site.root_pem)
    assert (said["predecessor_serial"], said["successor_serial"]) == (int(serial), int(successor))
    told = site.office.get(f"/v1/successions/{serial}").raise_for_status()
    assert told.content == statement

    # Another succession's statement, one altered, one signed with the customer's new certificate: none moves anybody.
    (renewal,) = [one for one in site.feed() if one["type"] == "certificate.renewed"]
    own = second.device.sign_document(json.dumps({**said, "successor_serial": 4712}).encode(), second.delivered)
    altered = statement.replace(successor.encode(), str(int(successor) - 1).zfill(len(successor)).encode(), 1)
    assert altered != statement
    forged = [base64.b64decode(renewal["data"]["statement"]), own, altered, statement[:-40], b""]
    for number, one in enumerate(forged):
        data = {**polled["data"], "statement": base64.b64encode(one).decode()}
        body = json.dumps({**polled, "id": f"evt_forged_{number}", "data": data, "sequence": 10**9 + number}).encode()
        assert site.sent(body, event_id=f"evt_forged_{number}") == 401
    assert site.user_of(successor) == ("garam", "good")
    assert site.user_of(str(int(successor) - 1)) is site.user_of("4712") is None


def test_a_site_whose_webhook_is_gone_polls_and_the_officers_hear_of_it(town: Town, site: Site, running: None) -> None:
    """The webhook says 410: nothing more is sent there, the bank's people get an e-mail, the feed goes on."""

    class Gone(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(410)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    del running
    (renewal,) = [one for one in site.feed() if one["type"] == "certificate.renewed"]
    successor = renewal["data"]["successor_serial"]
    with ThreadingHTTPServer(("127.0.0.1", 0), Gone) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        added = town.dojang("relying-party", "add", "떠난상점", "--webhook", address, "--as", "site.officer")
        shown = dict(line.split() for line in added.stdout.splitlines())
        left = replace(site, client_id=shown["client_id"], secret=shown["secret"])
        assert left.ask("PUT", f"/v1/known-certificates/{successor}").json()["successor_serial"] is None
        done = town.dojang("revoke", successor, "--reason", "keyCompromise", "--as", "site.officer")
        assert done.exit_code == 0, done.output
        eventually(lambda: left.ask("GET", "/v1/webhook").json().get("disabled_at"))
        server.shutdown()
        thread.join()
    assert [one["type"] for one in left.feed()] == ["certificate.revoked"]
    operators = town.settings.neighbours.notice.operators_email
    eventually(lambda: any(left.client_id in str(one) for one in town.sandbox.messages(operators)))
    eventually(lambda: site.user_of(successor) == ("gildong", "revoked"))
