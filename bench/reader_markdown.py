"""The bench's report as Markdown, ready to be put into docs/reading-id.md: what was measured, the goals beside it."""

from collections.abc import Iterable, Mapping
from typing import Any

from reader_report import (
    CARD_P50_S,
    FALSE_REFUSALS,
    GOALS,
    LEVELS,
    PASSPORT_P50_S,
    REFUSED,
    RSS_MB,
    SILENTLY_WRONG,
)
from reader_score import HINTS

_P50_GOALS = {
    "resident_card front": CARD_P50_S,
    "driver_licence front": CARD_P50_S,
    "passport front": PASSPORT_P50_S,
}


def as_markdown(report: Mapping[str, Any]) -> str:
    """Return four tables, each with every backend side by side, under a line that says where they were measured."""
    machine, backends = report["machine"], report["backends"]
    head = (
        f"Suite `{report['suite']}` in {', '.join(report['typefaces'])}; {machine['processor']}, one thread, "
        f"Python {machine['python']}, load average {machine['load_average']:.1f} at the start."
    )
    tables = (_right(backends), _flaws(backends), _decisions(backends), _costs(backends))
    return "\n\n".join([head, *tables])


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    listed = list(heads)
    lines = [listed, ["---"] * len(listed), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _right(backends: Mapping[str, Any]) -> str:
    """Exact matches, percent with the 95 % interval: clean, moderate, hard."""
    rows = []
    for group, goals in GOALS.items():
        for at, level in enumerate(LEVELS):
            cells = [_share(_one(figures["groups"], group=group, difficulty=level)) for figures in backends.values()]
            rows.append([group if not at else "", level, *cells, f"{goals[at]:g} %"])
    return _table(["exact match", "photographs", *_named(backends), "goal"], rows)


def _flaws(backends: Mapping[str, Any]) -> str:
    """Refused (or sent to review), and told rightly."""
    hints = {defect.value for defect in HINTS}
    first = next(iter(backends.values()))
    rows = []
    for defect in first["defects_told_rightly"]:
        cells = []
        for figures in backends.values():
            stopped, told = figures["defects_refused"][defect], figures["defects_told_rightly"][defect]
            cells.append(f"{stopped['right']}/{stopped['total']}, {told['right']}/{told['total']}")
        rows.append([defect.replace("_", " "), "reviewed" if defect in hints else "refused", *cells])
    return _table(["flaw", "is to be", *(f"{name}: so, with the right words" for name in _named(backends))], rows) + (
        f"\n\nGoal: {100 * REFUSED:g} % of each, with the right words."
    )


def _decisions(backends: Mapping[str, Any]) -> str:
    refusals, wrong = [], []
    for figures in backends.values():
        false = figures["false_refusals"]
        count = sum(value for key, value in false.items() if key != "photographs")
        refusals.append(f"{count} of {false['photographs']}")
        wrong.append(f"{len(figures['identifiers_silently_wrong'])} of {figures['identifiers_accepted']}")
    rows = (
        ["clean and moderate fronts refused", *refusals, f"{100 * FALSE_REFUSALS:g} %"],
        ["accepted identifiers that are wrong", *wrong, f"{100 * SILENTLY_WRONG:g} %"],
    )
    return _table(["decisions", *_named(backends), "goal"], rows)


def _costs(backends: Mapping[str, Any]) -> str:
    first = next(iter(backends.values()))
    rows = []
    for stage in first["cpu_seconds"]:
        cells = []
        for figures in backends.values():
            spent = figures["cpu_seconds"].get(stage)
            cells.append("" if spent is None else f"{spent['p50']:.3f}, {spent['p95']:.3f}")
        goal = _P50_GOALS.get(stage)
        rows.append([stage.replace("_", " "), *cells, "" if goal is None else f"p50 {goal:.2f}"])
    memory = [f"{figures['peak_rss_mb']} MB" for figures in backends.values()]
    loading = [f"{figures['model_loading_cpu_s']:.2f}" for figures in backends.values()]
    rows += [["loading the models, once", *loading, ""], ["peak memory", *memory, f"{RSS_MB} MB"]]
    return _table(["CPU seconds p50, p95", *_named(backends), "goal"], rows)


def _named(backends: Mapping[str, Any]) -> list[str]:
    return [f"`{name}`" for name in backends]


def _one(entries: Iterable[Mapping[str, Any]], **wanted: str) -> Mapping[str, Any] | None:
    return next((entry for entry in entries if all(entry[key] == value for key, value in wanted.items())), None)


def _share(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return "-"
    low, high = (100 * bound for bound in entry["wilson_95"])
    return f"{100 * entry['right'] / entry['total']:.1f} % ({entry['right']}/{entry['total']}) [{low:.0f} {high:.0f}]"
