"""From measures of a photograph to findings about it.

Takes numbers, never pixels. The order of the checks is the order of usefulness to the person holding the camera.
"""

from collections.abc import Mapping
from enum import StrEnum

from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.thresholds import Limit, Thresholds

LEAST_CONTRAST = 18.0
FEWEST_LINES = 4
SURE_OUTLINE, LIKELY_OUTLINE = 0.75, 0.55


class Measure(StrEnum):
    """Measures of one photograph, taken on the card found in it."""

    LOCATED = "located"  # [0, 1], how surely the card's outline was found
    WIDTH_PX = "width_px"  # the card's longer edge in the photograph
    SHARPNESS = "sharpness"  # ratio of fine to coarse contrast at the strongest edges; below .5 looks blurred
    BRIGHTNESS = "brightness"  # median luminance, 0-255
    CONTRAST = "contrast"  # 95th minus 5th percentile of luminance, 0-255
    GLARE = "glare"  # share of the card burnt out
    GLARE_ON_TEXT = "glare_on_text"  # share of the text area burnt out
    OUTSIDE = "outside"  # share of the card lying outside the photograph
    TEXT_LINES = "text_lines"  # how many lines of text were found
    TEXT_PX = "text_px"  # how high a line of text usually is in the photograph, its margins included
    DETAIL_LEAST = "detail_least"  # fine against coarse gradients in the direction that has least; 2 and more is sharp
    DETAIL_MOST = "detail_most"  # the same in the direction that has most
    SECOND_DOCUMENT = "second_document"  # [0, 1], how surely another document lies beside it
    COLOUR = "colour"  # how far colours on the card differ; near 0 on a black-and-white copy
    GRID = "grid"  # how far a fine regular pattern stands out, as a screen's does


def shows_no_document(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    """Tell whether an unrecognised picture has too little text, and too vague an outline, to hold a document at all.

    Not so where darkness or a shaken camera explains why nothing can be read.
    """
    few = 1 <= measures.get(Measure.TEXT_LINES, 0.0) < FEWEST_LINES
    located = measures.get(Measure.LOCATED, 0.0)
    if not few or located >= SURE_OUTLINE or _is_in_the_dark(measures, thresholds):
        return False
    return located < LIKELY_OUTLINE or not _is_smeared(measures, thresholds)


def _is_in_the_dark(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    """Dark, yet with some contrast: a black table top has none, a document in the dark keeps some."""
    dark = measures.get(Measure.BRIGHTNESS, 255.0) < thresholds.brightness.hard
    return dark and measures.get(Measure.CONTRAST, 255.0) >= LEAST_CONTRAST


def judge_photograph(
    measures: Mapping[str, float], *, side: str, reading_suffered: bool, thresholds: Thresholds
) -> tuple[Finding, ...]:
    """Return the flaws that call for another photograph.

    `reading_suffered` says that a needed field is missing or doubtful; it decides between a measure's two limits.
    """
    found: list[FindingCode] = []
    if measures.get(Measure.TEXT_LINES, 0.0) < 1:
        code = FindingCode.TOO_DARK if _is_in_the_dark(measures, thresholds) else FindingCode.NO_DOCUMENT
        return (Finding(code=code, severity=Severity.RETAKE, side=side),)
    if measures.get(Measure.SECOND_DOCUMENT, 0.0) > thresholds.second_document:
        found.append(FindingCode.SEVERAL_DOCUMENTS)
    # Where hardly a line is seen in smeared print, or the print is tiny, the outline is a guess: it says nothing first.
    if measures.get(Measure.TEXT_LINES, FEWEST_LINES) < FEWEST_LINES and _is_smeared(measures, thresholds):
        found.append(FindingCode.SHAKEN)
    if _below(measures.get(Measure.TEXT_PX), thresholds.text_px, reading_suffered):
        found.append(FindingCode.TOO_SMALL)
    if _above(measures.get(Measure.OUTSIDE, 0.0), thresholds.outside, reading_suffered):
        found.append(FindingCode.CUT_OFF)
    if _below(measures.get(Measure.WIDTH_PX), thresholds.width_px, reading_suffered):
        found.append(FindingCode.TOO_SMALL)
    if _below(measures.get(Measure.BRIGHTNESS), thresholds.brightness, reading_suffered):
        found.append(FindingCode.TOO_DARK)
    on_text = _above(measures.get(Measure.GLARE_ON_TEXT, 0.0), thresholds.glare_on_text, reading_suffered)
    if on_text or _above(measures.get(Measure.GLARE, 0.0), thresholds.glare, reading_suffered):
        found.append(FindingCode.GLARE)
    soft = _below(measures.get(Measure.SHARPNESS), thresholds.sharpness, reading_suffered)
    if soft or _below(measures.get(Measure.DETAIL_LEAST), thresholds.detail_least, reading_suffered):
        found.append(FindingCode.SHAKEN if _is_smeared(measures, thresholds) else FindingCode.BLURRED)
    return tuple(Finding(code=code, severity=Severity.RETAKE, side=side) for code in dict.fromkeys(found))


def _is_smeared(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    """Detail is missing in one direction and still there in the other: the camera moved."""
    most = measures.get(Measure.DETAIL_MOST, 0.0)
    least = measures.get(Measure.DETAIL_LEAST, most)
    return most > thresholds.smeared_detail_most and least < thresholds.smeared_share * most


def suspect_recapture(measures: Mapping[str, float], *, side: str, thresholds: Thresholds) -> tuple[Finding, ...]:
    """Return hints that a front was photographed off a screen or off a black-and-white copy, for a person to look."""
    found = []
    if measures.get(Measure.GRID, 0.0) > thresholds.grid:
        found.append(FindingCode.SCREEN_SUSPECTED)
    if measures.get(Measure.COLOUR, 1.0) < thresholds.colour:
        found.append(FindingCode.COPY_SUSPECTED)
    return tuple(Finding(code=code, severity=Severity.REVIEW, side=side) for code in found)


def _below(value: float | None, limit: Limit, suffered: bool) -> bool:
    return value is not None and value < (limit.soft if suffered else limit.hard)


def _above(value: float, limit: Limit, suffered: bool) -> bool:
    return value > (limit.soft if suffered else limit.hard)
