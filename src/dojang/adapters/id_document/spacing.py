"""Spaces of an address: the Korean reader scatters them, so they are set anew by how addresses are built.

`시도 시군구 (구) (읍면) 도로명 번호, 동 호 (법정동)`. A misread province or district is snapped to the list when near.
"""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from dojang.adapters.id_document.places import PROVINCES, WARDS, districts_of

_SNAP = 74.0
_BREAKS = (
    (re.compile(r"(?<=[가-힣])(읍|면)(?=[가-힣])"), r"\1 "),
    (re.compile(r"((?:대로|[가-힣]로|[가-힣\d]길)(?:\d+[가-힣]*길)?)(?=\d)"), r"\1 "),
    (re.compile(r"(?<=\d)(?=\()"), " "),
    (re.compile(r"(?<=[가-힣])(?=\()"), " "),
    (re.compile(r",(?=\S)"), ", "),
    (re.compile(r"(?<=동)(?=\d+호)"), " "),
    (re.compile(r"(?<=층)(?=\d)"), " "),
)


def space_address(rows: Sequence[str]) -> str:
    """Return one line from rows without spaces: rows are joined by a space, words inside them parted by rule."""
    head, *rest = rows
    pieces, tail = _split_places(head)
    spaced = [" ".join([*pieces, _part(tail)]).strip(), *(_part(row) for row in rest)]
    return re.sub(r"\s+", " ", " ".join(spaced)).strip()


def _part(text: str) -> str:
    for pattern, replacement in _BREAKS:
        text = pattern.sub(replacement, text)
    return text


def _split_places(text: str) -> tuple[list[str], str]:
    """Take province, district and ward off the front, corrected; what is not recognised stays as it is."""
    province, tail = _take(text, PROVINCES)
    if province is None:
        return [], text
    pieces = [province]
    district, tail = _take(tail, districts_of(province))
    if district is not None:
        pieces.append(district)
        ward, tail = _take(tail, WARDS.get(district, "").split())
        if ward is not None:
            pieces.append(ward)
    return pieces, tail


def _take(text: str, places: Sequence[str]) -> tuple[str | None, str]:
    for place in sorted(places, key=len, reverse=True):
        if text.startswith(place):
            return place, text[len(place) :]
    best: tuple[float, str, int] | None = None
    for place in places:
        if len(place) < 3:
            continue
        for length in (len(place), len(place) - 1, len(place) + 1):
            score = fuzz.ratio(text[:length], place)
            # The last letter (시, 구, 군, 도) must be there, or the split would fall inside a word.
            if text[length - 1 : length] == place[-1] and score >= _SNAP and (best is None or score > best[0]):
                best = (score, place, length)
    if best is None:
        return None, text
    return best[1], text[best[2] :]
