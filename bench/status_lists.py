"""One revocation list of a million, ours and OpenSSL's of the same certificates: seconds and peak memory.

Each in a process of its own. Ours streams from SQLite, where the certificates are rows; OpenSSL reads its index file.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "bench")]

import status_peers as peers  # noqa: E402
from builders.edge import open_edge  # noqa: E402 - the path comes first
from builders.status import set_clock  # noqa: E402
from dojang.authorities import open_authority, open_keystore  # noqa: E402
from dojang.bootstrap import open_list_maker  # noqa: E402
from dojang.lifecycle.status.lists import issue_lists  # noqa: E402
from dojang.lifecycle.status.model import ListKind  # noqa: E402
from dojang.lifecycle.status.usecases import stream_crl  # noqa: E402
from status_town import build_town  # noqa: E402

# A small process between us and the one measured: a child's peak begins with the memory of whoever starts it.
_LAUNCHER = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
seconds = round(time.perf_counter() - began, 2)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu_s = round(used.ru_utime + used.ru_stime, 2)
said = b"".join(done.stdout.splitlines()[-1:]).decode()
print(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "peak_rss_mb": round(used.ru_maxrss / 1024, 1), "said": said}))
"""


def list_of(entries: int, folder: Path) -> dict[str, Any]:
    """Make the same list with both, and have OpenSSL count what is in ours."""
    town = build_town(folder, entries)
    town.edge.close()
    data_dir = town.edge.office.settings.data_dir
    ours = _measured([sys.executable, str(Path(__file__).with_name("status.py")), "--make-list", str(data_dir)])
    peers.write_index(folder / "ca.index", town.revoked, frozenset(town.revoked))
    files = ("-keyout", str(folder / "issuing.key"), "-out", str(folder / "issuing.pem"))
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=bench", *files]
    subprocess.run(request, check=True, capture_output=True)
    theirs = _measured(peers.openssl_list_command(folder))
    listed = _listed_in(data_dir / "bench.crl")
    if listed != entries:
        raise SystemExit(f"OpenSSL finds {listed} entries in our list, not {entries}")
    return {"entries": entries, "dojang": ours, "openssl ca -gencrl": theirs}


def _measured(command: list[str]) -> dict[str, Any]:
    """Run a command; return seconds, the peak of its resident memory in MB, and the last line it said."""
    launched = subprocess.run([sys.executable, "-c", _LAUNCHER, *command], stdout=subprocess.PIPE, check=True)
    measured: dict[str, Any] = json.loads(launched.stdout)
    return measured


def _listed_in(path: Path) -> int:
    """Count the entries of a list as OpenSSL reads them."""
    reading = ["openssl", "crl", "-inform", "DER", "-in", str(path), "-noout", "-text"]
    with subprocess.Popen(reading, stdout=subprocess.PIPE) as shown:
        assert shown.stdout is not None
        return sum(1 for line in shown.stdout if b"Serial Number:" in line)


def make_list(data_dir: Path) -> None:
    """Make the list that is due in an office, and write it out piece by piece (a child of `list_of`)."""
    edge = open_edge(data_dir)
    set_clock(edge)
    settings = edge.office.settings
    authority = open_authority(settings, edge.office.published, open_keystore(settings))
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    made = issue_lists(open_list_maker(edge.office, authority), edge.clock.now())
    took = time.perf_counter() - began
    with (data_dir / "bench.crl").open("wb") as file:
        for one in made:
            if one.kind is ListKind.COMPLETE:
                file.writelines(stream_crl(one, store=edge.office.store))
    counted = "+".join(f"{one.entry_count} ({one.kind})" for one in made)
    print(f"{counted} entries in {took:.2f} s; {before_mb:.0f} MB before")
