"""From readings to one decision. A pure function of readings, the day, what was expected, and thresholds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dojang.lifecycle.identity_proofing.id_document.agreement import compare_sides
from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.model import (
    Agreement,
    Decision,
    DocumentKind,
    DocumentReading,
    Side,
)
from dojang.lifecycle.identity_proofing.id_document.quality import (
    judge_photograph,
    shows_no_document,
    suspect_recapture,
)
from dojang.lifecycle.identity_proofing.id_document.thresholds import Thresholds
from dojang.lifecycle.identity_proofing.id_document.validation import check_expectation, needs_of, validate

_ORDER = {Severity.NOTE: 0, Severity.REVIEW: 1, Severity.RETAKE: 2, Severity.REFUSE: 3}
_OUTCOME = {
    Severity.NOTE: Decision.ACCEPT,
    Severity.REVIEW: Decision.REVIEW,
    Severity.RETAKE: Decision.RETAKE,
    Severity.REFUSE: Decision.REFUSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The decision with all that led to it. `readings` carry their findings; `reasons` are codes, heaviest first."""

    readings: tuple[DocumentReading, ...]
    findings: tuple[Finding, ...]
    agreement: Agreement
    decision: Decision
    reasons: tuple[str, ...]


def judge(
    front: DocumentReading,
    back: DocumentReading | None,
    *,
    today: date,
    expected: DocumentKind | None,
    thresholds: Thresholds,
) -> Judgement:
    """Judge one or two readings.

    1. each photograph: flaws, fields, kind and side expected; 2. the sides against each other; 3. the heaviest finding
    decides. A refusal needs a legible reason: a flawed photograph is retaken, whatever dates were read off it.
    """
    judged_front = judge_side(front, side=Side.FRONT, today=today, expected=expected, thresholds=thresholds)
    expected_back = expected or front.kind
    judged_back = (
        None
        if back is None
        else judge_side(back, side=Side.BACK, today=today, expected=expected_back, thresholds=thresholds)
    )
    agreement, differences = compare_sides(judged_front, judged_back)
    findings = [*judged_front.findings, *(judged_back.findings if judged_back else ())]
    codes = {finding.code for finding in findings}
    # A back of another kind is already told as the wrong document.
    if FindingCode.WRONG_DOCUMENT not in codes:
        findings += differences
    if back is None and front.kind in thresholds.back_required_for:
        findings.append(Finding(code=FindingCode.BACK_MISSING, severity=Severity.RETAKE, side=Side.BACK.value))
    readings = (judged_front,) if judged_back is None else (judged_front, judged_back)
    return conclude(readings, findings, agreement)


def conclude(readings: tuple[DocumentReading, ...], findings: Iterable[Finding], agreement: Agreement) -> Judgement:
    """Let the heaviest finding decide."""
    ranked = tuple(sorted(findings, key=lambda finding: -_ORDER[finding.severity]))
    heaviest = ranked[0].severity if ranked else Severity.NOTE
    reasons = dict.fromkeys(finding.code.value for finding in ranked if finding.severity is not Severity.NOTE)
    return Judgement(
        readings=readings,
        findings=ranked,
        agreement=agreement,
        decision=_OUTCOME[heaviest],
        reasons=tuple(reasons),
    )


def judge_side(
    reading: DocumentReading, *, side: Side, today: date, expected: DocumentKind | None, thresholds: Thresholds
) -> DocumentReading:
    """Return the reading with its findings: unknown documents first, then flaws, then fields."""
    thresholds = thresholds.for_kind(reading.kind)
    misplaced = check_expectation(reading, expected=expected, expected_side=side)
    if misplaced:
        # A side is told by its words: where a flaw hides some, it says why before it says which side it seems.
        flaws = judge_photograph(reading.quality, side=side.value, reading_suffered=False, thresholds=thresholds)
        return replace(reading, findings=(*flaws, *misplaced))
    field_findings = [
        replace(finding, side=side.value) for finding in validate(reading, today=today, thresholds=thresholds)
    ]
    suffered = reading.kind is None or _has_suffered(reading, field_findings, thresholds)
    if reading.kind is None and shows_no_document(reading.quality, thresholds):
        return replace(reading, findings=(_no_document(side),))
    flaws = judge_photograph(reading.quality, side=side.value, reading_suffered=suffered, thresholds=thresholds)
    if reading.kind is None and not flaws:
        return replace(reading, findings=(_no_document(side),))
    if not flaws and reading.kind is not None and side is Side.FRONT:
        field_findings += suspect_recapture(reading.quality, side=side.value, thresholds=thresholds)
    if flaws:
        # A flaw explains doubtful values, and a date half hidden by glare must not refuse a valid document.
        field_findings = [finding for finding in field_findings if finding.severity is Severity.RETAKE]
    return replace(reading, findings=(*flaws, *field_findings))


def _no_document(side: Side) -> Finding:
    return Finding(code=FindingCode.NO_DOCUMENT, severity=Severity.RETAKE, side=side.value)


def _has_suffered(reading: DocumentReading, findings: Iterable[Finding], thresholds: Thresholds) -> bool:
    """A needed field is missing, doubtful or failed its check."""
    needed = {
        name.value for name in (*needs_of(reading, thresholds).critical, *needs_of(reading, thresholds).important)
    }
    return any(finding.field in needed and finding.code is not FindingCode.EXPIRED for finding in findings)
