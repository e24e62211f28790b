"""A passport prints its holder's name twice: the Latin letters settle which of two likely Hangul readings is meant.

Small print leaves 은 and 온, 훈 and 혼 nearly as likely as each other. Nothing is made up: every syllable must be one
that the Korean reader itself held for likely, and a name that people might spell so in Latin letters is left alone.
"""

from collections.abc import Iterator
from itertools import product
from math import prod

from dojang.adapters.id_document.found import Found
from dojang.adapters.id_document.line_reader import LineText
from dojang.adapters.id_document.lines import LineCutter
from dojang.adapters.id_document.pixels import Picture
from dojang.lifecycle.identity_proofing.id_document.romanised_name import is_spelt_by_rule, may_be_spelt

_GROWTHS = (0.0, -0.1, 0.1)  # slightly different cuttings, as in `find_korean.confirm_name`
_LONGEST_SURNAME = 2
_MOST_READINGS = 400
_SETTLED = 0.75  # how sure a name is that two doubtful sources agree on


def settle_name(picture: Picture, name: Found, cutter: LineCutter, *, latin: str) -> Found:
    """Return the likely reading whose given name `latin` spells by the rule, else `name` as it is.

    `latin` is the given name of the machine-readable zone. The surname stays as it was: surnames keep old
    spellings, so nothing speaks for another reading of it.
    """
    if name.quad is None or not latin or any(may_be_spelt(given, latin) for _, given in _splits(name.value)):
        return name
    best: tuple[float, str] | None = None
    for growth in _GROWTHS:
        for value, likely in _readings(cutter.read_korean(picture, name.quad, grow=growth), name.value, latin):
            if best is None or likely > best[0]:
                best = (likely, value)
    return name if best is None else Found(value=best[1], confidence=_SETTLED, quad=name.quad)


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """Surname and given name, both ways where it may be a long surname."""
    for length in range(1, min(_LONGEST_SURNAME, len(name) - 1) + 1):
        yield name[:length], name[length:]


def _readings(text: LineText, before: str, latin: str) -> Iterator[tuple[str, float]]:
    """What the line may say, with the surname of `before` and a given name that is `latin`, and how likely each is."""
    if len(text.rivals) != len(text.text) or not all("가" <= char <= "힣" for char in text.text):
        return
    for surname, given in _splits(text.text):
        at = len(surname)
        likely_there = [{char, *(rival.char for rival in text.rivals[place])} for place, char in enumerate(surname)]
        if not all(char in likely for char, likely in zip(before[:at], likely_there, strict=False)) or len(before) < at:
            continue
        choices = [
            [(char, sure), *((rival.char, rival.sure) for rival in rivals)]
            for char, sure, rivals in zip(given, text.confidences[at:], text.rivals[at:], strict=True)
        ]
        if prod(len(choice) for choice in choices) > _MOST_READINGS:
            continue
        for chosen in product(*choices):
            value = "".join(char for char, _ in chosen)
            if is_spelt_by_rule(value, latin):
                yield before[:at] + value, prod(sure for _, sure in chosen)
