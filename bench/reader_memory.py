"""Does the document reader's memory stay flat? Thousands of photographs through one process, its memory in between.

    python bench/reader_memory.py [--photographs 10000] [--drawn 60] [--every 100] [--slope-mb 1.0]

A few dozen photographs, sound, defective and damaged, are drawn once and read again and again. The slope of resident
memory over the second half, in MB per 1,000 photographs, is printed with the figures and written to bench/out;
the program fails when it is above `--slope-mb`.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_THREAD_LIMIT", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from dojang.adapters.id_document.reader import ExaminingReader
from dojang.kernel.errors import DojangError
from dojang.sandbox.specimen.suite import SUITE_DAY, plan_defects, plan_suite, take

OUT = Path(__file__).parent / "out"


def resident_mb() -> float:
    """Return this process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def files(drawn: int) -> list[bytes]:
    """Return photographs, a third of them defective, and one damaged file for every ten."""
    sound = [take(item).jpeg for item in plan_suite(drawn - drawn // 3)]
    defective = [take(item).jpeg for item in plan_defects(drawn // 3)]
    damaged = [jpeg[: len(jpeg) // 2] for jpeg in sound[: max(1, drawn // 10)]]
    return [*sound, *defective, *damaged]


def slope(samples: Sequence[tuple[int, float]]) -> float:
    """Return MB per 1,000 photographs by least squares over the second half of the samples."""
    late = samples[len(samples) // 2 :]
    if len(late) < 2:
        return 0.0
    return float(np.polyfit([count for count, _ in late], [used for _, used in late], 1)[0] * 1000)


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photographs", type=int, default=10_000)
    parser.add_argument("--drawn", type=int, default=60)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--slope-mb", type=float, default=1.0, help="most growth allowed, MB per 1,000 photographs")
    arguments = parser.parse_args()
    pictures = files(arguments.drawn)
    reader = ExaminingReader()
    samples: list[tuple[int, float]] = []
    refused = 0
    for count in range(1, arguments.photographs + 1):
        try:
            reader.read_document(pictures[count % len(pictures)], None, today=SUITE_DAY, expected=None)
        except DojangError:
            refused += 1
        if count % arguments.every == 0:
            samples.append((count, resident_mb()))
            print(f"{count:>7} photographs  {samples[-1][1]:8.1f} MB", flush=True)
    grown = slope(samples)
    flat = grown <= arguments.slope_mb
    print(
        f"{refused} refused; {grown:+.2f} MB per 1,000 photographs over the second half: {'flat' if flat else 'GROWS'}"
    )
    OUT.mkdir(exist_ok=True)
    result = {"samples": samples, "refused": refused, "mb_per_1000": round(grown, 3), "flat": flat}
    (OUT / "reader-memory.json").write_text(json.dumps(result, indent=2))
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
