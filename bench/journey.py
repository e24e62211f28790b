"""The machine's share of a whole journey, step by step: from the application to the accepted certificate.

A real office in its processes (SQLite, sandbox neighbours, reader), and one automatic customer after another who never
hesitates: what is left is what the machine takes. Photographs are taken before the clock runs; set-up (ceremony, start)
is told apart. The first journey after the start stands alone, the others as medians. Beside it stand the machine's own
limits, measured in the same run. Run `python bench/journey.py --runs 5`.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src")]

from dojang.cli.customer.office import OfficeClient  # noqa: E402 - the path comes first
from dojang.cli.demo.command import demo_settings  # noqa: E402
from dojang.cli.demo.customer_world import CustomerWorld  # noqa: E402
from dojang.cli.demo.progress import Steps  # noqa: E402
from dojang.cli.demo.reviewer import Reviewer  # noqa: E402
from dojang.cli.demo.walk import automatic_hands, walk  # noqa: E402
from dojang.cli.serve import OfficeProcesses, prepare  # noqa: E402
from dojang.config import Settings  # noqa: E402
from dojang.pki.validity import day_kst  # noqa: E402
from dojang.sandbox.specimen.document import Kind  # noqa: E402
from dojang.sandbox.specimen.photograph import Difficulty  # noqa: E402

HURRIED = 200.0  # the customer does not listen to the prompts' end: that is their time, not the machine's
GOAL_S = 10.0
FSYNCS = 200


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What the figures were taken on. Rates are per second, of one thread."""

    processor: str
    cores: int
    load_before: float
    raw_rsa_2048_signatures_per_s: float
    fsyncs_per_s: float


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one run found, in seconds of wall-clock. `steps` are medians over the journeys after the first."""

    kind: str
    journeys: int
    retaken_photographs: int
    ceremony_s: float
    start_s: float
    first_journey_s: float
    median_journey_s: float
    slowest_journey_s: float
    steps: dict[str, float]


class PreparedWorld(CustomerWorld):
    """A customer whose photographs were taken before: taking them is the camera's time."""

    def __init__(self, sandbox_url: str, *, seed: int, kind: Kind) -> None:
        super().__init__(sandbox_url, seed=seed, kind=kind, today=day_kst(datetime.now(UTC)))
        self._taken = [super(PreparedWorld, self).photograph_card() for _ in range(2)]
        self.photographed = 0

    def photograph_card(self, difficulty: Difficulty = Difficulty.CLEAN) -> dict[str, bytes]:
        """Hand out the photographs taken before, and new ones when those are used up."""
        self.photographed += 1
        return self._taken.pop(0) if self._taken else super().photograph_card(difficulty)


def measure(directory: Path, kind: Kind, runs: int) -> Figures:
    """Hold the ceremony, open the office, take `runs` customers down the road."""
    (directory / "office").mkdir()
    settings = demo_settings(directory)
    began = time.perf_counter()
    prepare(settings)
    ceremony_s = time.perf_counter() - began
    worlds = [PreparedWorld(settings.sandbox_url, seed=1000 + run, kind=kind) for run in range(runs)]
    began = time.perf_counter()
    with OfficeProcesses(settings, log_file=directory / "office" / "log.jsonl"), Reviewer(settings) as reviewer:
        start_s = time.perf_counter() - began
        taken = [_journey(settings, world, reviewer, run) for run, world in enumerate(worlds)]
    totals = [steps.total_s for steps in taken]
    later = taken[1:] or taken
    names = [str(one["step"]) for one in later[0].taken]
    return Figures(
        kind=kind.value,
        journeys=runs,
        retaken_photographs=sum(world.photographed - 1 for world in worlds),
        ceremony_s=ceremony_s,
        start_s=start_s,
        first_journey_s=totals[0],
        median_journey_s=statistics.median(totals[1:] or totals),
        slowest_journey_s=max(totals),
        steps={name: statistics.median(_seconds(steps, name) for steps in later) for name in names},
    )


def _journey(settings: Settings, world: PreparedWorld, reviewer: Reviewer, run: int) -> Steps:
    steps = Steps(Console(quiet=True))
    with OfficeClient(settings.public_url, device_id=f"bench-{run}") as office:
        world.settle_in(listening_speed=HURRIED)
        office.sign_up(f"bench-{run}", "a bench customer's password 1")
        office.sign_in(f"bench-{run}", "a bench customer's password 1")
        walk(office, world, automatic_hands(world, reviewer.approve_all), steps, label="new", kind="new", years=1)
    return steps


def _seconds(steps: Steps, name: str) -> float:
    return next(float(one["seconds"]) for one in steps.taken if one["step"] == name)


def look_at_machine(directory: Path, load_before: float) -> Machine:
    """Measure what the machine can do at best."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        load_before=load_before,
        raw_rsa_2048_signatures_per_s=_raw_signatures(1.0),
        fsyncs_per_s=_fsyncs(directory / "fsync"),
    )


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text("utf-8").splitlines() if listed.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _raw_signatures(seconds: float) -> float:
    key, message, count = rsa.generate_private_key(65537, 2048), bytes(1100), 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        count += 1
    return count / (time.perf_counter() - began)


def _fsyncs(path: Path) -> float:
    with path.open("wb") as file:
        began = time.perf_counter()
        for _ in range(FSYNCS):
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
        return FSYNCS / (time.perf_counter() - began)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="The machine's time of a whole journey.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--document", type=Kind, choices=list(Kind), default=Kind.RESIDENT_CARD)
    parser.add_argument("--directory", type=Path, default=None, help="where the office goes (default: a temporary one)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=arguments.directory) as directory:
        figures = measure(Path(directory), arguments.document, arguments.runs)
        machine = look_at_machine(Path(directory), load_before)
    if arguments.json:
        print(json.dumps({**asdict(figures), "machine": asdict(machine)}))
        return
    _show(figures, machine)


def _show(figures: Figures, machine: Machine) -> None:
    print(f"the whole journey, {figures.kind}, {figures.journeys} customers one after the other, no hesitation")
    print(f"  on {machine.processor}, {machine.cores} cores, load before {machine.load_before:.1f}")
    print(
        f"  raw RSA-2048 signatures/s {machine.raw_rsa_2048_signatures_per_s:.0f}, fsync/s {machine.fsyncs_per_s:.0f}"
    )
    print(f"  set-up: ceremony {figures.ceremony_s:.2f} s, start {figures.start_s:.2f} s")
    for name, seconds in figures.steps.items():
        print(f"  {name.partition('.')[2]:<18}{seconds:8.3f} s")
    print(f"  median {figures.median_journey_s:.2f} s, first {figures.first_journey_s:.2f} s")
    print(f"  slowest {figures.slowest_journey_s:.2f} s, {figures.retaken_photographs} documents photographed again")
    met = "met" if max(figures.first_journey_s, figures.median_journey_s) < GOAL_S else "missed"
    print(f"  goal {GOAL_S:.0f} s: {met}")


if __name__ == "__main__":
    main()
