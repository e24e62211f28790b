"""The rules for a new certificate password, every violation named.

For passwords being chosen only: existing files open with whatever they were closed with. The rules are those banks
apply since 2014-09-22 together with what CA clients enforce in code; that a blank is refused is our own caution. Knows
nothing of encryption. Source: npki notes section 3.3 (KCAC.TS.UI and client code).
"""

from enum import StrEnum
from typing import Final

from dojang.pki.npki.errors import PasswordRejected

MIN_CHARACTERS: Final = 10
MAX_CHARACTERS: Final = 64
FORBIDDEN_CHARACTERS: Final = frozenset("'\"\\|₩")  # the won sign is the backslash key of a Korean keyboard


class PasswordFinding(StrEnum):
    """One broken rule; the values are catalogue codes."""

    TOO_SHORT = "npki_password.too_short"
    TOO_LONG = "npki_password.too_long"
    NOT_TYPABLE = "npki_password.not_typable"
    NO_LETTER = "npki_password.no_letter"
    NO_DIGIT = "npki_password.no_digit"
    NO_SPECIAL = "npki_password.no_special"
    FORBIDDEN_CHARACTER = "npki_password.forbidden_character"
    REPEATED = "npki_password.repeated"
    SEQUENCE = "npki_password.sequence"


def find_password_findings(password: str) -> tuple[PasswordFinding, ...]:
    """Return every rule the password breaks, in the order of `PasswordFinding`; empty means it may be used.

    Length is 10 to 64 characters inclusive; only visible ASCII; a letter, a digit and another character each at least
    once; none of `' " \\ |`; no three identical characters in a row; no three ascending code points in a row
    (abc, 123).
    """
    triples = list(zip(password, password[1:], password[2:], strict=False))
    broken = {
        PasswordFinding.TOO_SHORT: len(password) < MIN_CHARACTERS,
        PasswordFinding.TOO_LONG: len(password) > MAX_CHARACTERS,
        PasswordFinding.NOT_TYPABLE: any(not _is_visible_ascii(c) for c in password if c not in FORBIDDEN_CHARACTERS),
        PasswordFinding.NO_LETTER: not any(_is_visible_ascii(c) and c.isalpha() for c in password),
        PasswordFinding.NO_DIGIT: not any(_is_visible_ascii(c) and c.isdigit() for c in password),
        PasswordFinding.NO_SPECIAL: not any(_is_visible_ascii(c) and not c.isalnum() for c in password),
        PasswordFinding.FORBIDDEN_CHARACTER: any(c in FORBIDDEN_CHARACTERS for c in password),
        PasswordFinding.REPEATED: any(a == b == c for a, b, c in triples),
        PasswordFinding.SEQUENCE: any(ord(a) + 1 == ord(b) and ord(b) + 1 == ord(c) for a, b, c in triples),
    }
    return tuple(finding for finding, is_broken in broken.items() if is_broken)


def encode_new_password(password: str) -> bytes:
    """Return the bytes of a new password, ready for the codecs. Raises `PasswordRejected` with all findings."""
    findings = find_password_findings(password)
    if findings:
        raise PasswordRejected(findings=[finding.value for finding in findings])
    return password.encode("ascii")


def _is_visible_ascii(character: str) -> bool:
    return "!" <= character <= "~"
