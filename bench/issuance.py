"""How many certificates a second one process issues, with everything on, beside the machine's raw signing rate.

On: proof of possession and key screening of two PKCS#10, R opened with the transport key, virtual ID computed, two
certificates built, linted, signed and each signature verified, idempotency key, serial numbers and linted bytes
recorded before signing, Merkle audit log, three effects enqueued, every commit durable (SQLite WAL, synchronous=FULL).
Not in this figure: HTTP, and the registration authority's own transaction (its record of the identity is held in
memory here); `--http` has both, see `issuance_http`.

Two certificates make a set; the CA key signs each once. The raw rate is `cryptography` signing with RSA-2048 in one
process, as often as it can: in one thread, and in as many threads as issue. Run `python bench/issuance.py --seconds 5`.
With `--processes N`, as a bank would run it, N processes issue from one database and are added up; `--database` names
an empty PostgreSQL instead of a fresh SQLite file.

On a machine that others use, read the CPU time a set takes: it hardly changes, while a rate is what the others left.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "bench")]

from builders.applicants import (  # noqa: E402 - the path comes first
    Applicant,
    ProvenIdentities,
    application_of,
    client_keys,
    issuance_request,
)
from builders.office import NOW, Office, found_office  # noqa: E402
from builders.sql_office import OfficeTransaction, enter  # noqa: E402
from dojang.adapters.chance import SystemChance  # noqa: E402
from dojang.adapters.effects.queue import EffectQueue  # noqa: E402
from dojang.adapters.effects.registry import EffectRegistry  # noqa: E402
from dojang.adapters.keys.file_keystore import FileKeyStore  # noqa: E402
from dojang.adapters.store import audit_log  # noqa: E402
from dojang.adapters.store.engine import Database, open_database  # noqa: E402
from dojang.adapters.store.setup import prepare  # noqa: E402
from dojang.adapters.store.store import SqlStore  # noqa: E402
from dojang.kernel.transaction import Store  # noqa: E402
from dojang.lifecycle.application.model import AdvanceApplication, Ration, RevokeCertificate  # noqa: E402
from dojang.lifecycle.issuance.model import IssuanceRequest, NotifySubscriber  # noqa: E402
from dojang.lifecycle.issuance.policy import IssuancePolicy  # noqa: E402
from dojang.lifecycle.issuance.usecases import issue  # noqa: E402
from issuance_cost import Part, Stopwatch, TimedKeyStore, TimedStore, timed  # noqa: E402
from issuance_http import HttpDesk, office_processes  # noqa: E402

EFFECTS = EffectRegistry({"office": [AdvanceApplication, NotifySubscriber, RevokeCertificate]})


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one run found. Rates are per second, times in milliseconds."""

    setting: str
    threads: int
    sets: int
    certificates_per_s: float
    raw_signatures_per_s: float
    raw_signatures_all_threads_per_s: float
    ratio: float
    latency_p50_ms: float
    latency_p99_ms: float
    half_load_certificates_per_s: float
    half_load_p50_ms: float
    half_load_p99_ms: float
    cpu_ms_per_set: dict[str, float]  # by part, of a set issued alone in one thread; empty over HTTP
    waiting_ms_per_set: float  # of the same: for disk, database and other programs


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything `issue` is called with."""

    office: Office
    store: Store[OfficeTransaction]
    database: Database
    identities: ProvenIdentities

    def issue(self, request: IssuanceRequest) -> None:
        """Issue one set."""
        issue(
            request,
            store=self.store,
            authority=self.office.authority,
            virtual_ids=self.identities,
            policy=IssuancePolicy(),
            ration=Ration(),
            chance=CHANCE,
            now=NOW,
        )


CHANCE = SystemChance()


def open_desk(directory: Path, url: str | None = None, stopwatch: Stopwatch | None = None) -> Desk:
    """Found an office on a file key store in `directory`, and a fresh SQLite database there unless `url` is given."""
    keystore = FileKeyStore(directory=directory / "keys", passphrase=b"a passphrase for the bench", chance=CHANCE)
    office = found_office(TimedKeyStore(keystore=keystore, stopwatch=stopwatch) if stopwatch else keystore)
    url = url or f"sqlite:///{directory / 'dojang.sqlite'}"
    prepare(open_database(url))
    return staff_desk(office, ProvenIdentities(), url, stopwatch)


def staff_desk(office: Office, identities: ProvenIdentities, url: str, stopwatch: Stopwatch | None = None) -> Desk:
    """Open the database for an office that there is; with a stopwatch, time what goes into it."""
    database = open_database(url, pool_size=32)
    queue = EffectQueue(database=database, registry=EFFECTS, chance=CHANCE)
    store: Store[OfficeTransaction] = SqlStore(
        database,
        begin=lambda connection: OfficeTransaction(connection, identities),
        append=timed(stopwatch, Part.AUDIT, audit_log.append) if stopwatch else audit_log.append,
        enqueue=timed(stopwatch, Part.EFFECTS, queue.enqueue_all) if stopwatch else queue.enqueue_all,
    )
    if stopwatch:
        store = TimedStore(store=store, stopwatch=stopwatch)
    return Desk(office=office, store=store, database=database, identities=identities)


def make_requests(desk: Desk, first: int, count: int) -> list[IssuanceRequest]:
    """Make applicants, their applications and what their clients send."""
    applications = []
    requests = []
    for index in range(first, first + count):
        applicant = Applicant(subscriber_id=f"subscriber-{index}", rrn=f"{index:06d}1978123")
        application = application_of(applicant, id=f"application-{index}")
        applications.append(application)
        desk.identities.prove(application, applicant)
        requests.append(
            issuance_request(
                application,
                client_keys.__wrapped__(index, rsa_signing=True),
                idempotency_key=f"idempotency-{index}",
                transport_spki_der=desk.office.transport_spki_der,
            )
        )
    enter(desk.database, *applications, at=NOW)
    return requests


def raw_rate(threads: int, seconds: float) -> float:
    """Return RSA-2048 signatures a second of this process."""
    key = rsa.generate_private_key(65537, 2048)
    message = bytes(1100)  # about the size of a to-be-signed certificate
    deadline = time.perf_counter() + seconds

    def sign() -> int:
        count = 0
        while time.perf_counter() < deadline:
            key.sign(message, padding.PKCS1v15(), hashes.SHA256())
            count += 1
        return count

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        total = sum(pool.map(lambda _: sign(), range(threads)))
    return total / (time.perf_counter() - began)


def run_full(
    desk: Desk, requests: Iterator[IssuanceRequest], threads: int, seconds: float
) -> tuple[int, float, list[float]]:
    """Issue as fast as possible; return sets, seconds and latencies."""
    lock = threading.Lock()
    latencies: list[float] = []
    began = time.perf_counter()
    deadline = began + seconds

    def serve() -> None:
        while time.perf_counter() < deadline:
            with lock:
                request = next(requests, None)
            if request is None:
                return
            start = time.perf_counter()
            desk.issue(request)
            latencies.append(time.perf_counter() - start)

    _in_threads(threads, serve)
    return len(latencies), time.perf_counter() - began, latencies


def run_forked(
    desk: Desk, requests: list[IssuanceRequest], processes: int, threads: int, seconds: float
) -> tuple[int, float, list[float]]:
    """Issue as fast as possible in several processes on one database; return sets, seconds and latencies."""
    desk.database.dispose()  # a connection must not live in two processes
    context = multiprocessing.get_context("fork")  # the children inherit the office and the requests
    together = context.Barrier(processes)
    ends, tellers = zip(*(context.Pipe(duplex=False) for _ in range(processes)), strict=True)

    def serve(number: int, together: Barrier) -> None:
        url = desk.database.url.render_as_string(hide_password=False)
        own = staff_desk(desk.office, desk.identities, url)
        own.store.read(lambda tx: tx.issuances.find_issuance(""))  # connected
        together.wait()
        tellers[number].send(run_full(own, iter(requests[number::processes]), threads, seconds))

    children = [context.Process(target=serve, args=(number, together)) for number in range(processes)]
    for child in children:
        child.start()
    told = [end.recv() for end in ends]
    for child in children:
        child.join()
    latencies = [one for _, _, found in told for one in found]
    return len(latencies), max(took for _, took, _ in told), latencies


def measure_costs(directory: Path, url: str | None, sets: int) -> tuple[dict[str, float], float]:
    """Issue alone, in one thread; return CPU milliseconds a set by part, and milliseconds waited (disk, database)."""
    stopwatch = Stopwatch()
    desk = open_desk(directory, url, stopwatch)
    warm, *requests = make_requests(desk, 10**5, sets + 1)
    desk.issue(warm)
    stopwatch.cpu_s.clear()
    began, cpu_began = time.perf_counter(), time.thread_time()
    for request in requests:
        with stopwatch.part(Part.REST):
            desk.issue(request)
    waited = (time.perf_counter() - began) - (time.thread_time() - cpu_began)
    desk.database.dispose()
    return {part.value: stopwatch.cpu_s[part] / sets * 1000 for part in Part}, waited / sets * 1000


def run_paced(desk: Desk, requests: list[IssuanceRequest], threads: int, sets_per_s: float) -> list[float]:
    """Issue at a steady rate; return latencies, counted from when each was due (a late start is part of it)."""
    latencies: list[float] = []
    lock = threading.Lock()
    waiting = iter(enumerate(requests))
    began = time.perf_counter() + 0.05

    def serve() -> None:
        while True:
            with lock:
                turn = next(waiting, None)
            if turn is None:
                return
            due = began + turn[0] / sets_per_s
            time.sleep(max(0.0, due - time.perf_counter()))
            desk.issue(turn[1])
            latencies.append(time.perf_counter() - due)

    _in_threads(threads, serve)
    return latencies


def _in_threads(threads: int, work: Callable[[], None]) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()


def percentile_ms(latencies: list[float], percent: int) -> float:
    """Return a percentile in milliseconds."""
    return statistics.quantiles(latencies, n=100, method="inclusive")[percent - 1] * 1000


def measure(seconds: float, threads: int, processes: int, directory: Path, url: str | None) -> Figures:
    """Warm up, measure raw, full load, raw again, half load, and what a set costs."""
    desk = open_desk(directory, url)
    warm = make_requests(desk, 0, 60)
    sets, took, _ = run_full(desk, iter(warm), threads, 30)
    expected = sets / took * processes
    full = make_requests(desk, 60, int(expected * seconds * 1.5) + 60)
    run = partial(run_full, desk, iter(full)) if processes == 1 else partial(run_forked, desk, full, processes)
    before = raw_rate(1, seconds / 3)
    sets, took, latencies = run(threads, seconds)
    raw = (before + raw_rate(1, seconds / 3)) / 2
    raw_all = raw_rate(threads, seconds / 3)
    half = sets / took / 2 / processes  # one process at half its share
    paced = run_paced(desk, make_requests(desk, 60 + len(full), int(half * seconds)), threads, half)
    desk.database.dispose()
    (directory / "costs").mkdir()
    cpu_ms_per_set, waiting_ms_per_set = measure_costs(directory / "costs", url, 100)
    return figures_of(
        f"{processes} x {threads} threads, {desk.database.url.get_backend_name()}",
        threads,
        took,
        latencies,
        raw,
        raw_all,
        half,
        paced,
        cpu_ms_per_set,
        waiting_ms_per_set,
    )


def measure_http(seconds: float, threads: int, directory: Path) -> Figures:
    """The same over HTTP, on the whole office: warm up, raw, full load, raw again, half load."""
    settings, processes = office_processes(directory)
    with processes:
        desk = HttpDesk(settings)
        sets, took, _ = desk.run_full(iter(desk.make(60)), threads, 30)
        full = desk.make(int(sets / took * seconds * 1.5) + 60)
        before = raw_rate(1, seconds / 3)
        sets, took, latencies = desk.run_full(iter(full), threads, seconds)
        raw = (before + raw_rate(1, seconds / 3)) / 2
        raw_all = raw_rate(threads, seconds / 3)
        half = sets / took / 2
        paced = desk.run_paced(desk.make(max(20, int(half * seconds))), threads, half)
    setting = f"{threads} clients over HTTP, the whole office, sqlite"
    return figures_of(setting, threads, took, latencies, raw, raw_all, half, paced, {}, 0.0)


def figures_of(
    setting: str,
    threads: int,
    took_s: float,
    latencies: list[float],
    raw: float,
    raw_all: float,
    half: float,
    paced: list[float],
    cpu_ms_per_set: dict[str, float],
    waiting_ms_per_set: float,
) -> Figures:
    """Return what a run found. `half` is in sets a second, the raw rates in signatures a second."""
    certificates_per_s = 2 * len(latencies) / took_s
    return Figures(
        setting=setting,
        threads=threads,
        sets=len(latencies),
        certificates_per_s=certificates_per_s,
        raw_signatures_per_s=raw,
        raw_signatures_all_threads_per_s=raw_all,
        ratio=certificates_per_s / raw,
        latency_p50_ms=percentile_ms(latencies, 50),
        latency_p99_ms=percentile_ms(latencies, 99),
        half_load_certificates_per_s=2 * half,
        half_load_p50_ms=percentile_ms(paced, 50),
        half_load_p99_ms=percentile_ms(paced, 99),
        cpu_ms_per_set=cpu_ms_per_set,
        waiting_ms_per_set=waiting_ms_per_set,
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Issuance with everything on, against raw RSA-2048 signing.")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--threads", type=int, default=None, help="of each process (32), or clients (8)")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--database", default=None, help="URL of an empty PostgreSQL (default: a fresh SQLite file)")
    parser.add_argument(
        "--directory", type=Path, default=None, help="where keys and SQLite files go (default: a temporary one)"
    )
    parser.add_argument("--http", action="store_true", help="over HTTP, on the whole office")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.http and (arguments.processes != 1 or arguments.database):
        parser.error("--http runs the office's own processes on SQLite")
    with tempfile.TemporaryDirectory(dir=arguments.directory) as name:
        directory, seconds = Path(name), arguments.seconds
        if arguments.http:
            figures = measure_http(seconds, arguments.threads or 8, directory)
        else:
            figures = measure(seconds, arguments.threads or 32, arguments.processes, directory, arguments.database)
    print(json.dumps(asdict(figures)) if arguments.json else described(figures))


def described(figures: Figures) -> str:
    """Return the figures for people."""
    lines = f"""\
issuance, {figures.setting}, durable, {figures.sets} sets of 2
  certificates/s           {figures.certificates_per_s:8.0f}
  raw RSA-2048 signatures/s{figures.raw_signatures_per_s:8.0f}  (one thread)
                           {figures.raw_signatures_all_threads_per_s:8.0f}  ({figures.threads} threads)
  ratio to one thread      {figures.ratio:8.0%}
  latency of a set at full load   p50 {figures.latency_p50_ms:.1f} ms, p99 {figures.latency_p99_ms:.1f} ms
  at half load ({figures.half_load_certificates_per_s:.0f} certificates/s of one process)\
   p50 {figures.half_load_p50_ms:.1f} ms, p99 {figures.half_load_p99_ms:.1f} ms"""
    if figures.cpu_ms_per_set:
        parts = ", ".join(f"{part} {ms:.2f}" for part, ms in figures.cpu_ms_per_set.items())
        lines += f"""
  a set issued alone, CPU ms   {sum(figures.cpu_ms_per_set.values()):.2f}: {parts}
  a set issued alone, waiting ms   {figures.waiting_ms_per_set:.2f} (disk, database, other programs)"""
    return lines


if __name__ == "__main__":
    main()
