"""Korean values on a card: name, address, authority, licence class. By labels where printed, else by their neighbours.

Knows the order in which Korean cards print things (name above the RRN, address below it, issuer last), not the places.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process

from dojang.adapters.id_document.detect import TextBox
from dojang.adapters.id_document.found import Found, sureness
from dojang.adapters.id_document.fuse import fuse_digits
from dojang.adapters.id_document.line_reader import LineText
from dojang.adapters.id_document.lines import Line, LineCutter, join_rows
from dojang.adapters.id_document.pixels import Picture, Quad, Rect
from dojang.adapters.id_document.places import licence_issuers, resident_card_issuers
from dojang.adapters.id_document.spacing import space_address

_NAME_LABEL = re.compile(r"^(성명|이름|한글성명|NAME|Name)[:：.)]?")
_ADDRESS_LABEL = re.compile(r"^(주소|주민등록지|주\s?소)[:：.]?")
_ANY_LABEL = re.compile(
    r"^(주민등록번호|주민번호|생년월일|면허번호|면허종류|발급일|발급일자|발행일|조건|적성검사|"
    r"갱신기간|유효기간|기간|"
    r"암호일련번호|일련번호|식별번호|발급기관|성별|국적)"
)
_TITLE = re.compile(r"(주민등록증|운전면허증|면허증|등록증|대한민국|재외국민|모바일|견본|SPECIMEN)")
_STOP = re.compile(
    r"(적성검사|갱신기간|유효기간|면허종류|^조건|발급일|발행일|기간[:：]|경찰청|청장$|시장$|군수$|[12]종)"
)
_AGREEMENT = {1: 0.6, 2: 0.85, 3: 1.0}  # by how many of three cuttings gave the same name
_HANGUL = re.compile(r"[가-힣]")
_CLASSES = (
    "1종대형",
    "1종보통",
    "1종소형",
    "1종특수",
    "1종대형견인",
    "1종소형견인",
    "1종구난",
    "2종보통",
    "2종소형",
    "2종원동기",
)


def find_name(
    picture: Picture, lines: Sequence[Line], cutter: LineCutter, *, anchor: Rect | None
) -> tuple[Found, Found | None] | None:
    """Return the Hangul name and the Hanja after it, if any.

    1. the line labelled so, or the one right of such a label; 2. else the nearest Hangul line above `anchor` (the RRN)
    that shares its column and is no title, label or number.
    """
    line = _labelled_line(lines, _NAME_LABEL) or (None if anchor is None else _line_above(lines, anchor))
    if line is None:
        return None
    readings = [(line.korean, line.quad)]
    colon = min((at for at, char in enumerate(line.plain.text[:4]) if char in ":："), default=-1)
    if colon >= 0 and line.plain.positions and len(line.plain.text) > colon + 1:
        cut = line.part(line.plain.positions[colon], 1.0)
        readings.append((cutter.read_korean(picture, cut), cut))
    bracket = min((at for at, char in enumerate(line.plain.text) if char in "(（"), default=0)
    if bracket > 0 and line.plain.positions:
        # PP-OCR sees the bracket; the Korean reader would take Hanja for Hangul.
        cut = line.part(0.0, line.plain.positions[bracket] - 0.12 * line.height / max(1.0, line.rect.width))
        readings.append((cutter.read_korean(picture, cut), cut))
    names = [_leading_hangul(text, quad) for text, quad in readings]
    best = max((name for name in names if name is not None), key=lambda name: name.confidence, default=None)
    if best is None or best.quad is None:
        return None
    return confirm_name(picture, best, best.quad, cutter), _hanja_of(line, lines)


def confirm_name(picture: Picture, first: Found, quad: Quad, cutter: LineCutter) -> Found:
    """Read the name twice more from slightly other cuttings and let the majority decide.

    The Korean reader's own confidence does not flag a wrong syllable; disagreement between cuttings does.
    """
    votes = [first]
    for growth in (-0.1, 0.1):
        again = _leading_hangul(cutter.read_korean(picture, quad, grow=growth), quad)
        if again is not None:
            votes.append(again)
    counts = Counter(vote.value for vote in votes)
    value, count = max(counts.items(), key=lambda item: (item[1], item[0] == first.value))
    surest = max(vote.confidence for vote in votes if vote.value == value)
    return Found(value=value, confidence=surest * _AGREEMENT[min(count, 3)], quad=quad)


def _leading_hangul(text: LineText, quad: Quad) -> Found | None:
    """The first run of Hangul after a label, up to a bracket; other signs between are noise."""
    visible = [(char, sure) for char, sure in zip(text.text, text.confidences, strict=True) if not char.isspace()]
    compact = "".join(char for char, _ in visible)
    label = _NAME_LABEL.match(compact)
    colon = max(compact[:6].rfind(":"), compact[:6].rfind("："))  # a label too small to be read
    letters: list[tuple[str, float]] = []
    for char, sure in visible[max(label.end() if label else 0, colon + 1) :]:
        if _HANGUL.match(char):
            letters.append((char, sure))
        elif letters and char in "(（[<":
            break
    if not letters:
        return None
    value = "".join(char for char, _ in letters)[:19]
    return Found(value=value, confidence=sureness([sure for _, sure in letters]), quad=quad)


def _hanja_of(line: Line, lines: Sequence[Line]) -> Found | None:
    """Hanja in brackets after the name, in its line or in a box of its own to the right (PP-OCR reads Chinese)."""
    beside = [
        other
        for other in lines
        if abs(other.rect.centre_y - line.rect.centre_y) < 0.6 * line.height and other.rect.left >= line.rect.left
    ]
    for candidate in beside:
        match = re.search(r"[(（]([\u4e00-\u9fff]{2,5})[)）]?", candidate.plain.text)
        if match:
            sure = sureness(candidate.plain.confidences[match.start(1) : match.end(1)])
            return Found(value=match[1], confidence=sure, quad=candidate.quad)
    return None


def _labelled_line(lines: Sequence[Line], label: re.Pattern[str]) -> Line | None:
    for line in lines:
        match = label.match(line.compact)
        if match is None:
            continue
        rest = line.compact[match.end() :]
        if len(_HANGUL.findall(rest)) >= 2:
            return line
        if not rest:
            beside = _right_of(lines, line)
            if beside is not None:
                return beside
    return None


def _right_of(lines: Sequence[Line], label: Line) -> Line | None:
    rect = label.rect
    same_row = [
        line
        for line in lines
        if line.rect.left > rect.right - 0.3 * label.height
        and abs(line.rect.centre_y - rect.centre_y) < 0.7 * max(label.height, line.height)
        and _HANGUL.search(line.compact)
    ]
    return min(same_row, key=lambda line: line.rect.left, default=None)


def _line_above(lines: Sequence[Line], anchor: Rect) -> Line | None:
    above = []
    for line in lines:
        rect = line.rect
        overlap = min(rect.right, anchor.right) - max(rect.left, anchor.left)
        hangul = len(_HANGUL.findall(line.compact))
        if rect.centre_y < anchor.top and overlap > 0.15 * min(rect.width, anchor.width) and 1 <= hangul <= 24:
            if _TITLE.search(line.compact) or _ANY_LABEL.match(line.compact) or _STOP.search(line.compact):
                continue
            if line.plain.text.isascii() and line.plain.confidence > 0.93:
                continue
            above.append(line)
    if not above:
        return None
    nearest = max(above, key=lambda line: line.rect.centre_y)
    row = [line for line in above if abs(line.rect.centre_y - nearest.rect.centre_y) < 0.6 * nearest.height]
    return min(row, key=lambda line: line.rect.left)


def find_address(
    picture: Picture, lines: Sequence[Line], cutter: LineCutter, *, anchor: Rect | None, floor_y: float
) -> Found | None:
    """Return the address: Hangul lines below `anchor` (the RRN) in its column, above `floor_y`, up to a label."""
    if anchor is None:
        return None
    labelled = any(_ADDRESS_LABEL.match(line.compact) for line in lines)
    chosen: list[Line] = []
    for line in lines:
        rect, text = line.rect, line.compact
        below = anchor.bottom - 0.3 * anchor.height < rect.centre_y < floor_y
        overlap = min(rect.right, anchor.right) - max(rect.left, anchor.left)
        if not below or rect.centre_y > floor_y or (overlap < 0.1 * min(rect.width, anchor.width) and not labelled):
            continue
        if _STOP.search(text):
            if chosen and rect.left < anchor.right:
                break
            continue
        continues = bool(chosen) and re.fullmatch(r"[\d\-,.()]+", text) is not None  # a house number on its own
        if _ANY_LABEL.match(text) or _TITLE.search(text) or not (continues or _HANGUL.search(text)):
            continue
        chosen.append(line)
    chosen = _one_column(chosen)
    if not chosen:
        return None
    return _join_address(picture, chosen, cutter)


def _one_column(lines: Sequence[Line]) -> list[Line]:
    """Drop lines that follow after a wide empty stretch, or stand apart to the side: another block begins there."""
    kept: list[Line] = []
    for line in lines:
        if kept:
            gap = line.rect.top - kept[-1].rect.bottom
            below = line.rect.centre_y - kept[-1].rect.centre_y > 0.5 * kept[-1].height
            if gap > 1.9 * max(line.height, kept[-1].height):
                break
            # The quarter in brackets comes last, and labels are printed smaller than addresses.
            if below and (kept[-1].compact.endswith(")") or line.height < 0.72 * kept[0].height):
                break
        kept.append(line)
    return kept


def _join_address(picture: Picture, lines: Sequence[Line], cutter: LineCutter) -> Found | None:
    boxes = join_rows([TextBox(quad=line.quad, score=1.0) for line in lines])
    known = {id(line.quad): line for line in lines}
    parts: list[str] = []
    confidences: list[float] = []
    for box in _in_reading_order(boxes):
        line = known.get(id(box.quad))
        text = (
            fuse_digits(line.korean, line.plain)
            if line is not None and line.korean.text
            else cutter.read_korean(picture, box.quad)
        )
        if line is not None and not line.korean.text:
            text = line.plain
        compact = _ADDRESS_LABEL.sub("", re.sub(r"\s", "", text.text))
        compact = compact.strip(":;|_'\"`~·.,")
        if compact:
            parts.append(compact)
            confidences += [c for char, c in zip(text.text, text.confidences, strict=True) if not char.isspace()]
    if not parts:
        return None
    rect = boxes[0].rect
    for box in boxes[1:]:
        rect = rect.union(box.rect)
    return Found(value=space_address(parts), confidence=sureness(confidences), quad=quad_of(rect))


def _in_reading_order(boxes: Sequence[TextBox]) -> list[TextBox]:
    """Rows from top to bottom, each from left to right."""
    rows: list[list[TextBox]] = []
    for box in sorted(boxes, key=lambda box: box.rect.centre_y):
        if rows and box.rect.centre_y - rows[-1][0].rect.centre_y < 0.5 * rows[-1][0].thickness:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [box for row in rows for box in sorted(row, key=lambda box: box.rect.left)]


def quad_of(rect: Rect) -> Quad:
    """Return the rectangle's corners."""
    corners = [[rect.left, rect.top], [rect.right, rect.top], [rect.right, rect.bottom], [rect.left, rect.bottom]]
    return np.array(corners, dtype=np.float32)


def find_authority(lines: Sequence[Line], *, is_licence: bool, below_y: float) -> Found | None:
    """Return the issuer, snapped to the closed list; unlisted titles pass as read, with little confidence.

    A seal covers or cuts off the last letters: a line below `below_y` (the end of the address) that is an issuer but
    for its last letters will do; elsewhere the title's ending must be there.
    """
    issuers = _issuers(is_licence)
    best: tuple[float, Found] | None = None
    for line in lines:
        text = line.compact
        if len(_HANGUL.findall(text)) < 4 or _TITLE.search(text) or _ADDRESS_LABEL.match(text):
            continue
        match = process.extractOne(re.sub(r"[^가-힣]", "", text), issuers.keys(), scorer=fuzz.ratio, score_cutoff=80)
        if match is None:
            continue
        ends_well = bool(re.search(r"(청장|시장|군수|청$)", text[-4:]))
        if not ends_well and line.rect.centre_y < below_y:
            continue
        found = Found(value=issuers[match[0]], confidence=match[1] / 100 * line.korean.confidence, quad=line.quad)
        rank = match[1] / 100 + 0.1 * ends_well
        if best is None or rank > best[0]:
            best = (rank, found)
    if best is not None:
        return best[1]
    for line in reversed(lines):
        if re.search(r"(구청장|경찰청장|시장|군수)$", line.compact) and len(line.compact) >= 4:
            return Found(value=line.compact, confidence=0.5 * line.korean.confidence, quad=line.quad)
    return None


@lru_cache(maxsize=2)
def _issuers(is_licence: bool) -> dict[str, str]:
    listed = licence_issuers() if is_licence else resident_card_issuers()
    return {issuer.replace(" ", ""): issuer for issuer in listed}


def find_licence_class(lines: Sequence[Line]) -> Found | None:
    """Return the class or classes (`1종보통`), snapped to those there are."""
    for line in lines:
        text = line.compact.replace("l종", "1종").replace("I종", "1종").replace("|종", "1종")
        classes = [
            match[0]
            for piece in re.findall(r"[12]종[가-힣]{2,4}", text)
            if (match := process.extractOne(piece, _CLASSES, scorer=fuzz.ratio, score_cutoff=70))
        ]
        if classes:
            value = ", ".join(dict.fromkeys(classes)) + (" 자동" if re.search(r"자동(?!차)", text) else "")
            return Found(value=value, confidence=line.korean.confidence, quad=line.quad)
    return None
