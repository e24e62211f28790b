"""Two readings of one line made into one: Hangul from the Korean reader, digits from PP-OCR, which reads them better.

Both readings know where along the line each character stands.
"""

import re

from dojang.adapters.id_document.line_reader import LineText

_DIGITS = re.compile(r"\d[\d\s]*")
_SURE = 0.85


def fuse_digits(korean: LineText, plain: LineText) -> LineText:
    """Return `korean` with each run of digits replaced by what `plain` has in the same stretch, if that is digits too.

    Without positions, or where `plain` is unsure, `korean` stands.
    """
    if not (korean.positions and plain.positions):
        return korean
    text: list[str] = []
    confidences: list[float] = []
    positions: list[float] = []
    done = 0
    for run in _DIGITS.finditer(korean.text):
        start, end = run.start(), run.start() + len(run[0].rstrip())
        better = _stretch(korean, plain, start, end)
        text += [*korean.text[done:start], *(korean.text[start:end] if better is None else better.text)]
        confidences += [
            *korean.confidences[done:start],
            *(korean.confidences[start:end] if better is None else better.confidences),
        ]
        positions += [
            *korean.positions[done:start],
            *(korean.positions[start:end] if better is None else better.positions),
        ]
        done = end
    return LineText(
        text="".join(text) + korean.text[done:],
        confidences=(*confidences, *korean.confidences[done:]),
        positions=(*positions, *korean.positions[done:]),
    )


def _stretch(korean: LineText, plain: LineText, start: int, end: int) -> LineText | None:
    """The part of `plain` between the neighbours of the run: up to halfway to each, if it is surely digits."""
    places = korean.positions
    left = -1.0 if start == 0 else (places[start - 1] + places[start]) / 2
    right = 2.0 if end >= len(places) else (places[end - 1] + places[end]) / 2
    # A space stands where the next character does: look past it.
    if start > 0 and korean.text[start - 1] == " ":
        left = -1.0 if start == 1 else (places[start - 2] + places[start]) / 2
    if end < len(places) and korean.text[end] == " ":
        right = 2.0 if end + 1 >= len(places) else (places[end - 1] + places[end + 1]) / 2
    held = [at for at, place in enumerate(plain.positions) if left <= place <= right]
    if not held:
        return None
    # The places are not exact: a run that goes on in `plain` beyond the stretch would lose digits.
    around = plain.text[max(0, held[0] - 1) : held[0]] + plain.text[held[-1] + 1 : held[-1] + 2]
    if any(char.isdecimal() for char in around):
        return None
    shown = "".join(plain.text[at] for at in held)
    sure = [plain.confidences[at] for at in held]
    if not shown.isdecimal() or min(sure) < _SURE or abs(len(shown) - (end - start)) > 1:
        return None
    return LineText(text=shown, confidences=tuple(sure), positions=tuple(plain.positions[at] for at in held))
