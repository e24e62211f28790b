"""The expiry schedule over millions of certificates: how fast it walks, and that its memory does not grow with them.

Rows are written straight into SQLite, certificates spread evenly over a year, most in force; only what the schedule
reads is real (a certificate's own bytes are left out, they are never touched). Then, each in a process of its own:
`day` is what one ordinary day brings, all four stages, every notice enqueued for the worker; `whole` walks every row
there is and tells nobody. Peak memory is the process's (RSS), and Python's own (tracemalloc, measured in a second run
because it slows the first). Run `python bench/notices.py --certificates 10000000`.
"""

import argparse
import json
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
import tracemalloc
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src")]

from dojang.adapters.chance import SystemChance  # noqa: E402 - the path comes first
from dojang.adapters.effects.queue import EffectQueue  # noqa: E402
from dojang.adapters.effects.registry import EffectRegistry  # noqa: E402
from dojang.adapters.secrecy.field_cipher import RingFieldCipher  # noqa: E402
from dojang.adapters.secrecy.key_ring import KeyRing  # noqa: E402
from dojang.adapters.store.engine import open_database  # noqa: E402
from dojang.adapters.store.setup import prepare  # noqa: E402
from dojang.bootstrap import EFFECT_QUEUES, open_store  # noqa: E402
from dojang.controls.notices.expiry import Cursor, remind  # noqa: E402
from dojang.controls.notices.policy import ExpiryPolicy  # noqa: E402

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # ten in the morning in Korea
YEAR_S = 365 * 24 * 3600
WRITTEN_AT_ONCE = 250_000
POLICY = ExpiryPolicy(batches=10**9)
TRACED_BATCHES = 100


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One walk. `told` are notices enqueued; memory in MiB, `grown_mib` above what the process had before."""

    name: str
    certificates: int
    told: int
    seconds: float
    per_s: float
    peak_rss_mib: float
    grown_mib: float
    python_peak_mib: float


def write_rows(path: Path, count: int) -> float:
    """Write `count` signing certificates, one issuance each; return the seconds it took."""
    started = time.perf_counter()
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-200000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "INSERT INTO account (id, login_name, password_hash, role, language, created_at, failed_sign_ins, version)"
        " VALUES ('who', 'who', '-', 'subscriber', 'ko', 0, 0, 0)"
    )
    begin = int(NOW.timestamp()) - 30 * 24 * 3600
    numbers = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
    for first in range(1, count + 1, WRITTEN_AT_ONCE):
        given = {"first": first, "last": min(first + WRITTEN_AT_ONCE - 1, count), "begin": begin, "count": count}
        connection.execute("BEGIN")
        connection.execute(
            f"INSERT INTO issuance (id, application_id, subscriber_id, person_key, idempotency_key, request_digest,"  # noqa: S608 - constants only
            f" state, prepared_at, issued_at) {numbers} SELECT printf('i%015d', i), printf('i%015d', i), 'who', 'k',"
            f" printf('i%015d', i), 'd', 'issued', :begin, :begin FROM n",
            given,
        )
        connection.execute(
            f"INSERT INTO certificate (serial, issuance_id, kind, profile, spki_sha256, not_before, not_after,"  # noqa: S608 - as above
            f" certificate_der) {numbers} SELECT i, printf('i%015d', i), 'signing', 'personal-signing',"
            f" printf('%064d', i), :begin, :begin + ((i * {YEAR_S}) / :count), x'30' FROM n",
            given,
        )
        connection.execute(  # one in ten has been revoked
            f"INSERT INTO standing (issuance_id, state, reason, since, not_after, version) {numbers}"  # noqa: S608 - as above
            f" SELECT printf('i%015d', i), 'revoked', 'superseded', :begin, :begin + ((i * {YEAR_S}) / :count), 1"
            f" FROM n WHERE i % 10 = 0",
            given,
        )
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("ANALYZE")
    connection.close()
    return time.perf_counter() - started


def walk(path: Path, name: str, traced: bool) -> tuple[int, int, float, float, float, float]:
    """Walk once in this process; return certificates, notices, seconds, peak and growth of RSS, Python's peak."""
    database = open_database(f"sqlite:///{path}")
    queue = EffectQueue(database=database, registry=EffectRegistry(EFFECT_QUEUES), chance=SystemChance())
    ring = KeyRing(sealing={1: b"s" * 32}, index=b"i" * 32)
    store = open_store(database, queue, RingFieldCipher(ring=ring, chance=queue.chance))
    policy, now = POLICY, NOW
    if name == "whole":
        # Two years on, everything has ended long ago: all of it is looked at, nobody is told.
        policy, now = replace(POLICY, days_before=(0,)), NOW + timedelta(days=730)
        store.transact(lambda tx: tx.expiry.put_cursor(0, Cursor(not_after=NOW - timedelta(days=3650))))
    else:
        for stage in policy.days_before:
            reached = NOW + timedelta(days=stage - 1)
            store.transact(lambda tx, stage=stage, at=reached: tx.expiry.put_cursor(stage, Cursor(not_after=at)))
    before = _waiting(path)
    rss_before = _rss_mib()
    if traced:  # it slows the walk tenfold, and after some batches there is nothing new to see
        policy = replace(policy, batches=TRACED_BATCHES)
        tracemalloc.start()
    started = time.perf_counter()
    seen = remind(store=store, policy=policy, now=now)
    seconds = time.perf_counter() - started
    python_peak = tracemalloc.get_traced_memory()[1] / 2**20 if traced else 0.0
    told = _waiting(path) - before
    database.dispose()
    return seen, told, seconds, _rss_mib(), _rss_mib() - rss_before, python_peak


def _waiting(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute("SELECT count(*) FROM workflow_status").fetchone()[0])


def _rss_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(path: Path, name: str) -> Walk:
    """Walk twice, each time in a fresh process: for time and RSS, and (over the same rows) for Python's own memory."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        seen, told, seconds, rss, grown, _ = pool.apply(walk, (path, name, False))
    with context.Pool(1) as pool:
        python_peak = pool.apply(walk, (path, name, True))[5]
    return Walk(
        name=name,
        certificates=seen,
        told=told,
        seconds=round(seconds, 2),
        per_s=round(seen / seconds) if seconds else 0,
        peak_rss_mib=round(rss, 1),
        grown_mib=round(grown, 1),
        python_peak_mib=round(python_peak, 2),
    )


def main() -> None:
    """Write the rows, walk, print, and write the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certificates", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "out" / "notices.json")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notices.sqlite"
        database = open_database(f"sqlite:///{path}")
        prepare(database)
        EffectQueue(database=database, registry=EffectRegistry(EFFECT_QUEUES), chance=SystemChance())
        database.dispose()
        written_s = write_rows(path, chosen.certificates)
        size_gib = path.stat().st_size / 2**30
        print(f"{chosen.certificates:,} certificates written in {written_s:.0f} s, {size_gib:.2f} GiB")
        walks = [measure(path, name) for name in ("day", "whole")]
    for one in walks:
        print(
            f"{one.name:>6}: {one.certificates:>10,} seen, {one.told:>7,} told, {one.seconds:8.2f} s,"
            f" {one.per_s:>8,}/s, peak RSS {one.peak_rss_mib} MiB (grown {one.grown_mib}),"
            f" Python peak {one.python_peak_mib} MiB"
        )
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "certificates": chosen.certificates,
        "written_s": round(written_s, 1),
        "walks": [asdict(w) for w in walks],
    }
    chosen.out.write_text(json.dumps(report, indent=2), "utf-8")


if __name__ == "__main__":
    main()
