"""Which document and which side, from the text alone: titles, labels, numbers. A score for each, the best one wins.

Needs the lines' texts, not their places, so that a document of unfamiliar layout is still recognised.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from dojang.adapters.id_document.lines import Line
from dojang.lifecycle.identity_proofing.id_document.model import DocumentKind, Side

RRN_SHAPE = re.compile(r"(?<!\d)\d{6}\s?[-–—~.]?\s?\d{7}(?!\d)")
LICENCE_SHAPE = re.compile(r"(?<!\d)\d{2}\s?[-–—.]\s?\d{2}\s?[-–—.]\s?\d{6}\s?[-–—.]\s?\d{2}(?!\d)")
_LEAST_SCORE = 2.0

# (weight, words) in compact Korean or upper-case English; a word counts once however often it stands.
_RESIDENT = ((3.5, ("주민등록증",)),)
_RESIDENT_BACK = (
    (2.5, ("주소변동", "주소변경", "변동사항")),
    (1.5, ("변동일", "전입", "지문", "주민등록증진위확인", "이증을습득")),
)
_LICENCE = (
    (3.5, ("자동차운전면허증", "운전면허증", "DRIVERLICENSE", "DRIVERSLICENSE", "DRIVINGLICENCE", "DRIVERSLICENCE")),
    (2.0, ("적성검사", "갱신기간", "면허번호", "면허종류", "1종보통", "2종보통", "1종대형", "경찰청장")),
)
_LICENCE_BACK = (
    (3.0, ("기재사항", "면허증을습득", "면허증을갱신", "이면허증", "갱신하지않")),
    (
        1.5,
        (
            "DATEOFBIRTH",
            "LICENSENO",
            "LICENCENO",
            "CATEGORY",
            "CATEGORIES",
            "VALIDUNTIL",
            "DATEOFISSUE",
            "DATEOFEXPIRY",
        ),
    ),
)
_PASSPORT = (
    (2.0, ("PASSPORTNO", "여권번호", "여권PASSPORT", "PASSPORT")),
    (
        1.0,
        (
            "SURNAME",
            "GIVENNAMES",
            "NATIONALITY",
            "COUNTRYCODE",
            "ISSUINGCOUNTRY",
            "기간만료일",
            "MINISTRYOFFOREIGNAFFAIRS",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """The best guess and its score; `kind` is None below the least score."""

    kind: DocumentKind | None
    side: Side | None
    score: float


def classify(lines: Sequence[Line]) -> Classification:
    """Weigh titles, labels and numbers. A passport needs machine-readable rows beside its words (a licence's English
    back says REPUBLIC OF KOREA too)."""
    texts = _texts(lines)
    plain = [line.plain.text.replace("O", "0").replace("o", "0") for line in lines]
    has_rrn = any(RRN_SHAPE.search(text) for text in plain)
    has_licence_number = any(LICENCE_SHAPE.search(text) for text in plain)
    mrz_rows = sum(is_mrz_like(line.plain.text) for line in lines)
    resident = _count(texts, _RESIDENT)
    licence = _count(texts, _LICENCE) + (3.0 if has_licence_number else 0.0)
    licence_back = _count(texts, _LICENCE_BACK)
    passport = _count(texts, _PASSPORT) * (1.0 if mrz_rows else 0.4) + 3.0 * min(mrz_rows, 2)
    resident_back = _count(texts, _RESIDENT_BACK) if not has_rrn else 0.0
    scores = {
        (DocumentKind.PASSPORT, Side.FRONT): passport,
        (DocumentKind.DRIVER_LICENCE, Side.FRONT): licence + (1.5 if has_rrn else -1.0) * (licence > 0),
        (DocumentKind.DRIVER_LICENCE, Side.BACK): (licence + licence_back)
        * (0.0 if has_rrn else 1.0)
        * (licence_back > 0),
        (DocumentKind.RESIDENT_CARD, Side.FRONT): resident + (2.2 if has_rrn and licence < 2 else 0.0),
        (DocumentKind.RESIDENT_CARD, Side.BACK): resident_back + (0.5 * resident if resident_back else 0.0),
    }
    (kind, side), score = max(scores.items(), key=lambda item: item[1])
    if score < _LEAST_SCORE:
        return Classification(kind=None, side=None, score=score)
    return Classification(kind=kind, side=side, score=score)


def is_mrz_like(text: str) -> bool:
    """Tell whether a line looks like a row of an MRZ: long, unbroken, with fillers or the shape of line 2."""
    compact = re.sub(r"\s", "", text)
    if len(compact) < 28:
        return False
    fillers = len(re.findall(r"[<«‹《〈ΛK]", compact))
    capitals = len(re.findall(r"[0-9A-Z<«‹《〈Λ]", compact))
    return capitals > 0.85 * len(compact) and (fillers >= 5 or " " not in text.strip())


def _texts(lines: Sequence[Line]) -> list[str]:
    found = []
    for line in lines:
        found.append(line.compact)
        found.append(re.sub(r"[^A-Z0-9]", "", line.plain.text.upper()))
    # Widely spaced titles may come as several boxes: look at the whole text too.
    found.append("".join(line.compact for line in lines))
    return [text for text in found if text]


def _count(texts: Sequence[str], words: tuple[tuple[float, tuple[str, ...]], ...]) -> float:
    return sum(weight * sum(_say(texts, word) for word in group) for weight, group in words)


def _say(texts: Sequence[str], word: str) -> bool:
    """Exact for short words; in long ones a letter may be misread, but never in a number's label (주민등록번호)."""
    if any(word in text for text in texts):
        return True
    if len(word) < (10 if word.isascii() else 5):
        return False
    least = 100 * (1 - 1.2 / len(word)) if word.isascii() else 100 * (1 - 1.05 / len(word))
    alike = [text for text in texts if len(word) - 1 <= len(text) <= 40 and "번호" not in text]
    cutoff = max(79.0, least)
    return process.extractOne(word, alike, scorer=fuzz.partial_ratio, score_cutoff=cutoff) is not None
