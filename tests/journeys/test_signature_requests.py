"""A site asks a customer for a signature, over HTTP from end to end: the customer's device signs, the worker completes.

The result is judged by those who know nothing of the office but its root: pyHanko with what stands in the document
alone, pdfsig, OpenSSL. The office's worker is killed when it has just been given the signature.
"""

import base64
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature

from builders.journey import Customer, Town, eventually, refusal
from dojang.cli.demo.walk import Held
from dojang.controls.access.model import Role
from dojang.controls.access.usecases import sign_up
from dojang.sandbox.shop.contract import contract_pdf
from dojang.sandbox.shop.signed_pdf import know_virtual_ids

BACK = "https://shop.example/signed"

know_virtual_ids()  # as every site does that has pyHanko judge our certificates


@dataclass(frozen=True)
class Site:
    """A relying party with a webhook that takes note of what it is sent."""

    client_id: str
    secret: str = field(repr=False)
    office: httpx.Client
    taken: list[tuple[str, dict[str, Any]]]  # id of the message, event

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.office.request(method, path, auth=(self.client_id, self.secret), **more)

    def asks_for(self, content: bytes, *, key: str, kind: str = "pdf", **more: Any) -> dict[str, Any]:
        body = {"kind": kind, "content": base64.b64encode(content).decode(), "purpose": "매매 계약", **more}
        answer = self.ask("POST", "/v1/signature-requests", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 201, answer.text
        asked: dict[str, Any] = answer.json()
        return asked

    def state(self, request_id: str) -> str:
        return str(self.ask("GET", f"/v1/signature-requests/{request_id}").raise_for_status().json()["state"])

    def told_of(self, request_id: str) -> list[tuple[str, dict[str, Any]]]:
        return [one for one in self.taken if one[1]["reference"] == f"signature:{request_id}"]

    def result(self, request_id: str) -> bytes:
        eventually(lambda: self.state(request_id) == "completed")
        return self.ask("GET", f"/v1/signature-requests/{request_id}/result").raise_for_status().content


@pytest.fixture(scope="module")
def site(town: Town) -> Iterator[Site]:
    taken: list[tuple[str, dict[str, Any]]] = []

    class Listening(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            taken.append((self.headers["webhook-id"], json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    with town.at_the_desk() as office:
        sign_up(
            "signing.officer",
            "an officer of the sites 78",
            role=Role.OFFICER,
            store=office.store,
            hasher=office.hasher,
            chance=office.chance,
            now=office.clock.now(),
        )
    with ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        webhook = f"http://127.0.0.1:{server.server_address[1]}/"
        given = ("--webhook", webhook, "--redirect", BACK, "--as", "signing.officer")
        added = town.dojang("relying-party", "add", "계약상점", *given)
        assert added.exit_code == 0, added.output
        shown = dict(line.split() for line in added.stdout.splitlines())
        office_client = httpx.Client(base_url=town.settings.public_url, trust_env=False, timeout=30)
        yield Site(client_id=shown["client_id"], secret=shown["secret"], office=office_client, taken=taken)
        server.shutdown()


@pytest.fixture(scope="module")
def customer(town: Town) -> Customer:
    return Customer(town, seed=301).moves_in()


@pytest.fixture(scope="module")
def held(customer: Customer) -> Held:
    return customer.walks(years=1)


def signs(customer: Customer, held: Held, request_id: str) -> dict[str, Any]:
    """Open a request, hold what is prepared against the document shown, and sign it, as the app does."""
    client, path = customer.client, f"/v1/signings/{request_id}"
    shown = client.request("POST", f"{path}/opening").json()
    certificate = base64.b64encode(held.delivered.signing_der).decode()
    prepared = client.request("POST", f"{path}/preparation", json={"certificate": certificate}).json()
    attributes = base64.b64decode(prepared["attributes"])
    document = client.request("GET", f"{path}/document").content
    assert hashlib.sha256(document).hexdigest() == shown["sha256"]
    before, after = base64.b64decode(prepared["before"]), base64.b64decode(prepared["after"])
    assert hashlib.sha256(document + before + after).digest() in attributes
    signature = base64.b64encode(held.device.sign(attributes)).decode()
    answer = client.request("POST", f"{path}/signature", json={"signature": signature})
    again = client.request("POST", f"{path}/signature", json={"signature": signature})
    assert answer.status_code == again.status_code == 202
    taken: dict[str, Any] = answer.json()
    return taken


@pytest.mark.journey
def test_a_contract_comes_back_signed_though_the_worker_dies_over_it(
    town: Town, site: Site, customer: Customer, held: Held, tmp_path: Path
) -> None:
    contract = contract_pdf("contract-301", customer.name, "첼로", 3_200_000, held_at(town))
    order: dict[str, Any] = {"amount_krw": 3_200_000, "file_name": "계약서.pdf", "redirect_uri": BACK}
    request_id = site.asks_for(contract, key="order-301", **order)["id"]
    assert site.asks_for(contract, key="order-301", **order)["id"] == request_id
    assert signs(customer, held, request_id)["state"] == "signed"
    os.kill(town.processes.process_id("worker"), signal.SIGKILL)
    town.processes.start("worker")
    signed = site.result(request_id)
    assert site.result(request_id) == signed
    assert signed.startswith(contract)

    (told,) = {(one, event["type"]) for one, event in eventually(lambda: site.told_of(request_id))}
    assert told[1] == "signature.completed"
    (in_feed,) = [
        one for one in site.ask("GET", "/v1/events").json()["events"] if one["reference"] == f"signature:{request_id}"
    ]
    assert in_feed["id"] == told[0]

    reader = PdfFileReader(io.BytesIO(signed), strict=True)
    (embedded,) = reader.embedded_regular_signatures
    root_pem = town.settings.authority_dir / "root.pem"
    found = subprocess.run(["openssl", "x509", "-in", root_pem, "-outform", "DER"], capture_output=True, check=True)
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {
            "trust_roots": [x509.Certificate.load(found.stdout)],
            "allow_fetching": False,
            "revocation_mode": "require",
        }
    )
    status = validate_pdf_signature(embedded, context)
    assert status.bottom_line, status.summary()
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid
    if shutil.which("pdfsig"):
        (tmp_path / "signed.pdf").write_bytes(signed)
        said = subprocess.run(
            ["pdfsig", "-nocert", "signed.pdf"],
            cwd=tmp_path, env=os.environ | {"HOME": str(tmp_path)}, capture_output=True, check=True, text=True,
        ).stdout  # fmt: skip
        assert said.count("Signature #") == 1
        assert "Signature is Valid." in said


@pytest.mark.journey
def test_who_signed_is_somebody_the_site_may_write_to(site: Site, customer: Customer, held: Held) -> None:
    asked = site.asks_for("계약: 첼로 1대".encode(), key="order-302", kind="text")
    serial = str(x509.Certificate.load(held.delivered.signing_der).serial_number)
    signs(customer, held, asked["id"])
    site.result(asked["id"])
    recipient = site.ask("GET", f"/v1/recipients/{serial}").raise_for_status().json()
    assert recipient["serial"] == serial
    signed_by = site.ask("GET", f"/v1/signature-requests/{asked['id']}").json()["signed_by"]
    assert signed_by["serial"] == serial


@pytest.mark.journey
def test_nobody_else_signs_and_what_is_over_stays_over(town: Town, site: Site, customer: Customer, held: Held) -> None:
    asked = site.asks_for(b"a text", key="order-303", kind="text")
    path = f"/v1/signings/{asked['id']}"
    customer.client.request("POST", f"{path}/opening")
    stranger = Customer(town, seed=302).signs_up()
    for sub in ("opening", "refusal"):
        refused = refusal(lambda sub=sub: stranger.client.request("POST", f"{path}/{sub}"))  # type: ignore[misc]
        assert refused.code == "signature_request.somebody_elses"
    customer.client.request("POST", f"{path}/refusal")
    assert refusal(lambda: signs(customer, held, asked["id"])).code == "signature_request.over"
    assert site.state(asked["id"]) == "declined"
    ended = eventually(lambda: site.told_of(asked["id"]))
    assert {event["type"] for _, event in ended} == {"signature.declined"}


def held_at(town: Town) -> Any:
    """Now, by the office's clock."""
    with town.at_the_desk() as office:
        return office.clock.now()
