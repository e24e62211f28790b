"""From the recogniser's lattice to text: the best path, kept to jamo that compose, put together to syllables.

A lattice is steps x classes of log probabilities (classes: `jamo.SYMBOLS`, 0 the blank). Greedy CTC first; where its
jamo do not compose, the best path among those that do (Viterbi over class and role). Knows no pictures.
Source: Graves et al., "Connectionist Temporal Classification" (2006), section 3.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import log

import numpy as np
import numpy.typing as npt

from dojang.adapters.id_document.jamo import BLANK, HANJA, ROLES, SYMBOLS, Role, compose, is_legal
from dojang.adapters.id_document.line_reader import Alphabet, LineText, Rival
from dojang.adapters.id_document.pixels import Floats

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALLOWED = {
    Alphabet.DIGITS: "0123456789-",
    Alphabet.DATE: "0123456789.-/~ ",
    Alphabet.SERIAL: "0123456789" + _UPPER,
    Alphabet.MRZ: "0123456789" + _UPPER,  # the filler "<" is no class of this model
}
_IMPOSSIBLE = np.float32(-1e9)
_LIKELY = 0.1  # what a rival of the best class must have

# What a path has behind it, as far as the grammar cares: an initial, a medial, or anything complete.
_INITIAL, _MEDIAL, _COMPLETE = 0, 1, 2
_BEHIND = np.array([{Role.INITIAL: _INITIAL, Role.MEDIAL: _MEDIAL}.get(role, _COMPLETE) for role in ROLES])
_BEFORE: dict[Role, tuple[int, ...]] = {
    Role.INITIAL: (_MEDIAL, _COMPLETE),
    Role.MEDIAL: (_INITIAL,),
    Role.FINAL: (_MEDIAL,),
    Role.OTHER: (_MEDIAL, _COMPLETE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One class on a path: the steps from `start` to `end`, inclusive, and how sure the surest of them is."""

    symbol: int
    start: int
    end: int
    sure: float
    others: tuple[tuple[int, float], ...] = ()  # classes of the same role that are likely there, and how likely


def decode(lattice: Floats, alphabet: Alphabet) -> LineText:
    """Return the text on the best path under `alphabet` whose jamo compose; Hanja are left out.

    A syllable is as sure as the least sure of its jamo; its position is the middle of its steps.
    """
    if not len(lattice):
        return LineText(text="", confidences=())
    allowed = _allowed(alphabet)
    logs = np.where(allowed, lattice, _IMPOSSIBLE)
    logs = logs - np.log(np.maximum(np.exp(logs).sum(axis=1, keepdims=True), 1e-9))
    best = logs.argmax(axis=1)
    spans = _spans(best, logs)
    if not is_legal([span.symbol for span in spans]):
        spans = _spans(_best_legal_path(logs.astype(np.float32)), logs)
    return _put_together(spans, len(lattice))


def _allowed(alphabet: Alphabet) -> npt.NDArray[np.bool_]:
    if alphabet is Alphabet.ASCII:
        return np.array([symbol.isascii() for symbol in SYMBOLS])
    if alphabet in _ALLOWED:
        return np.array([symbol in _ALLOWED[alphabet] for symbol in SYMBOLS])  # the blank, "", is in every string
    return np.ones(len(SYMBOLS), dtype=bool)


def _spans(path: npt.NDArray[np.int64], logs: Floats) -> list[Span]:
    """Return the runs of one class on a path of one class per step."""
    edges = np.flatnonzero(np.diff(path)) + 1
    spans = []
    for start, after in zip([0, *edges.tolist()], [*edges.tolist(), len(path)], strict=True):
        symbol = int(path[start])
        if symbol != BLANK:
            sure = min(1.0, float(np.exp(logs[start:after, symbol].max())))
            others = _others(symbol, logs[start:after].max(axis=0)) if sure < 1 - _LIKELY else ()
            spans.append(Span(symbol=symbol, start=start, end=after - 1, sure=sure, others=others))
    return spans


def _others(symbol: int, peaks: Floats) -> tuple[tuple[int, float], ...]:
    """Classes other than `symbol` that may stand in its place, those under its own role."""
    members = _BY_ROLE[ROLES[symbol]]
    likely = members[(peaks[members] > log(_LIKELY)) & (members != symbol)]
    return tuple((int(at), float(np.exp(peaks[at]))) for at in likely)


def _best_legal_path(logs: Floats) -> npt.NDArray[np.int64]:
    """Return the likeliest path (a class, or the blank, for each step) whose classes compose.

    States: every class, then three blanks, one for what lies behind it. A class is entered from a class or a blank
    that may precede it; from itself it only goes on (a repeated class needs a blank between).
    """
    steps, classes = logs.shape
    emit = np.concatenate([logs, np.repeat(logs[:, BLANK : BLANK + 1], 3, axis=1)], axis=1)
    emit[:, BLANK] = _IMPOSSIBLE
    score = np.full(classes + 3, _IMPOSSIBLE, dtype=np.float32)
    openers = [at for at, role in enumerate(ROLES) if role in (Role.INITIAL, Role.OTHER)]
    score[openers] = emit[0, openers]
    score[classes + _COMPLETE] = emit[0, classes + _COMPLETE]
    came_from = np.zeros((steps, classes + 3), dtype=np.int16)
    for step in range(1, steps):
        score, came_from[step] = _advance(score, emit[step], classes)
    score[[at for at, role in enumerate(ROLES) if role is Role.INITIAL]] = _IMPOSSIBLE
    score[classes + _INITIAL] = _IMPOSSIBLE
    path = np.zeros(steps, dtype=np.int64)
    state = int(score.argmax())
    for step in range(steps - 1, -1, -1):
        path[step] = state if state < classes else BLANK
        state = int(came_from[step, state])
    return path


_BY_ROLE = {role: np.array([at for at, is_role in enumerate(ROLES) if is_role is role and at]) for role in Role}
_BY_BEHIND = [np.array([at for at in range(1, len(ROLES)) if _BEHIND[at] == behind]) for behind in range(3)]


def _advance(score: Floats, emit: Floats, classes: int) -> tuple[Floats, npt.NDArray[np.int16]]:
    """One step of the search: the new scores and, for each state, the state before."""
    best = score.copy()
    before = np.arange(classes + 3, dtype=np.int16)
    leaders = [members[int(score[members].argmax())] for members in _BY_BEHIND]
    for behind, leader in enumerate(leaders):  # from a class into the blank behind it
        if score[leader] > best[classes + behind]:
            best[classes + behind], before[classes + behind] = score[leader], leader
    for role, members in _BY_ROLE.items():
        doors = [classes + behind for behind in _BEFORE[role]] + [leaders[behind] for behind in _BEFORE[role]]
        door = max(doors, key=lambda state: score[state])
        better = score[members] < score[door]
        best[members[better]] = score[door]
        before[members[better]] = door
    return best + emit, before


def _put_together(spans: Sequence[Span], steps: int) -> LineText:
    text: list[str] = []
    confidences: list[float] = []
    positions: list[float] = []
    rivals: list[tuple[Rival, ...]] = []
    at = 0
    while at < len(spans):
        count = _parts(spans, at)
        parts = spans[at : at + count]
        at += count
        shown = _show(parts)
        if shown:
            text.append(shown)
            confidences.append(min(part.sure for part in parts))
            positions.append((parts[0].start + parts[-1].end + 1) / 2 / steps)
            rivals.append(_rivals(parts))
    return LineText(
        text="".join(text), confidences=tuple(confidences), positions=tuple(positions), rivals=tuple(rivals)
    )


def _rivals(parts: Sequence[Span]) -> tuple[Rival, ...]:
    """The syllables that other likely jamo make, each as likely as its least likely jamo; a final is never dropped."""
    if len(parts) == 1 or not any(part.others for part in parts):
        return ()
    choices = [((part.symbol, part.sure), *part.others) for part in parts]
    found = []
    for chosen in list(product(*choices))[1:]:
        symbols = [symbol for symbol, _ in chosen]
        char = compose(symbols[0], symbols[1], symbols[2] if len(symbols) == 3 else None)
        found.append(Rival(char, min(sure for _, sure in chosen)))
    return tuple(sorted(found, key=lambda rival: -rival.sure))


def _parts(spans: Sequence[Span], at: int) -> int:
    """How many spans from `at` on make one character."""
    if ROLES[spans[at].symbol] is not Role.INITIAL:
        return 1
    has_final = at + 2 < len(spans) and ROLES[spans[at + 2].symbol] is Role.FINAL
    return 3 if has_final else 2


def _show(parts: Sequence[Span]) -> str:
    if len(parts) == 1:
        symbol = SYMBOLS[parts[0].symbol]
        return "" if symbol == HANJA else symbol
    return compose(parts[0].symbol, parts[1].symbol, parts[2].symbol if len(parts) == 3 else None)
