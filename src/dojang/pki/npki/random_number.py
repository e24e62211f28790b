"""R, the random number that binds a certificate to an identification number.

Whoever holds R and the certificate can try all identification numbers: R is as sensitive as the number itself. This
module knows nothing of hashing or files. Source: KCAC.TS.SIVID.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self

from dojang.pki.npki.errors import RandomNumberUnusable

RANDOM_NUMBER_BYTES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomNumber:
    """R: 20 bytes, the first one not zero because some readers pass R through an integer.

    `foreign=True` accepts a leading zero: other makers' keys have one now and then, and must still verify. Raises
    `RandomNumberUnusable`.
    """

    value: bytes = field(repr=False)
    foreign: bool = field(default=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is no R."""
        if len(self.value) != RANDOM_NUMBER_BYTES:
            raise RandomNumberUnusable
        if self.value[0] == 0 and not self.foreign:
            raise RandomNumberUnusable

    @classmethod
    def draw(cls, token_bytes: Callable[[int], bytes]) -> Self:
        """Draw a fresh R. `token_bytes(length)` is a cryptographic source (`Chance.token_bytes`).

        Redraws while the first byte is zero; a source that yields nothing else raises `RandomNumberUnusable`.
        """
        for _ in range(64):
            value = token_bytes(RANDOM_NUMBER_BYTES)
            if value[0] != 0:
                return cls(value=value)
        raise RandomNumberUnusable
