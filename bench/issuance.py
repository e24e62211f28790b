"""How many certificates a second one process issues, with everything on, beside the machine's raw signing rate.

On: proof of possession and key screening of two PKCS#10, R opened with the transport key, virtual ID computed, two
certificates built, linted, signed and each signature verified, idempotency key, serial numbers and linted bytes
recorded before signing, Merkle audit log, three effects enqueued, every commit durable (SQLite WAL, synchronous=FULL).
Not in this figure: HTTP, and the registration authority's own transaction (its record of the identity is held in
memory here); `--http` has both, see `issuance_http`.

Two certificates make a set; the CA key signs each once. The raw rate is `cryptography` signing with RSA-2048 in one
process, as often as it can: in one thread, and in as many threads as issue. Run `python bench/issuance.py --seconds 5`.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
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
from builders.sql_office import OfficeTransaction, enter, open_store  # noqa: E402
from dojang.adapters.chance import SystemChance  # noqa: E402
from dojang.adapters.effects.queue import EffectQueue  # noqa: E402
from dojang.adapters.effects.registry import EffectRegistry  # noqa: E402
from dojang.adapters.keys.file_keystore import FileKeyStore  # noqa: E402
from dojang.adapters.store.engine import Database, open_database  # noqa: E402
from dojang.adapters.store.setup import prepare  # noqa: E402
from dojang.adapters.store.store import SqlStore  # noqa: E402
from dojang.lifecycle.application.model import AdvanceApplication, RevokeCertificate  # noqa: E402
from dojang.lifecycle.issuance.model import IssuanceRequest, NotifySubscriber  # noqa: E402
from dojang.lifecycle.issuance.policy import IssuancePolicy  # noqa: E402
from dojang.lifecycle.issuance.usecases import issue  # noqa: E402
from issuance_http import HttpDesk, office_processes  # noqa: E402

EFFECTS = EffectRegistry({"office": [AdvanceApplication, NotifySubscriber, RevokeCertificate]})


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one run found. Rates are per second, times in milliseconds."""

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


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything `issue` is called with."""

    office: Office
    store: SqlStore[OfficeTransaction]
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
            chance=CHANCE,
            now=NOW,
        )


CHANCE = SystemChance()


def open_desk(directory: Path) -> Desk:
    """Found an office on a file key store and a fresh SQLite database in `directory`."""
    database = open_database(f"sqlite:///{directory / 'dojang.sqlite'}", pool_size=32)
    prepare(database)
    identities = ProvenIdentities()
    queue = EffectQueue(database=database, registry=EFFECTS, chance=CHANCE)
    keystore = FileKeyStore(directory=directory / "keys", passphrase=b"a passphrase for the bench", chance=CHANCE)
    return Desk(
        office=found_office(keystore),
        store=open_store(database, identities, queue.enqueue_all),
        database=database,
        identities=identities,
    )


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


def measure(seconds: float, threads: int, directory: Path) -> Figures:
    """Warm up, measure raw, full load, raw again, half load."""
    desk = open_desk(directory)
    warm = make_requests(desk, 0, 60)
    sets, took, _ = run_full(desk, iter(warm), threads, 30)
    expected = sets / took
    full = make_requests(desk, 60, int(expected * seconds * 1.5) + 60)
    before = raw_rate(1, seconds / 3)
    sets, took, latencies = run_full(desk, iter(full), threads, seconds)
    raw = (before + raw_rate(1, seconds / 3)) / 2
    raw_all = raw_rate(threads, seconds / 3)
    half = sets / took / 2
    paced = run_paced(desk, make_requests(desk, 60 + len(full), int(half * seconds)), threads, half)
    certificates_per_s = 2 * sets / took
    return Figures(
        threads=threads,
        sets=sets,
        certificates_per_s=certificates_per_s,
        raw_signatures_per_s=raw,
        raw_signatures_all_threads_per_s=raw_all,
        ratio=certificates_per_s / raw,
        latency_p50_ms=percentile_ms(latencies, 50),
        latency_p99_ms=percentile_ms(latencies, 99),
        half_load_certificates_per_s=2 * half,
        half_load_p50_ms=percentile_ms(paced, 50),
        half_load_p99_ms=percentile_ms(paced, 99),
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
    certificates_per_s = 2 * sets / took
    return Figures(
        threads=threads,
        sets=sets,
        certificates_per_s=certificates_per_s,
        raw_signatures_per_s=raw,
        raw_signatures_all_threads_per_s=raw_all,
        ratio=certificates_per_s / raw,
        latency_p50_ms=percentile_ms(latencies, 50),
        latency_p99_ms=percentile_ms(latencies, 99),
        half_load_certificates_per_s=2 * half,
        half_load_p50_ms=percentile_ms(paced, 50),
        half_load_p99_ms=percentile_ms(paced, 99),
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Issuance with everything on, against raw RSA-2048 signing.")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument(
        "--directory", type=Path, default=None, help="where the database goes (default: a temporary one)"
    )
    parser.add_argument("--http", action="store_true", help="over HTTP, on the whole office")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.directory) as directory:
        measured = measure_http if arguments.http else measure
        figures = measured(arguments.seconds, arguments.threads, Path(directory))
    if arguments.json:
        print(json.dumps(asdict(figures)))
        return
    where = "clients over HTTP, the whole office" if arguments.http else "threads of one process"
    print(f"issuance, {figures.threads} {where}, SQLite synchronous=FULL, {figures.sets} sets of 2")
    print(f"  certificates/s           {figures.certificates_per_s:8.0f}")
    print(f"  raw RSA-2048 signatures/s{figures.raw_signatures_per_s:8.0f}  (one thread)")
    print(f"                           {figures.raw_signatures_all_threads_per_s:8.0f}  ({figures.threads} threads)")
    print(f"  ratio                    {figures.ratio:8.0%}")
    print(f"  latency of a set at full load   p50 {figures.latency_p50_ms:.1f} ms, p99 {figures.latency_p99_ms:.1f} ms")
    print(
        f"  at half load ({figures.half_load_certificates_per_s:.0f} certificates/s)"
        f"   p50 {figures.half_load_p50_ms:.1f} ms, p99 {figures.half_load_p99_ms:.1f} ms"
    )


if __name__ == "__main__":
    main()
