"""Numbers that must not be in a message, masked before anything is stored: RRNs, payment cards, driver's licences.

Works on what people type: any dash or space between the groups, full-width digits too. Pure.
Sources: resident registration numbers (six and seven digits), ISO/IEC 7812 (13 to 19 digits, Luhn).
"""

import re
import unicodedata
from dataclasses import dataclass, field

MASK = "*"
_GAP = r"[\s.\-‐‑–—·_/]{0,3}"
# Year, month, day, then the sex digit and six more.
_RRN = re.compile(_GAP.join((r"(?<!\d)\d", r"\d", "[01]", r"\d", "[0-3]", *[r"\d"] * 8)) + r"(?!\d)")
_LICENCE = re.compile(r"(?<!\d)\d{2}[\s\-]\d{2}[\s\-]\d{6}[\s\-]\d{2}(?!\d)")
_LONG = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{12,18}}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A message fit to be stored. `masked` says whether anything was taken out."""

    text: str = field(repr=False)
    masked: bool


def screen(text: str) -> Screened:
    """Return the message trimmed, its digits in ASCII (NFKC), with numbers that must not be in it replaced by stars."""
    plain = unicodedata.normalize("NFKC", text).strip()
    shown = _RRN.sub(_hidden, plain)
    shown = _LICENCE.sub(_hidden, shown)
    shown = _LONG.sub(lambda found: _hidden(found) if _is_card(found[0]) else found[0], shown)
    return Screened(text=shown, masked=shown != plain)


def _hidden(found: re.Match[str]) -> str:
    return re.sub(r"\d", MASK, found[0])


def _is_card(number: str) -> bool:
    """Whether the digits pass the Luhn test."""
    digits = [int(one) for one in number if one.isdigit()]
    doubled = [
        one if place % 2 == 0 else (2 * one - 9 if one > 4 else 2 * one) for place, one in enumerate(digits[::-1])
    ]
    return sum(doubled) % 10 == 0
