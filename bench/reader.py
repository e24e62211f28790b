"""The document reader, measured on the sandbox's seeded specimen photographs: accuracy, refusals, CPU time, memory.

    python bench/reader.py [--limit N] [--defects N] [--json FILE]

One process, one thread; seconds are CPU seconds (`time.process_time`). Exact match ignores spaces and commas. Intervals
are Wilson's at 95 %. The specimens come from one generator: real cards will do worse.
"""

import argparse
import json
import os
import platform
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_THREAD_LIMIT", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from dojang.adapters.id_document.reader import ExaminingReader
from dojang.lifecycle.identity_proofing.id_document.model import DocumentExamination, FieldName
from dojang.sandbox.specimen.photograph import Defect
from dojang.sandbox.specimen.suite import SUITE_DAY, SuiteItem, plan_defects, plan_suite, take

SKIPPED = frozenset({"passport_type", "personal_number", "name_latin"})
IDENTIFIERS = frozenset({"rrn", "licence_number", "passport_number"})
RIGHT_MESSAGE = {
    Defect.BLUR: {"id_document.blurred"},
    Defect.MOTION: {"id_document.blurred"},
    Defect.DARK: {"id_document.too_dark"},
    Defect.GLARE: {"id_document.glare"},
    Defect.CUT_OFF: {"id_document.cut_off"},
    Defect.TOO_SMALL: {"id_document.too_small"},
    Defect.NO_DOCUMENT: {"id_document.no_document"},
}
KEY_FIELDS = {
    "resident_card": ("name", "rrn", "issued_on", "address"),
    "driver_licence": ("name", "rrn", "licence_number", "expires_on", "address"),
    "passport": ("passport_number", "birth_date", "sex", "expires_on", "surname", "given_names"),
}


@dataclass(slots=True)
class Tally:
    """Right out of all."""

    right: int = 0
    total: int = 0

    def add(self, good: bool) -> None:
        """Count one."""
        self.right += good
        self.total += 1

    def wilson(self) -> tuple[float, float]:
        """Return the 95 % interval."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = 1.96, self.total, self.right / self.total
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(slots=True)
class Results:
    """Everything counted in one run."""

    fields: dict[tuple[str, str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    defects: Counter[tuple[str, str]] = field(default_factory=Counter)
    messages: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    silently_wrong: list[str] = field(default_factory=list)
    identifiers_read: int = 0
    masked: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    per_kind: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def squeeze(text: str) -> str:
    """Drop what does not count for an exact match."""
    return text.replace(" ", "").replace(",", "")


def score(
    results: Results, item: SuiteItem, truth: dict[str, str], examination: DocumentExamination, *, verbose: bool
) -> None:
    """Compare one examination with what was printed."""
    reading = examination.readings[0]
    kind, level = item.kind.value, item.difficulty.value
    face = f"{kind} {item.side.value}"
    recognised = reading.kind is not None and reading.side is not None and f"{reading.kind} {reading.side}" == face
    results.fields[(face, "type+side", level)].add(recognised)
    if item.side.value == "front":  # a back in the front's place is refused, and rightly
        results.decisions[(level, examination.decision.value)] += 1
    wrong = []
    if item.side.value == "front":
        for name, printed in truth.items():
            if name in SKIPPED:
                continue
            read = reading.find_value(FieldName(name))
            right = read is not None and squeeze(read) == squeeze(printed)
            results.fields[(face, name, level)].add(right)
            if not right:
                wrong.append((name, printed, read))
            if name in IDENTIFIERS and examination.decision.value == "accept":
                results.identifiers_read += 1
                if not right:
                    results.silently_wrong.append(f"#{item.index} {name}")
        missed = {name for name, _, _ in wrong}
        results.fields[(face, "ALL KEY FIELDS", level)].add(not missed & set(KEY_FIELDS[kind]))
        if examination.decision.value != "retake":
            results.masked["masked" if examination.masked[0] is not None else "refused to store"] += 1
    if verbose and (wrong or not recognised):
        print(f"#{item.index} {face} {level} {examination.decision.value} {examination.reasons} {wrong}", flush=True)


def run(limit: int, defects: int, *, verbose: bool) -> tuple[Results, float]:
    """Read `limit` sound and `defects` defective photographs; also return the seconds the models took to load."""
    started = time.process_time()
    reader = ExaminingReader()
    loading = time.process_time() - started
    results = Results()
    for item in plan_suite(limit):
        photograph = take(item)
        examination = reader.read_document(photograph.jpeg, None, today=SUITE_DAY, expected=None)
        score(results, item, dict(photograph.values), examination, verbose=verbose)
        for stage, seconds in examination.seconds.items():
            results.seconds[stage].append(seconds)
        results.per_kind[f"{item.kind.value} {item.side.value}"].append(sum(examination.seconds.values()))
    for item in plan_defects(defects):
        assert item.defect is not None
        examination = reader.read_document(take(item).jpeg, None, today=SUITE_DAY, expected=None)
        results.defects[(item.defect.value, examination.decision.value)] += 1
        told = bool(RIGHT_MESSAGE[item.defect] & set(examination.reasons[:2]))
        results.messages[item.defect.value].add(told)
        if verbose and not told:
            print(f"defect #{item.index} {item.defect.value} {item.kind.value} {examination.decision.value} "
                  f"{examination.reasons} {dict(examination.readings[0].quality)}", flush=True)  # fmt: skip
    return results, loading


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which `share` of the sorted values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def machine() -> dict[str, Any]:
    """Say where the figures were taken, with a raw limit to hold them against."""
    started = time.process_time()
    total = 0
    for number in range(3_000_000):
        total += number & 7
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "seconds_for_3m_python_loops": round(time.process_time() - started, 3),
        "load_average": os.getloadavg()[0],
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def as_json(results: Results, loading: float) -> dict[str, Any]:
    """Return everything as plain values."""
    fields = [
        {"document": face, "field": name, "difficulty": level, "right": tally.right, "total": tally.total,
         "wilson_95": [round(bound, 4) for bound in tally.wilson()]}
        for (face, name, level), tally in results.fields.items()
    ]  # fmt: skip
    return {
        "machine": machine(),
        "fields": fields,
        "decisions": {f"{level} {decision}": count for (level, decision), count in sorted(results.decisions.items())},
        "defects": {f"{defect} {decision}": count for (defect, decision), count in sorted(results.defects.items())},
        "defect_messages": {name: [tally.right, tally.total] for name, tally in results.messages.items()},
        "identifiers_accepted": results.identifiers_read,
        "identifiers_silently_wrong": results.silently_wrong,
        "masking": dict(results.masked),
        "cpu_seconds": {
            stage: {"p50": round(percentile(values, 0.5), 3), "p95": round(percentile(values, 0.95), 3)}
            for stage, values in [*results.seconds.items(), *results.per_kind.items()]
        },
        "model_loading_cpu_s": round(loading, 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def show(report: dict[str, Any]) -> None:
    """Print the report for people."""
    print("machine:", ", ".join(f"{key} {value}" for key, value in report["machine"].items()))
    print(f"\n{'exact match':<44}{'clean':>22}{'moderate':>22}{'hard':>22}")
    rows: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
    for entry in report["fields"]:
        rows[(entry["document"], entry["field"])][entry["difficulty"]] = entry
    for (face, name), levels in sorted(rows.items()):
        cells = []
        for level in ("clean", "moderate", "hard"):
            entry = levels.get(level)
            low, high = entry["wilson_95"] if entry else (0, 0)
            cells.append(f"{entry['right']}/{entry['total']} [{low:.2f} {high:.2f}]" if entry else "-")
        print(f"{face + ' · ' + name:<44}{cells[0]:>22}{cells[1]:>22}{cells[2]:>22}")
    print("\ndecisions:", report["decisions"])
    print("defects:", report["defects"])
    print("defects told rightly:", report["defect_messages"])
    wrong = report["identifiers_silently_wrong"]
    print(f"silently wrong identifiers: {len(wrong)} of {report['identifiers_accepted']} accepted {wrong}")
    print("masking:", report["masking"])
    print("CPU seconds (p50 / p95):")
    for stage, values in report["cpu_seconds"].items():
        print(f"  {stage:<24}{values['p50']:>8.3f}{values['p95']:>8.3f}")
    print(
        f"models load in {report['model_loading_cpu_s']} CPU s; peak RSS {report['peak_rss_mb']} MB (drawing included)"
    )


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=240, help="sound photographs (default 240)")
    parser.add_argument("--defects", type=int, default=84, help="defective photographs (default 84)")
    parser.add_argument("--json", type=Path, help="also write the report here")
    parser.add_argument("--verbose", action="store_true", help="print every miss")
    arguments = parser.parse_args()
    results, loading = run(arguments.limit, arguments.defects, verbose=arguments.verbose)
    report = as_json(results, loading)
    show(report)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(report, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
