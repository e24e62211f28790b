"""From measures of a photograph to findings about it.

Takes numbers, never pixels. The order of the checks is the order of usefulness to the person holding the camera.
"""

from collections.abc import Mapping
from math import inf

from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.measures import Measure
from dojang.lifecycle.identity_proofing.id_document.thresholds import Limit, Thresholds
from dojang.lifecycle.identity_proofing.id_document.unsharpness import (
    FEWEST_LINES,
    find_unsharp_beyond_placing,
    is_sharp_elsewhere,
    is_unsharp_all_over,
    name_unsharpness,
    why_unsharp_without_text,
)

LEAST_CONTRAST, LIT_CONTRAST = 18.0, 120.0
SURE_OUTLINE = 0.75
_DARKER_THAN_TABLES = 0.4  # of the limit for documents: darker than a black table top that is lit


def shows_no_document(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    """Tell whether an unrecognised picture has too little text, and too vague an outline, to hold a document at all.

    Not so where darkness, light on the text, a shaken camera or a lens out of focus explains why nothing can be read.
    Much text without any sharpness, in a photograph that is sharp elsewhere, is the clutter of a table.
    """
    lines = measures.get(Measure.TEXT_LINES, 0.0)
    few = 1 <= lines < FEWEST_LINES
    if measures.get(Measure.LOCATED, 0.0) >= SURE_OUTLINE or _is_in_the_dark(measures, thresholds):
        return False
    if lines >= FEWEST_LINES and measures.get(Measure.GLARE_ON_TEXT, 0.0) > thresholds.glare_on_text.hard:
        return False
    return (few and not is_unsharp_all_over(measures, thresholds)) or is_sharp_elsewhere(measures, thresholds)


def _is_in_the_dark(measures: Mapping[str, float], thresholds: Thresholds, *, share: float = 1.0) -> bool:
    """Dark, yet with some contrast: a black table top has none, a document in the dark keeps some."""
    dark = measures.get(Measure.BRIGHTNESS, 255.0) < share * thresholds.brightness.hard
    return dark and measures.get(Measure.CONTRAST, 255.0) >= LEAST_CONTRAST


def judge_photograph(
    measures: Mapping[str, float], *, side: str, reading_suffered: bool, thresholds: Thresholds
) -> tuple[Finding, ...]:
    """Return the flaws that call for another photograph, those past their hard limits first.

    `reading_suffered` says that a needed field is missing or doubtful; it decides between a measure's two limits.
    """
    if measures.get(Measure.TEXT_LINES, 0.0) < 1:
        return (Finding(code=_why_nothing_is_seen(measures, thresholds), severity=Severity.RETAKE, side=side),)
    certain = _flaws(measures, thresholds, is_soft=False)
    possible = _flaws(measures, thresholds, is_soft=True) if reading_suffered else []
    codes = dict.fromkeys([*certain, *possible])
    return tuple(Finding(code=code, severity=Severity.RETAKE, side=side) for code in codes)


def _why_nothing_is_seen(measures: Mapping[str, float], thresholds: Thresholds) -> FindingCode:
    """Not one line of text: a table most likely, which may be dark or of soft cloth itself, or nothing at all."""
    if _is_in_the_dark(measures, thresholds, share=_DARKER_THAN_TABLES):
        return FindingCode.TOO_DARK
    if measures.get(Measure.CONTRAST, 255.0) < LEAST_CONTRAST:
        return FindingCode.NO_DOCUMENT
    is_sure = measures.get(Measure.LOCATED, 0.0) >= SURE_OUTLINE
    return why_unsharp_without_text(measures, thresholds, is_outlined=is_sure) or FindingCode.NO_DOCUMENT


def _flaws(measures: Mapping[str, float], thresholds: Thresholds, *, is_soft: bool) -> list[FindingCode]:
    """What lies beyond its soft (or hard) limit, in the order of usefulness."""

    def below(measure: Measure, limit: Limit) -> bool:
        return measures.get(measure, inf) < (limit.soft if is_soft else limit.hard)

    def above(measure: Measure, limit: Limit) -> bool:
        return measures.get(measure, -inf) > (limit.soft if is_soft else limit.hard)

    unsharp = name_unsharpness(measures, thresholds)
    is_crisp = measures.get(Measure.DETAIL_LEAST, 0.0) >= thresholds.crisp_least
    # Where something is bright, it is the ground that is dark, not the light.
    has_light = measures.get(Measure.CONTRAST, 0.0) > LIT_CONTRAST
    found = []
    if measures.get(Measure.SECOND_DOCUMENT, 0.0) > thresholds.second_document:
        found.append(FindingCode.SEVERAL_DOCUMENTS)
    # What looks smeared in the dark is noise.
    if _is_in_the_dark(measures, thresholds, share=_DARKER_THAN_TABLES):
        found.append(FindingCode.TOO_DARK)
    # Where it is too unsharp to be placed, outline and sizes are guesses.
    if (unplaced := find_unsharp_beyond_placing(measures, thresholds)) is not None:
        found.append(unplaced)
    has_lines = measures.get(Measure.TEXT_LINES, inf) >= FEWEST_LINES
    tests = (
        # A small card's outline is often missed, and a larger one guessed that leaves the frame. Text is where it is.
        (FindingCode.TOO_SMALL, has_lines and below(Measure.TEXT_SPAN_PX, thresholds.text_span_px)),
        (FindingCode.TOO_SMALL, below(Measure.TEXT_PX, thresholds.text_px)),
        (FindingCode.CUT_OFF, above(Measure.OUTSIDE, thresholds.outside)),
        (FindingCode.TOO_SMALL, below(Measure.WIDTH_PX, thresholds.width_px)),
        (FindingCode.TOO_DARK, below(Measure.BRIGHTNESS, thresholds.brightness) and not has_light),
        (FindingCode.GLARE, above(Measure.GLARE_ON_TEXT, thresholds.glare_on_text)),
        (FindingCode.GLARE, above(Measure.GLARE, thresholds.glare)),
        # Bright light all over a pale card looks like it too, and harms nothing as long as all can be read.
        (FindingCode.GLARE, is_soft and above(Measure.WASHED_OUT, thresholds.glare)),
        (unsharp, below(Measure.SHARPNESS, thresholds.sharpness) and not (is_soft and is_crisp)),
        (unsharp, below(Measure.DETAIL_LEAST, thresholds.detail_least)),
    )
    return found + [code for code, is_flaw in tests if is_flaw]


def suspect_recapture(measures: Mapping[str, float], *, side: str, thresholds: Thresholds) -> tuple[Finding, ...]:
    """Return hints that a front was photographed off a screen or off a black-and-white copy, for a person to look."""
    found = []
    has_stripes = measures.get(Measure.STRIPES, 0.0) > thresholds.stripes
    if has_stripes or measures.get(Measure.LATTICE, 0.0) > thresholds.lattice:
        found.append(FindingCode.SCREEN_SUSPECTED)
    if measures.get(Measure.COLOUR, 1.0) < thresholds.colour:
        found.append(FindingCode.COPY_SUSPECTED)
    return tuple(Finding(code=code, severity=Severity.REVIEW, side=side) for code in found)
