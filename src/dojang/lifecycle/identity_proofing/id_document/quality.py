"""From measures of a photograph to findings about it.

Takes numbers, never pixels. The order of the checks is the order of usefulness to the person holding the camera.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from math import inf

from dojang.lifecycle.identity_proofing.id_document.finding import Finding, FindingCode, Severity
from dojang.lifecycle.identity_proofing.id_document.thresholds import Limit, Thresholds

LEAST_CONTRAST, LIT_CONTRAST = 18.0, 120.0
FEWEST_LINES = 4
SURE_OUTLINE = 0.75
_DARKER_THAN_TABLES = 0.6  # of the limit for documents


class Measure(StrEnum):
    """Measures of one photograph, taken on the card found in it."""

    LOCATED = "located"  # [0, 1], how surely the card's outline was found
    WIDTH_PX = "width_px"  # the card's longer edge in the photograph
    SHARPNESS = "sharpness"  # ratio of fine to coarse contrast at the strongest edges; below .5 looks blurred
    BRIGHTNESS = "brightness"  # median luminance, 0-255
    CONTRAST = "contrast"  # 95th minus 5th percentile of luminance, 0-255
    GLARE = "glare"  # share of the card burnt out
    WASHED_OUT = "washed_out"  # share of the card that is white where most of it is and no print is dark
    GLARE_ON_TEXT = "glare_on_text"  # share of the text area burnt out
    OUTSIDE = "outside"  # share of the card lying outside the photograph
    TEXT_LINES = "text_lines"  # how many lines of text were found
    TEXT_PX = "text_px"  # how high a line of text usually is in the photograph, its margins included
    TEXT_SPAN_PX = "text_span_px"  # how far the lines of text reach in the photograph, along the longer way
    DETAIL_LEAST = "detail_least"  # fine against coarse gradients in the direction that has least; 2 and more is sharp
    DETAIL_MOST = "detail_most"  # the same in the direction that has most
    SECOND_DOCUMENT = "second_document"  # [0, 1], how surely another document lies beside it
    COLOUR = "colour"  # how far colours on the card differ; near 0 on a black-and-white copy
    STRIPES = "stripes"  # how much more a fine pattern runs one way round the colours, as a screen's stripes do
    LATTICE = "lattice"  # how far rows and columns of one fine pitch stand out, as a screen's pixels do
    WHOLE_LEAST = "whole_least"  # detail_least of the whole photograph, taken only where no document was recognised
    WHOLE_MOST = "whole_most"  # detail_most of it


def shows_no_document(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    """Tell whether an unrecognised picture has too little text, and too vague an outline, to hold a document at all.

    Not so where darkness, a shaken camera or a lens out of focus explains why nothing can be read. Much text without
    any sharpness, in a photograph that is sharp elsewhere, is the clutter of a table.
    """
    few = 1 <= measures.get(Measure.TEXT_LINES, 0.0) < FEWEST_LINES
    if measures.get(Measure.LOCATED, 0.0) >= SURE_OUTLINE or _is_in_the_dark(measures, thresholds):
        return False
    return (few and not _is_unsharp_all_over(measures, thresholds)) or _is_sharp_elsewhere(measures, thresholds)


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
    """Not one line of text: a table most likely, which may be dark or of soft cloth itself."""
    if _is_in_the_dark(measures, thresholds, share=_DARKER_THAN_TABLES):
        return FindingCode.TOO_DARK
    if _is_unsharp_all_over(measures, thresholds):
        if _is_smeared(*_whole(measures), thresholds):  # by the stricter share: cloth has a direction too
            return FindingCode.SHAKEN
        # Soft cloth keeps some detail in one direction; a lens out of focus leaves none.
        is_sure = measures.get(Measure.LOCATED, 0.0) >= SURE_OUTLINE
        if is_sure or _whole(measures)[1] < thresholds.nowhere_most:
            return FindingCode.BLURRED
    return FindingCode.NO_DOCUMENT


def _flaws(measures: Mapping[str, float], thresholds: Thresholds, *, is_soft: bool) -> list[FindingCode]:
    """What lies beyond its soft (or hard) limit, in the order of usefulness."""

    def below(measure: Measure, limit: Limit) -> bool:
        return measures.get(measure, inf) < (limit.soft if is_soft else limit.hard)

    def above(measure: Measure, limit: Limit) -> bool:
        return measures.get(measure, -inf) > (limit.soft if is_soft else limit.hard)

    most = measures.get(Measure.DETAIL_MOST, inf)
    smeared = _is_smeared(measures.get(Measure.DETAIL_LEAST, most), most, thresholds)
    unsharp = FindingCode.SHAKEN if smeared else FindingCode.BLURRED
    is_crisp = measures.get(Measure.DETAIL_LEAST, 0.0) >= thresholds.crisp_least
    # Where something is bright, it is the ground that is dark, not the light.
    has_light = measures.get(Measure.CONTRAST, 0.0) > LIT_CONTRAST
    found = []
    if measures.get(Measure.SECOND_DOCUMENT, 0.0) > thresholds.second_document:
        found.append(FindingCode.SEVERAL_DOCUMENTS)
    # Nothing sharp, or hardly a line in smeared print: outline and sizes are guesses then. A small card, enlarged to be
    # measured, has nothing sharp either.
    is_small = measures.get(Measure.WIDTH_PX, inf) < thresholds.width_px.hard
    if _is_unsharp_all_over(measures, thresholds) or (most < thresholds.nowhere_most and not is_small):
        all_over = replace(thresholds, smeared_share=thresholds.smeared_share_of_whole)
        is_shaken = smeared or _is_smeared(*_whole(measures), all_over)
        found.append(FindingCode.SHAKEN if is_shaken else FindingCode.BLURRED)
    elif measures.get(Measure.TEXT_LINES, FEWEST_LINES) < FEWEST_LINES and smeared:
        found.append(FindingCode.SHAKEN)
    tests = (
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


def _whole(measures: Mapping[str, float]) -> tuple[float, float]:
    """The whole photograph's detail, least and most; endless where it was not measured."""
    return measures.get(Measure.WHOLE_LEAST, inf), measures.get(Measure.WHOLE_MOST, inf)


def _is_unsharp_all_over(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    """Not even the table has detail in every direction."""
    return _whole(measures)[0] < thresholds.whole_least


def _is_sharp_elsewhere(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    """The photograph is sharp, while what was taken for a document is not."""
    least = _whole(measures)[0]
    unsharp = (
        measures.get(Measure.SHARPNESS, inf) < thresholds.sharpness.hard
        or measures.get(Measure.DETAIL_LEAST, inf) < thresholds.detail_least.hard
    )
    return unsharp and thresholds.detail_least.soft < least < inf


def _is_smeared(least: float, most: float, thresholds: Thresholds) -> bool:
    """Detail is missing in one direction and still there in the other: the camera moved."""
    return most > thresholds.smeared_detail_most and least < thresholds.smeared_share * most


def suspect_recapture(measures: Mapping[str, float], *, side: str, thresholds: Thresholds) -> tuple[Finding, ...]:
    """Return hints that a front was photographed off a screen or off a black-and-white copy, for a person to look."""
    found = []
    has_stripes = measures.get(Measure.STRIPES, 0.0) > thresholds.stripes
    if has_stripes or measures.get(Measure.LATTICE, 0.0) > thresholds.lattice:
        found.append(FindingCode.SCREEN_SUSPECTED)
    if measures.get(Measure.COLOUR, 1.0) < thresholds.colour:
        found.append(FindingCode.COPY_SUSPECTED)
    return tuple(Finding(code=code, severity=Severity.REVIEW, side=side) for code in found)
