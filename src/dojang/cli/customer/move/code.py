"""The twelve digits: four of the slot, seven secret, one check digit (Damm). The browser's are `crypto/movecode.ts`."""

import re
import secrets
from dataclasses import dataclass, field

from dojang.cli.customer.move.errors import CodeMistyped

SLOT_DIGITS = 4
SECRET_DIGITS = 7

# Damm's quasi-group of order ten, totally anti-symmetric: finds every wrong digit and every exchange of neighbours.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveCode:
    """`slot` goes to the office; `secret` never leaves the two devices."""

    slot: str
    secret: str = field(repr=False)

    def write(self) -> str:
        """Return the digits in groups of three."""
        digits = self.slot + self.secret
        digits += _check_digit(digits)
        return " ".join(digits[at : at + 3] for at in range(0, len(digits), 3))


def draw_secret() -> str:
    """Return seven digits, each value as likely as any other."""
    return f"{secrets.randbelow(10**SECRET_DIGITS):0{SECRET_DIGITS}d}"


def read_code(typed: str) -> MoveCode:
    """Return what was typed, blanks and hyphens aside. Raises `CodeMistyped`."""
    digits = re.sub(r"[\s-]", "", typed)
    if not re.fullmatch(r"[0-9]{12}", digits) or _check_digit(digits) != "0":
        raise CodeMistyped()
    return MoveCode(slot=digits[:SLOT_DIGITS], secret=digits[SLOT_DIGITS : SLOT_DIGITS + SECRET_DIGITS])


def _check_digit(digits: str) -> str:
    """Return the check digit of `digits`; "0" where they end in their own."""
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim
