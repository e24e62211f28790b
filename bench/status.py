"""Status answers beside their peers: OCSP a second, from revocation to visible, and a revocation list of a million.

One office on SQLite with `--revoked` revoked certificates answers over HTTP (`dojang serve protocols`, a process for
each core, as the peers may use all of them), and the same client asks every responder for the same certificates in the
same run. Like is held against like: answers signed for each request beside `openssl ocsp` (`-multi`, a process for each
core, the same kind of key); answers signed beforehand beside `cfssl ocspserve`, which signs nothing and is given ours;
nginx as a cache before us beside nginx with the same bytes as static files. Peers that are not installed are left out.
In process, without HTTP: answers signed each, by a process for each core, and kept ones, by one.

The list: `--entries` entries streamed from SQLite in a child process, its peak memory and time beside `openssl ca
-gencrl` over the same entries. Certificates are rows only; nothing here reads their content. Run `python
bench/status.py --smoke` for a quick look. On a machine that others use, CPU time for each answer says more than answers
a second.
"""

import argparse
import asyncio
import base64
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from cryptography import x509

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "bench")]

import status_peers as peers  # noqa: E402
from builders.edge import framework_of  # noqa: E402 - the path comes first
from dojang.config import SETTINGS_VARIABLE  # noqa: E402
from dojang.lifecycle.revocation.usecases import revoke  # noqa: E402
from dojang.pki.public_key import KeyAlgorithm  # noqa: E402
from dojang.web.app import Audience, create_app  # noqa: E402
from dojang.web.ocsp import Desk  # noqa: E402
from status_lists import list_of, make_list  # noqa: E402
from status_load import Load, get_request, measure, post_request  # noqa: E402
from status_town import Town, build_town, with_nonce, write_authority  # noqa: E402

ASKED = 500  # different certificates in the load
HOT = 20  # of them, asked for again and again: what a cache is for
CORES = os.cpu_count() or 1
SIGNED_EACH, KEPT = "in process, signed each time", "in process, signed beforehand"
DOJANG_NONCE, OPENSSL = "dojang, signed each time (nonce)", f"openssl ocsp -multi {CORES}, signed each time"
DOJANG_GET, DOJANG_POST = "dojang GET, signed beforehand", "dojang POST, signed beforehand"
CFSSL = "cfssl ocspserve, signed beforehand"
CACHED, STATIC = "nginx as cache before dojang", "nginx, the same bytes as static files"
COMPARED = (
    (SIGNED_EACH, OPENSSL),
    (DOJANG_NONCE, OPENSSL),
    (KEPT, CFSSL),
    (DOJANG_GET, CFSSL),
    (DOJANG_POST, CFSSL),
    (CACHED, STATIC),
)


def signed_each(town: Town, seconds: float) -> Load:
    """Return answers a second of a process for each core, as the office is served: parsed, looked up, signed."""
    context = multiprocessing.get_context("fork")
    town.edge.office.database.dispose()  # no connection is shared with a child
    ends, tellers = zip(*(context.Pipe(duplex=False) for _ in range(CORES)), strict=True)
    children = [context.Process(target=_sign_each, args=(town, seconds, teller)) for teller in tellers]
    for child in children:
        child.start()
    told = [end.recv() for end in ends]
    for child in children:
        child.join()
    count = sum(one for one, _, _ in told)
    rate = sum(one / took for one, took, _ in told)
    return Load(answers_per_s=rate, failures=0, cpu_us=sum(cpu_s for _, _, cpu_s in told) / count * 1e6)


def _sign_each(town: Town, seconds: float, teller: Connection) -> None:
    now = town.edge.clock.now()
    desk: Desk = framework_of(create_app(town.edge.office, [Audience.PROTOCOLS])).state.ocsp_desk
    requests = [with_nonce(town.request(one)) for one in town.revoked[:ASKED]]
    for one in requests:  # opens the key, and reads what a running office has read
        desk.answer(one, now)
    count, began, cpu_began = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() < began + seconds:
        desk.answer(requests[count % ASKED], now)
        count += 1
    teller.send((count, time.perf_counter() - began, time.process_time() - cpu_began))


def kept(town: Town, seconds: float) -> Load:
    """Return answers a second of one thread through the application as the server calls it, without a server."""
    app = create_app(town.edge.office, [Audience.PROTOCOLS])
    requests = [town.request(one) for one in town.revoked[:ASKED]]
    scopes = [
        {
            "type": "http",
            "method": "GET",
            "path": f"/ocsp/{base64.b64encode(one).decode()}",
            "headers": [(b"host", b"bench"), (b"connection", b"keep-alive")],
        }
        for one in requests
    ]
    failures = 0

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        nonlocal failures
        failures += message.get("status", 200) != 200

    async def ask() -> Load:
        for scope in scopes:
            await app(scope, receive, send)
        count, began, cpu_began = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() < began + seconds:
            await app(scopes[count % ASKED], receive, send)
            count += 1
        took, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
        return Load(answers_per_s=count / took, failures=failures, cpu_us=cpu_s / count * 1e6)

    return asyncio.run(ask())


def until_visible(town: Town, port: int, serials: Sequence[int]) -> dict[str, float]:
    """Revoke, then ask over HTTP until it shows, of as many processes as answer; seconds from before the revocation."""
    took = []
    with ExitStack() as connections:
        clients = [
            connections.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60))
            for _ in range(4 * CORES)
        ]
        for serial in serials:
            path = _path(town.request(serial))
            assert all(_status(one.get(path).content) is x509.ocsp.OCSPCertStatus.GOOD for one in clients)
            now = datetime.now(UTC).replace(microsecond=0)
            began = time.perf_counter()
            revoke(serial, "keyCompromise", actor="operator:bench", store=town.edge.office.store, now=now)
            for one in clients:
                while _status(one.get(path).content) is not x509.ocsp.OCSPCertStatus.REVOKED:
                    pass
            took.append(time.perf_counter() - began)
    return {"median": round(statistics.median(took), 4), "longest": round(max(took), 4)}


def _status(response_der: bytes) -> x509.ocsp.OCSPCertStatus:
    return x509.ocsp.load_der_ocsp_response(response_der).certificate_status


def _path(request_der: bytes) -> str:
    return f"/ocsp/{quote(base64.b64encode(request_der).decode(), safe='')}"


def over_http(town: Town, seconds: float, processes: int) -> dict[str, Any]:
    """Ask the office and every peer that is installed."""
    asked = [town.request(one) for one in town.revoked[:ASKED]]
    paths = [_path(one) for one in asked]
    gets, posts = [get_request(one) for one in paths], [post_request("/ocsp", one) for one in asked]
    figures: dict[str, Any] = {}
    settings = town.edge.office.settings
    environment = {**os.environ, SETTINGS_VARIABLE: settings.model_dump_json()}
    command = [sys.executable, "-m", "dojang.cli", "serve", "protocols"]

    def load(server: "subprocess.Popen[bytes]", port: int, requests: list[bytes], warm: bool = True) -> Load:
        return measure(server, port, requests, seconds=seconds, processes=processes, warm=warm)

    with ExitStack() as open_servers:
        port = settings.web.port
        office = open_servers.enter_context(peers.running(command, port, environment))
        got = [httpx.get(f"http://127.0.0.1:{port}{one}", trust_env=False, timeout=60) for one in paths]
        answers = [one.content for one in got]
        figures[DOJANG_GET] = load(office, port, gets)
        figures[DOJANG_POST] = load(office, port, posts)
        figures[DOJANG_NONCE] = load(office, port, [post_request("/ocsp", with_nonce(one)) for one in asked])
        figures["revoked to visible, s"] = until_visible(town, port, town.good[:20])
        asking = threading.Thread(target=load, args=(office, port, gets, False))
        asking.start()
        figures["revoked to visible under load, s"] = until_visible(town, port, town.good[20:30])
        asking.join()
        if peers.installed("nginx"):
            folder = town.folder / "nginx"
            folder.mkdir()
            before = peers.nginx_before(folder, port, answers[:HOT], _carried(got[0].headers))
            nginx, front = open_servers.enter_context(before)
            figures[CACHED] = load(nginx, front, gets[:HOT])
            figures[STATIC] = load(nginx, front, [get_request(f"/static/{n}") for n in range(HOT)])
    write_authority(town)
    posts = [post_request("/", one) for one in asked]
    with peers.openssl_responder(town.folder, town.revoked, frozenset(town.revoked), CORES) as (server, port):
        figures[OPENSSL] = load(server, port, posts)
    if peers.installed("cfssl"):
        with peers.cfssl_responder(town.folder, answers) as (server, port):
            figures[CFSSL] = load(server, port, posts)
    return figures


def _carried(headers: httpx.Headers) -> Mapping[str, str]:
    """What an answer carries beside what nginx sends of any file."""
    own = {"content-length", "content-type", "etag", "last-modified", "date", "server", "connection"}
    return {name: value for name, value in headers.items() if name not in own}


def report(figures: dict[str, Any]) -> None:
    """Print what was found and what it is of the peers', and keep it as JSON."""
    loads = {name: one for name, one in figures.items() if isinstance(one, Load)}
    print(f"{'':42} {'answers/s':>10} {'CPU us each':>12} {'failures':>9}")
    for name, one in loads.items():
        print(f"{name:42} {one.answers_per_s:10.0f} {one.cpu_us:12.1f} {one.failures:9}")
    ratios = {
        f"{ours} / {theirs}": {
            "answers_per_s": round(loads[ours].answers_per_s / loads[theirs].answers_per_s, 2),
            "cpu_saved": round(loads[theirs].cpu_us / loads[ours].cpu_us, 2),
        }
        for ours, theirs in COMPARED
        if ours in loads and theirs in loads
    }
    print(f"\n{'held against':84} {'rate':>7} {'CPU':>7}")
    for name, ratio in ratios.items():
        print(f"{name:84} {ratio['answers_per_s']:6.2f}x {ratio['cpu_saved']:6.2f}x")
    for name in (one for one in figures if one.startswith("revoked to visible")):
        print(f"\n{name}: median {figures[name]['median']}, longest {figures[name]['longest']}")
    made = figures["a revocation list"]
    ours, theirs = made["dojang"], made["openssl ca -gencrl"]
    print(f"\na list of {made['entries']} entries: {ours['said']}")
    for name, one in (("dojang", ours), ("openssl ca -gencrl", theirs)):
        print(f"  {name:20} {one['seconds']:8.2f} s {one['cpu_s']:8.2f} s CPU {one['peak_rss_mb']:9.1f} MB at most")
    made["ratios"] = {one: round(theirs[one] / ours[one], 2) for one in ("seconds", "cpu_s", "peak_rss_mb")}
    print("  openssl / dojang     " + ", ".join(f"{name} {ratio}x" for name, ratio in made["ratios"].items()))
    plain = {name: vars(one) if isinstance(one, Load) else one for name, one in figures.items()}
    out = ROOT / "bench" / "out"
    out.mkdir(exist_ok=True)
    (out / "status.json").write_text(json.dumps({**plain, "ratios": ratios}, indent=2) + "\n", "utf-8")


def main() -> None:
    """Measure everything, or make a list for the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--processes", type=int, default=8, help="of the client, with a connection each")
    parser.add_argument("--revoked", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    kinds = [one.value for one in (KeyAlgorithm.RSA_2048, KeyAlgorithm.RSA_3072, KeyAlgorithm.EC_P256)]
    parser.add_argument("--key", choices=kinds, default=kinds[0], help="of our delegate and of OpenSSL's alike")
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
        town = build_town(Path(folder), chosen.revoked, KeyAlgorithm(chosen.key))
        figures[SIGNED_EACH] = signed_each(town, chosen.seconds)
        figures[KEPT] = kept(town, chosen.seconds)
        figures |= over_http(town, chosen.seconds, chosen.processes)
    with tempfile.TemporaryDirectory(prefix="dojang-bench-") as folder:
        figures["a revocation list"] = list_of(chosen.entries, Path(folder))
    report(figures)


if __name__ == "__main__":
    main()
