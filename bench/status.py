"""Status answers beside their peers: OCSP a second, from revocation to visible, and a revocation list of a million.

One office on SQLite with `--revoked` revoked certificates answers over HTTP (`dojang serve protocols`, one process),
and the same client asks every responder for the same certificates in the same run: `openssl ocsp`, `cfssl ocspserve`
(which signs nothing itself: it is given our answers), and nginx as a cache before us, beside nginx serving a static
file of the same size. Peers that are not installed are left out. In process: answers signed each time, and signed once.

The list: `--entries` entries streamed from SQLite in a child process, its peak memory and time beside `openssl ca
-gencrl` over the same entries. Certificates are rows only; nothing here reads their content. Run `python
bench/status.py --smoke` for a quick look; figures of a machine that others use say little.
"""

import argparse
import base64
import json
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "bench")]

import status_peers as peers  # noqa: E402 - the path comes first
from builders.edge import EdgeOffice, founded, open_edge  # noqa: E402
from builders.status import appoint, set_clock  # noqa: E402
from dojang.adapters.store.tables.issuance import certificate, issuance  # noqa: E402
from dojang.adapters.store.tables.revocation import standing  # noqa: E402
from dojang.authorities import (  # noqa: E402
    open_authority,
    open_delegate_keystore,
    open_keystore,
    open_responder,
)
from dojang.bootstrap import open_list_maker  # noqa: E402
from dojang.config import SETTINGS_VARIABLE  # noqa: E402
from dojang.controls.delegates.holder import DelegateHolder  # noqa: E402
from dojang.controls.delegates.model import DelegateKind  # noqa: E402
from dojang.controls.delegates.policy import DelegatePolicy  # noqa: E402
from dojang.controls.delegates.rules import validity_for  # noqa: E402
from dojang.lifecycle.revocation.usecases import revoke  # noqa: E402
from dojang.lifecycle.status.lists import issue_lists  # noqa: E402
from dojang.lifecycle.status.responder import AnswerShelf, Responder, answer  # noqa: E402
from dojang.pki import der, oid  # noqa: E402
from dojang.pki.certificate import Serial, assemble_certificate, build_tbs_certificate, certificate_pem  # noqa: E402
from dojang.pki.lint import lint_certificate  # noqa: E402
from dojang.pki.ocsp import parse_request  # noqa: E402
from dojang.pki.profile import OperatorValues  # noqa: E402
from dojang.pki.profile_file import load_profile  # noqa: E402
from status_load import Load, get_request, post_request, run_load  # noqa: E402

ASKED = 500  # different certificates in the load
HOT = 20  # of them, asked for again and again: what a cache is for
GOOD = 5000  # certificates beside the revoked ones


@dataclass(frozen=True, kw_only=True)
class Town:
    """The office, and the certificates in it."""

    edge: EdgeOffice
    folder: Path
    revoked: tuple[int, ...]
    good: tuple[int, ...]

    def request(self, serial: int) -> bytes:
        """Return an OCSP request as clients send it (SHA-1, no nonce)."""
        hashes = open_responder(self.edge.office.settings, self.edge.office.published).hashes
        name_hash, key_hash = hashes.of(oid.SHA1)
        named = der.sequence(der.oid(oid.SHA1), der.NULL_DER)
        certificate_id = der.sequence(
            named, der.octet_string(name_hash), der.octet_string(key_hash), der.integer(serial)
        )
        return der.sequence(der.sequence(der.sequence(der.sequence(certificate_id))))


def populate(database: Path, revoked: list[int], good: list[int], now: datetime) -> None:
    """Write certificates and their standings as rows, in bulk."""
    connection = sqlite3.connect(database)
    day, year = int((now - timedelta(days=1)).timestamp()), int((now + timedelta(days=300)).timestamp())
    of_all = [(f"i{serial}", serial) for serial in (*revoked, *good)]
    _insert(connection, issuance, ({"id": name, "state": "issued"} for name, _ in of_all))
    rows = (
        {"serial": serial, "issuance_id": name, "kind": "signing", "not_before": day, "not_after": year}
        | {"certificate_der": b"0"}
        for name, serial in of_all
    )
    _insert(connection, certificate, rows)
    ended = ({"issuance_id": f"i{one}", "state": "revoked", "reason": "keyCompromise"} for one in revoked)
    _insert(connection, standing, (one | {"since": day, "not_after": year, "version": 1} for one in ended))
    connection.commit()
    connection.close()


def _insert(connection: sqlite3.Connection, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    columns = [column for column in table.columns if column.name != "tbs_der"]
    sql = (
        f"INSERT INTO {table.name} ({', '.join(one.name for one in columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our own names
    )

    def filled(index: int, row: dict[str, Any], column: sa.Column[Any]) -> Any:
        if column.name in row or column.nullable:
            return row.get(column.name)
        return f"{column.name}-{index}" if isinstance(column.type, sa.Text) else 0

    connection.executemany(sql, ([filled(n, row, one) for one in columns] for n, row in enumerate(rows)))


def build_town(folder: Path, revoked_count: int) -> Town:
    """Found an office, appoint its delegates and fill its store."""
    edge = open_edge(founded(folder), web={"port": peers.free_port()})
    set_clock(edge)
    appoint(edge)
    draw = random.Random(4711)
    serials = draw.sample(range(1, 2**53), revoked_count + GOOD)
    revoked, good = serials[:revoked_count], serials[revoked_count:]
    populate(edge.office.settings.data_dir / "dojang.db", revoked, good, edge.clock.now())
    return Town(edge=edge, folder=folder, revoked=tuple(revoked), good=tuple(good))


def in_process(town: Town, seconds: float, *, keeps: bool) -> float:
    """Return answers a second of one thread: parsed, read from the store, signed each time or once."""
    office, now = town.edge.office, town.edge.clock.now()
    shared = open_responder(office.settings, office.published)
    speaks = Responder(hashes=shared.hashes, shelf=AnswerShelf(100_000 if keeps else 0))
    delegates = open_delegate_keystore(office.settings)
    delegate, hand = DelegateHolder(DelegateKind.OCSP, store=office.store, keystore=delegates).get(now)
    requests = [town.request(one) for one in town.revoked[:ASKED]]
    count, began = 0, time.perf_counter()
    while time.perf_counter() < began + seconds:
        answer(
            parse_request(requests[count % ASKED]),
            hand=hand,
            hand_not_after=delegate.not_after,
            responder=speaks,
            store=office.store,
            policy=office.settings.policy.ocsp,
            now=now,
        )
        count += 1
    return count / (time.perf_counter() - began)


def until_visible(town: Town, port: int, times: int) -> list[float]:
    """Revoke, then ask over HTTP until it shows; return the seconds from before the revocation to the answer."""
    took = []
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        for serial in town.good[:times]:
            path = f"/ocsp/{quote(base64.b64encode(town.request(serial)).decode(), safe='')}"
            assert _status(http.get(path).content) is x509.ocsp.OCSPCertStatus.GOOD
            now = datetime.now(UTC).replace(microsecond=0)
            began = time.perf_counter()
            revoke(serial, "keyCompromise", actor="operator:bench", store=town.edge.office.store, now=now)
            while _status(http.get(path).content) is not x509.ocsp.OCSPCertStatus.REVOKED:
                pass
            took.append(time.perf_counter() - began)
    return took


def _status(response_der: bytes) -> x509.ocsp.OCSPCertStatus:
    return x509.ocsp.load_der_ocsp_response(response_der).certificate_status


def over_http(town: Town, seconds: float, processes: int) -> dict[str, Any]:
    """Ask the office and every peer that is installed."""
    asked = [town.request(one) for one in town.revoked[:ASKED]]
    paths = [f"/ocsp/{quote(base64.b64encode(one).decode(), safe='')}" for one in asked]
    gets = [get_request(path) for path in paths]
    figures: dict[str, Any] = {}
    settings = town.edge.office.settings
    environment = {**os.environ, SETTINGS_VARIABLE: settings.model_dump_json()}
    command = [sys.executable, "-m", "dojang.cli", "serve", "protocols"]

    def load(port: int, requests: list[bytes]) -> Load:
        return run_load(port, requests, seconds=seconds, processes=processes)

    with ExitStack() as open_servers:
        port = settings.web.port
        open_servers.enter_context(peers.running(command, port, environment))
        answers = [httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False).content for path in paths]
        figures["dojang GET"] = load(port, gets)
        figures["dojang POST with a nonce (always signed)"] = load(port, [post_request("/ocsp", _nonce(asked[0]))])
        took = until_visible(town, port, 20)
        figures["revoked to visible, s"] = {"median": statistics.median(took), "longest": max(took)}
        if peers.installed("nginx"):
            folder = town.folder / "nginx"
            folder.mkdir()
            cached = open_servers.enter_context(peers.nginx_before(folder, port, answers[0]))
            figures["nginx as cache before dojang"] = load(cached, gets[:HOT])
            figures["nginx, a static file of that size"] = load(cached, [get_request("/static/answer")])
    posts = [post_request("/", one) for one in asked]
    write_authority(town)
    with peers.openssl_responder(town.folder, town.revoked, frozenset(town.revoked)) as port:
        figures["openssl ocsp"] = load(port, posts)
    if peers.installed("cfssl"):
        with peers.cfssl_responder(town.folder, answers) as port:
            figures["cfssl ocspserve (signed beforehand)"] = load(port, posts)
    return figures


def _nonce(request_der: bytes) -> bytes:
    """Return a request with a nonce."""
    extension = der.sequence(der.oid(oid.OCSP_NONCE), der.octet_string(der.octet_string(b"n" * 32)))
    tbs = der.whole(der.whole(request_der, der.SEQUENCE), der.SEQUENCE)
    return der.sequence(der.sequence(tbs, der.explicit(2, der.sequence(extension))))


def write_authority(town: Town) -> None:
    """Write the issuing CA's certificate, and a delegate of it for OpenSSL to answer with."""
    office, now = town.edge.office, town.edge.clock.now()
    authority = open_authority(office.settings, office.published, open_keystore(office.settings))
    key = rsa.generate_private_key(65537, 2048)
    profile = load_profile("ocsp-delegate", OperatorValues(arc=office.settings.authority.arc))
    issuer = authority.signer.issuer
    tbs_der = build_tbs_certificate(
        profile=profile,
        issuer=issuer,
        serial=Serial.draw(office.chance),
        subject_der=replace(authority.organization_name, common_name="bench").der,
        spki_der=key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        validity=validity_for(DelegateKind.OCSP, issuer.validity, DelegatePolicy(), now),
    )
    linted = lint_certificate(tbs_der, profile=profile, issuer=issuer, record_id="bench")
    signature = authority.signer.sign_certificate(linted)
    delegate_der = assemble_certificate(tbs_der, authority.signer.algorithm, signature)
    (town.folder / "issuing.pem").write_bytes(certificate_pem(office.published.issuing_der))
    (town.folder / "delegate.pem").write_bytes(certificate_pem(delegate_der))
    (town.folder / "delegate.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def list_of(entries: int, folder: Path) -> dict[str, Any]:
    """Return seconds and peak memory of one list, ours and OpenSSL's, each in a process of its own."""
    town = build_town(folder, entries)
    town.edge.close()
    ours = _measured([sys.executable, __file__, "--make-list", str(town.edge.office.settings.data_dir)])
    peers.write_index(folder / "ca.index", town.revoked, frozenset(town.revoked))
    files = ("-keyout", str(folder / "issuing.key"), "-out", str(folder / "issuing.pem"))
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=bench", *files]
    subprocess.run(request, check=True, capture_output=True)
    theirs = _measured(peers.openssl_list_command(folder, town.edge.clock.now()))
    return {"entries": entries, "dojang": ours, "openssl ca -gencrl": theirs}


# A small process between us and the one measured: a child's peak begins with the memory of whoever starts it.
_LAUNCHER = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
seconds = round(time.perf_counter() - began, 2)
peak_mb = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1)
said = b"".join(done.stdout.splitlines()[-1:]).decode()
print(json.dumps({"seconds": seconds, "peak_rss_mb": peak_mb, "said": said}))
"""


def _measured(command: list[str]) -> dict[str, Any]:
    """Run a command; return seconds, the peak of its resident memory in MB, and the last line it said."""
    launched = subprocess.run([sys.executable, "-c", _LAUNCHER, *command], stdout=subprocess.PIPE, check=True)
    measured: dict[str, Any] = json.loads(launched.stdout)
    return measured


def make_list(data_dir: Path) -> None:
    """Make the list that is due in an office (a child of `list_of`)."""
    edge = open_edge(data_dir)
    set_clock(edge)
    settings = edge.office.settings
    authority = open_authority(settings, edge.office.published, open_keystore(settings))
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    made = issue_lists(open_list_maker(edge.office, authority), edge.clock.now())
    took = time.perf_counter() - began
    counted = "+".join(f"{one.entry_count} ({one.kind})" for one in made)
    print(f"{counted} entries in {took:.2f} s; {before_mb:.0f} MB before")


def report(figures: dict[str, Any]) -> None:
    """Print what was found, and keep it as JSON."""
    plain = {name: vars(one) if isinstance(one, Load) else one for name, one in figures.items()}
    for name, one in plain.items():
        shown = f"{one:.0f}" if isinstance(one, float) else json.dumps(one)
        print(f"{name:45} {shown}")
    out = ROOT / "bench" / "out"
    out.mkdir(exist_ok=True)
    (out / "status.json").write_text(json.dumps(plain, indent=2) + "\n", "utf-8")


def main() -> None:
    """Measure everything, or make a list for the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--processes", type=int, default=2, help="of the client")
    parser.add_argument("--revoked", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--smoke", action="store_true", help="small numbers, to see that everything runs")
    parser.add_argument("--make-list", type=Path)
    chosen = parser.parse_args()
    if chosen.make_list:
        make_list(chosen.make_list)
        return
    if chosen.smoke:
        chosen.seconds, chosen.revoked, chosen.entries = 0.5, 2000, 20_000
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="dojang-bench-") as folder:
        town = build_town(Path(folder), chosen.revoked)
        figures["in process, signed each time"] = in_process(town, chosen.seconds, keeps=False)
        figures["in process, signed once"] = in_process(town, chosen.seconds, keeps=True)
        figures |= over_http(town, chosen.seconds, chosen.processes)
    with tempfile.TemporaryDirectory(prefix="dojang-bench-") as folder:
        figures["a revocation list"] = list_of(chosen.entries, Path(folder))
    report(figures)


if __name__ == "__main__":
    main()
