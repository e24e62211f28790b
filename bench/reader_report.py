"""The reader's figures as plain values and as tables, the goals beside them."""

import os
import platform
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from reader_score import HINTS, Results, Tally

LEVELS = ("clean", "moderate", "hard")
# Percent right of clean, moderate and hard photographs.
GOALS = {
    "identifiers, dates, MRZ": (99.5, 99.0, 95.0),
    "name": (99.0, 98.0, 90.0),
    "address": (97.0, 95.0, 70.0),
    "authority": (99.0, 99.0, 90.0),
    "all key fields": (96.0, 93.0, 55.0),
    "type+side": (100.0, 99.0, 97.0),
}
GROUPS = {
    "identifiers, dates, MRZ": {
        "rrn", "licence_number", "passport_number", "issued_on", "expires_on", "renewal_from", "birth_date",
        "mrz_line_1", "mrz_line_2", "surname", "given_names",
    },
    "name": {"name"},
    "address": {"address"},
    "authority": {"authority"},
    "all key fields": {"ALL KEY FIELDS"},
    "type+side": {"type+side"},
}  # fmt: skip
CARD_P50_S, PASSPORT_P50_S, RSS_MB = 0.40, 0.60, 600
FALSE_REFUSALS, SILENTLY_WRONG, REFUSED = 0.03, 0.001, 0.95


class Cost(Protocol):
    """What a backend's process cost."""

    @property
    def loading_s(self) -> float:
        """CPU seconds until the models were loaded."""
        ...

    @property
    def peak_rss_mb(self) -> int:
        """Peak memory."""
        ...


def as_json(results: Results, cost: Cost) -> dict[str, Any]:
    """Return everything as plain values."""
    fields = [
        {"document": face, "field": name, "difficulty": level, **_tally(tally)}
        for (face, name, level), tally in results.fields.items()
    ]
    return {
        "fields": fields,
        "groups": [
            {"group": group, "difficulty": level, "goal_percent": GOALS[group][at], **_tally(tally)}
            for group, names in GROUPS.items()
            for at, level in enumerate(LEVELS)
            if (
                tally := _sum(t for (_, name, its), t in results.fields.items() if name in names and its == level)
            ).total
        ],
        "decisions": {f"{level} {decision}": count for (level, decision), count in sorted(results.decisions.items())},
        "defects_refused": {name: _tally(tally) for name, tally in results.refused.items()},
        "defects_told_rightly": {name: _tally(tally) for name, tally in results.told.items()},
        "messages": [
            {"defect": defect, "said": said, "times": count}
            for (defect, said), count in sorted(results.messages.items())
        ],
        "false_refusals": {"photographs": results.sound.total, **dict(results.false_refusals)},
        "identifiers_accepted": results.identifiers,
        "identifiers_silently_wrong": results.silently_wrong,
        "masking": dict(results.masked),
        "cpu_seconds": {
            stage: {"p50": round(percentile(values, 0.5), 3), "p95": round(percentile(values, 0.95), 3)}
            for stage, values in [*results.seconds.items(), *results.per_kind.items()]
        },
        "model_loading_cpu_s": round(cost.loading_s, 2),
        "peak_rss_mb": cost.peak_rss_mb,
    }


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "right": tally.right,
        "total": tally.total,
        "wilson_95": [round(bound, 4) for bound in tally.wilson()],
    }


def _sum(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.right += tally.right
        whole.total += tally.total
    return whole


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


def as_text(report: Mapping[str, Any]) -> str:
    """Return the report for people."""
    lines = [
        f"specimens of the suite {report['suite']}, set in {', '.join(report['typefaces'])}",
        "machine: " + ", ".join(f"{key} {value}" for key, value in report["machine"].items()),
        *_fields(report["backends"]),
    ]
    for name, figures in report["backends"].items():
        lines += ["", f"== {name} ==", *_goals(figures), *_gate(figures), *_costs(figures)]
    return "\n".join(lines)


def _fields(backends: Mapping[str, Any]) -> list[str]:
    """Every field, the backends side by side: clean / moderate / hard."""
    rows: dict[tuple[str, str], dict[tuple[str, str], dict[str, Any]]] = defaultdict(dict)
    for backend, figures in backends.items():
        for entry in figures["fields"]:
            rows[(entry["document"], entry["field"])][(backend, entry["difficulty"])] = entry
    heads = "".join(f"{backend + ' (clean, moderate, hard)':>66}" for backend in backends)
    lines = ["", f"{'exact match':<40}{heads}"]
    for (face, name), entries in sorted(rows.items()):
        cells = "".join(_cell(entries.get((backend, level))) for backend in backends for level in LEVELS)
        lines.append(f"{face + ' · ' + name:<40}{cells}")
    return lines


def _cell(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return f"{'-':>22}"
    low, high = entry["wilson_95"]
    return f"{entry['right']}/{entry['total']} [{low:.2f} {high:.2f}]".rjust(22)


def _goals(figures: Mapping[str, Any]) -> list[str]:
    lines = ["goal (percent right)"]
    for entry in figures["groups"]:
        share = 100 * entry["right"] / entry["total"]
        low, high = (100 * bound for bound in entry["wilson_95"])
        lines.append(
            f"  {entry['group']:<26}{entry['difficulty']:<10}{share:6.1f} [{low:5.1f} {high:5.1f}]"
            f"  goal {entry['goal_percent']:5.1f}  {_met(share >= entry['goal_percent'])}"
        )
    return lines


def _gate(figures: Mapping[str, Any]) -> list[str]:
    lines = ["defects: what was said first (columns), of each kind (rows)"]
    said = sorted({entry["said"] for entry in figures["messages"]})
    lines.append("  " + " " * 13 + "".join(f"{one[:17]:>18}" for one in said))
    hints = {defect.value for defect in HINTS}
    for defect, tally in figures["defects_told_rightly"].items():
        counts = {entry["said"]: entry["times"] for entry in figures["messages"] if entry["defect"] == defect}
        row = "".join(f"{counts.get(one, 0) or '.':>18}" for one in said)
        refused = figures["defects_refused"][defect]
        share = min(tally["right"], refused["right"]) / tally["total"]
        kind = "sent to review" if defect in hints else "refused"
        lines.append(
            f"  {defect:<13}{row}  {kind} {refused['right']}/{refused['total']}, right message {tally['right']}/"
            f"{tally['total']}  {_met(share >= REFUSED)}"
        )
    false = {key: value for key, value in figures["false_refusals"].items() if key != "photographs"}
    total, count = figures["false_refusals"]["photographs"], sum(false.values())
    lines.append(
        f"false refusals: {count} of {total} clean and moderate fronts {false}  "
        f"{_met(not total or count / total <= FALSE_REFUSALS)}"
    )
    wrong, accepted = figures["identifiers_silently_wrong"], figures["identifiers_accepted"]
    lines.append(
        f"identifiers silently wrong: {len(wrong)} of {accepted} accepted {wrong}  "
        f"{_met(not accepted or len(wrong) / accepted <= SILENTLY_WRONG)}"
    )
    lines.append(f"decisions: {figures['decisions']}; stored photographs: {figures['masking']}")
    return lines


def _costs(figures: Mapping[str, Any]) -> list[str]:
    lines = ["CPU seconds (p50, p95)"]
    for stage, values in figures["cpu_seconds"].items():
        goal = CARD_P50_S if stage.endswith(" front") else None
        goal = PASSPORT_P50_S if stage == "passport front" else goal
        told = "" if goal is None else f"  goal p50 {goal:.2f}  {_met(values['p50'] <= goal)}"
        lines.append(f"  {stage:<24}{values['p50']:>8.3f}{values['p95']:>8.3f}{told}")
    lines.append(
        f"models load in {figures['model_loading_cpu_s']} CPU s; peak RSS {figures['peak_rss_mb']} MB  "
        f"goal {RSS_MB}  {_met(figures['peak_rss_mb'] <= RSS_MB)}"
    )
    return lines


def _met(met: bool) -> str:
    return "met" if met else "MISSED"
