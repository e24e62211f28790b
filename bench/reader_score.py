"""What the reader got right, counted: fields, types, identifiers silently wrong, refusals and their messages."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import sqrt

from dojang.lifecycle.identity_proofing.id_document.model import DocumentExamination, FieldName
from dojang.sandbox.specimen.photograph import Defect
from dojang.sandbox.specimen.suite import SuiteItem

SKIPPED = frozenset({"passport_type", "personal_number", "name_latin"})
IDENTIFIERS = frozenset({"rrn", "licence_number", "passport_number"})
RIGHT_MESSAGE = {
    Defect.BLUR: "id_document.blurred",
    Defect.MOTION: "id_document.shaken",
    Defect.DARK: "id_document.too_dark",
    Defect.GLARE: "id_document.glare",
    Defect.CUT_OFF: "id_document.cut_off",
    Defect.TOO_SMALL: "id_document.too_small",
    Defect.NO_DOCUMENT: "id_document.no_document",
    Defect.SEVERAL: "id_document.several_documents",
    Defect.SCREEN: "id_document.screen_suspected",
    Defect.COPY: "id_document.copy_suspected",
}
HINTS = frozenset({Defect.SCREEN, Defect.COPY})  # sent to a person, not refused
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

    @property
    def share(self) -> float:
        """Right of all; 0 when there were none."""
        return self.right / self.total if self.total else 0.0

    def wilson(self) -> tuple[float, float]:
        """Return the 95 % interval."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = 1.96, self.total, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(slots=True)
class Results:
    """Everything counted for one backend."""

    fields: dict[tuple[str, str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    decisions: Counter[tuple[str, str]] = field(default_factory=Counter)
    messages: Counter[tuple[str, str]] = field(default_factory=Counter)  # defect and the first thing said
    refused: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    told: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    false_refusals: Counter[str] = field(default_factory=Counter)  # by the first thing said, clean and moderate
    sound: Tally = field(default_factory=Tally)  # clean and moderate fronts that were not refused
    silently_wrong: list[str] = field(default_factory=list)
    identifiers: int = 0
    masked: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    per_kind: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    misses: list[str] = field(default_factory=list)


def squeeze(text: str) -> str:
    """Drop what does not count for an exact match."""
    return text.replace(" ", "").replace(",", "")


def score_sound(results: Results, item: SuiteItem, truth: dict[str, str], examination: DocumentExamination) -> None:
    """Compare one examination of a readable photograph with what was printed."""
    reading = examination.readings[0]
    kind, level = item.kind.value, item.difficulty.value
    face = f"{kind} {item.side.value}"
    seen = f"{reading.kind} {reading.side}" == face
    results.fields[(face, "type+side", level)].add(seen)
    _take_times(results, face, examination)
    wrong: list[tuple[str, str, str | None]] = []
    if item.side.value == "front":  # a back in the front's place is refused, and rightly
        wrong = _score_front(results, item, truth, examination)
    if wrong or not seen:
        results.misses.append(
            f"#{item.index} {face} {level} {examination.decision.value} {examination.reasons} {wrong}"
        )


def _score_front(
    results: Results, item: SuiteItem, truth: dict[str, str], examination: DocumentExamination
) -> list[tuple[str, str, str | None]]:
    reading = examination.readings[0]
    kind, level = item.kind.value, item.difficulty.value
    face = f"{kind} {item.side.value}"
    decision = examination.decision.value
    results.decisions[(level, decision)] += 1
    if level != "hard":
        results.sound.add(decision != "retake")
        if decision == "retake":
            results.false_refusals[examination.reasons[0]] += 1
    wrong = []
    for name, printed in truth.items():
        if name in SKIPPED:
            continue
        read = reading.find_value(FieldName(name))
        right = read is not None and squeeze(read) == squeeze(printed)
        results.fields[(face, name, level)].add(right)
        if not right:
            wrong.append((name, printed, read))
        if name in IDENTIFIERS and decision == "accept":
            results.identifiers += 1
            if not right:
                results.silently_wrong.append(f"#{item.index} {name}")
    missed = {name for name, _, _ in wrong}
    results.fields[(face, "ALL KEY FIELDS", level)].add(not missed & set(KEY_FIELDS[kind]))
    if decision != "retake":
        results.masked["masked" if examination.masked[0] is not None else "refused to store"] += 1
    return wrong


def score_defect(results: Results, item: SuiteItem, examination: DocumentExamination) -> None:
    """Count what was said of a photograph that has something wrong with it."""
    assert item.defect is not None
    name, decision = item.defect.value, examination.decision.value
    first = examination.reasons[0] if examination.reasons else decision
    results.messages[(name, first.removeprefix("id_document."))] += 1
    right = RIGHT_MESSAGE[item.defect]
    stopped = {"retake", "review", "refuse"} if item.defect in HINTS else {"retake"}
    results.refused[name].add(decision in stopped)
    told = right in (examination.reasons if item.defect in HINTS else examination.reasons[:1])
    results.told[name].add(told)
    if not told:
        results.misses.append(
            f"defect #{item.index} {name} {item.kind.value} {item.difficulty.value} {decision} {examination.reasons} "
            f"{dict(examination.readings[0].quality)}"
        )


def _take_times(results: Results, face: str, examination: DocumentExamination) -> None:
    for stage, seconds in examination.seconds.items():
        results.seconds[stage].append(seconds)
    results.per_kind[face].append(sum(examination.seconds.values()))
