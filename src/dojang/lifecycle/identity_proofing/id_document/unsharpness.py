"""Where sharpness was lost: by the camera's shake, by a lens out of focus, on the card or all over.

A shaken camera smears one direction and spares the other; a lens out of focus takes detail from every direction alike.
Takes numbers, never pixels.
"""

from collections.abc import Mapping
from math import inf

from dojang.lifecycle.identity_proofing.id_document.finding import FindingCode
from dojang.lifecycle.identity_proofing.id_document.measures import Measure
from dojang.lifecycle.identity_proofing.id_document.thresholds import Thresholds

FEWEST_LINES = 4  # of text on any document


def name_unsharpness(measures: Mapping[str, float], thresholds: Thresholds) -> FindingCode:
    """Return what a card that is not sharp suffers from: shaken or blurred."""
    return FindingCode.SHAKEN if _is_card_smeared(measures, thresholds) else FindingCode.BLURRED


def find_unsharp_beyond_placing(measures: Mapping[str, float], thresholds: Thresholds) -> FindingCode | None:
    """Return shaken or blurred where so little is sharp that outline and sizes are guesses, else None."""
    if is_unsharp_all_over(measures, thresholds):
        least, most = _whole(measures)
        is_shaken = _is_smeared(least, most, thresholds, share=thresholds.smeared_share_of_whole)
        return FindingCode.SHAKEN if is_shaken else name_unsharpness(measures, thresholds)
    # A small card, enlarged to be measured, has nothing sharp either.
    is_small = measures.get(Measure.WIDTH_PX, inf) < thresholds.width_px.hard
    if measures.get(Measure.DETAIL_MOST, inf) < thresholds.nowhere_most and not is_small:
        return name_unsharpness(measures, thresholds)
    if measures.get(Measure.TEXT_LINES, FEWEST_LINES) < FEWEST_LINES and _is_card_smeared(measures, thresholds):
        return FindingCode.SHAKEN
    return None


def why_unsharp_without_text(
    measures: Mapping[str, float], thresholds: Thresholds, *, is_outlined: bool
) -> FindingCode | None:
    """Return shaken or blurred where that explains why no text was found, else None.

    The cloth of a table is soft and has a direction of its own, but is not without detail in every direction.
    """
    if not is_unsharp_all_over(measures, thresholds):
        return None
    least, most = _whole(measures)
    if _is_smeared(least, most, thresholds, share=thresholds.smeared_share):
        return FindingCode.SHAKEN
    return FindingCode.BLURRED if is_outlined or most < thresholds.nowhere_most else None


def is_unsharp_all_over(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    """Tell whether not even the table has detail in every direction."""
    return _whole(measures)[0] < thresholds.whole_least


def is_sharp_elsewhere(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    """Tell whether the photograph is sharp, while what was taken for a document is not."""
    unsharp = (
        measures.get(Measure.SHARPNESS, inf) < thresholds.sharpness.hard
        or measures.get(Measure.DETAIL_LEAST, inf) < thresholds.detail_least.hard
    )
    return unsharp and thresholds.detail_least.soft < _whole(measures)[0] < inf


def _is_card_smeared(measures: Mapping[str, float], thresholds: Thresholds) -> bool:
    most = measures.get(Measure.DETAIL_MOST, inf)
    least = measures.get(Measure.DETAIL_LEAST, most)
    return _is_smeared(least, most, thresholds, share=thresholds.smeared_share)


def _is_smeared(least: float, most: float, thresholds: Thresholds, *, share: float) -> bool:
    """Detail is missing in one direction and still there in the other: the camera moved."""
    return most > thresholds.smeared_detail_most and least < share * most


def _whole(measures: Mapping[str, float]) -> tuple[float, float]:
    """The whole photograph's detail, least and most; endless where it was not measured."""
    return measures.get(Measure.WHOLE_LEAST, inf), measures.get(Measure.WHOLE_MOST, inf)
