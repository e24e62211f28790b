"""The two machine-readable rows of a passport: found by their shape, read under their alphabet, repaired by grammar.

Several cuttings of each row are read; the reading whose check digits hold wins. The rules themselves stand in
`dojang.lifecycle.identity_proofing.id_document.mrz`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from dojang.adapters.id_document.classify import is_mrz_like
from dojang.adapters.id_document.detect import TextBox, cut_out, order_along
from dojang.adapters.id_document.found import sureness
from dojang.adapters.id_document.line_reader import Alphabet, LineText
from dojang.adapters.id_document.lines import Line
from dojang.adapters.id_document.pixels import Picture, Quad
from dojang.adapters.id_document.ppocr import HEIGHT_PX, Lattice, PpocrReader
from dojang.lifecycle.identity_proofing.id_document import mrz

_STRETCHES = ((0.0, 1.0), (0.08, 1.25), (-0.06, 1.0), (0.2, 1.0))  # growth by thickness, stretch along the line
_HEAD = re.compile(r"P[A-Z0-9<]")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MrzRow:
    """Where a row stands, and what the network saw there already when the row was found in one piece."""

    quad: Quad
    lattice: Lattice | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MrzReading:
    """Both rows, 44 characters each, and where they stand."""

    line_1: str = field(repr=False)
    line_2: str = field(repr=False)
    confidence_1: float
    confidence_2: float
    quad_1: Quad
    quad_2: Quad


def find_mrz_rows(lines: Sequence[Line], card_width: int) -> tuple[MrzRow, MrzRow] | None:
    """Return the last two rows that look like an MRZ; pieces of one row are joined."""
    seeds = [line for line in lines if is_mrz_like(line.plain.text)]
    if not seeds:
        return None
    rows = _distinct([_whole_row(seed, lines) for seed in seeds])
    if len(rows) == 1:
        missing = _missing_row(rows[0].quad, lines, card_width)
        if missing is not None:
            rows.append(missing)
    if len(rows) < 2:
        return None
    rows.sort(key=lambda row: float(row.quad[:, 1].mean()))
    return rows[-2], rows[-1]


def _whole_row(seed: Line, lines: Sequence[Line]) -> MrzRow:
    pieces = [line for line in lines if _on_row(seed, line)]
    if len(pieces) == 1:
        return MrzRow(quad=seed.quad, lattice=seed.lattice)
    points = np.concatenate([piece.quad for piece in pieces]).astype(np.float32)
    return MrzRow(quad=order_along(np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), dtype=np.float32)))


def _on_row(seed: Line, line: Line) -> bool:
    """The row's slope carried on: its middle line passes through the other piece's middle."""
    start, end = (seed.quad[0] + seed.quad[3]) / 2, (seed.quad[1] + seed.quad[2]) / 2
    middle = line.quad.mean(axis=0)
    slope = (end[1] - start[1]) / max(1.0, end[0] - start[0])
    expected = start[1] + slope * (middle[0] - start[0])
    return abs(expected - middle[1]) < 0.4 * seed.height and line.height < 1.5 * seed.height


def _distinct(rows: Sequence[MrzRow]) -> list[MrzRow]:
    kept: list[MrzRow] = []
    for row in rows:
        height = float(np.linalg.norm(row.quad[3] - row.quad[0]))
        if all(abs(float(row.quad[:, 1].mean() - other.quad[:, 1].mean())) > 0.5 * height for other in kept):
            kept.append(row)
    return kept


def _missing_row(row: Quad, lines: Sequence[Line], card_width: int) -> MrzRow | None:
    """One row was seen: the other is the longest line nearest to it, above or below."""
    height = float(np.linalg.norm(row[3] - row[0]))
    near = [
        line
        for line in lines
        if 0.6 * height < abs(float(line.quad[:, 1].mean() - row[:, 1].mean())) < 3.2 * height
        and line.rect.width > 0.35 * card_width
    ]
    if not near:
        return None
    longest = max(near, key=lambda line: line.rect.width)
    return MrzRow(quad=longest.quad, lattice=longest.lattice)


def read_mrz(picture: Picture, rows: tuple[MrzRow, MrzRow], readers: Sequence[PpocrReader]) -> MrzReading | None:
    """Read both rows, trying cuttings and readers in turn until every check digit of line 2 holds.

    None when no reading can be brought to 44 characters in each row.
    """
    first = _best_first(picture, rows[0], readers)
    second = _best_second(picture, rows[1], readers)
    if first is None or second is None:
        return None
    line_1, line_2 = mrz.apply_grammar(first[0], second[0])
    return MrzReading(
        line_1=line_1,
        line_2=line_2,
        confidence_1=first[1],
        confidence_2=second[1],
        quad_1=rows[0].quad,
        quad_2=rows[1].quad,
    )


def _texts(picture: Picture, row: MrzRow, readers: Sequence[PpocrReader], cuttings: int) -> Iterator[LineText]:
    """What was seen already, then what each reader makes of each cutting; each when asked for."""
    if row.lattice is not None:
        yield row.lattice.decode(Alphabet.MRZ)
    for reader in readers:
        for growth, along in _STRETCHES[:cuttings]:
            if row.lattice is not None and reader is readers[0] and (growth, along) == _STRETCHES[0]:
                continue  # the cutting seen already
            crop = cut_out(picture, row.quad, height_px=HEIGHT_PX, grow=growth)
            if along != 1.0:
                size = (round(crop.shape[1] * along), HEIGHT_PX)
                crop = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
            yield reader.read(crop, Alphabet.MRZ)


def _best_second(picture: Picture, row: MrzRow, readers: Sequence[PpocrReader]) -> tuple[str, float] | None:
    best: tuple[float, str, float] | None = None
    for text in _texts(picture, row, readers, len(_STRETCHES)):
        line = fit_second(text.text)
        if line is None:
            continue
        _, shaped = mrz.apply_grammar("P" + "<" * 43, line)
        sure = sureness(text.confidences)
        score = 5 - _failures(shaped) + 0.5 * sure
        if best is None or score > best[0]:
            best = (score, shaped, sure)
        if _failures(shaped) == 0:
            return shaped, sure
    return None if best is None else (best[1], best[2])


def _failures(line_2: str) -> int:
    # 1980 lies in every decade a living holder may be born in; only the check digits are asked for.
    checks = (
        (line_2[0:9], line_2[9]),
        (line_2[13:19], line_2[19]),
        (line_2[21:27], line_2[27]),
        (line_2[0:10] + line_2[13:20] + line_2[21:43], line_2[43]),
    )
    wrong = sum(str(mrz.check_digit(text)) != printed for text, printed in checks)
    return wrong + (line_2[20] not in "MF<")


def _best_first(picture: Picture, row: MrzRow, readers: Sequence[PpocrReader]) -> tuple[str, float] | None:
    """The first line has no check digit: the reading that two cuttings agree on wins, else the surest."""
    seen: dict[str, float] = {}
    for text in _texts(picture, row, readers, 3):
        line = fit_first(text.text)
        if line is None:
            continue
        visible = [c for char, c in zip(text.text, text.confidences, strict=True) if char != "<"]
        sure = sureness(visible)
        if line in seen:
            return line, max(seen[line], sure)
        seen[line] = sure
    if not seen:
        return None
    line = max(seen, key=lambda key: seen[key])
    return line, 0.8 * seen[line]


def fit_first(text: str) -> str | None:
    """Bring line 1 to 44 characters: from the leading P on, one `<<` between surname and given names, filled up."""
    match = _HEAD.search(text[:6])
    if match is None or len(text) < 20:
        return None
    body = text[match.start() :]
    head, names = body[:5], body[5:]
    # Names hold no three fillers in a row: what follows them is filler, whatever it was taken for.
    names = re.split(r"<<<|<[KCLES]<<|<<[KCLES]<", names[3:])[0].join([names[:3], ""]).rstrip("<")
    names = re.sub(r"(<[KCLES])+$", "", names)
    if "<<" not in names and "<" in names:
        names = names.replace("<", "<<", 1)
    elif "<<" not in names:
        return None
    surname, _, given = names.partition("<<")
    given = re.sub(r"<+", "<", given.strip("<"))
    return f"{head}{surname}<<{given}".ljust(mrz.LINE_LENGTH, "<")[: mrz.LINE_LENGTH]


def fit_second(text: str) -> str | None:
    """Bring line 2 to 44 characters: 28 of fixed places, the filler in between counted anew, two check digits last."""
    nationality = re.search(r"K[O0Q]R|[A-Z]{3}(?=\d{6})", text[6:16])
    if nationality is not None and nationality.start() + 6 > 10:
        text = text[nationality.start() + 6 - 10 :]
    if len(text) == mrz.LINE_LENGTH:
        return text
    if not 34 <= len(text) <= 54:
        return None
    head, middle, tail = text[:28], text[28:-2], text[-2:]
    optional = middle.rstrip("<")
    if len(optional) > 14:
        return None
    return head + optional.ljust(14, "<") + tail


def as_boxes(rows: Sequence[Quad]) -> list[TextBox]:
    """Return the rows as boxes, for masking."""
    return [TextBox(quad=row, score=1.0) for row in rows]
