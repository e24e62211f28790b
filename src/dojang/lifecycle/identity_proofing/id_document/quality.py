"""From measures of a photograph to findings about it.

Takes numbers, never pixels. The order of the checks is the order of usefulness to the person holding the camera.
"""

from collections.abc import Mapping
from enum import StrEnum

from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.thresholds import Limit, Thresholds

LEAST_CONTRAST = 18.0
FEWEST_LINES = 4
SURE_OUTLINE = 0.75


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


def shows_no_document(measures: Mapping[str, float]) -> bool:
    """Tell whether an unrecognised picture has too little text, and too vague an outline, to hold a document at all."""
    few = 1 <= measures.get(Measure.TEXT_LINES, 0.0) < FEWEST_LINES
    return few and measures.get(Measure.LOCATED, 0.0) < SURE_OUTLINE


def judge_photograph(
    measures: Mapping[str, float], *, side: str, reading_suffered: bool, thresholds: Thresholds
) -> tuple[Finding, ...]:
    """Return the flaws that call for another photograph.

    `reading_suffered` says that a needed field is missing or doubtful; it decides between a measure's two limits.
    """
    found: list[FindingCode] = []
    if measures.get(Measure.TEXT_LINES, 0.0) < 1:
        # A black table top is dark without any contrast; a document in the dark keeps some.
        contrast = measures.get(Measure.CONTRAST, 255.0)
        dark = measures.get(Measure.BRIGHTNESS, 255.0) < thresholds.brightness.hard and contrast >= LEAST_CONTRAST
        code = FindingCode.TOO_DARK if dark else FindingCode.NO_DOCUMENT
        return (Finding(code=code, severity=Severity.RETAKE, side=side),)
    if _above(measures.get(Measure.OUTSIDE, 0.0), thresholds.outside, reading_suffered):
        found.append(FindingCode.CUT_OFF)
    if _below(measures.get(Measure.WIDTH_PX), thresholds.width_px, reading_suffered):
        found.append(FindingCode.TOO_SMALL)
    if _below(measures.get(Measure.BRIGHTNESS), thresholds.brightness, reading_suffered):
        found.append(FindingCode.TOO_DARK)
    on_text = _above(measures.get(Measure.GLARE_ON_TEXT, 0.0), thresholds.glare_on_text, reading_suffered)
    if on_text or _above(measures.get(Measure.GLARE, 0.0), thresholds.glare, reading_suffered):
        found.append(FindingCode.GLARE)
    if _below(measures.get(Measure.SHARPNESS), thresholds.sharpness, reading_suffered):
        found.append(FindingCode.BLURRED)
    return tuple(Finding(code=code, severity=Severity.RETAKE, side=side) for code in found)


def _below(value: float | None, limit: Limit, suffered: bool) -> bool:
    return value is not None and value < (limit.soft if suffered else limit.hard)


def _above(value: float, limit: Limit, suffered: bool) -> bool:
    return value > (limit.soft if suffered else limit.hard)
