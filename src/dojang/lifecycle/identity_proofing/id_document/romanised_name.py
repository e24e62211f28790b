"""Whether Latin letters can spell a Hangul given name: by the rule, or as people are used to spell.

By the rule: Revised Romanization of Korean (Ministry of Culture notice 2000-8), syllable by syllable as passports write
names. People may keep other spellings (은 as EUN, UN, EUNN; 승 as SUNG): the wide test lets all usual ones pass.
"""

import re
from functools import lru_cache

_FIRST, _LAST = 0xAC00, 0xD7A3
_INITIALS = ("G", "KK", "N", "D", "TT", "R", "M", "B", "PP", "S", "SS", "", "J", "JJ", "CH", "K", "T", "P", "H")
_MEDIALS = (
    "A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO",
    "U", "WO", "WE", "WI", "YU", "EU", "UI", "I",
)  # fmt: skip
_FINALS = (
    "", "K", "K", "K", "N", "N", "N", "T", "L", "K", "M", "L", "L", "L", "P", "L",
    "M", "P", "P", "T", "T", "NG", "T", "T", "K", "T", "P", "T",
)  # fmt: skip
# In the same order: regular expressions of all spellings in use.
_WIDE_INITIALS = (
    "[GK]", "KK|G|K", "N", "[DT]", "TT|D|T", "[RLN]", "M", "[BPV]", "PP|B|P", "SH?",
    "SS|SH?", "", "J|CH|G|Z", "JJ|J|CH", "CH|C|TS", "K|KH|C", "TH?", "P|PH|F", "H",
)  # fmt: skip
_WIDE_MEDIALS = (
    "AH?", "AE|AI|A|E|EA", "YAH?", "YAE|YE|YA", "EOH?|UH?|OH?|OU|AU", "EH?|AE|EY|AY", "YEOH?|YUH?|YOH?|YOUH?|IU|YE",
    "YEH?|YAE|YAY|IE|E", "OH?|OO|OW", "O?WA|OA|UA", "WAE|WE|WAI", "OE|OI|WE|WOE", "YOH?|IO|YEO", "UH?|OO|WOO|OU|WU",
    "WO|WEO|UO|WU", "WE|WAE|UE", "WI|WEE|UI|WE", "YU|YOO|YOU|U|IU|YEW", "EU|U|OO|E|EO|UE", "UI|EUI|I|EE|WI|EI",
    "I|EE|YI|IE|Y|EA",
)  # fmt: skip
_WIDE_FINALS = {
    "": "H?", "K": "K|G|C|CK|GG", "N": "NN?", "T": "T|D|S|TH", "L": "LL?|R|RL|LE", "M": "MM?", "P": "P|B", "NG": "NG|N",
}  # fmt: skip


def is_spelt_by_rule(hangul: str, latin: str) -> bool:
    """Tell whether `latin` (capitals; other characters do not count) is `hangul` in Revised Romanization."""
    parts = [_parts(char) for char in hangul]
    if not parts or any(part is None for part in parts):
        return False
    spelt = "".join(_INITIALS[part[0]] + _MEDIALS[part[1]] + _FINALS[part[2]] for part in parts if part is not None)
    return spelt == _letters(latin)


def may_be_spelt(hangul: str, latin: str) -> bool:
    """Tell whether anyone might spell `hangul` as `latin`; True for what holds no syllables to judge by."""
    pattern = _wide_pattern(hangul)
    return pattern is None or pattern.fullmatch(_letters(latin)) is not None


@lru_cache(maxsize=256)
def _wide_pattern(hangul: str) -> re.Pattern[str] | None:
    pieces = []
    for char in hangul:
        part = _parts(char)
        if part is None:
            return None
        initial, medial, final = part
        pieces.append(f"(?:{_WIDE_INITIALS[initial]})(?:{_WIDE_MEDIALS[medial]})(?:{_WIDE_FINALS[_FINALS[final]]})")
    return re.compile("".join(pieces)) if pieces else None


def _parts(char: str) -> tuple[int, int, int] | None:
    """Initial, medial, final of one syllable, as Unicode composes it (3.12)."""
    if not _FIRST <= ord(char) <= _LAST:
        return None
    index = ord(char) - _FIRST
    return index // 588, index % 588 // 28, index % 28


def _letters(latin: str) -> str:
    return re.sub(r"[^A-Z]", "", latin.upper())
