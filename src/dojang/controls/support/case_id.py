"""The number people read out to support: five characters drawn at random and a sixth that checks them.

The alphabet leaves out 0, O, 1, I and L. It has 31 characters, a prime: with weights 1 to 6 the check character catches
every single wrong character and every two that changed places. Source: ISO/IEC 7064 (the idea of a pure system).
"""

from dojang.kernel.ports import Chance

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 6


def draw_case_id(chance: Chance) -> str:
    """Return a fresh case id; whether it is taken, the store says."""
    drawn = "".join(ALPHABET[chance.below(len(ALPHABET))] for _ in range(LENGTH - 1))
    return drawn + _check_character(drawn)


def find_case_id(text: str) -> str | None:
    """Return the case id meant by what somebody typed (case, spaces and hyphens do not matter), None when none is."""
    typed = "".join(one for one in text.upper() if one not in " -")
    if len(typed) != LENGTH or any(one not in ALPHABET for one in typed):
        return None
    return typed if typed[-1] == _check_character(typed[:-1]) else None


def _check_character(drawn: str) -> str:
    """Return the character that makes the sum of position times value divisible by 31, its own weight being 6."""
    total = sum(place * ALPHABET.index(one) for place, one in enumerate(drawn, start=1))
    # The inverse of 6 modulo 31 is 26 (6 times 26 is 156, five times 31 and one).
    return ALPHABET[-total * 26 % len(ALPHABET)]
