"""The alphabet of the Korean recogniser: Hangul syllables taken apart into jamo, digits, Latin letters, punctuation.

A class is an index into `SYMBOLS`. Initial, medial and final jamo are classes of their own: a syllable is two or three
of them, and 67 compose all 11,172 syllables. Every Hanja is the one class `HANJA`. Pure text: knows nothing of
pictures or networks; the training imports it, so that both sides agree.
"""

from enum import IntEnum

BLANK = 0
HANJA = "漢"

# Hangul_Jamo code points in their order of composition (Unicode 3.12, "Conjoining Jamo Behavior").
_INITIALS = tuple(chr(0x1100 + at) for at in range(19))
_MEDIALS = tuple(chr(0x1161 + at) for at in range(21))
_FINALS = tuple(chr(0x11A8 + at) for at in range(27))
_DIGITS = tuple("0123456789")
_LATIN = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_MARKS = tuple(" .,-()/:~·*&'")

SYMBOLS: tuple[str, ...] = ("", *_INITIALS, *_MEDIALS, *_FINALS, *_DIGITS, *_LATIN, *_MARKS, HANJA)
_INDEX = {symbol: at for at, symbol in enumerate(SYMBOLS) if symbol}

_FIRST_SYLLABLE = 0xAC00
_SYLLABLES = 19 * 21 * 28


class Role(IntEnum):
    """What a class is within a syllable."""

    INITIAL = 0
    MEDIAL = 1
    FINAL = 2
    OTHER = 3


def _role(at: int) -> Role:
    if at == BLANK or at > 67:
        return Role.OTHER
    return Role.INITIAL if at <= 19 else Role.MEDIAL if at <= 40 else Role.FINAL


ROLES: tuple[Role, ...] = tuple(_role(at) for at in range(len(SYMBOLS)))

# role -> the roles that may come next; after a medial anything but another medial.
FOLLOWERS: dict[Role, frozenset[Role]] = {
    Role.INITIAL: frozenset({Role.MEDIAL}),
    Role.MEDIAL: frozenset({Role.INITIAL, Role.FINAL, Role.OTHER}),
    Role.FINAL: frozenset({Role.INITIAL, Role.OTHER}),
    Role.OTHER: frozenset({Role.INITIAL, Role.OTHER}),
}


def is_syllable(char: str) -> bool:
    """Tell whether `char` is one of the 11,172 composed syllables."""
    return 0 <= ord(char) - _FIRST_SYLLABLE < _SYLLABLES


def is_hanja(char: str) -> bool:
    """Tell whether `char` is a Chinese character (unified, extension A, compatibility)."""
    code = ord(char)
    return 0x3400 <= code <= 0x4DBF or 0x4E00 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF


def spell(text: str) -> list[int]:
    """Return the classes of `text`. Raises `ValueError` for a character outside the alphabet."""
    classes: list[int] = []
    for char in text:
        if is_syllable(char):
            at = ord(char) - _FIRST_SYLLABLE
            classes += [1 + at // 588, 20 + at % 588 // 28]
            if at % 28:
                classes.append(40 + at % 28)
        elif is_hanja(char):
            classes.append(_INDEX[HANJA])
        elif char in _INDEX:
            classes.append(_INDEX[char])
        else:
            raise ValueError("not in the alphabet")
    return classes


def compose(initial: int, medial: int, final: int | None) -> str:
    """Return the syllable of three classes; `final` is None for an open one. Raises `ValueError` for other roles."""
    roles = (ROLES[initial], ROLES[medial], Role.FINAL if final is None else ROLES[final])
    if roles != (Role.INITIAL, Role.MEDIAL, Role.FINAL):
        raise ValueError("not the parts of a syllable")
    tail = 0 if final is None else final - 40
    return chr(_FIRST_SYLLABLE + (initial - 1) * 588 + (medial - 20) * 28 + tail)


def is_legal(classes: list[int]) -> bool:
    """Tell whether the classes compose: every initial has its medial, no jamo stands alone."""
    before = Role.OTHER
    for at in classes:
        if ROLES[at] not in FOLLOWERS[before]:
            return False
        before = ROLES[at]
    return before is not Role.INITIAL
